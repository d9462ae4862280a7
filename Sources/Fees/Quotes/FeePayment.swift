public import EventLog

/// What a fee depends on.
public struct FeePayment: Hashable, Sendable {
    /// What kind of payment it is.
    public var kind: PaymentKind
    /// Of the person whose price list counts; nil for none, whom only rules for any tier match.
    public var tier: Tier?
    /// What is paid, without any fee.
    public var amount: Money

    /// A payment.
    public init(kind: PaymentKind, tier: Tier?, amount: Money) {
        self.kind = kind
        self.tier = tier
        self.amount = amount
    }
}
