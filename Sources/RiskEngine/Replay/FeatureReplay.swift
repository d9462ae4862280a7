public import EventLog
public import Features

/// The log's features once more, from its first event on: what the engine knew at every reserve, whoever decided
/// it, and when.
public struct FeatureReplay: ~Copyable {
    private var features: FeatureState
    private var lists = ListState()
    private var policies = PolicyHistory()
    private let row: UnsafeMutableBufferPointer<Double>

    /// - Parameter capacity: that of the engines whose decisions are to be reproduced.
    public init(capacity: FeatureCapacity = .standard) {
        features = FeatureState(capacity: capacity)
        row = .allocate(capacity: FeatureCatalogue.count)
        row.initialize(repeating: 0)
    }

    deinit { row.deallocate() }

    /// Applies a batch, which must follow the last one. Gives the features of every reserve that an engine is asked
    /// about, in the catalogue's order and valid during the call only, and who was on which list.
    public mutating func consume(
        _ batch: EventBatch, contexts: RiskContexts,
        onReserve: (Event, UnsafeBufferPointer<Double>, ListMarks) -> Void
    ) {
        for index in 0..<batch.count {
            if index % FeatureState.lookaheadEvents == 0 {
                let end = min(batch.count, index + FeatureState.lookaheadEvents)
                features.lookAhead(batch, contexts, index..<end)
            }
            let event = batch.event(at: index)
            if let policy = batch.policies.value(at: index) {
                policies.apply(policy, at: event.sequence)
            }
            if let entry = batch.listEntries.value(at: index) { lists.apply(entry) }
            let legs = batch.legRange(of: index)
            let isReserve = event.kind == .reserved
            let context = isReserve ? contexts.context(at: index) : .empty
            let isWritten = features.apply(
                event, leg: isReserve && !legs.isEmpty ? batch.legs[legs.lowerBound] : nil,
                context: context,
                label: event.kind == .labelled ? batch.labels.value(at: index) : nil, into: row)
            if isWritten {
                onReserve(event, UnsafeBufferPointer(row), lists.marks(event, context))
            }
        }
    }

    /// What a reserve is decided with; nil before the log's first policy.
    public func policy(for reserve: Sequence) -> PolicyDetail? { policies.policy(for: reserve) }
}
