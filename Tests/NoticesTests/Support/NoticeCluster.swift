import EventLog
import Foundation
import Identity
import Logging
import PostgreSQL
import Synchronization
import TestCluster
import Testing
import Vault

@testable import Notices

/// Seals under one key a person, in memory.
final class TestSealing: NoticeSealing {
    private let keys = Mutex<[PersonID: DataKey]>([:])
    private let erased = Mutex<Set<PersonID>>([])
    private let service = DataKey()

    func erase(_ person: PersonID) { _ = erased.withLock { $0.insert(person) } }

    private func key(_ person: PersonID?) -> DataKey? {
        guard let person else { return service }
        if erased.withLock({ $0.contains(person) }) { return nil }
        return keys.withLock { keys in
            let key = keys[person] ?? DataKey()
            keys[person] = key
            return key
        }
    }

    func seal(
        _ plain: [UInt8], for person: PersonID?, as field: String,
        on connection: inout Connection
    ) throws(PostgreSQLError) -> [UInt8]? { key(person)?.seal(plain, as: field) }

    func open(
        _ sealed: [UInt8], for person: PersonID?, as field: String,
        on connection: inout Connection
    ) throws(PostgreSQLError) -> [UInt8]? {
        guard let key = key(person) else { return nil }
        return try? key.open(sealed, as: field)
    }

    func index(of text: String, kind: String) -> [UInt8] {
        guard let key = try? LookupKey(bytes: [UInt8](repeating: 7, count: 32)) else { return [] }
        return key.index(of: text, kind: kind)
    }
}

/// Contacts in memory.
final class TestAddressing: NoticeAddressing {
    private let known = Mutex<[PersonID: [NoticeContact]]>([:])

    func set(_ contacts: [NoticeContact], of person: PersonID) {
        known.withLock { $0[person] = contacts }
    }

    func contacts(
        of person: PersonID, on connection: inout Connection
    ) throws(PostgreSQLError) -> [NoticeContact] { known.withLock { $0[person] ?? [] } }
}

/// A clock that stands until it is set.
final class TestClock: Sendable {
    private let moment: Atomic<Int64>
    init(_ start: Timestamp = Samples.start) { moment = Atomic(start.rawValue) }
    var now: Timestamp { Timestamp(moment.load(ordering: .relaxed)) }
    func advance(seconds: Int64) { moment.add(seconds * 1_000_000, ordering: .relaxed) }
}

/// Keeps what it is to send, and answers as the test says.
final class TestSender: NoticeSending {
    let channel: NoticeChannel
    private let sent = Mutex<[OutgoingNotice]>([])
    private let answer: @Sendable (OutgoingNotice, Int) async -> DeliveryAnswer

    /// - Parameter answer: Given the notice, and how often it came to this sender before.
    init(
        _ channel: NoticeChannel,
        _ answer: @escaping @Sendable (OutgoingNotice, Int) async -> DeliveryAnswer = { _, _ in
            .delivered
        }
    ) {
        self.channel = channel
        self.answer = answer
    }

    var notices: [OutgoingNotice] { sent.withLock { $0 } }

    func send(_ notice: OutgoingNotice) async -> DeliveryAnswer {
        let before = sent.withLock { sent in
            defer { sent.append(notice) }
            return sent.count { $0.id == notice.id && $0.target == notice.target }
        }
        return await answer(notice, before)
    }
}

/// A database with people, and what the module works with there.
struct NoticeCluster: Sendable {
    let information: String
    let pool: ConnectionPool
    let sealing = TestSealing()
    let addressing = TestAddressing()
    let clock = TestClock()
    let logger = Logger(label: "notices") { _ in SwiftLogNoOpLogHandler() }

    private static let insertPerson = Statement(
        "test.person", "INSERT INTO person (id, created_at, role, password_at) VALUES ($1, 0, 1, 0)"
    )

    init() async throws {
        information = try await TestCluster.newDatabase()
        pool = ConnectionPool(information, count: 6, name: "test-notices")
    }

    /// With a cluster for a test, which is stopped afterwards.
    static func with(_ body: (NoticeCluster) async throws -> Void) async throws {
        let cluster = try await NoticeCluster()
        defer { cluster.pool.stop() }
        try await body(cluster)
    }

    func person() async throws -> PersonID {
        let id = PersonID(at: clock.now)
        try await pool.run { connection throws(PostgreSQLError) in
            _ = try connection.query(Self.insertPerson, Parameters { $0.add(id) })
        }
        return id
    }

    @discardableResult
    func enqueue(_ notices: [NewNotice]) async throws -> Int {
        let (queue, now) = (NoticeQueue(sealing: sealing), clock.now)
        return try await pool.run { connection throws(PostgreSQLError) in
            try connection.transaction { connection throws(PostgreSQLError) in
                try queue.enqueue(notices, at: now, in: &connection)
            }
        }
    }

    func register(
        _ address: PushAddress, of person: PersonID, on device: DeviceID? = nil
    ) async throws -> PushTargetID? {
        let (targets, now) = (PushTargets(sealing: sealing), clock.now)
        let device = device ?? DeviceID(at: now)
        return try await pool.run { connection throws(PostgreSQLError) in
            try connection.transaction { connection throws(PostgreSQLError) in
                try targets.register(address, of: person, on: device, at: now, in: &connection)
            }
        }
    }

    func targets(of person: PersonID) async throws -> [PushTargets.Listed] {
        try await pool.run { connection throws(PostgreSQLError) in
            try PushTargets.all(of: person, on: &connection)
        }
    }

    func deliveries(_ state: DeliveryState) async throws -> [ListedDelivery] {
        try await pool.run { connection throws(PostgreSQLError) in
            try Deliveries.all(state, limit: 10_000, on: &connection)
        }
    }

    func spread(_ channels: NoticeChannels = .all, limit: Int64 = 200) async throws
        -> NoticeSpread.Outcome
    {
        let spread = NoticeSpread(addressing: addressing, channels: channels, limit: limit)
        let now = clock.now
        return try await pool.run { connection throws(PostgreSQLError) in
            try connection.transaction { connection throws(PostgreSQLError) in
                try spread.run(at: now, in: &connection)
            }
        }
    }

    var feed: NoticeFeed { NoticeFeed(pool, sealing: sealing, logger: logger) }

    func courier(
        _ senders: [any NoticeSending], feed: NoticeFeed? = nil,
        _ change: (inout CourierOptions) -> Void = { _ in }
    ) -> NoticeCourier {
        var options = CourierOptions()
        options.pollMillis = 20
        change(&options)
        return NoticeCourier(
            pool, sealing: sealing, addressing: addressing, senders: senders, feed: feed,
            options: options, logger: logger, clock: { [clock] in clock.now })
    }

    /// Lets couriers work until `body` returns, and then until they have stopped.
    func running(_ couriers: [NoticeCourier], _ body: () async throws -> Void) async throws {
        let tasks = couriers.map { courier in Task { await courier.run() } }
        let result: Result<Void, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        for courier in couriers { courier.stop() }
        for task in tasks { await task.value }
        try result.get()
    }
}

/// Waits until a condition holds, for half a minute at most.
func eventually(
    _ what: Comment, _ sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + .seconds(30)
    while try await !condition() {
        if ContinuousClock.now > end {
            Issue.record(what, sourceLocation: sourceLocation)
            throw CancellationError()
        }
        try await Task.sleep(for: .milliseconds(5))
    }
}
