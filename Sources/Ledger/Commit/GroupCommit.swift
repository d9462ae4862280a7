internal import EventLog
internal import Foundation
public import Logging
internal import PostgreSQL
internal import Synchronization
public import Vault

/// The ledger's one writer in this process: commands that arrive while a commit is under way share the next one.
///
/// One thread, one connection. A batch is: lock the head, read, decide in order of arrival, write, commit. If the
/// connection breaks, whether the batch was committed is found out from the log before anything is done again.
public final class GroupCommit: Sendable {
    /// What a writer goes by.
    public struct Configuration: Sendable {
        /// libpq connection string.
        public var connection: String
        /// The master keys that wrap those under which risk contexts are sealed.
        public var contextKeys: Keyring
        /// What happens when nobody decides, and how long states last.
        public var policy: LedgerPolicy
        /// Most commands in one transaction.
        public var maximumBatch: Int
        /// Most new transfers that wait; further ones are told to come back.
        public var queueLimit: Int
        /// How long a batch is tried again while the database cannot be reached.
        public var retrySeconds: Double
        /// While many commands come, commits begin at least this far apart, so that each carries more of them: what a
        /// commit costs by itself is then shared by many. A command that comes alone never waits for it.
        public var commitIntervalMicros: Int64

        /// A configuration; what is not given is the default.
        public init(
            connection: String, contextKeys: Keyring, policy: LedgerPolicy = LedgerPolicy(),
            maximumBatch: Int = 512, queueLimit: Int = 8_192, retrySeconds: Double = 15,
            commitIntervalMicros: Int64 = 2_000
        ) {
            self.connection = connection
            self.contextKeys = contextKeys
            self.policy = policy
            self.maximumBatch = maximumBatch
            self.queueLimit = queueLimit
            self.retrySeconds = retrySeconds
            self.commitIntervalMicros = commitIntervalMicros
        }
    }

    /// Counters since the start.
    public struct Statistics: Sendable {
        /// Transactions that recorded something.
        public var commits: Int
        /// Commands that were carried out or refused by a rule.
        public var commands: Int
        /// Events that were recorded.
        public var events: Int
        /// Commands that wait at this moment.
        public var queued: Int
    }

    private let configuration: Configuration
    private let queue: CommitQueue
    private let logger: Logger
    private let onCommit: @Sendable (CommittedBatch) -> Void
    private let commits = Atomic<Int>(0)
    private let commands = Atomic<Int>(0)
    private let events = Atomic<Int>(0)
    private let finished = DispatchSemaphore(value: 0)

    /// Starts the writer. `onCommit` is called on its thread, in commit order, before the answers are given.
    public init(
        _ configuration: Configuration, logger: Logger,
        onCommit: @escaping @Sendable (CommittedBatch) -> Void
    ) {
        self.configuration = configuration
        self.logger = logger
        self.onCommit = onCommit
        queue = CommitQueue(limit: configuration.queueLimit)
        let thread = Thread { [self] in
            run()
            finished.signal()
        }
        thread.name = "ledger-commit"
        thread.stackSize = 4 << 20
        thread.start()
    }

    /// Carries out one command in the next commit.
    public func submit(
        _ command: Command, key: IdempotencyKey? = nil
    ) async throws(LedgerError) -> Effect {
        let result = await withCheckedContinuation { continuation in
            submit(command, key: key) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// Carries out one command in the next commit; `completion` is called on the writer's thread.
    public func submit(
        _ command: Command, key: IdempotencyKey? = nil,
        completion: @escaping @Sendable (Result<Effect, LedgerError>) -> Void
    ) {
        put(CollectionOfOne(CommitQueue.Item(command: command, key: key, completion: completion)))
    }

    /// Carries out many commands whose answers nobody waits for, such as decisions and expiries.
    public func submit(
        all commands: [Command],
        completion: @escaping @Sendable (Int, Result<Effect, LedgerError>) -> Void = { _, _ in }
    ) {
        put(
            commands.enumerated().map { index, command in
                CommitQueue.Item(command: command, key: nil) { completion(index, $0) }
            })
    }

    /// Commits what is queued and stops. Blocks until done.
    public func stop() {
        queue.stop()
        finished.wait()
        finished.signal()
    }

    /// The counters as they are now; read one after another, not together.
    public var statistics: Statistics {
        Statistics(
            commits: commits.load(ordering: .relaxed), commands: commands.load(ordering: .relaxed),
            events: events.load(ordering: .relaxed), queued: queue.count)
    }

    private func put(_ items: some Collection<CommitQueue.Item>) {
        let (rejected, isStopping) = queue.put(items)
        for item in rejected {
            item.completion(.failure(isStopping ? .stopped : .busy(retryAfterSeconds: 1)))
        }
    }

    // MARK: - The writer's thread

    /// Commands that were carried out and whose callers were not told yet. They are told while the database already
    /// works on the next batch, or at once if there is none.
    private final class Unanswered {
        var items: [CommitQueue.Item] = []
        var results: [Result<Effect, Refusal>] = []

        func answer() {
            for (item, result) in zip(items, results) {
                item.completion(result.mapError { .refused($0) })
            }
            items.removeAll()
            results.removeAll()
        }
    }

    private func run() {
        var session = CommitSession(configuration)
        let unanswered = Unanswered()
        var next: [CommitQueue.Item] = []
        var pace = CommitPace(intervalMicros: configuration.commitIntervalMicros)
        while true {
            if next.isEmpty {
                unanswered.answer()
                pace.wait(queued: queue.count)
            }
            if next.isEmpty {
                guard let items = queue.take(maximum: configuration.maximumBatch) else { return }
                next = items
            }
            let items = next
            next = []
            pace.begin(count: items.count)
            commit(items, &session, unanswered) {
                // Asked again if the batch has to be tried again.
                if next.isEmpty {
                    next = self.queue.take(
                        count: CommitPace.enough, maximum: self.configuration.maximumBatch,
                        withinMicros: CommitPace.aheadMicros)
                }
                return next.map { ($0.command, $0.key) }
            }
        }
    }

    private func commit(
        _ items: [CommitQueue.Item], _ session: inout CommitSession,
        _ unanswered: Unanswered,
        next: @escaping () -> [(Command, IdempotencyKey?)] = { [] }
    ) {
        let batch = items.map { ($0.command, $0.key) }
        let deadline = ContinuousClock.now + .seconds(configuration.retrySeconds)
        session.forgetDoubt()
        var isTroubled = false
        while true {
            do throws(LedgerError) {
                let outcome = try session.commit(
                    batch, beside: .init(meanwhile: { unanswered.answer() }, next: next))
                unanswered.answer()
                finish(items, outcome, unanswered)
                return
            } catch {
                unanswered.answer()
                guard case .unavailable(let cause) = error else {
                    return fail(items, error)
                }
                guard cause.isConnectionLost else {
                    logger.error("a commit failed", metadata: ["error": "\(cause)"])
                    return isolate(items, cause, &session, unanswered)
                }
                let isLate = ContinuousClock.now >= deadline
                if isLate || queue.isStopped { return fail(items, error) }
                if !isTroubled {
                    logger.warning("the database is out of reach", metadata: ["error": "\(cause)"])
                }
                isTroubled = true
                Thread.sleep(forTimeInterval: 0.05)
            }
        }
    }

    /// The database refused a batch: its commands are tried one by one, so that one cannot stop the others.
    private func isolate(
        _ items: [CommitQueue.Item], _ cause: PostgreSQLError, _ session: inout CommitSession,
        _ unanswered: Unanswered
    ) {
        guard items.count == 1 else {
            for item in items {
                commit([item], &session, unanswered)
                unanswered.answer()
            }
            return
        }
        guard cause.sqlState == "23505" else { return fail(items, .unavailable(cause)) }
        // The rules know the rows they were given; the unique indexes know all identifiers. What is there already may
        // be this very command, carried out under its key when nobody could tell: then that is the answer.
        let batch = items.map { ($0.command, $0.key) }
        do throws(LedgerError) {
            let outcome = try session.commit(batch, readingAllKeys: true, beside: .init())
            finish(items, outcome, unanswered)
        } catch {
            guard case .unavailable(let again) = error, again.sqlState == "23505" else {
                return fail(items, error)
            }
            fail(items, .refused(.duplicate))
        }
    }

    private func finish(
        _ items: [CommitQueue.Item], _ outcome: CommitSession.Outcome, _ unanswered: Unanswered
    ) {
        if let committed = outcome.committed {
            commits.add(1, ordering: .relaxed)
            events.add(committed.events.count, ordering: .relaxed)
            onCommit(committed)
        }
        commands.add(items.count, ordering: .relaxed)
        unanswered.items = items
        unanswered.results = outcome.results
    }

    private func fail(_ items: [CommitQueue.Item], _ error: LedgerError) {
        for item in items { item.completion(.failure(error)) }
    }
}
