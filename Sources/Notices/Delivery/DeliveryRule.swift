public import EventLog

/// What is done after an attempt.
public enum DeliveryStep: Sendable, Equatable {
    /// It is done.
    case sent
    /// It is tried again at that moment.
    case again(at: Timestamp, code: String)
    /// It failed for good.
    case failed(code: String)
    /// It is given up, and kept for the operators to look at.
    case dead(code: String)
}

/// When a notice is tried again, and when it is given up: the waits double from attempt to attempt, and between half and
/// the whole of each is chosen by chance, so that what failed together does not come back together.
public struct DeliveryRule: Sendable, Equatable {
    /// Attempts after which it is given up.
    public var maximumAttempts: Int32 = 14
    /// The wait after the first attempt, in seconds.
    public var firstWaitSeconds: Int64 = 5
    /// The longest wait that is doubled up to, in seconds.
    public var longestWaitSeconds: Int64 = 3_600
    /// The longest wait that a provider may ask for, in seconds.
    public var longestAskedSeconds: Int64 = 86_400

    /// Fourteen attempts within about four hours.
    public init() {}

    /// What follows from an answer.
    ///
    /// - Parameters:
    ///   - attempt: The number of the attempt, from 1.
    ///   - expiresAt: When nobody is to be told any more.
    ///   - random: Where chance comes from.
    public func step(
        after answer: DeliveryAnswer, attempt: Int32, at now: Timestamp, expiresAt: Timestamp,
        random: inout some RandomNumberGenerator
    ) -> DeliveryStep {
        switch answer {
        case .delivered: return .sent
        case .refused(let code), .gone(let code, _): return .failed(code: code)
        case .later(let code, let afterSeconds):
            guard attempt < maximumAttempts else { return .dead(code: code) }
            let wait = waitMillis(after: attempt, afterSeconds, &random)
            let next = now.adding(milliseconds: wait)
            return next < expiresAt ? .again(at: next, code: code) : .dead(code: code)
        }
    }

    /// - Returns: Milliseconds from `longest / 2` on to `longest`, or as many as were asked for if these are more.
    private func waitMillis(
        after attempt: Int32, _ askedSeconds: Int64?, _ random: inout some RandomNumberGenerator
    ) -> Int64 {
        let doublings = min(max(0, Int64(attempt) - 1), 30)
        let (doubled, overflow) = firstWaitSeconds.multipliedReportingOverflow(by: 1 << doublings)
        let longest = max(1, overflow ? longestWaitSeconds : min(doubled, longestWaitSeconds))
        let wait = Int64.random(in: longest * 500...longest * 1_000, using: &random)
        guard let askedSeconds else { return wait }
        let asked = min(max(0, askedSeconds), longestAskedSeconds) * 1_000
        // Not a moment sooner than asked, and not all at that moment.
        return asked < wait ? wait : asked + (wait - longest * 500)
    }
}
