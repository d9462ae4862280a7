internal import EventLog

/// The body of `PUT /v1/accounts/{id}/limits`: all limits, so that one left out is taken away.
struct LimitsRequest {
    private enum Field: String, CaseIterable {
        case overdraft
        case hourCount = "hour_count"
        case hourSum = "hour_sum"
        case dayCount = "day_count"
        case daySum = "day_sum"
    }

    /// Minor units; 0 if none is given.
    var overdraft: Int64
    var caps: Caps
    /// Of every amount in the body.
    var currencies: [Currency]

    init(_ body: JSONValue) throws(Problem) {
        let object = try JSONObject<Field>(body)
        let overdraft = try object.amountOrZero(.overdraft)
        let hourSum = try object.amountOrZero(.hourSum)
        let daySum = try object.amountOrZero(.daySum)
        self.overdraft = overdraft?.minor ?? 0
        caps = Caps(
            hourCount: try object.optionalCount(.hourCount), hourSum: hourSum?.minor,
            dayCount: try object.optionalCount(.dayCount), daySum: daySum?.minor)
        currencies = [overdraft, hourSum, daySum].compactMap(\.?.currency)
    }
}
