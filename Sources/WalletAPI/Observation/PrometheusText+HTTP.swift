extension PrometheusText {
    mutating func add(_ metrics: HTTPMetrics) {
        let snapshot = metrics.snapshot
        metric("holdfast_http_requests_total", "counter", "Requests answered.")
        for (outcome, count) in snapshot.requests.sorted(by: { $0.key < $1.key }) {
            sample(
                "holdfast_http_requests_total",
                [
                    ("method", outcome.method), ("route", outcome.route),
                    ("status", String(outcome.status)),
                ], count)
        }
        let name = "holdfast_http_request_seconds"
        metric(name, "histogram", "From the request's head to the answer's, by route.")
        for (route, histogram) in snapshot.latencies.sorted(by: { $0.key < $1.key }) {
            var total = 0
            for (index, count) in histogram.counts.enumerated() {
                total += count
                let bounds = HTTPMetrics.boundsSeconds
                let bound = index < bounds.count ? "\(bounds[index])" : "+Inf"
                sample("\(name)_bucket", [("route", route), ("le", bound)], total)
            }
            sample("\(name)_sum", [("route", route)], histogram.sumSeconds)
            sample("\(name)_count", [("route", route)], total)
        }
    }
}

extension HTTPMetrics.Outcome: Comparable {
    static func < (a: Self, b: Self) -> Bool {
        (a.route, a.method, a.status) < (b.route, b.method, b.status)
    }
}
