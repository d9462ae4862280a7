internal import EventLog

/// Which events may follow in the life of a transfer: DESIGN.md, section 2, as a table.
enum Transition {
    static func isAllowed(
        _ event: EventKind, from before: TransferState, to after: TransferState,
        by cause: EventCause, kind: TransferKind
    ) -> Bool {
        guard isOutcome(event, before, after, kind) else { return false }
        switch (event, before) {
        case (.posted, .reserved), (.authorized, .reserved), (.held, .reserved):
            return [.decision, .engineAbsent, .engineOverloaded, .decisionLate].contains(cause)
        case (.challenged, .reserved), (.voided, .reserved): return cause == .decision
        case (.posted, .held), (.authorized, .held):
            return cause == .review || cause == .lateDecision
        case (.posted, .challenged), (.authorized, .challenged):
            return cause == .review || cause == .challengePassed
        case (.voided, .held):
            return [.review, .expiry, .lateDecision].contains(cause)
                || (cause == .request && kind == .authorization)
        case (.voided, .challenged):
            return [.review, .expiry, .challengeFailed].contains(cause)
                || (cause == .request && kind == .authorization)
        case (.voided, .authorized): return cause == .request || cause == .expiry
        case (.captured, .authorized): return cause == .request
        case (.decided, _): return cause == .lateDecision && before != .reserved
        default: return false
        }
    }

    /// Whether the state fits the event.
    private static func isOutcome(
        _ event: EventKind, _ before: TransferState, _ after: TransferState, _ kind: TransferKind
    ) -> Bool {
        switch event {
        case .posted: after == .posted && kind != .authorization
        case .authorized: after == .authorized && kind == .authorization
        case .held: after == .held
        case .challenged: after == .challenged
        case .voided: after == .voided || (after == .posted && before == .authorized)
        case .captured: after == .posted || after == .authorized
        case .decided: after == before
        default: false
        }
    }

    /// Whether an event does what a decision says.
    static func follows(_ event: EventKind, _ action: DecisionAction, _ cause: EventCause) -> Bool {
        // Late, it may also just be recorded.
        if event == .decided { return cause == .lateDecision && action != .notEvaluated }
        let isPolicy = [.engineAbsent, .engineOverloaded, .decisionLate].contains(cause)
        switch action {
        // A frozen account turns approve into hold.
        case .approve: return !isPolicy && [.posted, .authorized, .held].contains(event)
        case .hold: return event == .held && cause == .decision
        case .challenge: return event == .challenged && cause == .decision
        case .decline: return event == .voided && !isPolicy
        case .notEvaluated: return isPolicy && [.posted, .authorized, .held].contains(event)
        }
    }
}
