internal import EventLog
internal import PostgreSQL

/// Takes away what nobody can use any more, and nobody asks for.
enum Sweep {
    private struct Rule {
        let statement: Statement
        /// Seconds that a row is kept beyond its time.
        let keptSeconds: Int64

        init(
            _ table: StaticString, of whom: StaticString = "all", _ condition: StaticString,
            keptSeconds: Int64
        ) {
            statement = Statement(
                "people.sweep.\(table).\(whom)", "DELETE FROM \(table) WHERE \(condition)")
            self.keptSeconds = keptSeconds
        }
    }

    private static let rules = [
        // Codes of the last hour are counted.
        Rule("verification", "expires_at < $1", keptSeconds: 3_600),
        Rule("sign_in", "expires_at < $1", keptSeconds: 0),
        Rule("passkey_challenge", "expires_at < $1", keptSeconds: 0),
        // As long as a repeated request is usually known.
        Rule("payment_confirmation", "judged_at < $1", keptSeconds: 30 * 86_400),
        // A code that is shown again ends its session, also a while after.
        Rule("authorization_code", "expires_at < $1", keptSeconds: 86_400),
        // Longer than any failures are remembered.
        Rule("attempt", "failed_at < $1", keptSeconds: 2 * 86_400),
        Rule(
            "refresh_token",
            "session_id IN (SELECT id FROM session WHERE expires_at < $1 OR ended_at < $1)",
            keptSeconds: 30 * 86_400),
        // Whose sessions ended by themselves.
        Rule(
            "push_target",
            """
            NOT EXISTS (SELECT 1 FROM session s WHERE s.device_id = push_target.device_id
                AND s.person_id = push_target.person_id AND s.ended_at IS NULL
                AND s.expires_at > $1)
            """, keptSeconds: 0),
        // Of the erased: until then other processes learn from them that tokens are good no more. One after another, as
        // each refers to the next.
        Rule(
            "refresh_token", of: "the erased",
            """
            session_id IN (SELECT s.id FROM session s JOIN person p ON p.id = s.person_id
                WHERE p.erased_at < $1)
            """,
            keptSeconds: 2 * 86_400),
        Rule(
            "session", of: "the erased",
            "person_id IN (SELECT id FROM person WHERE erased_at < $1)", keptSeconds: 2 * 86_400),
        Rule(
            "device", of: "the erased",
            "person_id IN (SELECT id FROM person WHERE erased_at < $1)", keptSeconds: 2 * 86_400),
    ]

    /// Sweeps once.
    static func run(at now: Timestamp, on connection: inout Connection) throws(PostgreSQLError) {
        for rule in rules {
            _ = try connection.query(
                rule.statement, Parameters { $0.add(now.adding(seconds: -rule.keptSeconds)) })
        }
    }
}
