public import EventLog
public import Ledger

/// A transfer as it is shown: with public identifiers, and why it was decided as it was.
public struct TransferAnswer: Sendable {
    public var transfer: Transfer
    public var payer: PublicAccountID
    public var payee: PublicAccountID
    public var detail: DecisionDetail?
    /// Who reviewed, challenged or labelled it, where that was asked for.
    public var notes: [NoteView] = []
}
