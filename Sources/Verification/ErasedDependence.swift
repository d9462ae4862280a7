internal import EventLog
internal import Ledger

/// Which decisions may have depended on what was erased since: an engine had the context in its state from its event on,
/// until its state was made anew after the erasure.
struct ErasedDependence {
    private let rebases: [Sequence]
    /// From each event on, up to where some context that was erased may still have been in the state; both ascend.
    private var spans: [(from: Sequence, until: Sequence)] = []

    /// - Parameter rebases: the events that had the engine's state made anew, ascending.
    init(rebases: [Sequence]) { self.rebases = rebases }

    /// Adds a context, in the order of their events.
    mutating func add(_ context: ContextOpener.Erased) {
        let until = rebases.first { $0 > context.erasedBy } ?? Sequence(.max)
        if let last = spans.last, last.until >= until { return }
        spans.append((context.sequence, until))
    }

    /// Whether a decision that belongs to an event may have depended on something that was erased.
    func mayHold(for sequence: Sequence) -> Bool {
        guard let span = spans.last(where: { $0.from <= sequence }) else { return false }
        return sequence < span.until
    }
}
