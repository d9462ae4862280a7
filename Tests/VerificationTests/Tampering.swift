import Cryptography
import EventLog
import Ledger
import PostgreSQL

/// Breaks a ledger by hand, as a superuser could.
struct Tampering {
    /// One event with all that belongs to it.
    struct Parts {
        var event: Event
        var legs: [Leg]
        var decision: Decision?
        var detail: DecisionDetail?
        var related: TransferID?
        var account: AccountDetail?
        var engine: EngineDetail?
        var label: TransferLabel?
        var policy: PolicyDetail?
        var listEntry: ListEntry?
    }

    let database: String

    func execute(_ sql: String) throws {
        var connection = try Connection(database)
        try connection.execute(sql)
    }

    /// Rewrites the log: `edit` changes events as it likes. With `chained` the hashes are made to fit again, as a
    /// careful forger would.
    func rewrite(chained: Bool = true, _ edit: (inout Parts) throws -> Void) throws {
        var connection = try Connection(database)
        var hash = RunningHash.start
        for stored in try LogReader.batches(after: .zero, limit: 100_000, &connection) {
            let batch = try EventBatch(encoded: stored.payload)
            var other = EventBatch(firstSequence: batch.firstSequence, recordedAt: batch.recordedAt)
            for index in 0..<batch.count {
                var parts = Parts(
                    event: batch.event(at: index),
                    legs: Array(batch.legs[batch.legRange(of: index)]),
                    decision: batch.decisions.value(at: index),
                    detail: batch.decisionDetails.value(at: index),
                    related: batch.related.value(at: index),
                    account: batch.accounts.value(at: index),
                    engine: batch.engines.value(at: index), label: batch.labels.value(at: index),
                    policy: batch.policies.value(at: index),
                    listEntry: batch.listEntries.value(at: index))
                try edit(&parts)
                other.append(
                    parts.event, legs: parts.legs, decision: parts.decision, detail: parts.detail,
                    related: parts.related, account: parts.account, engine: parts.engine,
                    label: parts.label, policy: parts.policy, listEntry: parts.listEntry)
            }
            let payload = other == batch ? stored.payload : try other.encoded()
            hash = hash.adding(payload: payload)
            var parameters = Parameters()
            parameters.add(stored.firstSequence.rawValue)
            parameters.add(payload)
            parameters.add(chained ? hash.digest.bytes : stored.runningHash.digest.bytes)
            _ = try connection.query(
                Statement(
                    "rewrite",
                    "UPDATE event_batch SET payload = $2::bytea, running_hash = $3::bytea "
                        + "WHERE first_sequence = $1::bigint"), parameters)
        }
        guard chained else { return }
        var parameters = Parameters()
        parameters.add(hash.digest.bytes)
        _ = try connection.query(
            Statement("rehead", "UPDATE ledger_head SET running_hash = $1::bytea"), parameters)
    }

    /// Rewrites the first event that `edit` says it has changed.
    func rewriteFirst(chained: Bool = true, _ edit: (inout Parts) throws -> Bool) throws -> Event? {
        var found: Event?
        try rewrite(chained: chained) { parts in
            if found == nil, try edit(&parts) { found = parts.event }
        }
        return found
    }
}
