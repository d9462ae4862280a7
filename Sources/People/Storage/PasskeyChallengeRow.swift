internal import EventLog
internal import Identity
internal import PostgreSQL
internal import WebAuthn

/// What a passkey was asked to sign, as the database has it, until it is answered.
struct PasskeyChallengeRow: Sendable {
    /// What the answer is for. Raw values are the database's.
    enum Purpose: Int16, Sendable {
        case registration = 1
        case signIn = 2
        case stepUp = 3
        case payment = 4
    }
    private static let lifeSeconds: Int64 = 300

    private static let insert = Statement(
        "people.passkey_challenge.insert",
        """
        INSERT INTO passkey_challenge (id, purpose, person_id, challenge, expires_at)
        VALUES ($1, $2::int, $3, $4, $5)
        """)
    private static let take = Statement(
        "people.passkey_challenge.take",
        """
        DELETE FROM passkey_challenge WHERE id = $1 AND purpose = $2::int
            AND person_id IS NOT DISTINCT FROM $3::uuid
        RETURNING challenge, expires_at
        """)

    /// Keeps a challenge for somebody, or for whoever answers.
    static func insert(
        _ id: PasskeyChallengeID, _ challenge: Challenge, for purpose: Purpose,
        of person: PersonID?, at now: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) {
        _ = try connection.query(
            insert,
            Parameters {
                $0.add(id)
                $0.add(purpose.rawValue)
                $0.add(person)
                $0.add(challenge.bytes)
                $0.add(now.adding(seconds: lifeSeconds))
            })
    }

    /// Takes it, once, whatever the answer to it is; nil if there is none, or it came too late.
    static func take(
        _ id: PasskeyChallengeID, for purpose: Purpose, of person: PersonID?, at now: Timestamp,
        on connection: inout Connection
    ) throws(PostgreSQLError) -> Challenge? {
        let rows = try connection.query(
            take,
            Parameters {
                $0.add(id)
                $0.add(purpose.rawValue)
                $0.add(person)
            })
        guard !rows.isEmpty, rows.moment(0, 1) > now else { return nil }
        return try? Challenge(rows.bytes(0, 0))
    }
}
