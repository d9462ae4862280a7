internal import EventLog

/// How often epochs may be opened: each is an event for ever, and an engine that never ceases to say hello must not
/// fill the log. Some at once are no harm, as when an engine is started again and again; in the long run there is one in
/// every five seconds.
struct EpochAllowance {
    /// So many may be opened at once.
    static let burst: Int64 = 16
    /// Time after which one more may be opened.
    static let intervalMilliseconds: Int64 = 5_000

    /// When all that was taken is made up for.
    private var restoredAt = Timestamp(0)

    /// Takes one. Returns whether there was any.
    mutating func take(at now: Timestamp) -> Bool {
        let next = max(restoredAt, now).adding(milliseconds: Self.intervalMilliseconds)
        guard next <= now.adding(milliseconds: Self.burst * Self.intervalMilliseconds) else {
            return false
        }
        restoredAt = next
        return true
    }

    /// One that was taken was not needed.
    mutating func giveBack() {
        restoredAt = restoredAt.adding(milliseconds: -Self.intervalMilliseconds)
    }
}
