public import Identity
public import PostgreSQL

/// Takes away all that is kept of a person's notices.
public enum NoticeErasure {
    private static let statements = [
        Statement("notices.erase", "DELETE FROM notice WHERE person_id = $1"),
        Statement("notices.erase_targets", "DELETE FROM push_target WHERE person_id = $1"),
        Statement(
            "notices.erase_preferences", "DELETE FROM notice_preference WHERE person_id = $1"),
        Statement("notices.erase_feed", "DELETE FROM notice_feed WHERE person_id = $1"),
    ]

    /// Erases them, with what still waits to go out: for the transaction that erases the person. What the person is told
    /// of their erasure goes to a contact of nobody's, and is enqueued after this.
    public static func run(
        for person: PersonID, in connection: inout Connection
    ) throws(PostgreSQLError) {
        for statement in statements {
            _ = try connection.query(statement, Parameters { $0.add(person) })
        }
    }
}
