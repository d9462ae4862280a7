import EventLog
import Features
import Foundation
import RiskEngine
import Scoring
import Synchronization
import TestSeed
import Testing

/// Another model, other rules and lists in the middle of a log.
@Suite struct PolicyTests {
    /// A log with changes after some of its batches, cut anew so that sequences stay gapless.
    private struct Log {
        var batches: [(events: EventBatch, contexts: RiskContexts)] = []

        /// - Parameter waits: outcomes are left out, so that every reserve waits for its decision.
        init(
            _ fixture: EngineFixture, waits: Bool = false,
            changes: [Int: (inout EventBatch) -> Void]
        ) {
            var next = EventLog.Sequence(1)
            for (number, batch) in fixture.batches.enumerated() {
                var moved = EventBatch(firstSequence: next, recordedAt: batch.events.recordedAt)
                var contexts: [EventBatch.Indexed<RiskContext>] = []
                for index in 0..<batch.events.count {
                    let event = batch.events.event(at: index)
                    if waits, event.kind != .reserved { continue }
                    let place = moved.append(
                        event, legs: batch.events.legs[batch.events.legRange(of: index)])
                    if event.kind == .reserved {
                        contexts.append(
                            .init(index: place, value: batch.contexts.context(at: index)))
                    }
                }
                changes[number]?(&moved)
                batches.append((moved, RiskContexts(contexts)))
                next = moved.lastSequence.advanced(by: 1)
            }
        }

        func consume(
            _ engine: inout Engine, _ range: Range<Int>
        ) throws -> [TransferDecision] {
            var decisions: [TransferDecision] = []
            for batch in batches[range] {
                let hash = engine.runningHash.adding(payload: try batch.events.encoded())
                try engine.consume(batch.events, contexts: batch.contexts, hash: hash) {
                    decisions.append($0)
                }
            }
            return decisions
        }

        /// Sequence of the change after batch `number`.
        func change(_ number: Int) -> EventLog.Sequence { batches[number].events.lastSequence }
    }

    private static func policy(_ policy: PolicyDetail) -> (inout EventBatch) -> Void {
        { $0.append(Event(kind: .policyActivated), legs: [], policy: policy) }
    }

    private static func entry(_ entry: ListEntry) -> (inout EventBatch) -> Void {
        { $0.append(Event(kind: .listChanged), legs: [], listEntry: entry) }
    }

    private static func engine(
        _ model: RiskModel, also others: [RiskModel] = []
    ) throws -> Engine {
        let known = Dictionary(uniqueKeysWithValues: others.map { ($0.hash.bytes, $0) })
        return try Engine(
            model: model, configuration: EngineFixture.configuration, modelFor: { known[$0] })
    }

    @Test func `another model decides from its event on, and not one reserve earlier`() throws {
        let fixture = try EngineFixture(events: 2_000, seed: 5)
        let other = try BenchmarkModel.make(trees: 5, intercept: 0.4)
        let log = Log(
            fixture, changes: [40: Self.policy(PolicyDetail(modelHash: other.hash.bytes))])
        func decisions(_ engine: consuming Engine) throws -> [TransferDecision] {
            try engine.goLive(epoch: 1)
            return try log.consume(&engine, 0..<log.batches.count)
        }
        let switched = try decisions(Self.engine(fixture.model, also: [other]))
        let plain = Log(fixture, changes: [40: Self.entry(Self.nobody)])
        func alone(_ model: RiskModel) throws -> [TransferDecision] {
            var engine = try Self.engine(model)
            try engine.goLive(epoch: 1)
            return try plain.consume(&engine, 0..<plain.batches.count)
        }
        let (first, second) = (try alone(fixture.model), try alone(other))
        let before = switched.filter { $0.decision.sequence < log.change(40) }.count
        #expect(before > 300 && before < switched.count - 300)
        #expect(switched.prefix(before).map { $0 }.bits == first.prefix(before).map { $0 }.bits)
        #expect(
            switched.dropFirst(before).map { $0 }.bits == second.dropFirst(before).map { $0 }.bits)
        #expect(first.bits != second.bits)
    }

    private static let nobody = ListEntry(list: .watch, subject: .device, key: 1)

    @Test func `what waited is decided with the policy of its time, after a snapshot too`() throws {
        let seed = TestSeed.choose("policy snapshot")
        let fixture = try EngineFixture(events: 2_000, seed: seed)
        let other = try BenchmarkModel.make(trees: 5, intercept: 0.4)
        let log = Log(
            fixture, waits: true,
            changes: [
                20: Self.entry(.init(list: .watch, subject: .payee, key: 1_000_001)),
                30: Self.policy(
                    PolicyDetail(
                        modelHash: other.hash.bytes,
                        rules: #"payer.count.1h > 1 -> hold "twice in an hour""#)),
            ])
        let end = log.batches.count
        var live = try Self.engine(fixture.model, also: [other])
        try live.goLive(epoch: 1)
        let expected = try log.consume(&live, 0..<end)
        var late = try Self.engine(fixture.model, also: [other])
        let cut = 35
        _ = try log.consume(&late, 0..<cut)
        let path = EngineFixture.temporaryPath("policy")
        defer { try? FileManager.default.removeItem(atPath: path) }
        try late.beginSnapshot(path: path)
        loop: while true {
            switch late.continueSnapshot() {
            case .done: break loop
            case .failed(let error): throw error
            case .idle, .copying, .writing: continue
            }
        }
        var restored = try Engine.restore(
            path: path, model: fixture.model, configuration: EngineFixture.configuration,
            modelFor: { $0 == other.hash.bytes ? other : nil })
        _ = try log.consume(&restored, cut..<end)
        try restored.goLive(epoch: 1)
        var pending: [TransferDecision] = []
        restored.pendingDecisions { pending.append($0) }
        #expect(pending.count == 1_000)
        #expect(pending.bits == expected.bits)
        let ruled = expected.filter { $0.detail?.rules == ["twice in an hour"] }
        #expect(!ruled.isEmpty)
        #expect(ruled.allSatisfy { $0.decision.sequence > log.change(30) })
        #expect(expected.contains { $0.detail?.rules.contains("list: watch payee") == true })
    }

    @Test func `lists stand above rules and model, and end when they should`() throws {
        let fixture = try EngineFixture(events: 2_000, seed: 7)
        let end = fixture.batches.count
        let half = fixture.batches[end / 2].events.recordedAt
        let log = Log(
            fixture,
            changes: [
                2: Self.policy(
                    PolicyDetail(
                        modelHash: fixture.model.hash.bytes,
                        rules: """
                            score >= 0 -> challenge "all"
                            shadow score >= 0 -> decline "try out"
                            """)),
                3: Self.entry(.init(list: .deny, subject: .payee, key: 1_000_000, until: half)),
                4: Self.entry(.init(list: .allow, subject: .payee, key: 1_000_001)),
                5: Self.entry(.init(list: .watch, subject: .payee, key: 1_000_002)),
                60: Self.entry(
                    .init(list: .allow, subject: .payee, key: 1_000_001, isRemoved: true)),
            ])
        var engine = try Self.engine(fixture.model)
        try engine.goLive(epoch: 1)
        let decisions = try log.consume(&engine, 0..<end)
        var payees: [TransferID: (Int64, Timestamp)] = [:]
        for batch in log.batches {
            for index in 0..<batch.events.count {
                let event = batch.events.event(at: index)
                guard event.kind == .reserved else { continue }
                payees[event.transfer] = (event.payee.rawValue, event.recordedAt)
            }
        }
        var seen: Set<String> = []
        for decided in decisions where decided.decision.sequence > log.change(5) {
            let (payee, time) = try #require(payees[decided.transfer])
            let rules = ["all", "shadow: try out"]
            let action: DecisionAction
            var names = rules
            switch payee {
            case 1_000_000 where time < half:
                (action, names) = (.decline, ["list: deny payee"] + rules)
            case 1_000_001 where decided.decision.sequence < log.change(60):
                (action, names) = (.approve, ["list: allow payee"] + rules)
            case 1_000_002:
                names = ["list: watch payee"] + rules
                action = Self.stricter(decided, .challenge)
            default: action = Self.stricter(decided, .challenge)
            }
            #expect(decided.decision.action == action)
            #expect(decided.detail?.rules == names)
            seen.insert("\(payee) \(names[0])")
        }
        #expect(
            seen.isSuperset(of: [
                "1000000 list: deny payee", "1000000 all", "1000001 list: allow payee",
                "1000001 all", "1000002 list: watch payee",
            ]))
    }

    /// The model's own word may be stricter than the rules'.
    private static func stricter(
        _ decided: TransferDecision, _ least: DecisionAction
    ) -> DecisionAction {
        switch decided.decision.action {
        case .hold, .decline: decided.decision.action
        default: least
        }
    }

    @Test func `without its model a policy stops all decisions, until the model is there`() throws {
        let fixture = try EngineFixture(events: 1_000, seed: 9)
        let other = try BenchmarkModel.make(trees: 5, intercept: 0.4)
        let log = Log(
            fixture, changes: [20: Self.policy(PolicyDetail(modelHash: other.hash.bytes))])
        let shelf = Shelf(other)
        var engine = try Engine(
            model: fixture.model, configuration: EngineFixture.configuration,
            modelFor: { shelf.model($0) })
        try engine.goLive(epoch: 1)
        let before = try log.consume(&engine, 0..<30)
        #expect(before.allSatisfy { $0.decision.sequence < log.change(20) })
        #expect(!before.isEmpty)
        let stands = engine.isLive
        #expect(!stands)
        do {
            try engine.goLive(epoch: 1)
            Issue.record("it decides without its model")
        } catch { #expect(error.reason == .missingModel(other.hash.bytes)) }
        shelf.put()
        try engine.goLive(epoch: 1)
        var late: [TransferDecision] = []
        engine.pendingDecisions { late.append($0) }
        let after = try log.consume(&engine, 30..<log.batches.count)
        #expect(!late.isEmpty && !after.isEmpty)
        let first = log.batches[20].events.firstSequence
        #expect((late + after).allSatisfy { $0.decision.sequence > first })
    }

    /// A place where a model may turn up.
    private final class Shelf: Sendable {
        private let other: RiskModel
        private let isThere = Mutex(false)
        init(_ other: RiskModel) { self.other = other }
        func put() { isThere.withLock { $0 = true } }
        func model(_ hash: [UInt8]) -> RiskModel? {
            isThere.withLock { $0 } && hash == other.hash.bytes ? other : nil
        }
    }

    @Test func `a challenger is heard on every payment and changes no bit of any decision`() throws
    {
        let fixture = try EngineFixture(events: 2_000, seed: 11)
        let other = try BenchmarkModel.make(trees: 5, intercept: 0.4)
        let detail = PolicyDetail(modelHash: fixture.model.hash.bytes)
        var shadowed = detail
        shadowed.challengerHash = other.hash.bytes
        func run(_ detail: PolicyDetail) throws -> ([TransferDecision], [ShadowScore]) {
            let log = Log(fixture, changes: [10: Self.policy(detail)])
            var engine = try Self.engine(fixture.model, also: [other])
            try engine.goLive(epoch: 1)
            let decisions = try log.consume(&engine, 0..<log.batches.count)
            return (decisions, engine.takeShadow())
        }
        let (alone, nothing) = try run(detail)
        let (decisions, shadow) = try run(shadowed)
        #expect(decisions.bits == alone.bits)
        #expect(nothing.isEmpty)
        let heard = decisions.suffix(shadow.count)
        #expect(shadow.count > 500)
        #expect(shadow.map(\.transfer) == heard.map(\.transfer))
        #expect(shadow.map(\.score.bitPattern) == heard.map(\.decision.scoreBits))
        #expect(shadow.map(\.action) == heard.map(\.decision.action))
        // What it would have said alone.
        var engine = try Self.engine(other)
        try engine.goLive(epoch: 1)
        let own = try Log(fixture, changes: [10: Self.entry(Self.nobody)])
            .consume(&engine, 0..<fixture.batches.count)
        #expect(
            shadow.map(\.challengerScore.bitPattern)
                == own.suffix(shadow.count).map(\.decision.scoreBits))
        #expect(shadow.map(\.challengerAction) == own.suffix(shadow.count).map(\.decision.action))
    }
}
