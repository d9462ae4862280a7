public import EventLog

extension RateTable {
    /// Longest time that a quote is good for, in seconds: a day.
    public static let longestQuoteSeconds: Int64 = 86_400

    /// An offer for all that is sold: what the customer gets is rounded down.
    ///
    /// Refused are stale rates, rates of the future, pairs without a rate, amounts that are not
    /// above 0, results of no minor unit at all (`zero_result`), results beyond the limits
    /// (`rate_overflow`, `amount_overflow`), and lifetimes that are not from 1 second to a day. A
    /// quote outlives its table by at most its own lifetime.
    public func quote(
        selling sell: Money, for currency: Currency, spreads: Spreads, id: FXQuoteID,
        at now: Timestamp, lifetimeSeconds: Int64
    ) throws(FXError) -> FXQuote {
        try check(sell, at: now, lifetimeSeconds)
        let prices = try prices(from: sell.currency, to: currency, spreads)
        guard let mid = prices.mid.rounded(times: sell.minor, .down),
            let applied = prices.applied.rounded(times: sell.minor, .down)
        else { throw Self.overflow(sell, currency) }
        guard applied.whole > 0 else {
            throw FXError(
                .zeroResult,
                "\(sell) is less than the smallest amount of \(currency): sell more")
        }
        return FXQuote(
            id: id, fixedSide: .sell, sell: sell,
            buy: Money(minor: applied.whole, currency: currency), midRate: prices.rate,
            appliedRate: prices.appliedRate, spread: prices.spread, rounding: applied.remainder,
            kept: Money(minor: mid.whole - applied.whole, currency: currency),
            keptRemainder: mid.remainder, createdAt: now,
            expiresAt: now.adding(seconds: lifetimeSeconds), tableHash: hash)
    }

    /// An offer for exactly what is bought: what the customer gives is rounded up, and never
    /// nothing.
    ///
    /// Refused as ``quote(selling:for:spreads:id:at:lifetimeSeconds:)`` is.
    public func quote(
        buying buy: Money, with currency: Currency, spreads: Spreads, id: FXQuoteID,
        at now: Timestamp, lifetimeSeconds: Int64
    ) throws(FXError) -> FXQuote {
        try check(buy, at: now, lifetimeSeconds)
        let prices = try prices(from: currency, to: buy.currency, spreads)
        guard let mid = prices.mid.inverse?.rounded(times: buy.minor, .up),
            let applied = prices.applied.inverse?.rounded(times: buy.minor, .up)
        else { throw Self.overflow(buy, currency) }
        return FXQuote(
            id: id, fixedSide: .buy, sell: Money(minor: applied.whole, currency: currency),
            buy: buy, midRate: prices.rate, appliedRate: prices.appliedRate,
            spread: prices.spread, rounding: applied.remainder,
            kept: Money(minor: applied.whole - mid.whole, currency: currency),
            keptRemainder: mid.remainder, createdAt: now,
            expiresAt: now.adding(seconds: lifetimeSeconds), tableHash: hash)
    }

    /// A rate for units, and the same for minor units.
    private struct Prices {
        var rate: MidRate
        var spread: Spread
        var appliedRate: Ratio
        /// Minor units of what is bought for one minor unit of what is sold.
        var mid: Ratio
        var applied: Ratio
    }

    private func prices(
        from sell: Currency, to buy: Currency, _ spreads: Spreads
    ) throws(FXError) -> Prices {
        let rate = try midRate(from: sell, to: buy)
        let spread = spreads.spread(of: rate.pair)
        // The small factors first: multiplied into the rate one by one they could overflow on the
        // way to a product that fits.
        guard let scale = Ratio.powerOfTen(buy.scale - sell.scale),
            let scaledFactor = spread.factor.multiplied(by: scale),
            let appliedRate = rate.ratio.multiplied(by: spread.factor),
            let mid = rate.ratio.multiplied(by: scale),
            let applied = rate.ratio.multiplied(by: scaledFactor)
        else {
            throw FXError(
                .rateOverflow,
                "the rate for \(rate.pair) with a spread of \(spread) has more digits than 128 "
                    + "bits hold: state it, or its parts, with fewer digits")
        }
        return Prices(
            rate: rate, spread: spread, appliedRate: appliedRate, mid: mid, applied: applied)
    }

    private func check(
        _ fixed: Money, at now: Timestamp, _ lifetimeSeconds: Int64
    ) throws(FXError) {
        try checkAge(at: now)
        guard fixed.minor > 0 else {
            throw FXError(.invalidAmount, "an exchange of \(fixed): amounts are above 0")
        }
        guard (1...Self.longestQuoteSeconds).contains(lifetimeSeconds) else {
            throw FXError(
                .outOfRange,
                "a quote for \(lifetimeSeconds) s: it is good for 1 to "
                    + "\(Self.longestQuoteSeconds)")
        }
    }

    private static func overflow(_ fixed: Money, _ counter: Currency) -> FXError {
        FXError(
            .amountOverflow,
            "\(fixed) are more minor units of \(counter) than \(Int64.max): exchange less at once")
    }
}
