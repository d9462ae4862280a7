public import EventLog

/// What a spender has spent in one UTC day and in its month, by currency and kind of payment; kind 0 is all together.
public struct SpendingTally: Sendable, Equatable {
    /// One of its counters.
    public struct Counter: Sendable, Equatable {
        /// Number of the currency that limits are in, see ``Currency``.
        public var currency: UInt16
        /// Number of the kind of payment; 0 for all together.
        public var kind: UInt8
        /// What it has come to.
        public var count: SpendingCount

        /// A counter that has come to `count`.
        public init(currency: UInt16, kind: UInt8, count: SpendingCount) {
            self.currency = currency
            self.kind = kind
            self.count = count
        }
    }

    /// Days since 1970.
    public private(set) var day: Int64
    /// Months since year 0.
    public private(set) var month: Int64
    /// Ordered by currency and kind; one that is not there has come to nothing.
    public private(set) var counters: [Counter]

    /// Nothing spent, in the day and month of a moment.
    public init(at now: Timestamp) { self.init(day: now.utcDay, month: now.utcMonth, counters: []) }

    /// A tally as it is kept: counters in order, none of them empty.
    public init(day: Int64, month: Int64, counters: [Counter]) {
        self.day = day
        self.month = month
        self.counters = counters
    }

    /// What is spent of a kind, or of all.
    public func count(of kind: UInt8, in currency: UInt16) -> SpendingCount {
        counters.first { $0.currency == currency && $0.kind == kind }?.count ?? SpendingCount()
    }

    /// What it is at a later moment: another day and another month begin at nothing.
    public func at(_ now: Timestamp) -> SpendingTally {
        let next = SpendingTally(at: now)
        if (day, month) == (next.day, next.month) { return self }
        return next.with(
            counters.map { counter in
                var counter = counter
                if day != next.day { counter.count.daySum = 0 }
                if month != next.month { counter.count.monthSum = 0 }
                return counter
            })
    }

    private func with(_ counters: [Counter]) -> SpendingTally {
        SpendingTally(
            day: day, month: month, counters: counters.filter { $0.count != SpendingCount() })
    }

    /// Adds to a counter of the day and the month; false if that does not fit, and then nothing has changed.
    mutating func add(_ amount: Int64, of kind: UInt8, in currency: UInt16) -> Bool {
        if amount == 0 { return true }
        let place =
            counters.firstIndex { ($0.currency, $0.kind) >= (currency, kind) } ?? counters.count
        if place == counters.count || counters[place].currency != currency
            || counters[place].kind != kind
        {
            let count = SpendingCount(daySum: amount, monthSum: amount)
            counters.insert(Counter(currency: currency, kind: kind, count: count), at: place)
            return true
        }
        let count = counters[place].count
        let (day, overflow) = count.daySum.addingReportingOverflow(amount)
        let (month, carry) = count.monthSum.addingReportingOverflow(amount)
        if overflow || carry { return false }
        counters[place].count = SpendingCount(daySum: day, monthSum: month)
        return true
    }

    /// Takes back `part` of a spending that was counted at `moment` and was not spent after all.
    mutating func giveBack(_ part: Int64, of spending: Spending, countedAt moment: Timestamp) {
        for index in counters.indices
        where counters[index].currency == spending.currency
            && (counters[index].kind == spending.kind || counters[index].kind == 0)
        {
            let count = counters[index].count
            if day == moment.utcDay { counters[index].count.daySum = max(0, count.daySum - part) }
            if month == moment.utcMonth {
                counters[index].count.monthSum = max(0, count.monthSum - part)
            }
        }
        self = with(counters)
    }
}
