public import EventLog
public import PostingStream
internal import Synchronization

/// What happened since this process started, as the log tells it.
public final class WalletCounters: Sendable {
    private let kinds: [Atomic64]
    private let actions: [Atomic64]
    private let stale = Atomic64()
    private let excess = Atomic64()
    private let hits = Mutex(PolicyHits())
    let stream = Mutex<Publisher.Statistics?>(nil)

    /// A counter that lives in an array.
    private final class Atomic64: Sendable {
        let value = Atomic<Int>(0)
    }

    init() {
        kinds = (0..<256).map { _ in Atomic64() }
        actions = (0..<8).map { _ in Atomic64() }
    }

    func count(_ batch: EventBatch) {
        for index in 0..<batch.count {
            kinds[Int(batch.event(at: index).kind.rawValue)].value.add(1, ordering: .relaxed)
        }
        for item in batch.decisions {
            actions[Int(item.value.action.rawValue)].value.add(1, ordering: .relaxed)
        }
        guard !batch.decisionDetails.isEmpty else { return }
        hits.withLock { hits in
            for item in batch.decisionDetails { hits.count(item.value) }
        }
    }

    /// How often recorded decisions named each list and each rule.
    public var policyHits: PolicyHits { hits.withLock { $0 } }

    func countStaleDecision() { stale.value.add(1, ordering: .relaxed) }

    /// Decisions that were refused because their engine or their publisher no longer counts.
    public var staleDecisions: Int { stale.value.load(ordering: .relaxed) }

    func countExcessDecisions(_ count: Int) { excess.value.add(count, ordering: .relaxed) }

    /// Decisions that were dropped because more waited for their commit than transfers can be undecided.
    public var excessDecisions: Int { excess.value.load(ordering: .relaxed) }

    /// The publisher's counters, at most a second or so old; nil while another process publishes.
    public var streamStatistics: Publisher.Statistics? { stream.withLock { $0 } }

    /// Events of a kind in the batches that were read of the log, whichever process committed them.
    public func events(_ kind: EventKind) -> Int {
        kinds[Int(kind.rawValue)].value.load(ordering: .relaxed)
    }
    /// Recorded decisions of an action, those of the fail policy among them as `notEvaluated`.
    public func decisions(_ action: DecisionAction) -> Int {
        actions[Int(action.rawValue)].value.load(ordering: .relaxed)
    }
}
