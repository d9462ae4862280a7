internal import EventLog

/// What an account's counters were at the beginning of each cap's window: what was debited in a window is the
/// counter now minus the counter then, so a cap costs the same however much was paid.
struct CapUsage: Sendable, Equatable {
    var hourBaseCount: Int64 = 0
    var hourBaseSum: Int64 = 0
    var dayBaseCount: Int64 = 0
    var dayBaseSum: Int64 = 0

    /// The first cap that a further debit of `amount` would exceed; nil if none.
    func refusal(for account: Account, amount: Int64) -> Refusal? {
        func exceeds(_ cap: Int64?, _ counter: Int64, _ base: Int64, _ more: Int64) -> Bool {
            guard let cap else { return false }
            return Int128(counter) - Int128(base) + Int128(more) > Int128(cap)
        }
        if exceeds(account.caps.hourCount, account.debitCount, hourBaseCount, 1) {
            return .hourCountCap
        }
        if exceeds(account.caps.hourSum, account.debitSum, hourBaseSum, amount) {
            return .hourSumCap
        }
        if exceeds(account.caps.dayCount, account.debitCount, dayBaseCount, 1) {
            return .dayCountCap
        }
        if exceeds(account.caps.daySum, account.debitSum, dayBaseSum, amount) { return .daySumCap }
        return nil
    }
}
