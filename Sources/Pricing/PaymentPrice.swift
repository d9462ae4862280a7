public import Fees
public import Ledger

/// What a payment costs, and what it counts towards the payer's limits.
public struct PaymentPrice: Sendable {
    /// Who pays what; nil without a price list.
    public var fee: FeeQuote?
    /// What is checked in the commit; nil without limits.
    public var spending: SpendingCheck?

    /// No fee and no limits.
    public init() {}
}
