/// Why the ledger refuses a command; nothing was written. The raw value is the stable code shown outside.
public enum Refusal: String, Error, Sendable, CaseIterable {
    /// No account of that number.
    case unknownAccount = "unknown_account"
    /// No transfer of that identifier.
    case unknownTransfer = "unknown_transfer"
    /// Accounts and amount are not of one currency, or it is none that is known.
    case currencyMismatch = "currency_mismatch"
    /// An amount is not greater than zero.
    case invalidAmount = "invalid_amount"
    /// A leg would lead back to the account it leaves.
    case samePayerAndPayee = "same_payer_and_payee"
    /// More than the available balance and the overdraft.
    case insufficientFunds = "insufficient_funds"
    /// The paying account's debits are frozen.
    case debitsFrozen = "debits_frozen"
    /// The receiving account's credits are frozen.
    case creditsFrozen = "credits_frozen"
    /// One debit too many in 3,600 s.
    case hourCountCap = "hour_count_cap_exceeded"
    /// Too large a sum of debits in 3,600 s.
    case hourSumCap = "hour_sum_cap_exceeded"
    /// One debit too many since midnight UTC.
    case dayCountCap = "day_count_cap_exceeded"
    /// Too large a sum of debits since midnight UTC.
    case daySumCap = "day_sum_cap_exceeded"
    /// More than one payment of the spender may be.
    case paymentLimit = "payment_limit_exceeded"
    /// More than the spender may spend in a UTC day.
    case dayLimit = "day_limit_exceeded"
    /// More than the spender may spend in a UTC month.
    case monthLimit = "month_limit_exceeded"
    /// It was good until a moment that has passed.
    case tooLate = "too_late"
    /// A balance, or a counter of caps or limits, would not fit into 64 bits.
    case balanceOverflow = "balance_overflow"
    /// The transfer's state, or its expiry, does not allow it: the loser of a race learns it this way.
    case wrongState = "wrong_state"
    /// More than is left of the authorization.
    case overCapture = "over_capture"
    /// More than was captured and not yet refunded.
    case overRefund = "over_refund"
    /// Neither a payment nor an authorization.
    case notRefundable = "not_refundable"
    /// The key came before with another request.
    case idempotencyConflict = "idempotency_key_reused"
    /// The account is further below zero than the new overdraft allows.
    case limitBelowUse = "limit_below_use"
    /// What is known of an account's payments is erased only once its debits are frozen.
    case accountActive = "account_active"
    /// An account of the house, which has neither freezes nor limits.
    case houseAccount = "house_account"
    /// A decision of an engine that no longer decides.
    case staleEpoch = "stale_epoch"
    /// A decision that came through a publisher without the lease.
    case staleLease = "stale_lease"
    /// A decision that comes after another one, or belongs to another event.
    case alreadyDecided = "already_decided"
    /// The deadline or the expiry has not passed, by the database's clock.
    case notDue = "not_due"
    /// An identifier that is taken.
    case duplicate = "duplicate_identifier"
    /// More than 16 legs.
    case tooManyLegs = "too_many_legs"
    /// A negative overdraft or cap.
    case invalidLimit = "invalid_limit"
    /// A policy that engines could not decide with: a model that is not there or of other features, unreadable rules.
    case unusablePolicy = "unusable_policy"
}
