public import EventLog

/// A rate without spread between what a customer sells and what the customer buys, as an exact
/// fraction.
public struct MidRate: Hashable, Sendable {
    /// Where the fraction comes from.
    public enum Origin: Hashable, Sendable {
        /// The table states it.
        case stated
        /// The table states the other direction; this is one divided by that.
        case inverse
        /// The product of two rates, each stated or inverse, through the table's pivot.
        case cross(pivot: Currency)
    }

    /// From what is sold to what is bought.
    public let pair: CurrencyPair
    /// Units of what is bought for one unit of what is sold; units, not minor units.
    public let ratio: Ratio
    /// Where it comes from.
    public let origin: Origin
}

extension RateTable {
    /// The rate from one currency to another: the one stated, else the exact inverse of the one
    /// stated, else through the pivot and never through any other currency. The rate of the other
    /// direction is always the exact inverse of it. Refused with `no_rate`, `same_currency`, and
    /// `rate_overflow` if a rate through the pivot has lowest terms beyond 128 bits.
    public func midRate(from sell: Currency, to buy: Currency) throws(FXError) -> MidRate {
        let pair = try CurrencyPair(base: sell, quote: buy)
        if let rate = rates[pair] {
            return MidRate(pair: pair, ratio: rate.ratio, origin: .stated)
        }
        if let ratio = rates[pair.inverse]?.ratio.inverse {
            return MidRate(pair: pair, ratio: ratio, origin: .inverse)
        }
        guard let pivot, let first = ratio(sell, pivot), let second = ratio(pivot, buy) else {
            let through = pivot.map { ", and none through \($0)" } ?? ""
            throw FXError(.noRate, "\(source) has no rate for \(pair)\(through)")
        }
        guard let ratio = first.multiplied(by: second) else {
            throw FXError(
                .rateOverflow,
                "the rate for \(pair) through \(pivot) has more digits than 128 bits hold: state "
                    + "it, or state its parts with fewer digits")
        }
        return MidRate(pair: pair, ratio: ratio, origin: .cross(pivot: pivot))
    }

    /// The rate stated for one of the two directions; nil if there is none.
    private func ratio(_ from: Currency, _ to: Currency) -> Ratio? {
        guard let pair = try? CurrencyPair(base: from, quote: to) else { return nil }
        return rates[pair]?.ratio ?? rates[pair.inverse]?.ratio.inverse
    }
}
