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

    /// The two counters that it is added to: of its kind, and of all kinds together.
    var keys: [SpendingKey] { [SpendingKey(self, kind: kind), SpendingKey(self, kind: 0)] }
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

/// Names a counter; kind 0 is all kinds together.
struct SpendingKey: Sendable, Hashable {
    var spender: TransferID
    var currency: UInt16
    var kind: UInt8

    init(spender: TransferID, currency: UInt16, kind: UInt8) {
        self.spender = spender
        self.currency = currency
        self.kind = kind
    }

    init(_ spending: Spending, kind: UInt8) {
        self.init(spender: spending.spender, currency: spending.currency, kind: kind)
    }
}

/// What was spent in the day and the month of the last payment. Both begin at nothing in another one.
public struct SpendingCount: Sendable, Equatable {
    /// Days since 1970 of the day that is counted.
    public var day: Int64
    /// Spent in it, in minor units.
    public var daySum: Int64
    /// Months since year 0 of the month that is counted.
    public var month: Int64
    /// Spent in it, in minor units.
    public var monthSum: Int64

    /// A count as it is kept.
    public init(day: Int64, daySum: Int64, month: Int64, monthSum: Int64) {
        self.day = day
        self.daySum = daySum
        self.month = month
        self.monthSum = monthSum
    }

    /// Nothing spent, in the day and month of a moment.
    public init(at now: Timestamp) {
        self.init(day: now.utcDay, daySum: 0, month: now.utcMonth, monthSum: 0)
    }

    /// What it is at a later moment.
    public func at(_ now: Timestamp) -> SpendingCount {
        var count = SpendingCount(at: now)
        if day == count.day { count.daySum = daySum }
        if month == count.month { count.monthSum = monthSum }
        return count
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

    /// With `amount` more; nil if that does not fit.
    func adding(_ amount: Int64) -> SpendingCount? {
        var count = self
        let (day, overflow) = daySum.addingReportingOverflow(amount)
        let (month, carry) = monthSum.addingReportingOverflow(amount)
        if overflow || carry { return nil }
        (count.daySum, count.monthSum) = (day, month)
        return count
    }

    /// Without what was counted at `moment` and was not spent after all.
    mutating func giveBack(_ amount: Int64, countedAt moment: Timestamp) {
        if day == moment.utcDay { daySum = max(0, daySum - amount) }
        if month == moment.utcMonth { monthSum = max(0, monthSum - amount) }
    }
}
