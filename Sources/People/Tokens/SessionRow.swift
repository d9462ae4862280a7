internal import EventLog
internal import Identity
internal import PostgreSQL

/// A person on a device, until one of them ends it.
struct SessionRow: Sendable {
    /// Why a session ended. Raw values are the database's.
    enum End: Int16, Sendable {
        case signedOut = 1
        /// A refresh token or an authorization code was shown a second time.
        case reuse = 2
        case passwordChanged = 3
        case erased = 4
        case byOperator = 5
    }

    let id: SessionID
    let person: PersonID
    let device: DeviceID
    let client: String
    let scopes: Scopes
    let methods: AuthenticationMethods
    let authenticatedAt: Timestamp
    let createdAt: Timestamp
    let lastUsedAt: Timestamp
    let expiresAt: Timestamp
    let endedAt: Timestamp?

    private static let columns = """
        id, person_id, device_id, client_id, scopes, methods, authenticated_at, created_at,
        last_used_at, expires_at, ended_at
        """
    private static let insert = Statement(
        "people.session.insert",
        """
        INSERT INTO session (\(columns))
        VALUES ($1, $2, $3, $4, $5, $6::int, $7, $8, $8, $9, NULL)
        """)
    private static let read = Statement(
        "people.session", "SELECT \(columns) FROM session WHERE id = $1 FOR UPDATE")
    private static let ofPerson = Statement(
        "people.sessions",
        """
        SELECT \(columns) FROM session
        WHERE person_id = $1 AND ended_at IS NULL AND expires_at > $2
        ORDER BY last_used_at DESC, id
        """)
    private static let use = Statement(
        "people.session.use",
        "UPDATE session SET last_used_at = $2, expires_at = $3 WHERE id = $1")
    private static let prove = Statement(
        "people.session.prove",
        "UPDATE session SET authenticated_at = $2, methods = $3::int WHERE id = $1")
    private static let end = Statement(
        "people.session.end",
        """
        UPDATE session SET ended_at = $3, end_cause = $4::int
        WHERE id = $1 AND person_id = $2 AND ended_at IS NULL RETURNING true
        """)
    private static let endAll = Statement(
        "people.sessions.end",
        """
        UPDATE session SET ended_at = $2, end_cause = $3::int
        WHERE person_id = $1 AND ended_at IS NULL AND id IS DISTINCT FROM $4::uuid
        RETURNING id
        """)
    private static let endSignIns = Statement(
        "people.sign_ins.end", "DELETE FROM sign_in WHERE person_id = $1")
    private static let endCodes = Statement(
        "people.codes.end",
        "DELETE FROM authorization_code WHERE person_id = $1 AND session_id IS NULL")
    // A device with another session goes on being reached.
    private static let endTargets = Statement(
        "people.sessions.push_targets",
        """
        DELETE FROM push_target t WHERE person_id = $1 AND NOT EXISTS (
            SELECT 1 FROM session s WHERE s.device_id = t.device_id AND s.person_id = $1
                AND s.ended_at IS NULL AND s.expires_at > $2)
        """)
    private static let onDevice = Statement(
        "people.session.on_device",
        """
        SELECT id FROM session WHERE device_id = $1 AND person_id = $2 AND ended_at IS NULL
            AND expires_at > $3
        ORDER BY id LIMIT 1 FOR SHARE
        """)
    private static let endedSince = Statement(
        "people.sessions.ended", "SELECT id FROM session WHERE ended_at > $1")

    private static func decode(_ rows: borrowing Rows, _ row: Int) -> SessionRow {
        SessionRow(
            id: rows.identifier(row, 0), person: rows.identifier(row, 1),
            device: rows.identifier(row, 2), client: rows.text(row, 3),
            scopes: Scopes(rawValue: rows.int(row, 4)),
            methods: AuthenticationMethods(rawValue: Int16(rows.int(row, 5))),
            authenticatedAt: rows.moment(row, 6), createdAt: rows.moment(row, 7),
            lastUsedAt: rows.moment(row, 8), expiresAt: rows.moment(row, 9),
            endedAt: rows.optionalMoment(row, 10))
    }

    func insert(on connection: inout Connection) throws(PostgreSQLError) {
        _ = try connection.query(
            Self.insert,
            Parameters {
                $0.add(id)
                $0.add(person)
                $0.add(device)
                $0.add(client)
                $0.add(scopes.rawValue)
                $0.add(methods.rawValue)
                $0.add(authenticatedAt)
                $0.add(createdAt)
                $0.add(expiresAt)
            })
    }

    /// A session, whether it goes on or not; nobody else changes it before the transaction ends.
    static func find(
        _ id: SessionID, on connection: inout Connection
    ) throws(PostgreSQLError) -> SessionRow? {
        let rows = try connection.query(read, Parameters { $0.add(id) })
        return rows.isEmpty ? nil : decode(rows, 0)
    }

    /// The sessions of a person that go on, the last used first.
    static func all(
        of person: PersonID, at now: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) -> [SessionRow] {
        let rows = try connection.query(
            ofPerson,
            Parameters {
                $0.add(person)
                $0.add(now)
            })
        var sessions: [SessionRow] = []
        for row in 0..<rows.count { sessions.append(decode(rows, row)) }
        return sessions
    }

    /// It was used: it goes on until `expiresAt`.
    func use(
        at now: Timestamp, until expiresAt: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) {
        _ = try connection.query(
            Self.use,
            Parameters {
                $0.add(id)
                $0.add(now)
                $0.add(expiresAt)
            })
        try DeviceRow.use(device, at: now, on: &connection)
    }

    /// Its person has just shown again who they are.
    static func prove(
        _ id: SessionID, _ methods: AuthenticationMethods, at now: Timestamp,
        on connection: inout Connection
    ) throws(PostgreSQLError) {
        _ = try connection.query(
            prove,
            Parameters {
                $0.add(id)
                $0.add(now)
                $0.add(methods.rawValue)
            })
    }

    /// Ends one, and what its device alone was reached by; false if the person has no such session that goes on.
    static func end(
        _ id: SessionID, of person: PersonID, _ cause: End, at now: Timestamp,
        on connection: inout Connection
    ) throws(PostgreSQLError) -> Bool {
        let ended = try !connection.query(
            end,
            Parameters {
                $0.add(id)
                $0.add(person)
                $0.add(now)
                $0.add(cause.rawValue)
            }
        ).isEmpty
        if ended { try endTargets(of: person, at: now, on: &connection) }
        return ended
    }

    /// Devices without a session are reached no more.
    private static func endTargets(
        of person: PersonID, at now: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) {
        _ = try connection.query(
            endTargets,
            Parameters {
                $0.add(person)
                $0.add(now)
            })
    }

    /// Whether a person has a session on a device that goes on; it does not end before the transaction does.
    static func goesOn(
        on device: DeviceID, of person: PersonID, at now: Timestamp,
        on connection: inout Connection
    ) throws(PostgreSQLError) -> Bool {
        try !connection.query(
            onDevice,
            Parameters {
                $0.add(device)
                $0.add(person)
                $0.add(now)
            }
        ).isEmpty
    }

    /// Ends all of a person, but perhaps one, whatever could still become one, and what their devices were reached by.
    /// Returns which.
    static func endAll(
        of person: PersonID, but kept: SessionID? = nil, _ cause: End, at now: Timestamp,
        on connection: inout Connection
    ) throws(PostgreSQLError) -> [SessionID] {
        let rows = try connection.query(
            endAll,
            Parameters {
                $0.add(person)
                $0.add(now)
                $0.add(cause.rawValue)
                $0.add(kept)
            })
        for statement in [endSignIns, endCodes] {
            _ = try connection.query(statement, Parameters { $0.add(person) })
        }
        try endTargets(of: person, at: now, on: &connection)
        var ended: [SessionID] = []
        for row in 0..<rows.count { ended.append(rows.identifier(row, 0)) }
        return ended
    }

    /// Which ended after a moment.
    static func ended(
        since moment: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) -> [SessionID] {
        let rows = try connection.query(endedSince, Parameters { $0.add(moment) })
        var ended: [SessionID] = []
        for row in 0..<rows.count { ended.append(rows.identifier(row, 0)) }
        return ended
    }
}
