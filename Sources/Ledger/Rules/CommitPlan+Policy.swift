internal import EventLog

/// With what engines decide, and who is on lists.
extension CommitPlan {
    /// What is kept beside an event of this kind.
    enum PolicyChange: Sendable, Equatable {
        case policy(PolicyDetail)
        case list(ListEntry)
    }

    /// A change with who wanted it, and why.
    struct PolicyNote: Sendable, Equatable {
        var sequence: Sequence
        var change: PolicyChange
        var actor: String
        var text: String
    }

    mutating func activate(_ policy: PolicyDetail, note: String, actor: String) -> Effect {
        let sequence = append(
            Event(kind: .policyActivated, cause: .request), policy: policy)
        policyNotes.append(
            PolicyNote(sequence: sequence, change: .policy(policy), actor: actor, text: note))
        return .recorded(sequence)
    }

    mutating func change(_ entry: ListEntry, note: String, actor: String) -> Effect {
        let sequence = append(Event(kind: .listChanged, cause: .request), listEntry: entry)
        policyNotes.append(
            PolicyNote(sequence: sequence, change: .list(entry), actor: actor, text: note))
        return .recorded(sequence)
    }
}
