internal import EventLog
internal import Ledger

extension Derivation {
    /// Applies an event of a transfer: checks that it may follow, and does what it says.
    mutating func applyTransfer(
        _ event: Event, legs: [Leg], decision: Decision?, related: TransferID?
    ) {
        findings.checked(.transfers)
        guard let before = transfers[event.transfer] else {
            return open(event, legs, decision, related)
        }
        guard event.transferKind == before.kind, event.payer == before.payer,
            event.payee == before.payee, event.currency == before.currency
        else {
            return findings.breach(
                .transfers, "\(event.place) shows another transfer under \(event.transfer)")
        }
        checkTransition(event, before)
        if let decision { checkDecision(decision, event, before) }
        findings.expect(
            (decision != nil) == event.cause.comesWithDecision, .decidedOnce,
            "\(event.place) (\(event.kind) by \(event.cause)) "
                + (decision == nil ? "has no decision" : "has a decision"))
        var transfer = before
        move(&transfer, event, legs)
        finish(&transfer, event, decision, before)
        transfers[transfer.id] = transfer
    }

    // MARK: - Beginning

    private mutating func open(
        _ event: Event, _ legs: [Leg], _ decision: Decision?, _ related: TransferID?
    ) {
        let isReserve = event.kind == .reserved && event.state == .reserved
        guard isReserve || (event.kind == .posted && event.state == .posted),
            event.cause == .request, decision == nil, let first = legs.first,
            first.from == event.payer, first.to == event.payee, first.amount == event.amount,
            legs.allSatisfy({ $0.amount > 0 })
        else {
            return findings.breach(
                .transfers,
                "\(event.place) (\(event.kind) by \(event.cause)) cannot begin \(event.transfer)")
        }
        let isDebit =
            isReserve || event.transferKind == .payment
            || event.transferKind == .authorization
        change(
            legs.map {
                Change(
                    from: $0.from, to: $0.to,
                    lock: isReserve && !($0.role == .fee && $0.from == event.payee) ? $0.amount : 0,
                    move: isReserve ? 0 : $0.amount)
            }, debit: isDebit ? event.amount : nil, event, shownBy: legs)
        if isReserve { undecided += 1 }
        transfers[event.transfer] = Transfer(
            id: event.transfer, kind: event.transferKind, state: event.state,
            currency: event.currency, payer: event.payer, payee: event.payee, amount: event.amount,
            captured: isReserve ? 0 : event.amount, refunded: 0, related: related ?? .none,
            extraLegs: legs.dropFirst().map {
                Movement(role: $0.role, from: $0.from, to: $0.to, amount: $0.amount)
            }, createdAt: event.recordedAt, createdSequence: event.sequence,
            decideBy: event.decideBy, expiresAt: event.expiresAt, heldByPolicy: false,
            firstState: isReserve ? .none : .posted, firstAction: nil,
            firstSequence: isReserve ? .zero : event.sequence, action: nil, scoreBits: 0,
            decisionSequence: .zero, lastSequence: event.sequence)
        if let related { refund(event, related) }
    }

    private mutating func refund(_ event: Event, _ related: TransferID) {
        guard let original = transfers[related] else {
            return findings.breach(.transfers, "\(event.place) refunds \(related): unknown")
        }
        transfers[related]?.refunded += event.amount
        findings.expect(
            event.transferKind == .refund && event.payer == original.payee
                && event.payee == original.payer
                && original.refunded + event.amount <= original.captured, .transfers,
            "\(event.place) refunds \(event.amount) of \(related), of which \(original.captured) "
                + "moved and \(original.refunded) came back")
    }

    // MARK: - Going on

    private mutating func checkTransition(_ event: Event, _ before: Transfer) {
        let isKnown = Transition.isAllowed(
            event.kind, from: before.state, to: event.state, by: event.cause, kind: before.kind)
        guard isKnown else {
            return findings.breach(
                .transfers,
                "\(event.place) (\(event.kind) by \(event.cause)) leads \(event.transfer) from "
                    + "\(before.state) to \(event.state)")
        }
        let (now, end) = (event.recordedAt, before.expiresAt)
        let isInTime =
            switch (event.kind, event.cause) {
            case (.captured, _), (_, .challengePassed), (.posted, .review),
                (.authorized, .review), (.posted, .lateDecision), (.authorized, .lateDecision):
                now < end
            case (_, .expiry): now >= end
            case (_, .decisionLate): now >= before.decideBy
            default: true
            }
        findings.expect(
            isInTime, .transfers,
            "\(event.place) (\(event.kind) by \(event.cause)) of \(event.transfer) at "
                + "\(now.rawValue), whose state ended at \(end.rawValue)")
    }

    private mutating func checkDecision(_ decision: Decision, _ event: Event, _ before: Transfer) {
        findings.checked(.decidedOnce)
        let isPolicy = decision.action == .notEvaluated
        let mayCome = isPolicy ? before.action == nil : before.action.map { $0 == .notEvaluated }
        findings.expect(
            mayCome ?? true, .decidedOnce,
            "\(event.place) decides \(event.transfer) again")
        findings.expect(
            decision.sequence == before.createdSequence && decision.epoch == epoch, .decidedOnce,
            "\(event.place) applies a decision about event \(decision.sequence.rawValue) of epoch "
                + "\(decision.epoch) to \(event.transfer), reserved by event "
                + "\(before.createdSequence.rawValue), in epoch \(epoch)")
        findings.expect(
            Transition.follows(event.kind, decision.action, event.cause), .decidedOnce,
            "\(event.place) answers \(decision.action) with \(event.kind) by \(event.cause)")
    }

    /// Does what the event says to the balances, and to what of the transfer has moved.
    private mutating func move(_ transfer: inout Transfer, _ event: Event, _ legs: [Leg]) {
        let rest = transfer.amount - transfer.captured
        var changes: [Change] = []
        let before = transfer
        /// A further leg moves in the principal's proportion, rounded down each time over all that moved.
        func further(_ after: Transfer, ends: Bool) -> [Change] {
            transfer.extraLegs.map {
                Change(
                    from: $0.from, to: $0.to,
                    unlock: before.unlocked(of: $0, after: after, ends: ends),
                    move: after.moved(of: $0) - before.moved(of: $0))
            }
        }
        let (payer, payee) = (transfer.payer, transfer.payee)
        switch event.kind {
        case .posted:
            transfer.captured = transfer.amount
            changes =
                [Change(from: payer, to: payee, unlock: rest, move: rest)]
                + further(transfer, ends: true)
        case .captured:
            guard event.amount > 0, event.amount <= rest,
                event.state == .posted || event.amount < rest
            else {
                return findings.breach(
                    .transfers,
                    "\(event.place) captures \(event.amount) of \(event.transfer), of which "
                        + "\(rest) is left")
            }
            let unlock = event.state == .posted ? rest : event.amount
            transfer.captured += event.amount
            changes =
                [Change(from: payer, to: payee, unlock: unlock, move: event.amount)]
                + further(transfer, ends: event.state == .posted)
        case .voided:
            findings.expect(
                event.amount == rest && (event.state == .posted) == (transfer.captured > 0),
                .transfers,
                "\(event.place) gives back \(event.amount) of \(event.transfer), of which \(rest) "
                    + "is left, and ends it as \(event.state)")
            changes =
                [Change(from: payer, to: payee, unlock: rest)] + further(transfer, ends: true)
        default: break
        }
        let shown = legs.map { [$0.from.rawValue, $0.to.rawValue, $0.amount] }
        let due = changes.map {
            [
                $0.from.rawValue, $0.to.rawValue,
                $0.move != 0 || event.kind == .captured ? $0.move : $0.unlock,
            ]
        }
        findings.expect(
            shown == due, .transfers,
            "\(event.place) shows the legs \(shown) of \(event.transfer), not \(due)")
        change(changes, debit: nil, event, shownBy: legs)
    }

    private mutating func finish(
        _ transfer: inout Transfer, _ event: Event, _ decision: Decision?, _ before: Transfer
    ) {
        transfer.state = event.state
        transfer.expiresAt = event.expiresAt
        transfer.lastSequence = event.sequence
        transfer.heldByPolicy = false
        if let decision {
            transfer.action = decision.action
            transfer.scoreBits = decision.scoreBits
            transfer.decisionSequence = event.sequence
            transfer.heldByPolicy = event.kind == .held && decision.action == .notEvaluated
        }
        findings.expect(
            event.state.isFinal == (event.expiresAt == .none), .transfers,
            "\(event.place) leaves \(event.transfer) \(event.state) with an end at "
                + "\(event.expiresAt.rawValue)")
        guard before.state == .reserved, event.state != .reserved else { return }
        undecided -= 1
        transfer.firstState = event.state
        transfer.firstAction = transfer.action
        transfer.firstSequence = event.sequence
    }
}

extension EventCause {
    /// Whether an event of this cause records a decision.
    var comesWithDecision: Bool {
        switch self {
        case .decision, .engineAbsent, .engineOverloaded, .decisionLate, .lateDecision: true
        case .request, .review, .challengePassed, .challengeFailed, .expiry: false
        }
    }
}
