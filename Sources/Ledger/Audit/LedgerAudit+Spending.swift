public import EventLog
public import PostgreSQL

extension LedgerAudit {
    /// What the tables keep of what somebody spent.
    public struct SpendingRow: Sendable, Equatable {
        /// Who spends.
        public var spender: TransferID
        /// Number of the currency that limits are in.
        public var currency: UInt16
        /// Number of the kind of payment; 0 for all together.
        public var kind: UInt8
        /// What was spent in the day and the month of the last payment.
        public var count: SpendingCount
    }

    private static let spendings = Statement(
        "audit_spendings",
        """
        SELECT spender, currency::bigint, kind::bigint, day, day_sum, month, month_sum FROM spending
        WHERE (spender, currency, kind) > ($1::uuid, $2::bigint, $3::bigint)
        ORDER BY spender, currency, kind LIMIT $4::bigint
        """)

    /// Up to `limit` counters after one; from the first if it is nil.
    public static func spendings(
        after row: SpendingRow?, limit: Int, _ connection: inout Connection
    ) throws(PostgreSQLError) -> [SpendingRow] {
        var parameters = Parameters()
        let spender = row?.spender ?? .none
        parameters.add(uuidHigh: spender.high, low: spender.low)
        parameters.add(row.map { Int64($0.currency) } ?? -1)
        parameters.add(row.map { Int64($0.kind) } ?? -1)
        parameters.add(Int64(limit))
        let rows = try connection.query(spendings, parameters)
        return (0..<rows.count).map { row in
            let (high, low) = rows.uuid(row, 0)
            return SpendingRow(
                spender: TransferID(high: high, low: low),
                currency: UInt16(truncatingIfNeeded: rows.int(row, 1)),
                kind: UInt8(truncatingIfNeeded: rows.int(row, 2)),
                count: SpendingCount(
                    day: rows.int(row, 3), daySum: rows.int(row, 4), month: rows.int(row, 5),
                    monthSum: rows.int(row, 6)))
        }
    }
}
