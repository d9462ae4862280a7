public import EventLog

/// An account as its owner sees it.
public struct AccountView: Sendable, Equatable {
    public var account: Account
    public var publicID: PublicAccountID
    public var owner: String
    public var openedAt: Timestamp
}

/// One line of an account's history.
public struct EntryView: Sendable, Equatable {
    public var sequence: Sequence
    public var transfer: TransferID
    public var transferKind: TransferKind
    public var recordedAt: Timestamp
    public var kind: EventKind
    public var cause: EventCause
    public var postedChange: Int64
    public var reservedChange: Int64
    public var posted: Int64
    public var reserved: Int64
    /// The account on the other side of the principal leg.
    public var counterparty: AccountID
}

/// An account's balance at some moment.
public struct BalanceView: Sendable, Equatable {
    /// The last event that changed it; zero if none had.
    public var sequence: Sequence
    public var posted: Int64
    public var reserved: Int64
}

/// A transfer that waits for somebody, or for its expiry.
public struct WaitingView: Sendable, Equatable {
    public var transfer: TransferID
    public var state: TransferState
    public var since: Sequence
}

/// Who did by hand what an event of a transfer tells of.
public struct NoteView: Sendable, Equatable {
    /// The event: a review, a challenge's answer, or a label.
    public var sequence: Sequence
    /// Name of the bearer key.
    public var actor: String
    /// What was written to it; empty if nothing was.
    public var text: String
}

/// One event that an analyst should see.
public struct AlertView: Sendable {
    public var event: Event
    public var decision: Decision?
    public var detail: DecisionDetail?
}
