internal import EventLog

extension Transfer {
    init(_ opening: Command.OpenTransfer, at now: Timestamp) {
        self.init(
            id: opening.id, kind: opening.kind, state: .none, currency: opening.currency,
            payer: opening.payer, payee: opening.payee, amount: opening.amount, captured: 0,
            refunded: 0,
            related: .none, extraLegs: opening.extraLegs, createdAt: now, createdSequence: .zero,
            decideBy: .none, expiresAt: .none, heldByPolicy: false, firstState: .none,
            firstAction: nil, firstSequence: .zero, action: nil, scoreBits: 0,
            decisionSequence: .zero, lastSequence: .zero, spending: opening.spending?.spending)
    }

    /// The event of a change that left the transfer as it is now.
    func event(_ kind: EventKind, cause: EventCause) -> Event {
        Event(
            kind: kind, cause: cause, transferKind: self.kind, state: state, transfer: id,
            payer: payer,
            payee: payee, amount: amount, currency: currency, decideBy: decideBy,
            expiresAt: expiresAt,
            onExpiry: expiresAt == .none ? .none : .void)
    }

    /// What happens to every leg, the principal's first.
    func changes(_ change: (Movement) -> CommitPlan.LegChange) -> [CommitPlan.LegChange] {
        changes(principal: change, further: change)
    }

    /// What happens to the principal leg, and to each of the further ones. Which is which is a matter of place, not
    /// of role: a further leg may have any.
    func changes(
        principal: (Movement) -> CommitPlan.LegChange, further: (Movement) -> CommitPlan.LegChange
    ) -> [CommitPlan.LegChange] {
        var changes = [principal(Movement(from: payer, to: payee, amount: amount))]
        for leg in extraLegs { changes.append(further(leg)) }
        return changes
    }

    /// Remembers the event just recorded, and the decision that came with it.
    mutating func note(_ sequence: Sequence, decision: Decision? = nil) {
        lastSequence = sequence
        guard let decision else { return }
        action = decision.action
        scoreBits = decision.scoreBits
        decisionSequence = sequence
    }

    /// The transfer as its first answer showed it, however it moved on.
    public var asFirstAnswered: Transfer {
        guard firstState != .none else { return self }
        var first = self
        first.state = firstState
        first.captured = firstState == .posted ? amount : 0
        first.refunded = 0
        first.lastSequence = firstSequence
        if firstAction != action {
            first.action = firstAction
            first.scoreBits = 0
            first.decisionSequence = firstAction == nil ? .zero : firstSequence
        }
        return first
    }
}
