// What kinds, states and causes are called in JSON. Part of the API: a word never changes its meaning.

extension TransferKind {
    package var word: String {
        switch self {
        case .none: "none"
        case .payment: "payment"
        case .authorization: "authorization"
        case .refund: "refund"
        case .funding: "funding"
        case .fee: "fee"
        case .exchange: "exchange"
        case .book: "book"
        }
    }
}

extension TransferState {
    package var word: String {
        switch self {
        case .none: "none"
        case .reserved: "reserved"
        case .authorized: "authorized"
        case .held: "held"
        case .challenged: "challenged"
        case .posted: "posted"
        case .voided: "voided"
        }
    }
}

extension EventKind {
    package var word: String {
        switch self {
        case .accountOpened: "account_opened"
        case .accountFrozen: "account_frozen"
        case .accountLimited: "account_limited"
        case .erased: "erased"
        case .reserved: "reserved"
        case .posted: "posted"
        case .authorized: "authorized"
        case .held: "held"
        case .challenged: "challenged"
        case .voided: "voided"
        case .captured: "captured"
        case .decided: "decided"
        case .labelled: "labelled"
        case .engineActivated: "engine_activated"
        case .policyActivated: "policy_activated"
        case .listChanged: "list_changed"
        case .rebased: "rebased"
        }
    }
}

extension EventCause {
    package var word: String {
        switch self {
        case .request: "request"
        case .decision: "decision"
        case .engineAbsent: "engine_absent"
        case .engineOverloaded: "engine_overloaded"
        case .decisionLate: "decision_late"
        case .lateDecision: "late_decision"
        case .review: "review"
        case .challengePassed: "challenge_passed"
        case .challengeFailed: "challenge_failed"
        case .expiry: "expiry"
        }
    }
}

extension LabelVerdict {
    package var word: String {
        switch self {
        case .fraud: "confirmed_fraud"
        case .cleared: "cleared"
        }
    }

    package init?(word: String) {
        guard let verdict = Self.allCases.first(where: { $0.word == word }) else { return nil }
        self = verdict
    }
}
