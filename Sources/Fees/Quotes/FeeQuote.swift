public import Cryptography
public import EventLog

/// Who pays what for one payment, under one schedule. All amounts are in the payment's currency,
/// and none is negative.
///
/// ``payerTotal`` = ``payeeNet`` + ``fee`` always: all that is debited is received by somebody.
public struct FeeQuote: Hashable, Sendable {
    /// Why the fee is what it is.
    public enum Basis: Hashable, Sendable {
        /// A rule matched; its fee may still be 0.
        case rule(FeeRuleID)
        /// No rule is for this payment: there is no fee.
        case noRule
    }

    /// What was asked about.
    public let payment: FeePayment
    /// Why the fee is what it is.
    public let basis: Basis
    /// What the payer pays of the fee, on top of the amount.
    public let payerShare: Money
    /// What the payee pays of the fee, out of the amount; never more than it.
    public let payeeShare: Money
    /// Both shares.
    public let fee: Money
    /// What is debited: the amount and the payer's share.
    public let payerTotal: Money
    /// What is received: the amount without the payee's share.
    public let payeeNet: Money
    /// The version of the schedule.
    public let scheduleVersion: Int64
    /// The schedule's ``FeeSchedule/hash``.
    public let scheduleHash: SHA256Digest

    /// The parts of the fee that are above 0: the payer's first.
    public var legs: [FeeLeg] {
        [FeeLeg(side: .payer, amount: payerShare), FeeLeg(side: .payee, amount: payeeShare)]
            .filter { $0.amount.minor > 0 }
    }
}

/// One side's part of a fee, from that side's account to the house's.
public struct FeeLeg: Hashable, Sendable {
    /// A side of a payment.
    public enum Side: String, Hashable, Sendable {
        case payer
        case payee
    }

    /// Who pays it.
    public let side: Side
    /// How much; above 0.
    public let amount: Money
}
