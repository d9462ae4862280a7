import EventLog
import Identity
import Logging
import PostgreSQL
import Synchronization
import TestCluster
import Testing
import Vault

@testable import People

extension TestPeople {
    static func masterKey(_ byte: UInt8) throws -> MasterKey {
        try MasterKey(bytes: [UInt8](repeating: byte, count: 32))
    }
    /// The key of ``configuration(_:)``, and the one that comes after it.
    static let oldKey = try! masterKey(1)
    static let newKey = try! masterKey(3)

    /// Another process on the same database, until `body` ends.
    func process<Value>(
        _ keyring: Keyring, logger: Logger? = nil, _ body: (People) async throws -> Value
    ) async throws -> Value {
        var configuration = try Self.configuration(database)
        configuration.keyring = keyring
        let clock = clock
        configuration.clock = { clock.now }
        var quiet = Logger(label: "test")
        quiet.logLevel = .critical
        let sender = sender
        let people = People(configuration, logger: logger ?? quiet) { sender.wake() }
        do {
            let value = try await body(people)
            await people.stop()
            return value
        } catch {
            await people.stop()
            throw error
        }
    }

    /// What SQL says of one bigint.
    func number(_ sql: String) async throws -> Int64 {
        let database = database
        return try await OwnThread.run {
            var connection = try Connection(database)
            return try connection.query(Statement("number", sql)).int(0, 0)
        }
    }

    /// Runs SQL of a test's own.
    func execute(_ sql: String) async throws {
        let database = database
        try await OwnThread.run {
            var connection = try Connection(database)
            try connection.execute(sql)
        }
    }

    /// Somebody who registers from an address of their own, so that many may.
    func register(
        _ email: String, name: String, handle: String, number: Int, by people: People
    ) async throws -> PersonID {
        let sent = try await people.register(
            .init(
                contact: try #require(ContactPoint(email: email)), password: Self.password,
                name: name, handle: Handle(handle)), from: "10.1.\(number / 250).\(number % 250)")
        return try await people.confirmRegistration(
            sent.verification, code: try await code(of: sent))
    }
}

/// Something that happened some number of times, as tasks tell each other.
final class Count: Sendable {
    private let count = Atomic(0)
    var value: Int { count.load(ordering: .relaxed) }
    /// Once more. Returns how many times it was, with this one.
    @discardableResult
    func increment() -> Int { count.add(1, ordering: .relaxed).newValue }
}

/// A master key that does something else while it wraps.
struct MeddlingKey: KeyWrapping {
    let key: MasterKey
    /// Told whose key is about to be wrapped, on the thread that wraps.
    let meddle: @Sendable (String) throws(VaultError) -> Void

    var id: String { key.id }

    func wrap(_ bytes: [UInt8], context: [UInt8]) throws(VaultError) -> [UInt8] {
        try meddle(String(decoding: context, as: UTF8.self))
        return try key.wrap(bytes, context: context)
    }

    func unwrap(_ wrapped: [UInt8], context: [UInt8]) throws(VaultError) -> [UInt8] {
        try key.unwrap(wrapped, context: context)
    }
}

/// Another module's rows: favourites, which are sealed, and pockets, of which an open one stands against an erasure.
struct FavouriteHolder: PersonalDataHolding {
    private static let read = Statement(
        "test.favourites", "SELECT name FROM favourite WHERE person_id = $1 ORDER BY id")
    private static let open = Statement(
        "test.pockets", "SELECT count(*) FROM pocket WHERE person_id = $1 AND closed_at IS NULL")
    private static let remove = Statement(
        "test.favourites.remove", "DELETE FROM favourite WHERE person_id = $1 OR payee_id = $1")

    var section: String { "favourites" }

    var sealedColumns: [SealedColumn] {
        [SealedColumn("favourite", row: "id", owner: "person_id", "name", as: "favourite")]
    }

    func export(
        of person: PersonID, under key: DataKey, on connection: inout Connection
    ) throws(PostgreSQLError) -> ExportValue {
        let rows = try connection.query(Self.read, Parameters { $0.add(person) })
        return .list(
            (0..<rows.count).map { row in
                let name = (try? key.open(rows.bytes(row, 0), as: "favourite")) ?? []
                return .members(["name": .text(String(decoding: name, as: UTF8.self))])
            })
    }

    func objections(
        to erasure: Erasure, on connection: inout Connection
    ) throws(PostgreSQLError) -> [ErasureObjection] {
        let rows = try connection.query(Self.open, Parameters { $0.add(erasure.person) })
        return rows.int(0, 0) == 0
            ? [] : [ErasureObjection("pocket_open", "close your pockets first")]
    }

    func erase(
        _ erasure: Erasure, on connection: inout Connection
    ) throws(PostgreSQLError) {
        _ = try connection.query(Self.remove, Parameters { $0.add(erasure.person) })
    }

    /// Adds a favourite of somebody's.
    static func add(
        _ name: String, of person: PersonID, paying payee: PersonID, in test: TestPeople
    ) async throws {
        let (database, people) = (test.database, test.people)
        try await OwnThread.run {
            var connection = try Connection(database)
            let key = try #require(try people.key(of: person, on: &connection))
            _ = try connection.query(
                Statement(
                    "test.favourite.add",
                    """
                    INSERT INTO favourite (id, person_id, payee_id, name, created_at)
                    VALUES (gen_random_uuid(), $1, $2, $3, 0)
                    """),
                Parameters {
                    $0.add(person)
                    $0.add(payee)
                    $0.add(key.seal(Array(name.utf8), as: "favourite"))
                })
        }
    }
}
