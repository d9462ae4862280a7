public import EventLog

/// What became of a payment's amount on its way into another currency.
public struct ReceiptExchange: Hashable, Sendable {
    /// The rate as it was quoted, such as `1 EUR = 1.0842 USD`.
    public let rate: String
    /// What arrived.
    public let delivered: Money

    /// A quoted rate and what arrived by it, which is more than nothing.
    public init(rate: String, delivered: Money) throws(StatementError) {
        try Holder.check(rate, "a rate")
        guard delivered.minor > 0 else {
            throw StatementError(.inconsistentReceipt, "an exchange delivers more than nothing")
        }
        self.rate = rate
        self.delivered = delivered
    }
}
