internal import EventLog
internal import Ledger
internal import PostgreSQL
internal import Vault

/// Goes through the log batch by batch up to a cut, and checks its chain on the way.
struct LogWalk {
    private static let slice = 64

    let head: LogReader.Head
    private(set) var last = Sequence.zero
    private var lastRecorded = Timestamp.none
    private var hash = RunningHash.start
    private var opener: ContextOpener

    init(upTo head: LogReader.Head, contextKeys: Keyring) {
        self.head = head
        opener = ContextOpener(contextKeys, toleratesDamage: true)
    }

    /// Contexts of the batches that were last given that were erased.
    mutating func takeErased() -> [ContextOpener.Erased] {
        defer { opener.erased.removeAll() }
        return opener.erased
    }

    /// The next batches, decoded; empty at the cut. Nil if what is there cannot be read.
    mutating func next(
        _ connection: inout Connection, _ findings: inout Findings
    ) throws(PostgreSQLError) -> [(events: EventBatch, contexts: RiskContexts)]? {
        if last >= head.sequence { return [] }
        let batches = try LogReader.batches(
            after: last, limit: Self.slice, opening: &opener, &connection)
        for damaged in opener.damaged where damaged.sequence <= head.sequence {
            findings.breach(
                .reproduction,
                "the risk context of event \(damaged.sequence.rawValue): \(damaged.reason)")
        }
        opener.damaged.removeAll()
        var owners = opener.owners[...]
        opener.owners.removeAll()
        let times = try LedgerAudit.recordedTimes(after: last, limit: Self.slice, &connection)
        var decoded: [(EventBatch, RiskContexts)] = []
        for (stored, time) in zip(batches, times) {
            if stored.firstSequence > head.sequence { break }
            let name = "batch \(stored.firstSequence.rawValue)"
            let events: EventBatch
            do throws(WireError) { events = try EventBatch(encoded: stored.payload) } catch {
                findings.breach(.log, "\(name) cannot be read: \(error)")
                return nil
            }
            check(stored, events, time.recordedAt, name, &findings)
            Self.check(owners.prefix { $0.sequence <= events.lastSequence }, events, &findings)
            owners = owners.drop { $0.sequence <= events.lastSequence }
            decoded.append((events, stored.contexts))
        }
        if decoded.isEmpty {
            findings.breach(
                .log,
                "the log ends at event \(last.rawValue), its head is at \(head.sequence.rawValue)")
            return nil
        }
        if last >= head.sequence { finish(&findings) }
        return decoded
    }

    /// A context is sealed under a key of its payer's, which is no younger: otherwise one that is there could be passed off as
    /// one that was erased.
    private static func check(
        _ owners: ArraySlice<ContextOpener.Owner>, _ events: EventBatch, _ findings: inout Findings
    ) {
        for owner in owners {
            guard owner.sequence >= events.firstSequence, let account = owner.account else {
                continue
            }
            let index = Int(owner.sequence.rawValue - events.firstSequence.rawValue)
            let payer = events.payer(at: index)
            findings.expect(
                payer == account && owner.key <= owner.sequence, .erasure,
                "the risk context of event \(owner.sequence.rawValue), which account "
                    + "\(payer.rawValue) paid, is under key \(owner.key.rawValue) of account "
                    + "\(account.rawValue)")
        }
    }

    private mutating func check(
        _ stored: StoredBatch, _ events: EventBatch, _ time: Timestamp, _ name: String,
        _ findings: inout Findings
    ) {
        findings.checked(.log, events.count)
        findings.expect(
            stored.firstSequence == last.advanced(by: 1), .log,
            "\(name) follows event \(last.rawValue)")
        findings.expect(
            events.firstSequence == stored.firstSequence
                && events.lastSequence == stored.lastSequence, .log,
            "\(name) holds events \(events.firstSequence.rawValue) to "
                + "\(events.lastSequence.rawValue)")
        findings.expect(
            events.recordedAt >= lastRecorded && time == events.recordedAt, .log,
            "\(name) was recorded at \(events.recordedAt.rawValue), stored as \(time.rawValue), after "
                + "\(lastRecorded.rawValue)")
        hash = hash.adding(payload: stored.payload)
        findings.expect(
            hash == stored.runningHash, .log, "\(name) does not continue the chain of hashes")
        // From here the chain is followed as it is stored, so that one break is named once.
        hash = stored.runningHash
        last = stored.lastSequence
        lastRecorded = events.recordedAt
    }

    private func finish(_ findings: inout Findings) {
        findings.expect(
            last == head.sequence && hash == head.runningHash, .log,
            "the head is event \(head.sequence.rawValue) with \(head.runningHash.digest), the log "
                + "came to \(last.rawValue) with \(hash.digest)")
        findings.expect(
            lastRecorded == head.recordedAt, .log,
            "the head was recorded at \(head.recordedAt.rawValue), its batch at "
                + "\(lastRecorded.rawValue)")
    }
}
