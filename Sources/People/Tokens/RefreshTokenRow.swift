internal import EventLog
internal import Identity
internal import PostgreSQL

/// A refresh token, as the database has it.
struct RefreshTokenRow: Sendable {
    let session: SessionID
    let usedAt: Timestamp?

    private static let insert = Statement(
        "people.refresh_token.insert",
        "INSERT INTO refresh_token (digest, session_id, issued_at) VALUES ($1, $2, $3)")
    private static let read = Statement(
        "people.refresh_token",
        "SELECT session_id, used_at FROM refresh_token WHERE digest = $1 FOR UPDATE")
    private static let use = Statement(
        "people.refresh_token.use", "UPDATE refresh_token SET used_at = $2 WHERE digest = $1")

    static func insert(
        _ digest: [UInt8], of session: SessionID, at now: Timestamp,
        on connection: inout Connection
    ) throws(PostgreSQLError) {
        _ = try connection.query(
            insert,
            Parameters {
                $0.add(digest)
                $0.add(session)
                $0.add(now)
            })
    }

    static func find(
        _ digest: [UInt8], on connection: inout Connection
    ) throws(PostgreSQLError) -> RefreshTokenRow? {
        let rows = try connection.query(read, Parameters { $0.add(digest) })
        guard !rows.isEmpty else { return nil }
        return RefreshTokenRow(
            session: rows.identifier(0, 0), usedAt: rows.optionalMoment(0, 1))
    }

    static func use(
        _ digest: [UInt8], at now: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) {
        _ = try connection.query(
            use,
            Parameters {
                $0.add(digest)
                $0.add(now)
            })
    }
}
