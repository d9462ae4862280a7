public import EventLog

/// What one side of a payment paid for it.
public struct ReceiptFee: Hashable, Sendable {
    /// Who pays a fee.
    public enum Bearer: String, Sendable, CaseIterable {
        /// The one who pays the amount, too.
        case payer
        /// The one who gets the amount.
        case payee
    }
    /// Who paid it.
    public let bearer: Bearer
    /// How much, on top of the payer's amount or out of the payee's.
    public let amount: Money

    /// A fee of nothing or more.
    public init(bearer: Bearer, amount: Money) throws(StatementError) {
        guard amount.minor >= 0 else {
            throw StatementError(.inconsistentReceipt, "a fee is not below zero")
        }
        self.bearer = bearer
        self.amount = amount
    }
}
