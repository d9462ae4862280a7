public import Cryptography
public import EventLog

/// What two schedules make of the same payments. Nothing is charged by it.
public struct FeeDryRun: Sendable, Equatable {
    /// Sums over payments in one currency that both schedules have a quote for, in minor units.
    /// They are of 128 bits, which as many payments as memory can number do not fill.
    public struct Totals: Sendable, Equatable {
        /// How many payments.
        public internal(set) var payments = 0
        /// What they are of, without fees.
        public internal(set) var amountMinor: Int128 = 0
        /// All fees under the first schedule.
        public internal(set) var feeBeforeMinor: Int128 = 0
        /// All fees under the second one.
        public internal(set) var feeAfterMinor: Int128 = 0
        /// What payers pay more under the second one; below 0 for less.
        public internal(set) var payerDifferenceMinor: Int128 = 0
        /// What payees pay more under the second one; below 0 for less.
        public internal(set) var payeeDifferenceMinor: Int128 = 0

        /// What the house has more under the second one; below 0 for less.
        public var differenceMinor: Int128 { feeAfterMinor - feeBeforeMinor }
    }

    /// A payment whose fee, or the way it is shared, is not the same under both.
    public struct Change: Sendable, Equatable {
        /// Which payment, from 0.
        public let index: Int
        /// Its quote under the first schedule.
        public let before: FeeQuote
        /// Its quote under the second one.
        public let after: FeeQuote
    }

    /// A payment that at least one schedule has no quote for.
    public struct Refusal: Sendable, Equatable {
        /// Which payment, from 0.
        public let index: Int
        /// Why the first schedule refuses it; nil if it does not.
        public let before: FeeError?
        /// Why the second one does; nil if it does not.
        public let after: FeeError?
    }

    /// Hash of the first schedule.
    public let hashBefore: SHA256Digest
    /// Hash of the second one.
    public let hashAfter: SHA256Digest
    /// How many payments were looked at: those in ``totals`` and the ``refusals``.
    public private(set) var payments = 0
    /// How many cost more under the second schedule.
    public private(set) var dearer = 0
    /// How many cost less.
    public private(set) var cheaper = 0
    /// How many cost the same, but payer and payee share it otherwise.
    public private(set) var shifted = 0
    /// How many cost the same, shared in the same way.
    public private(set) var unchanged = 0
    /// How many have no rule under the first schedule.
    public private(set) var withoutRuleBefore = 0
    /// How many have no rule under the second one.
    public private(set) var withoutRuleAfter = 0
    /// Sums by currency; refused payments are in none.
    public private(set) var totals: [Currency: Totals] = [:]
    /// The payments that cost more, less, or are shared otherwise, in the order given.
    public private(set) var changes: [Change] = []
    /// The payments without a quote, in the order given.
    public private(set) var refusals: [Refusal] = []

    /// Quotes all payments under both schedules.
    public init(
        of payments: some Swift.Sequence<FeePayment>, from before: FeeSchedule,
        to after: FeeSchedule
    ) {
        (hashBefore, hashAfter) = (before.hash, after.hash)
        for payment in payments {
            let index = self.payments
            self.payments += 1
            switch (Self.quote(payment, before), Self.quote(payment, after)) {
            case (.success(let before), .success(let after)):
                compare(before, after, at: index)
            case (let before, let after):
                refusals.append(
                    Refusal(index: index, before: Self.error(before), after: Self.error(after)))
            }
        }
    }

    private static func quote(
        _ payment: FeePayment, _ schedule: FeeSchedule
    ) -> Result<FeeQuote, FeeError> {
        Result { () throws(FeeError) in try schedule.quote(payment) }
    }

    private static func error(_ result: Result<FeeQuote, FeeError>) -> FeeError? {
        if case .failure(let error) = result { error } else { nil }
    }

    private mutating func compare(_ before: FeeQuote, _ after: FeeQuote, at index: Int) {
        if before.basis == .noRule { withoutRuleBefore += 1 }
        if after.basis == .noRule { withoutRuleAfter += 1 }
        var sums = totals[before.payment.amount.currency] ?? Totals()
        sums.add(before, after)
        totals[before.payment.amount.currency] = sums
        if after.fee.minor > before.fee.minor {
            dearer += 1
        } else if after.fee.minor < before.fee.minor {
            cheaper += 1
        } else if after.payerShare != before.payerShare {
            shifted += 1
        } else {
            unchanged += 1
            return
        }
        changes.append(Change(index: index, before: before, after: after))
    }
}

extension FeeDryRun.Totals {
    fileprivate mutating func add(_ before: FeeQuote, _ after: FeeQuote) {
        payments += 1
        amountMinor += Int128(before.payment.amount.minor)
        feeBeforeMinor += Int128(before.fee.minor)
        feeAfterMinor += Int128(after.fee.minor)
        payerDifferenceMinor += Int128(after.payerShare.minor) - Int128(before.payerShare.minor)
        payeeDifferenceMinor += Int128(after.payeeShare.minor) - Int128(before.payeeShare.minor)
    }
}
