internal import EventLog
internal import Identity
internal import PostgreSQL
internal import Vault

/// Somebody who has just shown that a contact is theirs.
struct NewPerson: Sendable {
    let id: PersonID
    let key: WrappedKey
    let profile: [UInt8]
    let handle: [UInt8]?
    let password: String?

    private static let insert = Statement(
        "people.person.insert",
        """
        INSERT INTO person (id, created_at, role, master_key, data_key, profile, handle, password,
            password_at)
        VALUES ($1, $2, $3::int, $4, $5, $6, $7, $8, $2)
        ON CONFLICT (handle) DO NOTHING RETURNING true
        """)

    private static let withdraw = Statement(
        "people.person.withdraw", "DELETE FROM person WHERE id = $1")

    /// Takes back what the same transaction inserted.
    func withdraw(on connection: inout Connection) throws(PostgreSQLError) {
        _ = try connection.query(Self.withdraw, Parameters { $0.add(id) })
    }

    /// Keeps the person. Returns false instead if the handle is somebody else's.
    func insert(at now: Timestamp, on connection: inout Connection) throws(PostgreSQLError) -> Bool
    {
        try !connection.query(
            Self.insert,
            Parameters {
                $0.add(id)
                $0.add(now)
                $0.add(Role.customer.rawValue)
                $0.add(key.masterKey)
                $0.add(key.bytes)
                $0.add(profile)
                $0.add(handle)
                $0.add(password)
            }
        ).isEmpty
    }
}

/// A contact of a person, as the database has it.
struct ContactRow: Sendable {
    let id: ContactID
    let person: PersonID
    let kind: ContactPoint.Kind
    let lookup: [UInt8]
    let sealed: [UInt8]
    let verifiedAt: Timestamp

    private static let insert = Statement(
        "people.contact.insert",
        """
        INSERT INTO contact (id, person_id, kind, lookup, sealed, verified_at)
        VALUES ($1, $2, $3::int, $4, $5, $6) ON CONFLICT (lookup) DO NOTHING RETURNING true
        """)
    private static let ofPerson = Statement(
        "people.contacts",
        """
        SELECT id, kind, lookup, sealed, verified_at FROM contact WHERE person_id = $1
        ORDER BY verified_at, id
        """)
    private static let remove = Statement(
        "people.contact.remove",
        "DELETE FROM contact WHERE id = $1 AND person_id = $2 RETURNING true")

    /// Keeps it. Returns false instead if somebody has it.
    func insert(on connection: inout Connection) throws(PostgreSQLError) -> Bool {
        try !connection.query(
            Self.insert,
            Parameters {
                $0.add(id)
                $0.add(person)
                $0.add(kind.rawValue)
                $0.add(lookup)
                $0.add(sealed)
                $0.add(verifiedAt)
            }
        ).isEmpty
    }

    /// All contacts of a person, the oldest first.
    static func all(
        of person: PersonID, on connection: inout Connection
    ) throws(PostgreSQLError) -> [ContactRow] {
        let rows = try connection.query(ofPerson, Parameters { $0.add(person) })
        return (0..<rows.count).compactMap { row in
            ContactPoint.Kind(rawValue: Int16(rows.int(row, 1))).map {
                ContactRow(
                    id: rows.identifier(row, 0), person: person, kind: $0,
                    lookup: rows.bytes(row, 2), sealed: rows.bytes(row, 3),
                    verifiedAt: rows.moment(row, 4))
            }
        }
    }

    /// Takes it away; false if the person has no such contact.
    static func remove(
        _ id: ContactID, of person: PersonID, on connection: inout Connection
    ) throws(PostgreSQLError) -> Bool {
        try !connection.query(
            remove,
            Parameters {
                $0.add(id)
                $0.add(person)
            }
        ).isEmpty
    }

    /// The contact itself.
    func open(_ key: DataKey) throws(VaultError) -> ContactPoint {
        let text = String(decoding: try key.open(sealed, as: "contact"), as: UTF8.self)
        guard let contact = ContactPoint(text), contact.kind == kind else { throw .erased }
        return contact
    }
}
