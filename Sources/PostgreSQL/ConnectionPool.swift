internal import DequeModule
internal import Foundation
internal import Synchronization

/// A few connections, each on a thread of its own, for reads and for small writes outside the ledger's commit.
public final class ConnectionPool: Sendable {
    private typealias Job = @Sendable (inout Session) -> Void

    /// One thread's connection, made when it is first needed and again after it broke.
    struct Session: ~Copyable {
        /// How often something is begun at most.
        static let mostTries = 5

        let information: String
        var connection: Connection?

        mutating func run<Value>(
            _ body: (inout Connection) throws(PostgreSQLError) -> Value
        ) throws(PostgreSQLError) -> Value {
            var tries = 1
            while true {
                let isFresh = connection == nil
                do throws(PostgreSQLError) {
                    return try runOnce(body)
                } catch {
                    // A connection that broke while idle is replaced; one that breaks under the body is too, unless it
                    // was committing: the same would then be done twice.
                    let isStale = error.isConnectionLost && !error.isOutcomeUnknown && !isFresh
                    guard isStale || error.isContention, tries < Self.mostTries else { throw error }
                    tries += 1
                }
            }
        }

        private mutating func take() throws(PostgreSQLError) -> Connection {
            if let connection = connection.take() { return connection }
            return try Connection(information)
        }

        private mutating func runOnce<Value>(
            _ body: (inout Connection) throws(PostgreSQLError) -> Value
        ) throws(PostgreSQLError) -> Value {
            var current = try take()
            // Left out on failure: what the connection is in then is not known.
            let value = try body(&current)
            connection = consume current
            return value
        }
    }

    private struct State: ~Copyable {
        var jobs: Deque<Job> = []
        var isStopped = false
    }
    private let state = Mutex(State())
    private let available = DispatchSemaphore(value: 0)
    private let count: Int

    /// Starts `count` threads; connections are made on first use.
    public init(_ information: String, count: Int, name: String) {
        self.count = count
        for index in 0..<count {
            let thread = Thread { [self] in run(information) }
            thread.name = "\(name)-\(index)"
            thread.start()
        }
    }

    /// Runs `body` on one of the connections. It runs again if the connection broke before anything was being committed,
    /// or if PostgreSQL ended its transaction for the sake of others (a deadlock, a serialization failure); five times at
    /// most. So what it writes it should write in one ``Connection/transaction(_:)``, or be able to write twice.
    ///
    /// - Throws: ``PostgreSQLError``; one whose `isOutcomeUnknown` is true if a transaction of it may have taken place.
    public func run<Value: Sendable>(
        _ body: @escaping @Sendable (inout Connection) throws(PostgreSQLError) -> Value
    ) async throws(PostgreSQLError) -> Value {
        let result: Result<Value, PostgreSQLError> = await withCheckedContinuation { continuation in
            let job: Job = { session in
                do throws(PostgreSQLError) {
                    continuation.resume(returning: .success(try session.run(body)))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
            let isStopped = state.withLock { state in
                if !state.isStopped { state.jobs.append(job) }
                return state.isStopped
            }
            if isStopped {
                continuation.resume(returning: .failure(.connectionLost("the pool is stopped")))
            } else {
                available.signal()
            }
        }
        return try result.get()
    }

    /// Ends the threads once what is queued is done.
    public func stop() {
        state.withLock { $0.isStopped = true }
        for _ in 0..<count { available.signal() }
    }

    private func run(_ information: String) {
        var session = Session(information: information, connection: nil)
        while true {
            available.wait()
            let (job, isStopped) = state.withLock { ($0.jobs.popFirst(), $0.isStopped) }
            if let job {
                job(&session)
            } else if isStopped {
                return
            }
        }
    }
}
