public import EventLog

/// One movement of an account. Amounts are in minor units of the account's currency.
public struct StatementLine: Hashable, Sendable {
    /// The event's place in the log.
    public let sequence: EventLog.Sequence
    /// When it was recorded.
    public let time: Timestamp
    /// What it is for.
    public let kind: LineKind
    /// The transfer that moved the money.
    public let transfer: TransferID
    /// With whom, as text that a person chose; empty if with nobody.
    public let counterparty: String
    /// Whether a note goes with it that only the people themselves can read.
    public let hasEncryptedNote: Bool
    /// What it adds to the balance; below zero if it takes away.
    public let amountMinor: Int64
    /// The balance after it.
    public let balanceMinor: Int64
    /// The transfer that this one refunds, reverses or belongs to; nil if none.
    public let relatedTransfer: TransferID?

    /// A movement as the ledger has it; ``StatementBuilder`` checks it.
    public init(
        sequence: EventLog.Sequence, time: Timestamp, kind: LineKind, transfer: TransferID,
        counterparty: String = "", hasEncryptedNote: Bool = false, amountMinor: Int64,
        balanceMinor: Int64, relatedTransfer: TransferID? = nil
    ) {
        self.sequence = sequence
        self.time = time
        self.kind = kind
        self.transfer = transfer
        self.counterparty = counterparty
        self.hasEncryptedNote = hasEncryptedNote
        self.amountMinor = amountMinor
        self.balanceMinor = balanceMinor
        self.relatedTransfer = relatedTransfer
    }
}
