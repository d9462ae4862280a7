public import EventLog
public import Fees
public import Ledger

/// How much may be spent, by tier and kind of payment, in one currency.
public struct LimitSchedule: Sendable, Equatable {
    /// The currency that all sums are counted in.
    public let currency: Currency
    private let limits: [Place: SpendingLimit]

    /// A tier, or nil for any that is not named; a kind, or nil for all together.
    struct Place: Hashable, Sendable {
        var tier: Tier?
        var kind: SpendingKind?
    }

    init(currency: Currency, limits: [Place: SpendingLimit]) {
        self.currency = currency
        self.limits = limits
    }

    /// The limits on payments of a kind, or, if it is nil, on all together. A tier that is not named in the schedule has
    /// the limits of `*`; without these it has none.
    public func limit(of tier: Tier?, on kind: SpendingKind?) -> SpendingLimit {
        let named = tier.flatMap { isNamed($0) ? $0 : nil }
        return limits[Place(tier: named, kind: kind)] ?? SpendingLimit()
    }

    /// Whether nothing is limited.
    public var isEmpty: Bool { limits.isEmpty }

    /// Whether the schedule says anything of a tier.
    public func isNamed(_ tier: Tier) -> Bool { limits.keys.contains { $0.tier == tier } }

    /// What a payment of `amountMinor` minor units of the schedule's currency counts, and is held against.
    public func check(
        _ spender: TransferID, tier: Tier?, kind: SpendingKind, amountMinor: Int64
    ) -> SpendingCheck {
        SpendingCheck(
            Spending(
                spender: spender, kind: kind.rawValue, currency: currency.number,
                amount: amountMinor),
            ofKind: limit(of: tier, on: kind), inAll: limit(of: tier, on: nil))
    }
}
