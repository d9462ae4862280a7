internal import DequeModule
public import EventLog
internal import Foundation
public import Ledger
public import Logging
public import PostgreSQL
internal import Synchronization

/// The wallet's use cases on one ledger. Any number of processes may run one on the same database; nothing but
/// immutable facts is kept in memory.
public final class Wallet: Sendable {
    let configuration: WalletConfiguration
    let commit: GroupCommit
    /// Reads of the ledger, on connections of their own.
    public let queries: LedgerQueries
    let directory: AccountDirectory
    let tiers: TierDirectory
    let waiters: OutcomeWaiters
    let deadlines = DeadlineQueue()
    /// Whoever reserved them; kept by the tail's thread.
    let undecided: UndecidedWatch
    /// When an engine was last heard of.
    public let engine = EngineMonitor()
    /// Tells followers of the alert feed when to look again.
    public let alerts: AlertSignal
    /// Events and decisions since this process started.
    public let counters = WalletCounters()
    private let tail: LogTail
    private let pool: ConnectionPool
    /// The engine's state is being made anew.
    let isRebasing = Atomic(false)
    private let background: Mutex<[Task<Void, Never>]>
    let logger: Logger

    /// Opens the wallet on a migrated database. `onBatch` sees every batch of the log once, in order, whichever
    /// process committed it; it must not block.
    public init(
        _ configuration: WalletConfiguration, logger: Logger,
        onBatch: @escaping @Sendable (StoredBatch) -> Void = { _ in }
    ) throws(PostgreSQLError) {
        self.configuration = configuration
        self.logger = logger
        var connection = try Connection(configuration.database)
        let head = try LogReader.head(&connection)
        let pool = ConnectionPool(configuration.database, count: 3, name: "wallet-read")
        let queries = LedgerQueries(pool, contextKeys: configuration.contextKeys)
        let waiters = OutcomeWaiters()
        let alerts = AlertSignal()
        let undecided = UndecidedWatch(try UndecidedTransfers(upTo: head, on: &connection))
        let counters = self.counters
        let tail = LogTail(
            connection: configuration.database, contextKeys: configuration.contextKeys,
            after: head.sequence, logger: logger
        ) { batch in
            onBatch(batch.stored)
            undecided.follow(batch.events)
            Self.deliver(batch, waiters, queries)
            counters.count(batch.events)
            alerts.advance(to: batch.stored.lastSequence)
        }
        self.pool = pool
        self.queries = queries
        self.waiters = waiters
        self.alerts = alerts
        self.undecided = undecided
        self.tail = tail
        directory = AccountDirectory(queries)
        tiers = TierDirectory(pool)
        var ledger = GroupCommit.Configuration(
            connection: configuration.database, contextKeys: configuration.contextKeys,
            policy: configuration.policy)
        ledger.queueLimit = configuration.queueLimit
        commit = GroupCommit(ledger, logger: logger) { tail.committed($0) }
        background = Mutex([])
        startSweeping()
    }

    /// Finishes what is queued and lets everything go.
    public func stop() async {
        let tasks = background.withLock { tasks in
            defer { tasks = [] }
            return tasks
        }
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
        commit.stop()
        tail.stop()
        waiters.giveUpAll()
        alerts.finish()
        pool.stop()
    }

    /// The group commit's counters since this process started.
    public var statistics: GroupCommit.Statistics { commit.statistics }

    /// Whether nothing was heard of an engine for too long, so that the fail policy decides.
    public var isEngineAbsent: Bool { engine.isAbsent(at: WallClock.now) }

    /// How long a repeated request is known by its idempotency key, in seconds.
    public var keyRetentionSeconds: Int64 { configuration.keyRetentionSeconds }

    func run(_ body: @escaping @Sendable () async -> Void) {
        let task = Task { await body() }
        background.withLock { $0.append(task) }
    }

    // MARK: - Outcomes

    /// Wakes the requests whose transfers were decided by a batch.
    private static func deliver(
        _ batch: CommittedBatch, _ waiters: OutcomeWaiters, _ queries: LedgerQueries
    ) {
        if waiters.isEmpty { return }
        let events = batch.events
        if !batch.transfers.isEmpty {
            for transfer in batch.transfers where transfer.state != .reserved {
                guard transfer.decisionSequence >= events.firstSequence else { continue }
                let index = Int(transfer.decisionSequence.rawValue - events.firstSequence.rawValue)
                waiters.resolve(
                    .init(transfer: transfer, detail: events.decisionDetails.value(at: index)))
            }
            return
        }
        // Another process committed it: what the request needs is in the database.
        for item in events.decisions {
            let event = events.event(at: item.index)
            guard waiters.isAwaited(event.transfer) else { continue }
            let detail = events.decisionDetails.value(at: item.index)
            Task {
                guard let transfer = try? await queries.transfer(event.transfer) else { return }
                var first = transfer.asFirstAnswered
                if first.firstSequence == event.sequence { first.expiresAt = event.expiresAt }
                waiters.resolve(.init(transfer: first, detail: detail))
            }
        }
    }
}
