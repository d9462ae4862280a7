public import EventLog
public import Ledger

/// A transfer as it is shown: with public identifiers, and why it was decided as it was.
public struct TransferAnswer: Sendable {
    /// The transfer: as it is now, or, when it is opened or a key is repeated, as it was answered first.
    public var transfer: Transfer
    /// The principal's payer.
    public var payer: PublicAccountID
    /// The principal's payee.
    public var payee: PublicAccountID
    /// Reasons, rules and more of the newest decision; nil for a plain approval and for the fail policy.
    public var detail: DecisionDetail?
    /// Who reviewed, challenged or labelled it, where that was asked for.
    public var notes: [NoteView] = []
}
