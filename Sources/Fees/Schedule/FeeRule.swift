internal import EventLog

/// One line of the price list: for which payments, how much, and who pays it.
public struct FeeRule: Hashable, Sendable {
    /// Its name in the schedule.
    public let id: FeeRuleID
    /// The payments that it is for.
    public let scope: FeeScope
    /// What it asks for.
    public let terms: FeeTerms
    /// Who pays that.
    public let bearer: FeeBearer

    /// A rule; refused, with the path of the field, if an amount is negative or has no currency, if
    /// the range holds nothing, if the maximum is below the minimum, if the proportional part is
    /// not within 0 and 1,000,000, or if a split leaves one side nothing to pay
    /// (``FeeBearer/payer`` and ``FeeBearer/payee`` say that).
    public init(
        id: FeeRuleID, scope: FeeScope, terms: FeeTerms, bearer: FeeBearer
    ) throws(FeeError) {
        self.id = id
        self.scope = scope
        self.terms = terms
        self.bearer = bearer
        try checkAmounts()
        try checkRange()
        try checkParts()
    }

    private func checkAmounts() throws(FeeError) {
        let amounts: [(path: String, minor: Int64?, unset: Int64?)] = [
            ("from", scope.fromMinor, 0), ("below", scope.belowMinor, nil),
            ("fixed", terms.fixedMinor, 0), ("minimum", terms.minimumMinor, 0),
            ("maximum", terms.maximumMinor, nil),
        ]
        for amount in amounts where amount.minor != amount.unset {
            guard scope.currency != nil else {
                throw FeeError(
                    .amountWithoutCurrency,
                    "the rule \(id) has an amount but no currency: name the currency, or use "
                        + "parts_per_million alone", path: amount.path)
            }
            guard let minor = amount.minor, minor >= 0 else {
                throw FeeError(
                    .outOfRange, "an amount of a rule is not negative", path: amount.path)
            }
        }
    }

    private func checkRange() throws(FeeError) {
        if let below = scope.belowMinor, below <= scope.fromMinor {
            throw FeeError(
                .emptyRange, "no amount is in the range: “below” must be above “from”",
                path: "below")
        }
        if let maximum = terms.maximumMinor, maximum < terms.minimumMinor {
            throw FeeError(
                .maximumBelowMinimum, "the maximum must be at least the minimum", path: "maximum")
        }
    }

    private func checkParts() throws(FeeError) {
        guard (0...PartsPerMillion.whole).contains(terms.partsPerMillion) else {
            throw FeeError(
                .outOfRange,
                "\(terms.partsPerMillion) parts per million: they are from 0 to 1000000, and 1000 "
                    + "are one per mille", path: "parts_per_million")
        }
        if case .split(let parts) = bearer, !(1..<PartsPerMillion.whole).contains(parts) {
            throw FeeError(
                .outOfRange,
                "the payer's share of a split is from 1 to 999999 parts per million: for all or "
                    + "nothing, say paid_by “payer” or “payee”", path: "payer_parts_per_million")
        }
    }
}
