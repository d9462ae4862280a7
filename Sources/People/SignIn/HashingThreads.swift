public import Cryptography
internal import DequeModule
internal import Foundation
internal import Synchronization

/// Threads on which passwords are hashed, of the lowest priority: a hash keeps a core busy for a tenth of a second, and
/// payments must not wait for that.
public final class HashingThreads: Sendable {
    private typealias Job = @Sendable () -> Void

    private struct State: ~Copyable {
        var jobs: Deque<Job> = []
        var isStopped = false
    }
    private let state = Mutex(State())
    private let available = DispatchSemaphore(value: 0)
    private let count: Int
    private let limit: Int
    /// What a hash costs.
    public let cost: PasswordHash.Cost

    /// - Parameters:
    ///   - count: threads; each needs the memory that a hash costs.
    ///   - limit: most that wait; beyond, whoever comes is turned away.
    public init(cost: PasswordHash.Cost = .usual, count: Int = 1, limit: Int = 256) {
        self.cost = cost
        self.count = count
        self.limit = limit
        for index in 0..<count {
            let thread = Thread { [self] in run() }
            thread.name = "hashing-\(index)"
            thread.start()
        }
    }

    /// The hash of a password.
    func hash(_ password: String) async throws(PeopleError) -> PasswordHash {
        let cost = cost
        return try await run { PasswordHash(password, cost: cost) }
    }

    /// Whether a hash is a password's.
    func matches(_ password: String, _ hash: PasswordHash) async throws(PeopleError) -> Bool {
        try await run { hash.matches(password) }
    }

    /// Ends the threads once what is queued is done.
    public func stop() {
        state.withLock { $0.isStopped = true }
        for _ in 0..<count { available.signal() }
    }

    private func run<Value: Sendable>(
        _ body: @escaping @Sendable () -> Value
    ) async throws(PeopleError) -> Value {
        let value: Value? = await withCheckedContinuation { continuation in
            let isTaken = state.withLock { state in
                guard !state.isStopped, state.jobs.count < limit else { return false }
                state.jobs.append { continuation.resume(returning: body()) }
                return true
            }
            if isTaken { available.signal() } else { continuation.resume(returning: nil) }
        }
        guard let value else { throw .busy }
        return value
    }

    private func run() {
        // Of this thread alone, as Linux counts it.
        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 19)
        while true {
            available.wait()
            let (job, isStopped) = state.withLock { ($0.jobs.popFirst(), $0.isStopped) }
            if let job { job() } else if isStopped { return }
        }
    }
}
