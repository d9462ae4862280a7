public import EventLog
internal import Foundation
internal import Ledger
public import Logging
public import PostingStream
internal import PostgreSQL
internal import Synchronization

/// Publishes the log and applies what the engine decides, while this process holds the publisher's lease. Any number
/// of processes stand by; one takes over when the holder is gone.
public final class PublisherRole: Sendable {
    private static let leaseMilliseconds: Int64 = 3_000
    private static let renewMilliseconds = 1_000

    private struct State: ~Copyable {
        var publisher: Publisher?
        /// The lease's token under which it publishes.
        var token: Int64 = 0
        var endpoint: StreamEndpoint
    }
    private let state: Mutex<State>
    private let allowList: (@Sendable () -> Set<[UInt8]>?)?
    private let holder: String
    private let logger: Logger

    /// `holder` names this process among those that may publish. `allowList` is asked now and then which clients may
    /// connect from now on; nil for those that may already.
    public init(
        _ endpoint: StreamEndpoint, holder: String, logger: Logger,
        allowList: (@Sendable () -> Set<[UInt8]>?)? = nil
    ) {
        state = Mutex(State(endpoint: endpoint))
        self.allowList = allowList
        self.holder = holder
        self.logger = logger
    }

    /// A batch of the log, in order; to be given to ``Wallet`` as `onBatch`.
    public func publish(_ batch: StoredBatch) {
        state.withLock { $0.publisher }?.publish(batch)
    }

    /// The publisher's counters; nil while another process publishes.
    public var statistics: Publisher.Statistics? { state.withLock { $0.publisher }?.statistics }

    /// The lease's token under which this process publishes; nil while another does.
    var publishingToken: Int64? { state.withLock { $0.publisher == nil ? nil : $0.token } }

    /// Keeps the lease, or waits for it, until the task is cancelled.
    public func run(_ wallet: Wallet) async {
        while !Task.isCancelled {
            await step(wallet)
            if publishingToken != nil { await wallet.rebaseIfDue() }
            try? await Task.sleep(for: .milliseconds(Self.renewMilliseconds))
        }
        end()
        try? await wallet.queries.releasePublisherLease(holder: holder)
    }

    private func step(_ wallet: Wallet) async {
        do throws(PostgreSQLError) {
            let token = try await wallet.queries.renewPublisherLease(
                holder: holder, milliseconds: Self.leaseMilliseconds,
                engineSeenAt: wallet.engine.lastSeen)
            guard let token else {
                end()
                wallet.counters.stream.withLock { $0 = nil }
                wallet.engine.heard(at: try await wallet.queries.engineSeenAt())
                return
            }
            followAllowList()
            begin(wallet, token: token)
            wallet.counters.stream.withLock { $0 = statistics }
        } catch {
            // Whoever holds the lease is not known: decisions under an old token would be refused anyway.
            logger.warning("the lease cannot be renewed", metadata: ["error": "\(error)"])
        }
    }

    private func begin(_ wallet: Wallet, token: Int64) {
        // Somebody else may have held the lease since, unnoticed: what is applied under the old token is refused, and
        // the address may be theirs.
        let isServing = state.withLock { $0.token == token && $0.publisher?.isReachable == true }
        if isServing { return }
        end()
        do throws(StreamError) {
            let publisher = try Publisher(
                state.withLock { $0.endpoint },
                source: WalletLog(wallet: wallet, leaseToken: token), logger: logger)
            state.withLock { state in
                state.publisher = publisher
                state.token = token
            }
            logger.info("publishing", metadata: ["address": "\(publisher.address)"])
        } catch {
            logger.error("cannot publish", metadata: ["error": "\(error)"])
        }
    }

    /// A client more is let in at once. To shut one out its connection must end, and so all are opened anew.
    private func followAllowList() {
        guard let keys = allowList?() else { return }
        let (publisher, mustEnd) = state.withLock { state -> (Publisher?, Bool) in
            guard let old = state.endpoint.serverKeys?.allowed, old != keys else {
                return (nil, false)
            }
            state.endpoint.serverKeys?.allowed = keys
            return (state.publisher, !old.isSubset(of: keys))
        }
        if mustEnd { return end() }
        publisher?.allow(keys)
    }

    private func end() {
        let publisher = state.withLock { $0.publisher.take() }
        publisher?.stop()
    }
}

/// The ledger's log as the publisher sees it.
struct WalletLog: LogSource {
    let wallet: Wallet
    /// Fence: decisions are applied only while this token is the lease's.
    let leaseToken: Int64
    private let waiting: WaitingDecisions

    /// As many as an engine keeps pending.
    static let waitingLimit = 1 << 18

    init(wallet: Wallet, leaseToken: Int64, waitingLimit: Int = Self.waitingLimit) {
        self.wallet = wallet
        self.leaseToken = leaseToken
        waiting = WaitingDecisions(limit: waitingLimit)
    }

    func head() async throws -> (logID: TransferID, sequence: Sequence) {
        let head = try await wallet.queries.head()
        return (head.logID, head.sequence)
    }

    func runningHash(at sequence: Sequence) async throws -> RunningHash? {
        try await wallet.queries.runningHash(at: sequence)
    }

    func boundary(atOrBefore sequence: Sequence) async throws -> Sequence {
        try await wallet.queries.boundary(atOrBefore: sequence)
    }

    func batches(after sequence: Sequence, limit: Int) async throws -> [StoredBatch] {
        try await wallet.queries.batches(after: sequence, limit: limit)
    }

    func activate(_ engine: EngineDetail) async throws -> UInt32 {
        let current = try await wallet.queries.head().epoch
        if engine.epoch != 0, engine.epoch == current { return current }
        guard
            case .activated(let epoch, _) = try await wallet.commit.submit(.activateEngine(engine))
        else { throw LedgerError.stopped }
        return epoch
    }

    func decided(_ decisions: [TransferDecision]) {
        let room = waiting.enter(decisions.count)
        wallet.counters.countExcessDecisions(decisions.count - room)
        wallet.commit.submit(
            all: decisions.prefix(room).map {
                .decide(
                    .init(
                        transfer: $0.transfer, decision: $0.decision, detail: $0.detail,
                        leaseToken: leaseToken))
            }
        ) { _, result in
            waiting.leave()
            // Refused decisions of a former engine or lease are no harm, but they should be seen.
            guard case .failure(.refused(let refusal)) = result,
                refusal == .staleEpoch || refusal == .staleLease
            else { return }
            wallet.counters.countStaleDecision()
        }
    }

    func heard(live: Bool) {
        if live { wallet.engine.heard(at: WallClock.now) }
    }
}

/// How many decisions wait for their commit: the queue takes all, so that there must be a bound before it.
private final class WaitingDecisions: Sendable {
    private let limit: Int
    private let count = Atomic<Int>(0)

    init(limit: Int) { self.limit = limit }

    /// Returns for how many of `number` there is room, and takes it. Called by one thread at a time.
    func enter(_ number: Int) -> Int {
        let room = max(0, min(number, limit - count.load(ordering: .relaxed)))
        count.add(room, ordering: .relaxed)
        return room
    }

    func leave() { count.subtract(1, ordering: .relaxed) }
}
