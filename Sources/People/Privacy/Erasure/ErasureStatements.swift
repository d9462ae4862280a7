internal import EventLog
internal import Identity
internal import Notices
internal import PostgreSQL

/// Takes away what these tables hold of a person.
enum ErasureStatements {
    private static let forget = Statement(
        "people.erase.person",
        """
        UPDATE person SET master_key = NULL, data_key = NULL, profile = NULL, handle = NULL,
            password = NULL, password_at = created_at, totp = NULL, totp_confirmed_at = NULL,
            totp_step = 0, primary_currency = NULL, role = $3::int, erased_at = $2
        WHERE id = $1
        """)

    /// Whoever is about to make a session of a sign-in or a code holds its row: these go first, and then the sessions.
    private static let possibleSessions = [
        Statement("people.erase.sign_in", "DELETE FROM sign_in WHERE person_id = $1"),
        Statement("people.erase.code", "DELETE FROM authorization_code WHERE person_id = $1"),
        // Whoever uses a token locks it before its session, and so does this. One that was given meanwhile is of no use
        // without its session, and goes with the sweep.
        Statement(
            "people.erase.refresh_token",
            """
            DELETE FROM refresh_token
            WHERE session_id IN (SELECT id FROM session WHERE person_id = $1)
            """),
    ]
    private static let others = [
        Statement("people.erase.challenge", "DELETE FROM passkey_challenge WHERE person_id = $1"),
        Statement(
            "people.erase.payment_confirmation",
            "DELETE FROM payment_confirmation WHERE person_id = $1"),
        Statement("people.erase.passkey", "DELETE FROM passkey WHERE person_id = $1"),
        Statement("people.erase.recovery_code", "DELETE FROM recovery_code WHERE person_id = $1"),
        Statement(
            "people.erase.verification",
            """
            DELETE FROM verification WHERE person_id = $1
                OR lookup IN (SELECT lookup FROM contact WHERE person_id = $1)
            """),
        Statement("people.erase.contact", "DELETE FROM contact WHERE person_id = $1"),
        // Other processes learn from ended sessions that their tokens are good no more, and a session has a device. Both go
        // with the sweep.
        Statement(
            "people.erase.device",
            """
            DELETE FROM device d WHERE person_id = $1
                AND NOT EXISTS (SELECT 1 FROM session s WHERE s.device_id = d.id)
            """),
        Statement("people.erase.device.name", "UPDATE device SET name = '' WHERE person_id = $1"),
    ]
    private static let recent = Statement(
        "people.erased.recently", "SELECT EXISTS (SELECT 1 FROM person WHERE erased_at > $1)")

    /// Takes all away, in the caller's transaction, in which the person is locked. Returns the sessions that ended.
    static func run(
        _ person: PersonID, at now: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) -> [SessionID] {
        let whose = Parameters { $0.add(person) }
        for statement in possibleSessions { _ = try connection.query(statement, whose) }
        let ended = try SessionRow.endAll(of: person, .erased, at: now, on: &connection)
        for statement in others { _ = try connection.query(statement, whose) }
        try NoticeErasure.run(for: person, in: &connection)
        _ = try connection.query(
            forget,
            Parameters {
                $0.add(person)
                $0.add(now)
                $0.add(Role.customer.rawValue)
            })
        return ended
    }

    /// Whether somebody was erased after a moment.
    static func happened(
        after moment: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) -> Bool {
        try connection.query(recent, Parameters { $0.add(moment) }).bool(0, 0)
    }

    /// The tables in which an erasure leaves dead rows.
    static let vacuum = """
        VACUUM (INDEX_CLEANUP ON, TRUNCATE OFF) person, contact, verification, passkey, recovery_code, device, sign_in,
            authorization_code, refresh_token, session, notice, push_target
        """
}
