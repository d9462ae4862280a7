internal import EventLog
internal import Identity
internal import PostgreSQL

/// A code that stands for a sign-in, until a client exchanges it, as the database has it.
struct AuthorizationCodeRow: Sendable {
    let client: String
    let person: PersonID
    let device: DeviceID
    let newDeviceName: [UInt8]?
    let methods: AuthenticationMethods
    let authenticatedAt: Timestamp
    let redirectURI: String
    let challenge: String
    let scopes: Scopes
    let expiresAt: Timestamp
    /// What it was exchanged for.
    let session: SessionID?

    private static let read = Statement(
        "people.code",
        """
        SELECT client_id, person_id, device_id, device_name, methods, authenticated_at,
            redirect_uri, challenge, scopes, expires_at, session_id
        FROM authorization_code WHERE digest = $1 FOR UPDATE
        """)
    private static let exchange = Statement(
        "people.code.exchange",
        "UPDATE authorization_code SET session_id = $2 WHERE digest = $1")

    static func find(
        _ digest: [UInt8], on connection: inout Connection
    ) throws(PostgreSQLError) -> AuthorizationCodeRow? {
        let rows = try connection.query(read, Parameters { $0.add(digest) })
        guard !rows.isEmpty else { return nil }
        return AuthorizationCodeRow(
            client: rows.text(0, 0), person: rows.identifier(0, 1), device: rows.identifier(0, 2),
            newDeviceName: rows.optionalBytes(0, 3),
            methods: AuthenticationMethods(rawValue: Int16(rows.int(0, 4))),
            authenticatedAt: rows.moment(0, 5), redirectURI: rows.text(0, 6),
            challenge: rows.text(0, 7), scopes: Scopes(rawValue: rows.int(0, 8)),
            expiresAt: rows.moment(0, 9), session: rows.optionalIdentifier(0, 10))
    }

    /// It was exchanged for a session, for good.
    static func exchanged(
        _ digest: [UInt8], for session: SessionID, on connection: inout Connection
    ) throws(PostgreSQLError) {
        _ = try connection.query(
            exchange,
            Parameters {
                $0.add(digest)
                $0.add(session)
            })
    }
}
