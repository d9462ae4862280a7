internal import DequeModule
public import EventLog
internal import Foundation
public import Logging
internal import PostgreSQL
internal import Synchronization
public import Vault

/// Follows the log: every batch once, in order, without gaps, whoever committed it. This process's own commits come
/// from memory; what other processes committed is read from the database.
public final class LogTail: Sendable {
    private struct State: ~Copyable {
        var arrived: Deque<CommittedBatch> = []
        var isStopped = false
        var isTroubled = false
    }
    private let state = Mutex(State())
    private let signal = DispatchSemaphore(value: 0)
    private let finished = DispatchSemaphore(value: 0)
    private let connection: String
    private let contextKeys: Keyring
    private let pollMilliseconds: Int
    private let logger: Logger
    private let deliver: @Sendable (CommittedBatch) -> Void
    /// More own batches than this are not kept in memory: they are read again.
    private static let memoryLimit = 256

    /// Starts following after event `start`. `deliver` is called on the tail's thread.
    public init(
        connection: String, contextKeys: Keyring, after start: Sequence,
        pollMilliseconds: Int = 10, logger: Logger,
        deliver: @escaping @Sendable (CommittedBatch) -> Void
    ) {
        self.connection = connection
        self.contextKeys = contextKeys
        self.pollMilliseconds = pollMilliseconds
        self.logger = logger
        self.deliver = deliver
        let thread = Thread { [self] in
            run(after: start)
            finished.signal()
        }
        thread.name = "ledger-tail"
        thread.stackSize = 4 << 20
        thread.start()
    }

    /// Tells of a commit of this process, in commit order.
    public func committed(_ batch: CommittedBatch) {
        state.withLock { state in
            if state.arrived.count < Self.memoryLimit { state.arrived.append(batch) }
        }
        signal.signal()
    }

    /// Ends the thread and waits for it.
    public func stop() {
        state.withLock { $0.isStopped = true }
        signal.signal()
        finished.wait()
        finished.signal()
    }

    private func run(after start: Sequence) {
        var last = start
        var database: Connection?
        var opener = ContextOpener(contextKeys)
        while true {
            _ = signal.wait(timeout: .now() + .milliseconds(pollMilliseconds))
            var hadOwn = false
            while let batch = next() {
                hadOwn = true
                if batch.stored.firstSequence > last.advanced(by: 1) {
                    catchUp(&last, before: batch.stored.firstSequence, &database, &opener)
                }
                if batch.stored.firstSequence == last.advanced(by: 1) {
                    deliver(batch)
                    last = batch.stored.lastSequence
                }
            }
            if state.withLock({ $0.isStopped }) { return }
            if !hadOwn { catchUp(&last, before: nil, &database, &opener) }
        }
    }

    private func take(_ database: inout Connection?) throws(PostgreSQLError) -> Connection {
        if let connection = database.take() { return connection }
        return try Connection(connection)
    }

    private func next() -> CommittedBatch? { state.withLock { $0.arrived.popFirst() } }

    /// Reads what this process did not commit, or no longer remembers.
    private func catchUp(
        _ last: inout Sequence, before: Sequence?, _ database: inout Connection?,
        _ opener: inout ContextOpener
    ) {
        do throws(PostgreSQLError) {
            var connection = try take(&database)
            while before.map({ last.advanced(by: 1) < $0 }) ?? true {
                let batches = try LogReader.batches(
                    after: last, limit: 64, opening: &opener, &connection)
                if batches.isEmpty { break }
                for stored in batches where before.map({ stored.firstSequence < $0 }) ?? true {
                    guard let events = try? EventBatch(encoded: stored.payload) else {
                        throw .unexpectedResult("batch \(stored.firstSequence.rawValue) is damaged")
                    }
                    var stored = stored
                    stored.erases = events.erases
                    deliver(CommittedBatch(stored: stored, events: events, transfers: []))
                    last = stored.lastSequence
                }
            }
            database = consume connection
            state.withLock { $0.isTroubled = false }
        } catch {
            // Said once for each time: it is tried again twenty times a second.
            if !state.withLock({ $0.isTroubled }) {
                logger.warning("the log cannot be followed", metadata: ["error": "\(error)"])
            }
            state.withLock { $0.isTroubled = true }
            Thread.sleep(forTimeInterval: 0.05)
        }
    }
}
