internal import Foundation
public import PostgreSQL
internal import Synchronization

/// Appends records by itself, on a thread and a connection of its own: those that come together are committed together,
/// so that a commit's cost is shared.
///
/// For acts that change nothing else in the database, such as a refused sign-in; what changes something is recorded in
/// the same transaction with ``AuditLog/append(_:in:)-([AuditRecord],_)``. Records that one caller hands in one after
/// another stay in that order. When the database fails the writer tries again until it works or is stopped; nothing is
/// dropped and nothing is written twice.
public final class AuditWriter: Sendable {
    /// How the writer works.
    public struct Options: Sendable {
        /// How many records may wait to be written without a caller waiting with them. They are in memory only: what is
        /// recorded without waiting is lost if the process dies before it is written.
        public var capacity = 10_000
        /// How many records are committed together at most.
        public var maximumBatch = 1_000
        /// Waits before the second and all further attempts, in milliseconds; the last one stays.
        public var retryMillis = [20, 100, 500, 2_000]
        /// Told on the writer's thread of each attempt that failed, and how many records wait.
        public var onFailure: @Sendable (PostgreSQLError, Int) -> Void = { _, _ in }

        /// The defaults.
        public init() {}
    }

    private struct Ending: ~Copyable {
        var unwritten: Int?
        var waiters: [CheckedContinuation<Int, Never>] = []
    }

    private let options: Options
    private let queue: WriterQueue
    private let ending = Mutex(Ending())

    /// Starts the thread; the connection is made when the first record comes. ``stop()`` ends it.
    ///
    /// - Parameter information: libpq's connection string.
    public init(_ information: String, options: Options = Options()) {
        precondition(options.capacity > 0 && options.maximumBatch > 0, "a writer writes something")
        self.options = options
        queue = WriterQueue(capacity: options.capacity)
        let thread = Thread { [self] in run(information) }
        thread.name = "audit-writer"
        thread.start()
    }

    /// How many records wait to be written.
    public var waitingCount: Int { queue.count }

    /// Hands a record in and goes on, unless as many wait already as may: then once there is room.
    ///
    /// - Throws: ``AuditError`` whose `isStopped` is true; the record is not in the log then. Cancelling the task does
    ///   not take a record back.
    public func record(_ record: AuditRecord) async throws(AuditError) {
        try await withCheckedContinuation { continuation in
            queue.add(.init(record: record, waiter: .accepted(continuation)))
        }.get()
    }

    /// Hands a record in and waits until it is in the log to stay.
    ///
    /// - Throws: As ``record(_:)``. While the database fails this waits.
    public func append(_ record: AuditRecord) async throws(AuditError) -> AuditEntry {
        try await withCheckedContinuation { continuation in
            queue.add(.init(record: record, waiter: .appended(continuation)))
        }.get()
    }

    /// Waits until all that was handed in before is in the log.
    ///
    /// - Throws: ``AuditError`` whose `isStopped` is true, if it was stopped while the database failed.
    public func flush() async throws(AuditError) {
        try await withCheckedContinuation { continuation in
            queue.add(.init(record: nil, waiter: .flushed(continuation)))
        }.get()
    }

    /// Takes nothing more, writes what waits and ends the thread.
    ///
    /// - Returns: How many records could not be written because the database failed; 0 if all is well.
    @discardableResult
    public func stop() async -> Int {
        queue.stop()
        return await withCheckedContinuation { continuation in
            let unwritten = ending.withLock { ending in
                if ending.unwritten == nil { ending.waiters.append(continuation) }
                return ending.unwritten
            }
            if let unwritten { continuation.resume(returning: unwritten) }
        }
    }

    // MARK: - The thread

    private func run(_ information: String) {
        var session = WriterSession(information)
        var unwritten = 0
        while let batch = queue.next(atMost: options.maximumBatch) {
            // Once it was given up, what is left is not tried again: the database had its chance.
            if unwritten > 0 || !write(batch, &session) {
                unwritten += batch.count { $0.record != nil }
                for item in batch { item.waiter?.fail(.stopped) }
            }
        }
        let waiters = ending.withLock { ending in
            ending.unwritten = unwritten
            defer { ending.waiters = [] }
            return ending.waiters
        }
        for waiter in waiters { waiter.resume(returning: unwritten) }
    }

    /// Whether the batch is in the log; false only if the writer was stopped while the database failed.
    private func write(_ batch: [WriterQueue.Item], _ session: inout WriterSession) -> Bool {
        let records = batch.compactMap(\.record)
        var attempt = 0
        while true {
            do throws(PostgreSQLError) {
                let entries = records.isEmpty ? [] : try session.append(records)
                Self.tell(batch, entries)
                return true
            } catch {
                options.onFailure(error, records.count + queue.count)
                // The last attempt of a stopped writer is one that began after it was stopped, on a new connection.
                if queue.isStopped, attempt > 0 { return false }
                let waits = options.retryMillis
                let millis = waits.isEmpty ? 0 : waits[min(attempt, waits.count - 1)]
                Thread.sleep(forTimeInterval: Double(millis) / 1_000)
                attempt += 1
            }
        }
    }

    private static func tell(_ batch: [WriterQueue.Item], _ entries: [AuditEntry]) {
        var rest = entries[...]
        for item in batch {
            let entry = item.record == nil ? nil : rest.popFirst()
            switch item.waiter {
            case .appended(let continuation):
                if let entry { continuation.resume(returning: .success(entry)) }
            case .accepted(let continuation), .flushed(let continuation):
                continuation.resume(returning: .success(()))
            case nil: break
            }
        }
    }
}
