internal import EventLog
internal import Wallet

/// Measurements in Prometheus' text format, version 0.0.4.
struct PrometheusText {
    static let mediaType = "text/plain; version=0.0.4; charset=utf-8"
    private(set) var text = ""

    /// A metric's head; its samples follow.
    mutating func metric(_ name: String, _ type: String, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    /// Labels are the program's own words or route templates, and need no escapes.
    mutating func sample(_ name: String, _ labels: [(String, String)], _ value: some Numeric) {
        let list = labels.map { "\($0)=\"\($1)\"" }.joined(separator: ",")
        text += name + (list.isEmpty ? "" : "{\(list)}") + " \(value)\n"
    }

    mutating func add(_ wallet: Wallet) {
        metric("holdfast_events_total", "counter", "Events of the log seen since the start.")
        for kind in EventKind.allCases {
            sample("holdfast_events_total", [("kind", kind.word)], wallet.counters.events(kind))
        }
        metric("holdfast_decisions_total", "counter", "Decisions seen since the start.")
        for action in DecisionAction.allCases {
            sample(
                "holdfast_decisions_total", [("action", action.description)],
                wallet.counters.decisions(action))
        }
        let statistics = wallet.statistics
        metric("holdfast_commits_total", "counter", "Transactions of the ledger's writer.")
        sample("holdfast_commits_total", [], statistics.commits)
        metric("holdfast_commands_total", "counter", "Commands carried out or refused.")
        sample("holdfast_commands_total", [], statistics.commands)
        metric("holdfast_committed_events_total", "counter", "Events this process committed.")
        sample("holdfast_committed_events_total", [], statistics.events)
        metric("holdfast_queued_commands", "gauge", "Commands that wait for their commit.")
        sample("holdfast_queued_commands", [], statistics.queued)
        metric("holdfast_engine_present", "gauge", "1 if an engine was heard of within 3 s.")
        sample("holdfast_engine_present", [], wallet.isEngineAbsent ? 0 : 1)
        addStream(wallet.counters)
    }

    private mutating func addStream(_ counters: WalletCounters) {
        metric(
            "holdfast_stale_decisions_total", "counter",
            "Decisions refused because their engine or their publisher no longer counts.")
        sample("holdfast_stale_decisions_total", [], counters.staleDecisions)
        metric(
            "holdfast_excess_decisions_total", "counter",
            "Decisions dropped because too many waited for their commit.")
        sample("holdfast_excess_decisions_total", [], counters.excessDecisions)
        // Another process may publish: then it has the figures.
        guard let stream = counters.streamStatistics else { return }
        metric("holdfast_stream_subscribers", "gauge", "Open and opening sessions of the stream.")
        sample("holdfast_stream_subscribers", [], stream.subscribers)
        metric("holdfast_stream_batches_sent_total", "counter", "Batches given to subscribers.")
        sample("holdfast_stream_batches_sent_total", [], stream.batchesSent)
        metric("holdfast_stream_dropped_frames_total", "counter", "Frames that made no sense.")
        sample("holdfast_stream_dropped_frames_total", [], stream.droppedFrames)
        metric(
            "holdfast_stream_dropped_decisions_total", "counter",
            "Decisions about nothing that was sent, or said twice.")
        sample("holdfast_stream_dropped_decisions_total", [], stream.droppedDecisions)
        metric(
            "holdfast_stream_refused_engines_total", "counter",
            "Hellos of engines refused because too many were let in before.")
        sample("holdfast_stream_refused_engines_total", [], stream.refusedEngines)
        metric(
            "holdfast_stream_refused_peers_total", "counter",
            "Attempts to connect with a key that is not allowed.")
        sample("holdfast_stream_refused_peers_total", [], stream.refusedPeers)
        metric(
            "holdfast_stream_failed_handshakes_total", "counter",
            "Connections that spoke no ZeroMQ or had not the right keys.")
        sample("holdfast_stream_failed_handshakes_total", [], stream.failedHandshakes)
        metric(
            "holdfast_stream_disconnections_total", "counter",
            "Connections that ended, or were cut off.")
        sample("holdfast_stream_disconnections_total", [], stream.disconnections)
    }

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
