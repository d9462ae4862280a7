public import EventLog
public import PostgreSQL

extension LedgerQueries {
    private static let spent = Statement(
        "spent",
        """
        SELECT kind, day, day_sum, month, month_sum,
            (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
        FROM spending WHERE spender = $1::uuid AND currency = $2::bigint
        """)

    /// What a spender has spent in the present UTC day and month, by kind of payment; kind 0 is all together. Kinds of
    /// which nothing was ever spent are left out.
    public func spent(
        by spender: TransferID, in currency: UInt16
    ) async throws(PostgreSQLError) -> [UInt8: SpendingCount] {
        try await pool.run { connection throws(PostgreSQLError) in
            var parameters = Parameters()
            parameters.add(uuidHigh: spender.high, low: spender.low)
            parameters.add(Int64(currency))
            let rows = try connection.query(Self.spent, parameters)
            var counts: [UInt8: SpendingCount] = [:]
            for row in 0..<rows.count {
                let count = SpendingCount(
                    day: rows.int(row, 1), daySum: rows.int(row, 2), month: rows.int(row, 3),
                    monthSum: rows.int(row, 4))
                counts[UInt8(rows.int(row, 0))] = count.at(Timestamp(rows.int(row, 5)))
            }
            return counts
        }
    }
}
