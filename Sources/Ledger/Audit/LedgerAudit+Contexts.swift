public import EventLog
public import PostgreSQL

extension LedgerAudit {
    /// A key of risk contexts as it is kept.
    public struct ContextKeyRow: Sendable, Equatable {
        /// Its number: that of the first event sealed under it.
        public var id: Sequence
        /// Whose payments it seals what is known of.
        public var account: AccountID
        /// Whether it is still there.
        public var isKept: Bool
        /// The event that destroyed it; nil while it is kept.
        public var erasedBy: Sequence?
    }

    private static let contextKeys = Statement(
        "audit_context_keys",
        """
        SELECT id, account_id, data_key IS NOT NULL, erased_sequence FROM context_key
        WHERE id > $1::bigint ORDER BY id LIMIT $2::bigint
        """)

    /// Up to `limit` keys of risk contexts after one, by number.
    public static func contextKeys(
        after id: Sequence, limit: Int, _ connection: inout Connection
    ) throws(PostgreSQLError) -> [ContextKeyRow] {
        var parameters = Parameters()
        parameters.add(id.rawValue)
        parameters.add(Int64(limit))
        let rows = try connection.query(contextKeys, parameters)
        return (0..<rows.count).map { row in
            ContextKeyRow(
                id: Sequence(rows.int(row, 0)), account: AccountID(rows.int(row, 1)),
                isKept: rows.bool(row, 2), erasedBy: rows.optionalInt(row, 3).map { Sequence($0) })
        }
    }

    private static let rebases = Statement(
        "audit_rebases",
        "SELECT sequence FROM rebase WHERE sequence <= $1::bigint ORDER BY sequence")

    /// The events up to one from which on the engine's state is without what was erased before them.
    public static func rebases(
        upTo cut: Sequence, _ connection: inout Connection
    ) throws(PostgreSQLError) -> [Sequence] {
        var parameters = Parameters()
        parameters.add(cut.rawValue)
        let rows = try connection.query(rebases, parameters)
        return (0..<rows.count).map { Sequence(rows.int($0, 0)) }
    }
}
