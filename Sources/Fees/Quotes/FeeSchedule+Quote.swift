public import EventLog

extension FeeSchedule {
    /// Who pays what for a payment of `amount` minor units of `currency`. Errors as of
    /// ``quote(_:)``.
    public func quote(
        kind: PaymentKind, currency: Currency, tier: Tier?, amount: Int64
    ) throws(FeeError) -> FeeQuote {
        let amount = Money(minor: amount, currency: currency)
        return try quote(FeePayment(kind: kind, tier: tier, amount: amount))
    }

    /// Who pays what for a payment. A payment that no rule is for has no fee, and its quote says
    /// so.
    ///
    /// Refused are amounts that are not above 0 (`invalid_amount`), fees of which the payee's share
    /// is above the amount (`fee_exceeds_amount`: a fee is never quietly lowered below its
    /// minimum), and sums beyond an `Int64` (`overflow`).
    public func quote(_ payment: FeePayment) throws(FeeError) -> FeeQuote {
        guard payment.amount.minor > 0 else {
            throw FeeError(
                .invalidAmount, "a payment of \(payment.amount): amounts are above 0")
        }
        guard let rule = rule(for: payment) else {
            return try quote(payment, basis: .noRule, payerShareMinor: 0, payeeShareMinor: 0)
        }
        guard let fee = Int64(exactly: rule.terms.feeMinor(ofMinor: payment.amount.minor)) else {
            throw FeeError(
                .overflow,
                "the fee of the rule \(rule.id) on \(payment.amount) has more minor units than "
                    + "\(Int64.max)")
        }
        let payerShare = rule.bearer.payerShareMinor(ofMinor: fee)
        let payeeShare = fee - payerShare
        guard payeeShare <= payment.amount.minor else {
            let share = Money(minor: payeeShare, currency: payment.amount.currency)
            throw FeeError(
                .feeExceedsAmount,
                "by the rule \(rule.id) the payee would pay \(share) out of \(payment.amount): "
                    + "pay more, or give the rule a range of larger amounts")
        }
        return try quote(
            payment, basis: .rule(rule.id), payerShareMinor: payerShare,
            payeeShareMinor: payeeShare)
    }

    private func quote(
        _ payment: FeePayment, basis: FeeQuote.Basis, payerShareMinor: Int64,
        payeeShareMinor: Int64
    ) throws(FeeError) -> FeeQuote {
        let amount = payment.amount
        let (total, overflow) = amount.minor.addingReportingOverflow(payerShareMinor)
        guard !overflow else {
            throw FeeError(
                .overflow,
                "\(amount) and the payer's share of the fee have more minor units than "
                    + "\(Int64.max)")
        }
        func money(_ minor: Int64) -> Money { Money(minor: minor, currency: amount.currency) }
        return FeeQuote(
            payment: payment, basis: basis, payerShare: money(payerShareMinor),
            payeeShare: money(payeeShareMinor), fee: money(payerShareMinor + payeeShareMinor),
            payerTotal: money(total), payeeNet: money(amount.minor - payeeShareMinor),
            scheduleVersion: version, scheduleHash: hash)
    }
}
