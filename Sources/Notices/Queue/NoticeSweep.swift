internal import EventLog
internal import PostgreSQL

/// Takes away notices that nobody asks for any more, with what became of them.
enum NoticeSweep {
    private static let old = Statement(
        "notices.sweep",
        """
        DELETE FROM notice WHERE id IN (SELECT id FROM notice WHERE created_at < $1 LIMIT $2)
        RETURNING true
        """)
    /// Those for a contact alone are of use for minutes, and tell who tried to come in: they go first.
    private static let forContacts = Statement(
        "notices.sweep_for_contacts",
        """
        DELETE FROM notice WHERE id IN (
            SELECT id FROM notice WHERE created_at < $1 AND contact_kind IS NOT NULL LIMIT $2)
        RETURNING true
        """)
    private static let contactSeconds: Int64 = 7 * 86_400

    /// Takes some away; they can be enqueued again afterwards.
    ///
    /// - Parameter limit: At most so many of each kind of rule.
    /// - Returns: Whether there may be more.
    static func run(
        keptSeconds: Int64, limit: Int64 = 1_000, at now: Timestamp,
        on connection: inout Connection
    ) throws(PostgreSQLError) -> Bool {
        var isFull = false
        for (statement, seconds) in [
            (old, keptSeconds), (forContacts, min(keptSeconds, contactSeconds)),
        ] {
            let count = try connection.query(
                statement,
                Parameters {
                    $0.add(now.adding(seconds: -seconds))
                    $0.add(limit)
                }
            ).count
            isFull = isFull || Int64(count) == limit
        }
        return isFull
    }
}
