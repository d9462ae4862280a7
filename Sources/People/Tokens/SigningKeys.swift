internal import Crypto
internal import Cryptography
internal import EventLog
internal import Foundation
internal import Identity
internal import JWTKit
internal import PostgreSQL
internal import Vault

/// The keys that sign access tokens and those that did, as one process knows them.
struct SigningKeys: Sendable {
    struct Key: Sendable {
        let id: String
        let privateKey: P256.Signing.PrivateKey
        let createdAt: Timestamp
    }
    /// The newest last.
    let keys: [Key]
    /// They by their identifiers, for signing and verifying.
    let collection: JWTKeyCollection

    /// A key signs once everybody had the time to learn of it.
    static let announcedSeconds: Int64 = 600

    private static let read = Statement(
        "people.signing_keys",
        """
        SELECT id, master_key, data_key, private_key, created_at FROM signing_key
        ORDER BY created_at, id
        """)
    private static let lock = Statement(
        "people.signing_keys.lock", "SELECT pg_advisory_xact_lock(7234982)")
    private static let insert = Statement(
        "people.signing_key.insert",
        """
        INSERT INTO signing_key (id, master_key, data_key, private_key, created_at)
        VALUES ($1, $2, $3, $4, $5)
        """)
    private static let remove = Statement(
        "people.signing_keys.remove", "DELETE FROM signing_key WHERE id = $1")

    init(_ keys: [Key]) async throws {
        self.keys = keys
        collection = JWTKeyCollection()
        for key in keys {
            await collection.add(
                ecdsa: try ES256PrivateKey(backing: key.privateKey),
                kid: JWKIdentifier(string: key.id))
        }
    }

    /// The key that signs at `now`: the newest that was announced for long enough, or else the oldest.
    func signing(at now: Timestamp) -> Key? {
        keys.last { $0.createdAt.adding(seconds: Self.announcedSeconds) <= now } ?? keys.first
    }

    /// All that there are; one is made if the newest is older than `life` or there is none, and those go that have
    /// signed nothing for as long as a token is good.
    static func load(
        _ keyring: Keyring, life: Int64, tokenLife: Int64, at now: Timestamp,
        on connection: inout Connection
    ) throws(PostgreSQLError) -> [Key] {
        _ = try connection.query(lock)
        var keys = try readAll(keyring, on: &connection)
        let isDue = keys.last.map { $0.createdAt.adding(seconds: life) <= now } ?? true
        if isDue, let new = try make(keyring, at: now, on: &connection) { keys.append(new) }
        // A key's successor signs once announced; tokens signed until then are good for their life.
        while keys.count > 1,
            keys[1].createdAt.adding(seconds: announcedSeconds + tokenLife + 60) <= now
        {
            let old = keys.removeFirst()
            _ = try connection.query(remove, Parameters { $0.add(old.id) })
        }
        return keys
    }

    private static func readAll(
        _ keyring: Keyring, on connection: inout Connection
    ) throws(PostgreSQLError) -> [Key] {
        let rows = try connection.query(read)
        var keys: [Key] = []
        for row in 0..<rows.count {
            let id = rows.text(row, 0)
            guard let wrapped = rows.wrappedKey(row, 1),
                let key = try? keyring.unwrap(wrapped, for: id),
                let bytes = try? key.open(rows.bytes(row, 3), as: "signing_key"),
                let privateKey = try? P256.Signing.PrivateKey(rawRepresentation: bytes)
            else { throw .unexpectedResult("the signing key \(id) cannot be opened") }
            keys.append(Key(id: id, privateKey: privateKey, createdAt: rows.moment(row, 4)))
        }
        return keys
    }

    private static func make(
        _ keyring: Keyring, at now: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) -> Key? {
        let id = Base64URL.encode(randomBytes(9))
        let privateKey = P256.Signing.PrivateKey()
        let key = DataKey()
        guard let wrapped = try? keyring.wrap(key, for: id) else { return nil }
        _ = try connection.query(
            insert,
            Parameters {
                $0.add(id)
                $0.add(wrapped.masterKey)
                $0.add(wrapped.bytes)
                $0.add(key.seal(Array(privateKey.rawRepresentation), as: "signing_key"))
                $0.add(now)
            })
        return Key(id: id, privateKey: privateKey, createdAt: now)
    }
}
