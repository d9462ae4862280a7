internal import EventLog
internal import Wallet

extension PrometheusText {
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
        metric(
            "holdfast_commits_total", "counter", "Transactions of the ledger's writer.",
            statistics.commits)
        metric(
            "holdfast_commands_total", "counter", "Commands carried out or refused.",
            statistics.commands)
        metric(
            "holdfast_committed_events_total", "counter", "Events this process committed.",
            statistics.events)
        metric(
            "holdfast_queued_commands", "gauge", "Commands that wait for their commit.",
            statistics.queued)
        metric(
            "holdfast_engine_present", "gauge", "1 if an engine was heard of within 3 s.",
            wallet.isEngineAbsent ? 0 : 1)
        add(wallet.counters.policyHits)
        addStream(wallet.counters)
    }

    private mutating func add(_ hits: PolicyHits) {
        metric(
            "holdfast_list_decisions_total", "counter",
            "Decisions about somebody or something on a list, by list and subject.")
        for list in ListName.allCases {
            for subject in ListSubject.allCases {
                sample(
                    "holdfast_list_decisions_total",
                    [("list", list.word), ("subject", subject.word)],
                    hits.lists[.init(list: list, subject: subject)] ?? 0)
            }
        }
        let name = "holdfast_rule_decisions_total"
        metric(name, "counter", "Decisions in which a rule matched, by its name.")
        for (isShadow, rules) in [("false", hits.rules), ("true", hits.shadowRules)] {
            for (rule, count) in rules.sorted(by: { $0.key < $1.key }) {
                sample(name, [("rule", rule), ("shadow", isShadow)], count)
            }
        }
        metric(
            "holdfast_unnamed_rule_matches_total", "counter",
            "Matches of rules that came after too many others to be counted by name.",
            hits.unnamed)
    }

    private mutating func addStream(_ counters: WalletCounters) {
        metric(
            "holdfast_stale_decisions_total", "counter",
            "Decisions refused because their engine or their publisher no longer counts.",
            counters.staleDecisions)
        metric(
            "holdfast_excess_decisions_total", "counter",
            "Decisions dropped because too many waited for their commit.",
            counters.excessDecisions)
        // Another process may publish: then it has the figures.
        guard let stream = counters.streamStatistics else { return }
        metric(
            "holdfast_stream_subscribers", "gauge", "Open and opening sessions of the stream.",
            stream.subscribers)
        metric(
            "holdfast_stream_batches_sent_total", "counter", "Batches given to subscribers.",
            stream.batchesSent)
        metric(
            "holdfast_stream_dropped_frames_total", "counter", "Frames that made no sense.",
            stream.droppedFrames)
        metric(
            "holdfast_stream_dropped_decisions_total", "counter",
            "Decisions about nothing that was sent, or said twice.",
            stream.droppedDecisions)
        metric(
            "holdfast_stream_refused_engines_total", "counter",
            "Hellos of engines refused because too many were let in before.",
            stream.refusedEngines)
        metric(
            "holdfast_stream_refused_peers_total", "counter",
            "Attempts to connect with a key that is not allowed.",
            stream.refusedPeers)
        metric(
            "holdfast_stream_failed_handshakes_total", "counter",
            "Connections that spoke no ZeroMQ or had not the right keys.",
            stream.failedHandshakes)
        metric(
            "holdfast_stream_disconnections_total", "counter",
            "Connections that ended, or were cut off.",
            stream.disconnections)
    }
}
