public import EventLog

/// An account as its owner sees it.
public struct AccountView: Sendable, Equatable {
    /// Its balance and what limits it, as they are now.
    public var account: Account
    /// The identifier it is shown under.
    public var publicID: PublicAccountID
    /// Whose it is, as the client named them.
    public var owner: String
    /// When it was opened, by the database's clock.
    public var openedAt: Timestamp
}

/// One line of an account's history.
public struct EntryView: Sendable, Equatable {
    /// The event that changed the balance.
    public var sequence: Sequence
    /// The transfer behind it.
    public var transfer: TransferID
    /// What that transfer is for.
    public var transferKind: TransferKind
    /// When it happened, by the database's clock.
    public var recordedAt: Timestamp
    /// What happened.
    public var kind: EventKind
    /// Why it happened.
    public var cause: EventCause
    /// What it moved in (positive) or out (negative), in minor units.
    public var postedChange: Int64
    /// What it locked (positive) or unlocked (negative), in minor units.
    public var reservedChange: Int64
    /// Posted balance after it, in minor units.
    public var posted: Int64
    /// Reserved balance after it, in minor units.
    public var reserved: Int64
    /// The account on the other side of the principal leg.
    public var counterparty: AccountID
}

/// An account's balance at some moment.
public struct BalanceView: Sendable, Equatable {
    /// The last event that changed it; zero if none had.
    public var sequence: Sequence
    /// What was moved in minus what was moved out, in minor units.
    public var posted: Int64
    /// What was locked for debits that had not been posted, in minor units.
    public var reserved: Int64
}

/// A transfer that waits for somebody, or for its expiry.
public struct WaitingView: Sendable, Equatable {
    /// Which one waits.
    public var transfer: TransferID
    /// What it waits in, and so for whom.
    public var state: TransferState
    /// The event that led to the state.
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
    /// The event itself.
    public var event: Event
    /// The decision that it recorded; nil if it recorded none.
    public var decision: Decision?
    /// That decision's reasons, rules and feature vector; nil if none were kept.
    public var detail: DecisionDetail?
}
