public import EventLog

extension RateTable {
    /// What an amount is in another currency at the mid rate, rounded up: to compare, not to exchange. The table's age
    /// does not matter. Refused with `no_rate`, `rate_overflow` and `amount_overflow`.
    public func reference(of amount: Money, in currency: Currency) throws(FXError) -> Money {
        if amount.currency == currency { return amount }
        let rate = try midRate(from: amount.currency, to: currency)
        guard let scale = Ratio.powerOfTen(currency.scale - amount.currency.scale),
            let ratio = rate.ratio.multiplied(by: scale)
        else {
            throw FXError(.rateOverflow, "the rate for \(rate.pair) has too many digits")
        }
        guard let rounded = ratio.rounded(times: amount.minor, .up) else {
            throw FXError(
                .amountOverflow, "\(amount) are more minor units of \(currency) than \(Int64.max)")
        }
        return Money(minor: rounded.whole, currency: currency)
    }
}
