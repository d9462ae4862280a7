internal import EventLog
internal import Identity
internal import PostgreSQL

/// A device of a person, as the database has it.
struct DeviceRow: Sendable {
    let id: DeviceID
    let name: [UInt8]
    let createdAt: Timestamp
    let lastUsedAt: Timestamp

    private static let known = Statement(
        "people.device.known", "SELECT id FROM device WHERE id = $1 AND person_id = $2")
    private static let insert = Statement(
        "people.device.insert",
        """
        INSERT INTO device (id, person_id, name, created_at, last_used_at)
        VALUES ($1, $2, $3, $4, $4)
        """)
    private static let use = Statement(
        "people.device.use", "UPDATE device SET last_used_at = $2 WHERE id = $1")
    private static let ofPerson = Statement(
        "people.devices",
        """
        SELECT id, name, created_at, last_used_at FROM device WHERE person_id = $1
        ORDER BY last_used_at DESC, id
        """)
    private static let rename = Statement(
        "people.device.rename",
        "UPDATE device SET name = $3 WHERE id = $1 AND person_id = $2 RETURNING true")

    /// `id` if it is a device of the person's.
    static func isKnown(
        _ id: DeviceID?, of person: PersonID, on connection: inout Connection
    ) throws(PostgreSQLError) -> DeviceID? {
        guard let id else { return nil }
        let rows = try connection.query(
            known,
            Parameters {
                $0.add(id)
                $0.add(person)
            })
        return rows.isEmpty ? nil : id
    }

    static func insert(
        _ id: DeviceID, of person: PersonID, name: [UInt8], at now: Timestamp,
        on connection: inout Connection
    ) throws(PostgreSQLError) {
        _ = try connection.query(
            insert,
            Parameters {
                $0.add(id)
                $0.add(person)
                $0.add(name)
                $0.add(now)
            })
    }

    static func use(
        _ id: DeviceID, at now: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) {
        _ = try connection.query(
            use,
            Parameters {
                $0.add(id)
                $0.add(now)
            })
    }

    /// A person's devices, the last used first.
    static func all(
        of person: PersonID, on connection: inout Connection
    ) throws(PostgreSQLError) -> [DeviceRow] {
        let rows = try connection.query(ofPerson, Parameters { $0.add(person) })
        return (0..<rows.count).map { row in
            DeviceRow(
                id: rows.identifier(row, 0), name: rows.bytes(row, 1),
                createdAt: rows.moment(row, 2), lastUsedAt: rows.moment(row, 3))
        }
    }

    /// Gives a device another name, sealed; false if the person has no such device.
    static func rename(
        _ id: DeviceID, of person: PersonID, _ name: [UInt8], on connection: inout Connection
    ) throws(PostgreSQLError) -> Bool {
        try !connection.query(
            rename,
            Parameters {
                $0.add(id)
                $0.add(person)
                $0.add(name)
            }
        ).isEmpty
    }
}
