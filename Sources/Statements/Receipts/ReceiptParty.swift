/// One side of a payment.
public struct ReceiptParty: Hashable, Sendable {
    /// Whose account it is, as texts that a person chose.
    public let holder: Holder
    /// The account's public identifier, as ``StatementAccount`` has it.
    public let account: String

    /// A side of a payment; the identifier is one that ``StatementAccount`` would take.
    public init(holder: Holder, account: String) throws(StatementError) {
        try StatementAccount.check(id: account)
        self.holder = holder
        self.account = account
    }
}
