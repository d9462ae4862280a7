public import EventLog

/// The payments that a rule is for. What is nil does not matter.
public struct FeeScope: Hashable, Sendable {
    /// Payments of one kind; any if nil.
    public var kind: PaymentKind?
    /// Payments in one currency; any if nil.
    public var currency: Currency?
    /// Payments by people of one tier; by anybody, also by who has none, if nil.
    public var tier: Tier?
    /// The smallest amount, in minor units of the currency.
    public var fromMinor: Int64
    /// Amounts are smaller than this, in minor units of the currency; nil for no upper end.
    public var belowMinor: Int64?

    /// Payments of `fromMinor ..< belowMinor` minor units. Bounds are amounts, and need a currency.
    public init(
        kind: PaymentKind? = nil, currency: Currency? = nil, tier: Tier? = nil,
        fromMinor: Int64 = 0, belowMinor: Int64? = nil
    ) {
        self.kind = kind
        self.currency = currency
        self.tier = tier
        self.fromMinor = fromMinor
        self.belowMinor = belowMinor
    }

    /// Whether the scope holds a payment.
    public func contains(_ payment: FeePayment) -> Bool {
        (kind == nil || kind == payment.kind)
            && (currency == nil || currency == payment.amount.currency)
            && (tier == nil || tier == payment.tier)
            && payment.amount.minor >= fromMinor
            && (belowMinor.map { payment.amount.minor < $0 } ?? true)
    }

    /// The payments that are in both scopes, which are a scope again; nil if there are none.
    public func intersection(_ other: FeeScope) -> FeeScope? {
        guard case .some(let kind) = Self.meet(kind, other.kind),
            case .some(let currency) = Self.meet(currency, other.currency),
            case .some(let tier) = Self.meet(tier, other.tier)
        else { return nil }
        let from = max(fromMinor, other.fromMinor)
        let below = [belowMinor, other.belowMinor].compactMap(\.self).min()
        if let below, below <= from { return nil }
        return FeeScope(
            kind: kind, currency: currency, tier: tier, fromMinor: from, belowMinor: below)
    }

    /// What satisfies both, where nil is anything; the outer nil if nothing does.
    private static func meet<Value: Equatable>(_ a: Value?, _ b: Value?) -> Value?? {
        guard let a else { return .some(b) }
        guard let b else { return .some(a) }
        return a == b ? .some(a) : nil
    }

    /// A scope that lies within another one, and is not the same, comes before it.
    static func isNarrower(_ a: FeeScope, _ b: FeeScope) -> Bool {
        a.words != b.words ? a.words > b.words : a.width < b.width
    }

    private var words: Int {
        (kind == nil ? 0 : 1) + (currency == nil ? 0 : 1) + (tier == nil ? 0 : 1)
    }

    private var width: Int128 {
        let end = belowMinor.map { Int128($0) } ?? Int128(Int64.max) + 1
        return end - Int128(fromMinor)
    }
}

extension FeeScope: CustomStringConvertible {
    /// As an error has it, such as `p2p payments in USD of tier gold from 10.00 below 50.00`.
    public var description: String {
        var text = kind.map { "\($0) payments" } ?? "payments"
        text += currency.map { " in \($0)" } ?? ""
        text += tier.map { " of tier \($0)" } ?? ""
        guard let currency else { return text }
        if fromMinor > 0 {
            text += " from \(Money(minor: fromMinor, currency: currency).decimal)"
        }
        if let belowMinor {
            text += " below \(Money(minor: belowMinor, currency: currency).decimal)"
        }
        return text
    }
}
