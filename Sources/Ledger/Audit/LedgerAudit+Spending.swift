public import EventLog
public import PostgreSQL

extension LedgerAudit {
    /// What a row says that somebody had spent.
    public struct SpendingRow: Sendable, Equatable {
        /// Who spends.
        public var spender: TransferID
        /// The event that it was written with: of two rows the one with the later event counts.
        public var sequence: Sequence
        /// When that event's commit was; nil if no commit ends with it.
        public var writtenAt: Timestamp?
        /// What was spent; nil if it cannot be read.
        public var tally: SpendingTally?
    }

    private static let spendings = Statement(
        "audit_spendings",
        """
        SELECT s.spender, s.sequence, s.tally, b.recorded_at FROM spending s LEFT JOIN LATERAL (
            SELECT last_sequence, recorded_at FROM event_batch WHERE first_sequence <= s.sequence
            ORDER BY first_sequence DESC LIMIT 1) b ON b.last_sequence = s.sequence
        WHERE s.spender > $1::uuid ORDER BY s.spender LIMIT $2::bigint
        """)

    /// Up to `limit` rows that no transfer carries, after that of a spender.
    public static func spendings(
        after: TransferID, limit: Int, _ connection: inout Connection
    ) throws(PostgreSQLError) -> [SpendingRow] {
        let rows = try connection.query(spendings, page(after, limit))
        return (0..<rows.count).map { row in
            let (high, low) = rows.uuid(row, 0)
            return SpendingRow(
                spender: TransferID(high: high, low: low), sequence: Sequence(rows.int(row, 1)),
                writtenAt: rows.optionalInt(row, 3).map { Timestamp($0) },
                tally: TallyCoding.decode(rows.bytes(row, 2)))
        }
    }
}
