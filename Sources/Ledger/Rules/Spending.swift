public import EventLog

/// What a transfer counts towards the limits of whoever spends, over all their accounts and in one currency.
public struct Spending: Sendable, Hashable {
    /// Who spends: an opaque identifier, under which all their accounts are counted together.
    public var spender: TransferID
    /// Number of the kind of payment, from 1; what it means is the caller's.
    public var kind: UInt8
    /// Number of the currency that limits are in, see ``Currency``.
    public var currency: UInt16
    /// Minor units of that currency, at the rate of the moment; what counted so stays so. Not negative.
    public var amount: Int64

    /// A count of `amount` for a spender.
    public init(spender: TransferID, kind: UInt8, currency: UInt16, amount: Int64) {
        self.spender = spender
        self.kind = kind
        self.currency = currency
        self.amount = amount
    }
}

/// Upper bounds on what is spent, in minor units; nil means none.
public struct SpendingLimit: Sendable, Hashable {
    /// In one payment.
    public var payment: Int64?
    /// In a UTC day.
    public var day: Int64?
    /// In a UTC month.
    public var month: Int64?

    /// Bounds that are not given are none.
    public init(payment: Int64? = nil, day: Int64? = nil, month: Int64? = nil) {
        self.payment = payment
        self.day = day
        self.month = month
    }
}

/// What a transfer would count, and what it is held against in the commit, under the ledger's lock.
public struct SpendingCheck: Sendable, Hashable {
    /// What counts.
    public var spending: Spending
    /// Bounds on payments of its kind.
    public var ofKind: SpendingLimit
    /// Bounds on payments of all kinds together.
    public var inAll: SpendingLimit

    /// A check of both bounds.
    public init(_ spending: Spending, ofKind: SpendingLimit, inAll: SpendingLimit) {
        self.spending = spending
        self.ofKind = ofKind
        self.inAll = inAll
    }
}

/// What was spent in a day and in a month, of one kind or of all.
public struct SpendingCount: Sendable, Equatable {
    /// Spent in the day, in minor units.
    public var daySum: Int64
    /// Spent in the month, in minor units.
    public var monthSum: Int64

    /// A count; of nothing unless told otherwise.
    public init(daySum: Int64 = 0, monthSum: Int64 = 0) {
        self.daySum = daySum
        self.monthSum = monthSum
    }

    /// The first bound that `amount` more would exceed; nil if none.
    func refusal(_ limit: SpendingLimit, _ amount: Int64) -> Refusal? {
        func exceeds(_ bound: Int64?, _ sum: Int64) -> Bool {
            guard let bound else { return false }
            return Int128(sum) + Int128(amount) > Int128(bound)
        }
        if exceeds(limit.payment, 0) { return .paymentLimit }
        if exceeds(limit.day, daySum) { return .dayLimit }
        if exceeds(limit.month, monthSum) { return .monthLimit }
        return nil
    }
}
