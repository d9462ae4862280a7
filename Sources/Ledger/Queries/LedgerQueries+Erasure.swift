public import EventLog
public import PostgreSQL

extension LedgerQueries {
    private static let unrebased = Statement(
        "unrebased",
        """
        SELECT min(erased_at) FROM context_key
        WHERE erased_sequence > (SELECT coalesce(max(sequence), 0) FROM rebase)
        """)

    /// When the first of the risk contexts was erased that the engine's state may still depend on; nil if there is none.
    public func firstUnrebasedErasure() async throws(PostgreSQLError) -> Timestamp? {
        try await pool.run { connection throws(PostgreSQLError) in
            try connection.query(Self.unrebased).optionalInt(0, 0).map { Timestamp($0) }
        }
    }
}
