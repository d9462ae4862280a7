internal import EventLog
internal import Identity
internal import PostgreSQL
internal import Vault

/// A sign-in under way, or just complete, as the database has it.
struct SignInRow: Sendable {
    /// Codes that may be tried in one sign-in.
    static let tries: Int16 = 5
    static let lifeSeconds: Int64 = 600

    let person: PersonID
    let device: DeviceID
    /// Of a device not seen before: its name, sealed.
    let newDeviceName: [UInt8]?
    var methods: AuthenticationMethods
    var isComplete: Bool
    let failures: Int16
    let createdAt: Timestamp

    private static let insert = Statement(
        "people.sign_in.insert",
        """
        INSERT INTO sign_in (digest, person_id, device_id, device_name, methods, is_complete,
            created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5::int, $6, $7, $8)
        """)
    private static let read = Statement(
        "people.sign_in",
        """
        SELECT person_id, device_id, device_name, methods, is_complete, failures, created_at
        FROM sign_in WHERE digest = $1 AND expires_at > $2 FOR UPDATE
        """)
    private static let advance = Statement(
        "people.sign_in.advance",
        "UPDATE sign_in SET methods = $2::int, is_complete = $3 WHERE digest = $1")
    private static let fail = Statement(
        "people.sign_in.fail", "UPDATE sign_in SET failures = failures + 1 WHERE digest = $1")
    private static let end = Statement(
        "people.sign_in.end", "DELETE FROM sign_in WHERE digest = $1")

    /// A sign-in of a person with a device, which is theirs or else a new one. Not kept yet.
    static func begun(
        _ person: PersonID, _ key: DataKey, _ device: People.DeviceClaim,
        methods: AuthenticationMethods, isComplete: Bool, at now: Timestamp,
        on connection: inout Connection
    ) throws(PostgreSQLError) -> SignInRow {
        let known = try DeviceRow.isKnown(device.id, of: person, on: &connection)
        let name = known == nil ? key.seal(Array(device.name.utf8), as: "device") : nil
        return SignInRow(
            person: person, device: known ?? DeviceID(at: now), newDeviceName: name,
            methods: methods, isComplete: isComplete, failures: 0, createdAt: now)
    }

    func insert(_ digest: [UInt8], on connection: inout Connection) throws(PostgreSQLError) {
        _ = try connection.query(
            Self.insert,
            Parameters {
                $0.add(digest)
                $0.add(person)
                $0.add(device)
                $0.add(newDeviceName)
                $0.add(methods.rawValue)
                $0.add(isComplete)
                $0.add(createdAt)
                $0.add(createdAt.adding(seconds: Self.lifeSeconds))
            })
    }

    /// The sign-in of a secret; nil if there is none, or no longer.
    static func find(
        _ digest: [UInt8], at now: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) -> SignInRow? {
        let rows = try connection.query(
            read,
            Parameters {
                $0.add(digest)
                $0.add(now)
            })
        guard !rows.isEmpty else { return nil }
        return SignInRow(
            person: rows.identifier(0, 0), device: rows.identifier(0, 1),
            newDeviceName: rows.optionalBytes(0, 2),
            methods: AuthenticationMethods(rawValue: Int16(rows.int(0, 3))),
            isComplete: rows.bool(0, 4), failures: Int16(rows.int(0, 5)),
            createdAt: rows.moment(0, 6))
    }

    /// Completes it with one more method.
    static func complete(
        _ digest: [UInt8], with methods: AuthenticationMethods, on connection: inout Connection
    ) throws(PostgreSQLError) {
        _ = try connection.query(
            advance,
            Parameters {
                $0.add(digest)
                $0.add(methods.rawValue)
                $0.add(true)
            })
    }

    static func fail(_ digest: [UInt8], on connection: inout Connection) throws(PostgreSQLError) {
        _ = try connection.query(fail, Parameters { $0.add(digest) })
    }

    static func end(_ digest: [UInt8], on connection: inout Connection) throws(PostgreSQLError) {
        _ = try connection.query(end, Parameters { $0.add(digest) })
    }
}
