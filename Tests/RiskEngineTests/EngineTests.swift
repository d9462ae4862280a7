import EventLog
import Features
import RiskEngine
import TestSeed
import Testing

@Suite struct EngineTests {
    @Test func `every reserve is decided once, in sequence order, with details unless approved`()
        throws
    {
        let fixture = try EngineFixture(events: 2000, seed: 1)
        var engine = try fixture.engine()
        try engine.goLive(epoch: 3)
        let decisions = try fixture.consume(&engine, 0..<fixture.batches.count)
        #expect(decisions.count == 1000)
        let sequences = decisions.map(\.decision.sequence)
        #expect(sequences == sequences.sorted())
        #expect(Set(decisions.map(\.transfer)).count == decisions.count)
        for item in decisions {
            #expect(item.decision.epoch == 3)
            #expect((0...1).contains(item.decision.score))
            #expect((item.decision.action == .approve) == (item.detail == nil))
            guard let detail = item.detail else { continue }
            #expect(detail.features.count == FeatureCatalogue.count)
            #expect(detail.reasons.count <= 5)
            let digest = detail.features.withUnsafeBufferPointer { FeatureDigest.digest($0) }
            #expect(digest == item.decision.featureDigest)
            let parts = detail.reasons.map(\.contribution)
            #expect(parts == parts.sorted(by: >))
        }
        let approved = decisions.filter { $0.detail == nil }.count
        #expect((20...980).contains(approved))
    }

    @Test func `the same log cut into other batches gives the same decisions, bit for bit`() throws
    {
        let seed = TestSeed.choose("batch boundaries")
        let fixture = try EngineFixture(events: 3000, batchEvents: 50, seed: seed)
        var engine = try fixture.engine()
        try engine.goLive(epoch: 1)
        let whole = try fixture.consume(&engine, 0..<fixture.batches.count)

        var other = try fixture.engine()
        try other.goLive(epoch: 1)
        var split: [TransferDecision] = []
        for batch in fixture.batches {
            var start = 0
            while start < batch.events.count {
                let count = min(Int.random(in: 1...30), batch.events.count - start)
                let (events, contexts) = batch.events.part(
                    start..<start + count, contexts: batch.contexts)
                try other.consume(events, contexts: contexts, hash: batch.hash) { split.append($0) }
                start += count
            }
        }
        #expect(split.bits == whole.bits)
    }

    @Test func `a gap, a repeated batch and another log are refused by name`() throws {
        let fixture = try EngineFixture(events: 200, seed: 2)
        var engine = try fixture.engine()
        _ = try fixture.consume(&engine, 0..<2)
        let expected = engine.sequence.advanced(by: 1)
        for (number, batch) in [(1, fixture.batches[1]), (4, fixture.batches[4])] {
            #expect(throws: EngineError.self, "batch \(number)") {
                try engine.consume(batch.events, contexts: batch.contexts, hash: batch.hash) { _ in
                }
            }
        }
        let (sequence, hash) = (engine.sequence, engine.runningHash)
        #expect(sequence.advanced(by: 1) == expected)
        #expect(hash == fixture.batches[1].hash)
        try engine.check(logID: "log", hash: fixture.batches[1].hash, at: engine.sequence)
        #expect(throws: EngineError.self) {
            try engine.check(logID: "log", hash: .start, at: engine.sequence)
        }
        #expect(throws: EngineError.self) {
            try engine.check(
                logID: "another", hash: fixture.batches[1].hash, at: engine.sequence)
        }
    }

    @Test func `an engine that was replaying says, once live, what it would have said`() throws {
        let fixture = try EngineFixture(events: 2000, seed: 3)
        let end = fixture.batches.count
        var live = try fixture.engine()
        try live.goLive(epoch: 1)
        let said = try fixture.consume(&live, 0..<end)
        var late = try fixture.engine()
        #expect(try fixture.consume(&late, 0..<end).isEmpty)
        try late.goLive(epoch: 1)
        var pending: [TransferDecision] = []
        late.pendingDecisions { pending.append($0) }
        let pendingCount = late.pendingCount
        #expect(!pending.isEmpty && pending.count == pendingCount)
        #expect(pending.bits == said.suffix(pending.count).bits)
        // Asked again, as after a reconnect, it says the same.
        var again: [TransferDecision] = []
        live.pendingDecisions { again.append($0) }
        #expect(again.bits == pending.bits)
    }

    private static let outcomes: [(EventCause, DecisionAction?, TransferState, Int)] = [
        (.decision, .approve, .posted, 0),
        (.decision, .hold, .held, 0),
        (.decisionLate, .notEvaluated, .held, 1),
        (.engineAbsent, .notEvaluated, .posted, 1),
        (.lateDecision, .approve, .posted, 0),
        (.review, nil, .voided, 0),
        (.expiry, nil, .voided, 0),
        (.request, nil, .voided, 0),
        (.review, nil, .held, 1),
    ]

    @Test(arguments: outcomes)
    func `only an engine's word, or a final state by other hands, ends the wait`(
        cause: EventCause, action: DecisionAction?, state: TransferState, left: Int
    ) throws {
        let fixture = try EngineFixture(events: 20, seed: 4)
        var engine = try fixture.engine()
        let transfer = TransferID(high: 1, low: 1)
        var batch = EventBatch(firstSequence: Sequence(1), recordedAt: Timestamp(1_000_000))
        batch.append(
            Event(
                kind: .reserved, transferKind: .payment, state: .reserved, transfer: transfer,
                payer: AccountID(1), payee: AccountID(2), amount: 100, currency: 840), legs: [])
        let kind: EventKind =
            state == .posted ? .posted : state == .held ? .held : .voided
        batch.append(
            Event(
                kind: kind, cause: cause, transferKind: .payment, state: state, transfer: transfer),
            legs: [],
            decision: action.map {
                Decision(
                    action: $0, scoreBits: 0, featureDigest: 0, sequence: Sequence(1), epoch: 1,
                    elapsedMicros: 0)
            })
        try engine.consume(batch, contexts: RiskContexts(), hash: .start) { _ in }
        let pendingCount = engine.pendingCount
        #expect(pendingCount == left)
    }

    @Test func `the log tells which epoch is in force`() throws {
        let fixture = try EngineFixture(events: 20, seed: 5)
        var engine = try fixture.engine()
        var batch = EventBatch(firstSequence: Sequence(1), recordedAt: Timestamp(1))
        batch.append(
            Event(kind: .engineActivated), legs: [],
            engine: EngineDetail(
                epoch: 7, build: "b", catalogueHash: [], modelHash: [], rulesHash: [],
                fingerprint: ""))
        try engine.goLive(epoch: 7)
        var isInForce = engine.isInForce
        #expect(!isInForce)
        try engine.consume(batch, contexts: RiskContexts(), hash: .start) { _ in }
        isInForce = engine.isInForce
        let epoch = engine.currentEpoch
        #expect(epoch == 7 && isInForce)
    }

    @Test func `what is pending is bounded: the oldest are given up and counted`() throws {
        let fixture = try EngineFixture(events: 20, seed: 6)
        var configuration = EngineFixture.configuration
        configuration.pendingLimit = 128
        var engine = try Engine(model: fixture.model, configuration: configuration)
        var batch = EventBatch(firstSequence: Sequence(1), recordedAt: Timestamp(1))
        for number in 1...200 {
            batch.append(
                Event(
                    kind: .reserved, transferKind: .payment, state: .reserved,
                    transfer: TransferID(high: 0, low: UInt64(number)), payer: AccountID(1),
                    payee: AccountID(2), amount: 1, currency: 840), legs: [])
        }
        try engine.consume(batch, contexts: RiskContexts(), hash: .start) { _ in }
        let counts = (engine.pendingCount, engine.droppedCount)
        #expect(counts == (128, 72))
        try engine.goLive(epoch: 1)
        var sequences: [Int64] = []
        engine.pendingDecisions { sequences.append($0.decision.sequence.rawValue) }
        #expect(sequences == Array(73...200))
    }
}

extension EventBatch {
    /// Some events as a batch of their own, with their contexts.
    func part(_ range: Range<Int>, contexts: RiskContexts) -> (EventBatch, RiskContexts) {
        var part = EventBatch(
            firstSequence: firstSequence.advanced(by: range.lowerBound), recordedAt: recordedAt)
        for index in range {
            part.append(
                event(at: index), legs: Array(legs[legRange(of: index)]),
                decision: decisions.value(at: index))
        }
        let items = contexts.items.filter { range.contains($0.index) }.map {
            Indexed(index: $0.index - range.lowerBound, value: $0.value)
        }
        return (part, RiskContexts(items))
    }
}
