import EventLog
import Foundation
import Logging
import Synchronization
import Testing

@testable import PostingStream

/// A log in memory, as the publisher reads it.
final class MemoryLog: LogSource {
    struct State {
        var log = SampleLog()
        var decided: [TransferDecision] = []
        var epoch: UInt32 = 0
        var heard = 0
    }
    let state = Mutex(State())
    static let logID = TransferID(high: 3, low: 4)

    var head: EventLog.Sequence { state.withLock { $0.log.head } }
    var epoch: Int { state.withLock { Int($0.epoch) } }
    var decisionCount: Int { state.withLock { $0.decided.count } }

    func append(events: Int, bytes: Int = 8) -> StoredBatch {
        state.withLock { $0.log.append(events: events, bytes: bytes) }
    }

    func head() async throws -> (logID: TransferID, sequence: EventLog.Sequence) {
        (Self.logID, head)
    }
    func runningHash(at sequence: EventLog.Sequence) async throws -> RunningHash? {
        state.withLock { $0.log.runningHash(at: sequence) }
    }
    func boundary(atOrBefore sequence: EventLog.Sequence) async throws -> EventLog.Sequence {
        state.withLock { $0.log.boundary(atOrBefore: sequence) }
    }
    func batches(after sequence: EventLog.Sequence, limit: Int) async throws -> [StoredBatch] {
        state.withLock { $0.log.batches(after: sequence, limit: limit) }
    }
    func activate(_ engine: EngineDetail) async throws -> UInt32 {
        state.withLock { state in
            if engine.epoch != 0, engine.epoch == state.epoch { return state.epoch }
            state.epoch += 1
            return state.epoch
        }
    }
    func decided(_ decisions: [TransferDecision]) {
        state.withLock { $0.decided += decisions }
    }
    func heard(live: Bool) { state.withLock { $0.heard += 1 } }
}

/// Keeps the messages that a publisher and its subscribers log, from `info` on, each with its reason if it has one.
final class LoggedMessages: LogHandler, Sendable {
    private let messages = Mutex<[String]>([])
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .info }
        set {}
    }
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }
    func log(event: LogEvent) {
        let reason = event.metadata?["reason"].map { ": \($0)" } ?? ""
        messages.withLock { $0.append("\(event.message)\(reason)") }
    }

    /// How many messages begin like this.
    func count(of beginning: String) -> Int {
        messages.withLock { $0.filter { $0.hasPrefix(beginning) }.count }
    }
}

/// Follows a stream on a thread of its own, notes what it sees and decides once for each batch.
final class RecordingFollower: StreamFollower, @unchecked Sendable {
    struct Seen {
        var sequence = EventLog.Sequence.zero
        var hash = RunningHash.start
        var welcomes = 0
        var resets = 0
        var outOfOrder = 0
        var wrongHash = 0
    }
    private let seen = Mutex(Seen())
    private let subscriber: Subscriber
    private let isEngine: Bool
    private let onReceive: (StoredBatch) throws -> [TransferDecision]?
    private let ended = DispatchSemaphore(value: 0)

    init(
        _ address: String, engine: Bool, after start: EventLog.Sequence = .zero,
        keys: StreamClientKeys? = nil, logger: Logger,
        onReceive: @escaping (StoredBatch) throws -> [TransferDecision]? = { _ in nil }
    ) {
        isEngine = engine
        self.onReceive = onReceive
        subscriber = Subscriber(address: address, keys: keys, logger: logger)
        seen.withLock { $0.sequence = start }
        let thread = Thread { [self] in
            try? subscriber.run(self)
            ended.signal()
        }
        thread.start()
    }

    var now: Seen { seen.withLock { $0 } }
    var statistics: Subscriber.Statistics { subscriber.statistics }

    func stop() {
        subscriber.stop()
        ended.wait()
        ended.signal()
    }

    func hello() -> Hello {
        let now = now
        guard isEngine else {
            return .reader(after: now.sequence.rawValue, events: 500, batches: 20)
        }
        return .engine(
            after: now.sequence, logID: now.sequence == .zero ? .none : MemoryLog.logID,
            hash: now.hash, events: 500, batches: 20)
    }

    func welcome(_ welcome: Welcome) {
        seen.withLock { seen in
            seen.welcomes += 1
            if !isEngine { seen.sequence = welcome.after }
        }
    }

    func reset(_ detail: String) {
        seen.withLock { $0 = Seen(resets: $0.resets + 1) }
    }

    func receive(_ batch: StoredBatch) throws -> [TransferDecision] {
        let given = try onReceive(batch)
        seen.withLock { seen in
            if batch.firstSequence != seen.sequence.advanced(by: 1) { seen.outOfOrder += 1 }
            let hash = seen.hash.adding(payload: batch.payload)
            if isEngine, hash != batch.runningHash { seen.wrongHash += 1 }
            seen.hash = batch.runningHash
            seen.sequence = batch.lastSequence
        }
        guard isEngine else { return [] }
        return given ?? [
            TransferDecision(
                transfer: TransferID(high: 0, low: UInt64(batch.lastSequence.rawValue)),
                decision: Decision(
                    action: .approve, scoreBits: 0, featureDigest: 0,
                    sequence: batch.lastSequence, epoch: 1, elapsedMicros: 0), detail: nil)
        ]
    }

    func idle() -> [TransferDecision] { [] }
    var isLive: Bool { true }
}

/// A publisher on a log in memory; can be stopped and started again at the same address.
final class StreamRig {
    let log = MemoryLog()
    let messages = LoggedMessages()
    let logger: Logger
    private(set) var publisher: Publisher
    private let endpoint: StreamEndpoint
    /// Holds the socket's file, and goes with the rig.
    private let folder: String
    var address: String { publisher.address }
    var path: String { String(address.dropFirst("ipc://".count)) }

    init(_ endpoint: StreamEndpoint? = nil) throws {
        let messages = messages
        let logger = Logger(label: "stream") { _ in messages }
        self.logger = logger
        folder = "/tmp/holdfast-stream-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700])
        self.endpoint = endpoint ?? StreamEndpoint(address: "ipc://\(folder)/stream")
        publisher = try Publisher(self.endpoint, source: log, logger: logger)
    }

    func append(_ batches: Int, events: Int = 3, bytes: Int = 8) {
        for _ in 0..<batches { publisher.publish(log.append(events: events, bytes: bytes)) }
    }

    /// A second publisher at the same address.
    func rival() throws -> Publisher { try Publisher(endpoint, source: log, logger: logger) }

    func restart() throws {
        publisher.stop()
        publisher = try Publisher(endpoint, source: log, logger: logger)
    }

    func follow(
        engine: Bool, after start: EventLog.Sequence = .zero, keys: StreamClientKeys? = nil,
        onReceive: @escaping (StoredBatch) throws -> [TransferDecision]? = { _ in nil }
    ) -> RecordingFollower {
        RecordingFollower(
            address, engine: engine, after: start, keys: keys, logger: logger, onReceive: onReceive)
    }

    /// Waits until something holds. Returns whether it came to that.
    func eventually(seconds: Double = 40, _ condition: () throws -> Bool) async rethrows
        -> Bool
    {
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            if try condition() { return true }
            try? await Task.sleep(for: .milliseconds(5))
        }
        return try condition()
    }

    func stop() {
        publisher.stop()
        try? FileManager.default.removeItem(atPath: folder)
    }
}

/// A follower saw every event once and in order, and never had to begin again.
func expectSound(_ follower: RecordingFollower) {
    #expect(follower.now.outOfOrder == 0)
    #expect(follower.now.wrongHash == 0)
    #expect(follower.now.resets == 0)
}
