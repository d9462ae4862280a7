public import Cryptography
internal import ProcessControl

/// Threads on which passwords are hashed, of the lowest priority: a hash keeps a core busy for a tenth of a second, and
/// payments must not wait for that.
public final class HashingThreads: Sendable {
    private let threads: LowPriorityThreads
    /// What a hash costs.
    public let cost: PasswordHash.Cost

    /// - Parameters:
    ///   - count: threads; each needs the memory that a hash costs.
    ///   - limit: most that wait; beyond, whoever comes is turned away.
    public init(cost: PasswordHash.Cost = .usual, count: Int = 1, limit: Int = 256) {
        self.cost = cost
        threads = LowPriorityThreads("hashing", count: count, limit: limit)
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
    public func stop() { threads.stop() }

    private func run<Value: Sendable>(
        _ body: @escaping @Sendable () -> Value
    ) async throws(PeopleError) -> Value {
        guard let value = await threads.run(body) else { throw .busy }
        return value
    }
}
