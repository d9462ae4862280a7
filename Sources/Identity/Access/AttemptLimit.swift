public import EventLog

/// How long somebody who failed has to wait before trying again: nothing for the first few, then twice as long after each,
/// up to a longest wait; what was failed is forgotten after a while without failures. An attacker can keep a wait alive,
/// but never make it longer than the longest.
public struct AttemptLimit: Sendable {
    /// Failures without a wait.
    public let free: Int32
    /// The wait after the first one that is not free, in seconds.
    public let firstWaitSeconds: Int64
    /// The longest wait, in seconds.
    public let longestWaitSeconds: Int64
    /// Seconds without failures after which they are forgotten.
    public let forgetSeconds: Int64

    /// For one account, from wherever: short waits, for others may cause them.
    public static let account = AttemptLimit(
        free: 10, firstWaitSeconds: 1, longestWaitSeconds: 30, forgetSeconds: 900)
    /// For one account from one address.
    public static let accountFromAddress = AttemptLimit(
        free: 5, firstWaitSeconds: 2, longestWaitSeconds: 900, forgetSeconds: 3_600)
    /// For one address, whatever the account; many may share it.
    public static let address = AttemptLimit(
        free: 50, firstWaitSeconds: 1, longestWaitSeconds: 300, forgetSeconds: 900)

    /// For a second factor, which only somebody with a first one can try: long waits lock nobody out who has both.
    public static let secondFactor = AttemptLimit(
        free: 5, firstWaitSeconds: 30, longestWaitSeconds: 3_600, forgetSeconds: 86_400)

    /// What is known of one who tries.
    public struct State: Sendable, Equatable {
        /// Failures that are not forgotten.
        public var failures: Int32
        /// When the last one was.
        public var failedAt: Timestamp

        /// What was kept.
        public init(failures: Int32 = 0, failedAt: Timestamp = .none) {
            self.failures = failures
            self.failedAt = failedAt
        }
    }

    /// Seconds to wait at `now`; 0 if the next attempt may be made.
    public func wait(_ state: State, at now: Timestamp) -> Int64 {
        let seconds = wait(after: state.failures)
        // Others may fail at the same time, and a moment later than `now`.
        guard seconds > 0 else { return 0 }
        let until = state.failedAt.adding(seconds: seconds)
        guard until > now else { return 0 }
        return (until.rawValue - now.rawValue + 999_999) / 1_000_000
    }

    /// The state after one more failure.
    public func failed(_ state: State, at now: Timestamp) -> State {
        let isForgotten = state.failedAt.adding(seconds: forgetSeconds) <= now
        let failures = isForgotten ? 0 : state.failures
        return State(failures: min(failures, 1_000_000) + 1, failedAt: now)
    }

    private func wait(after failures: Int32) -> Int64 {
        guard failures > free else { return 0 }
        let doublings = min(failures - free - 1, 20)
        return min(longestWaitSeconds, firstWaitSeconds << Int64(doublings))
    }
}
