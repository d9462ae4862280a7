public import EventLog

/// Whose account a leg of an exchange is for. The ledger knows which one that is.
public enum FXAccountRole: String, Hashable, Sendable, CaseIterable {
    /// The customer's, in the currency sold.
    case customerSell = "customer_sell"
    /// The house's position in the currency that the customer sells.
    case houseSell = "house_sell"
    /// The house's position in the currency that the customer buys.
    case houseBuy = "house_buy"
    /// The customer's, in the currency bought.
    case customerBuy = "customer_buy"
    /// The house's income from exchanges, in the counter currency.
    case houseMargin = "house_margin"
}

/// One entry of an exchange.
public struct FXLeg: Hashable, Sendable {
    /// Whose account it is for.
    public let role: FXAccountRole
    /// What is added to that account; below 0 for what is taken.
    public let amount: Money
}

extension FXQuote {
    /// The entries of the exchange, which are one atomic transfer: the customer's sell account to
    /// the house's, and the house's buy account to the customer's. Their sum is 0 in each currency.
    public var legs: [FXLeg] {
        Self.move(sell, from: .customerSell, to: .houseSell)
            + Self.move(buy, from: .houseBuy, to: .customerBuy)
    }

    /// The entries that take ``kept`` out of the house's position into its income, so that the
    /// position has moved as at the mid rate, but for less than one minor unit; none if nothing is
    /// kept. Their sum is 0.
    public var marginLegs: [FXLeg] {
        guard kept.minor > 0 else { return [] }
        let position: FXAccountRole = fixedSide == .sell ? .houseBuy : .houseSell
        return Self.move(kept, from: position, to: .houseMargin)
    }

    private static func move(
        _ amount: Money, from: FXAccountRole, to: FXAccountRole
    ) -> [FXLeg] {
        // Amounts of a quote are not negative: the negation fits.
        let taken = Money(minor: -amount.minor, currency: amount.currency)
        return [FXLeg(role: from, amount: taken), FXLeg(role: to, amount: amount)]
    }
}
