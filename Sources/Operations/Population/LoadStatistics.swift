internal import DequeModule
internal import Histogram
internal import Synchronization

/// What a population's payments came to, since the start and in the last seconds.
public final class LoadStatistics: Sendable {
    /// One payment that was not simply approved.
    public struct Alert: Sendable {
        /// What was decided, as the API has it.
        public var action: String
        /// The amount as a person reads it.
        public var amount: String
        /// Calibrated probability of fraud; nil if no engine decided.
        public var score: Double?
        /// The first reason's sentence.
        public var reason: String
        /// When the answer came.
        public var at: ContinuousClock.Instant
    }

    /// Counts since the start, and figures of the last seconds.
    public struct Figures: Sendable {
        /// Payments that were answered with success.
        public var payments = 0
        /// Payments a second, over the last two.
        public var perSecond = 0.0
        /// Payments that were posted at once.
        public var posted = 0
        /// Authorizations that were approved.
        public var authorized = 0
        /// Payments that wait for a review.
        public var held = 0
        /// Payments whose payer was asked to pass a challenge.
        public var challenged = 0
        /// Payments that were declined.
        public var declined = 0
        /// Payments that the fail policy decided, because no engine did in time.
        public var notEvaluated = 0
        /// Payments that were refused before any decision, such as for want of funds.
        public var refused = 0
        /// Payments that were not answered, or with an error of the service.
        public var failed = 0
        /// Time from request to answer, in milliseconds, over the last seconds.
        public var p50 = 0.0
        /// The 99th percentile of the same, in milliseconds.
        public var p99 = 0.0
        /// The newest payments that were not simply approved, the newest first.
        public var alerts: [Alert] = []
    }

    private struct State {
        var figures = Figures()
        /// Moments and latencies (µs) of the last seconds.
        var recent: Deque<(at: ContinuousClock.Instant, micros: UInt64)> = []
    }
    private static let recentSeconds = 10
    private static let alertLimit = 64
    private let state = Mutex(State())

    /// Statistics of nothing yet.
    public init() {}

    func record(_ outcome: WalletClient.Outcome, amount: String, elapsed: Duration) {
        let now = ContinuousClock.now
        let micros = UInt64(max(0, elapsed / .microseconds(1)))
        state.withLock { state in
            guard outcome.status < 300 else {
                if outcome.status >= 500 || outcome.status == 429 {
                    state.figures.failed += 1
                } else {
                    state.figures.refused += 1
                }
                return
            }
            state.recent.append((now, micros))
            state.figures.payments += 1
            switch outcome.state {
            case "posted": state.figures.posted += 1
            case "authorized": state.figures.authorized += 1
            case "held": state.figures.held += 1
            case "challenged": state.figures.challenged += 1
            default: state.figures.declined += 1
            }
            if outcome.decidedBy == "fail_policy" { state.figures.notEvaluated += 1 }
            guard outcome.action != "approve" else { return }
            state.figures.alerts.insert(
                Alert(
                    action: outcome.action, amount: amount, score: outcome.score,
                    reason: outcome.reason ?? "decided without the engine", at: now), at: 0)
            if state.figures.alerts.count > Self.alertLimit { state.figures.alerts.removeLast() }
        }
    }

    func recordFailure() { state.withLock { $0.figures.failed += 1 } }

    /// The figures now.
    public func figures() -> Figures {
        let now = ContinuousClock.now
        return state.withLock { state in
            while let first = state.recent.first, now - first.at > .seconds(Self.recentSeconds) {
                state.recent.removeFirst()
            }
            var figures = state.figures
            let lastSecond = state.recent.reversed().prefix { now - $0.at <= .seconds(2) }.count
            figures.perSecond = Double(lastSecond) / 2
            var histogram = Histogram<UInt32>(
                highestTrackableValue: 60_000_000, numberOfSignificantValueDigits: .two)
            for item in state.recent { _ = histogram.record(item.micros) }
            if !state.recent.isEmpty {
                figures.p50 = Double(histogram.valueAtPercentile(50)) / 1_000
                figures.p99 = Double(histogram.valueAtPercentile(99)) / 1_000
            }
            return figures
        }
    }
}
