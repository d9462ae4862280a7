public import EventLog

/// What must hold of a ledger, whoever looks and whenever.
public enum Invariant: String, Sendable, CaseIterable {
    case log = "the log is gapless, in order and chained"
    case currencies = "every currency sums to zero"
    case balances = "every balance equals its derivation"
    case limits = "no available balance is below its limit"
    case accounts = "accounts are as their events left them"
    case transfers = "transfers moved only as they may"
    case decidedOnce = "every decision was applied once"
    case expiry = "nothing waits past its expiry"
    case idempotency = "every idempotency key leads to what it did"
    case policies = "policies and lists are as their events left them"
    case spending = "limits count what was spent"
    case erasure = "what was erased is gone, and nothing else"
    case reproduction = "every decision is reproduced bit for bit"
}

/// What was found out about one invariant.
public struct VerificationLine: Sendable {
    /// Whether it holds.
    public enum Outcome: Sendable, Equatable {
        case holds
        case breached
        /// Could not be looked at, because the log could not be read to its end.
        case notChecked
        /// Was left out, for the reason that a remark gives; that says nothing against the ledger.
        case leftOut
    }

    /// What must hold.
    public var invariant: Invariant
    /// Whether it does.
    public var outcome: Outcome
    /// How many things were looked at, and what they are.
    public var checked: Int64
    /// What `checked` counts, such as `transfers`.
    public var unit: String
    /// How often it does not hold.
    public var breachCount: Int64
    /// The first breaches, with the identifiers of what is wrong.
    public var breaches: [String]
    /// What was left out, and why.
    public var remarks: [String]
}

extension VerificationLine: CustomStringConvertible {
    /// One line for people, and one more for each breach and remark.
    public var description: String {
        let word =
            switch outcome {
            case .holds: "holds      "
            case .breached: "BREACHED   "
            case .notChecked: "NOT CHECKED"
            case .leftOut: "not checked"
            }
        var text = "\(word) \(invariant.rawValue) (\(checked) \(unit)"
        text += breachCount > 0 ? ", \(breachCount) wrong)" : ")"
        for breach in breaches { text += "\n              \(breach)" }
        for remark in remarks { text += "\n              note: \(remark)" }
        return text
    }
}

/// What a verification found, up to one event of the log.
public struct VerificationReport: Sendable {
    /// The log that was looked at.
    public var logID: TransferID
    /// The last event that was looked at.
    public var cut: Sequence
    /// One line for each invariant, in their order.
    public var lines: [VerificationLine]
    /// Decisions that were computed again and came out the same.
    public var reproducedDecisions: Int64
    /// Decisions that could not be computed again here, by reason; neither reproduced nor wrong.
    public var decisionsApart: [String: Int64]

    /// Whether every invariant holds, but for those that were left out for a reason; see ``VerificationLine/Outcome``.
    public var isSound: Bool {
        lines.allSatisfy { $0.outcome == .holds || $0.outcome == .leftOut }
    }
    /// The invariants that do not hold.
    public var breached: [Invariant] {
        lines.filter { $0.outcome == .breached }.map(\.invariant)
    }
}

/// How far a verification has come.
public struct VerificationProgress: Sendable {
    /// What is being looked at, such as `events`.
    public var subject: String
    /// How much was looked at so far.
    public var done: Int64
    /// 0 if not known.
    public var total: Int64
}
