/// Counts what was looked at and what is wrong, by invariant. Keeps the first breaches of each.
struct Findings {
    private struct Entry {
        var checked: Int64 = 0
        var breachCount: Int64 = 0
        var breaches: [String] = []
        var remarks: [String] = []
        var isIncomplete = false
        var isLeftOut = false

        var outcome: VerificationLine.Outcome {
            if breachCount > 0 { return .breached }
            if isIncomplete { return .notChecked }
            return isLeftOut ? .leftOut : .holds
        }
    }

    private var entries: [Invariant: Entry] = [:]
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    mutating func checked(_ invariant: Invariant, _ count: Int = 1) {
        entries[invariant, default: Entry()].checked += Int64(count)
    }

    mutating func breach(_ invariant: Invariant, _ text: @autoclosure () -> String) {
        entries[invariant, default: Entry()].breachCount += 1
        if entries[invariant, default: Entry()].breaches.count < limit {
            entries[invariant, default: Entry()].breaches.append(text())
        }
    }

    mutating func expect(
        _ condition: Bool, _ invariant: Invariant, _ text: @autoclosure () -> String
    ) {
        if !condition { breach(invariant, text()) }
    }

    mutating func remark(_ invariant: Invariant, _ text: String) {
        entries[invariant, default: Entry()].remarks.append(text)
    }

    /// The invariant could not be looked at, or not to the end.
    mutating func leaveUnchecked(_ invariant: Invariant) {
        entries[invariant, default: Entry()].isIncomplete = true
    }

    /// Nothing of the invariant could be judged, though nothing was found wrong; a remark says why.
    mutating func leaveOut(_ invariant: Invariant) {
        entries[invariant, default: Entry()].isLeftOut = true
    }

    var lines: [VerificationLine] {
        Invariant.allCases.map { invariant in
            let entry = entries[invariant] ?? Entry()
            return VerificationLine(
                invariant: invariant,
                outcome: entry.outcome,
                checked: entry.checked, unit: invariant.unit, breachCount: entry.breachCount,
                breaches: entry.breaches, remarks: entry.remarks)
        }
    }
}

extension Invariant {
    /// What is counted for it.
    fileprivate var unit: String {
        switch self {
        case .log: "events"
        case .currencies: "movements"
        case .balances: "balances"
        case .limits: "balances"
        case .accounts: "accounts"
        case .transfers: "transitions and transfers"
        case .decidedOnce: "decisions"
        case .expiry: "waiting transfers"
        case .idempotency: "keys"
        case .policies: "policies and list entries"
        case .spending: "spenders"
        case .erasure: "keys"
        case .reproduction: "decisions"
        }
    }
}
