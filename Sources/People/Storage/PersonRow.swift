internal import EventLog
internal import Foundation
internal import Identity
internal import PostgreSQL
internal import Vault

/// A person as the database has them.
struct PersonRow: Sendable {
    let id: PersonID
    let createdAt: Timestamp
    let role: Role
    let key: WrappedKey?
    let profile: [UInt8]?
    let password: String?
    let passwordAt: Timestamp
    let totp: [UInt8]?
    let totpConfirmedAt: Timestamp?
    let totpStep: Int64
    /// How many there are.
    let passkeys: Int64

    /// Whether a password alone is not enough.
    var hasSecondFactor: Bool { totpConfirmedAt != nil || passkeys > 0 }

    private static let columns = """
        p.id, p.created_at, p.role, p.master_key, p.data_key, p.profile, p.password,
        p.password_at, p.totp, p.totp_confirmed_at, p.totp_step,
        (SELECT count(*) FROM passkey k WHERE k.person_id = p.id)
        """
    private static let byID = Statement(
        "people.person", "SELECT \(columns) FROM person p WHERE id = $1")
    // Whoever inserts what refers to the person need not wait: their identifier alone does not change.
    private static let byIDLocked = Statement(
        "people.person.locked",
        "SELECT \(columns) FROM person p WHERE id = $1 FOR NO KEY UPDATE OF p")
    private static let byContact = Statement(
        "people.person.contact",
        """
        SELECT \(columns) FROM person p JOIN contact c ON c.person_id = p.id
        WHERE c.lookup = $1
        """)
    private static let byHandle = Statement(
        "people.person.handle", "SELECT \(columns) FROM person p WHERE handle = $1")

    private init?(_ rows: borrowing Rows) {
        guard !rows.isEmpty, let role = Role(rawValue: Int16(rows.int(0, 2))) else { return nil }
        id = rows.identifier(0, 0)
        createdAt = rows.moment(0, 1)
        self.role = role
        key = rows.wrappedKey(0, 3)
        profile = rows.optionalBytes(0, 5)
        password = rows.optionalText(0, 6)
        passwordAt = rows.moment(0, 7)
        totp = rows.optionalBytes(0, 8)
        totpConfirmedAt = rows.optionalMoment(0, 9)
        totpStep = rows.int(0, 10)
        passkeys = rows.int(0, 11)
    }

    /// The person; nil if there is none, or no longer.
    ///
    /// - Parameter locked: whether nobody else changes the person before the transaction ends.
    static func find(
        _ id: PersonID, on connection: inout Connection, locked: Bool = false
    ) throws(PostgreSQLError) -> PersonRow? {
        PersonRow(try connection.query(locked ? byIDLocked : byID, Parameters { $0.add(id) }))
    }

    static func find(
        contact index: [UInt8], on connection: inout Connection
    ) throws(PostgreSQLError) -> PersonRow? {
        PersonRow(try connection.query(byContact, Parameters { $0.add(index) }))
    }

    static func find(
        handle index: [UInt8], on connection: inout Connection
    ) throws(PostgreSQLError) -> PersonRow? {
        PersonRow(try connection.query(byHandle, Parameters { $0.add(index) }))
    }

    /// The key that the person's data is sealed under.
    func dataKey(_ keyring: Keyring) throws(VaultError) -> DataKey {
        guard let key else { throw .erased }
        return try keyring.unwrap(key, for: "\(id)")
    }

    /// What the person has told of themselves.
    func openProfile(_ keyring: Keyring) throws(VaultError) -> Profile {
        guard let profile else { throw .erased }
        let plain = try dataKey(keyring).open(profile, as: "profile")
        return (try? JSONDecoder().decode(Profile.self, from: Data(plain))) ?? Profile()
    }
}

/// What a person has told of themselves. Kept sealed.
public struct Profile: Codable, Sendable, Equatable {
    /// What others see them called.
    public var name: String?
    /// The handle, without `@`.
    public var handle: String?

    func sealed(under key: DataKey) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        // A structure of two strings encodes always.
        let plain = (try? encoder.encode(self)).map { [UInt8]($0) } ?? []
        return key.seal(plain, as: "profile")
    }
}
