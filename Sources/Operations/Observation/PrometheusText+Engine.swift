internal import RiskEngine
internal import WalletAPI

extension PrometheusText {
    mutating func add(_ counters: EngineCounters) {
        metric(
            "holdfast_engine_deciding", "gauge", "1 if events are decided as they come.",
            counters.isDeciding ? 1 : 0)
        metric(
            "holdfast_engine_sequence", "gauge", "The last event that was consumed.",
            counters.sequence.rawValue)
        let stream = counters.stream
        metric(
            "holdfast_subscriber_dropped_frames_total", "counter",
            "Messages of the publisher that were no frames.",
            stream.droppedFrames)
        metric(
            "holdfast_subscriber_refused_batches_total", "counter",
            "Batches that were malformed, or did not continue the log.",
            stream.refusedBatches)
        let name = "holdfast_challenger_decisions_total"
        metric(name, "counter", "Payments by what was decided and what a challenger would have.")
        let opinions = counters.opinions.sorted { Self.place($0.key) < Self.place($1.key) }
        for (opinion, count) in opinions {
            sample(
                name,
                [
                    ("challenger", opinion.challenger), ("action", "\(opinion.action)"),
                    ("challenger_action", "\(opinion.challengerAction)"),
                    ("agrees", "\(opinion.action == opinion.challengerAction)"),
                ], count)
        }
    }

    /// By which opinions are told in one order.
    private static func place(_ opinion: EngineCounters.Opinion) -> (String, UInt8, UInt8) {
        (opinion.challenger, opinion.action.rawValue, opinion.challengerAction.rawValue)
    }
}
