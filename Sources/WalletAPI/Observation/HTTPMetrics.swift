internal import Hummingbird
internal import Synchronization

/// How many requests were answered, how, and how fast.
final class HTTPMetrics: Sendable {
    struct Outcome: Hashable, Sendable {
        var method: String
        /// The route's template, so that identifiers in paths make no new series.
        var route: String
        var status: Int
    }
    /// Latencies of one route: counts up to and including each bound, and beyond the last.
    struct Histogram: Sendable {
        var counts = [Int](repeating: 0, count: HTTPMetrics.boundsSeconds.count + 1)
        var sumSeconds = 0.0
    }
    struct Snapshot: Sendable {
        var requests: [Outcome: Int] = [:]
        var latencies: [String: Histogram] = [:]
    }

    static let boundsSeconds = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
    ]
    private static let methods: Set<String> = ["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH"]
    private let state = Mutex(Snapshot())

    func record(
        method: HTTPRequest.Method, route: String?, status: HTTPResponse.Status, elapsed: Duration
    ) {
        let route = route ?? "none"
        // A client may invent methods: they must not make series without end.
        let method = Self.methods.contains(method.rawValue) ? method.rawValue : "other"
        let outcome = Outcome(method: method, route: route, status: status.code)
        let seconds =
            Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
        let bucket =
            Self.boundsSeconds.firstIndex { seconds <= $0 } ?? Self.boundsSeconds.count
        state.withLock { state in
            state.requests[outcome, default: 0] += 1
            state.latencies[route, default: Histogram()].counts[bucket] += 1
            state.latencies[route, default: Histogram()].sumSeconds += seconds
        }
    }

    var snapshot: Snapshot { state.withLock { $0 } }
}
