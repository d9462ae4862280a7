import EventLog
import Features
import Foundation
import RiskEngine
import TestSeed
import Testing

@Suite struct SnapshotTests {
    /// Takes a whole snapshot while further batches are consumed; returns the first batch not consumed.
    private func snapshot(
        _ engine: inout Engine, _ fixture: EngineFixture, from next: Int, path: String
    ) throws -> Int {
        var next = next
        try engine.beginSnapshot(path: path)
        while true {
            if next < fixture.batches.count {
                _ = try fixture.consume(&engine, next..<next + 1)
                next += 1
            }
            switch engine.continueSnapshot(pageLimit: 3) {
            case .done: return next
            case .failed(let error): throw error
            case .idle: Issue.record("no snapshot is being taken")
            case .copying, .writing: continue
            }
        }
    }

    @Test func `snapshot and replay give the same decisions as a full replay, from any cut`() throws
    {
        let seed = TestSeed.choose("snapshot")
        let fixture = try EngineFixture(events: 3000, seed: seed)
        let end = fixture.batches.count
        var full = try fixture.engine()
        try full.goLive(epoch: 1)
        let expected = try fixture.consume(&full, 0..<end)
        var everPending: [TransferDecision] = []
        full.pendingDecisions { everPending.append($0) }
        for _ in 0..<6 {
            let cut = Int.random(in: 0..<end)
            let path = EngineFixture.temporaryPath("snapshot")
            defer { try? FileManager.default.removeItem(atPath: path) }
            var first = try fixture.engine()
            _ = try fixture.consume(&first, 0..<cut)
            let taken = first.sequence
            _ = try snapshot(&first, fixture, from: cut, path: path)
            var second = try Engine.restore(
                path: path, model: fixture.model, configuration: EngineFixture.configuration)
            let (sequence, hash) = (second.sequence, second.runningHash)
            #expect(sequence == taken)
            #expect(hash == (cut == 0 ? .start : fixture.batches[cut - 1].hash))
            try second.goLive(epoch: 1)
            let decisions = try fixture.consume(&second, cut..<end)
            #expect(
                decisions.bits == expected.suffix(decisions.count).bits,
                "cut at \(cut), seed \(seed)")
            var pending: [TransferDecision] = []
            second.pendingDecisions { pending.append($0) }
            #expect(pending.bits == everPending.bits)
        }
    }

    @Test func `a snapshot that is missing, cut short or altered is refused with its path`() throws
    {
        let fixture = try EngineFixture(events: 600, seed: 8)
        let path = EngineFixture.temporaryPath("corrupt")
        defer { try? FileManager.default.removeItem(atPath: path) }
        func failure() -> SnapshotError? {
            do {
                _ = try Engine.restore(
                    path: path, model: fixture.model, configuration: EngineFixture.configuration)
                return nil
            } catch { return error }
        }
        #expect(failure()?.reason == .missing)
        var engine = try fixture.engine()
        _ = try fixture.consume(&engine, 0..<20)
        _ = try snapshot(&engine, fixture, from: 20, path: path)
        #expect(failure() == nil)
        let good = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        for _ in 0..<40 {
            var bad = good
            bad[Int.random(in: 0..<bad.count)] ^= UInt8(1 << Int.random(in: 0..<8))
            try Data(bad).write(to: URL(fileURLWithPath: path))
            #expect(failure()?.path == path)
            try Data(good.prefix(Int.random(in: 0..<good.count)))
                .write(to: URL(fileURLWithPath: path))
            #expect(failure()?.reason == .truncated)
        }
        var foreign = good
        foreign[8] = 99
        try Data(foreign).write(to: URL(fileURLWithPath: path))
        #expect(failure()?.reason == .foreignVersion(99))
    }

    @Test func `a snapshot of another build, log or capacity is refused by name`() throws {
        let fixture = try EngineFixture(events: 200, seed: 9)
        let path = EngineFixture.temporaryPath("foreign")
        defer { try? FileManager.default.removeItem(atPath: path) }
        var engine = try fixture.engine()
        _ = try snapshot(&engine, fixture, from: 0, path: path)
        func reason(_ change: (inout EngineConfiguration) -> Void) -> SnapshotError.Reason? {
            var configuration = EngineFixture.configuration
            change(&configuration)
            do {
                _ = try Engine.restore(
                    path: path, model: fixture.model, configuration: configuration)
                return nil
            } catch { return error.reason }
        }
        #expect(reason { $0.build = "other" } == .foreignBuild("test"))
        #expect(reason { $0.logID = "other" } == .foreignLog("log"))
        #expect(reason { $0.capacity.attempts = 4096 } == .foreignCapacity)
        #expect(reason { $0.pendingLimit = 500 } == .foreignCapacity)
    }

    @Test func `a snapshot taken with another label delay is refused by name`() throws {
        let fixture = try EngineFixture(events: 200, seed: 11)
        let path = EngineFixture.temporaryPath("delay")
        defer { try? FileManager.default.removeItem(atPath: path) }
        var prompt = EngineFixture.configuration
        prompt.capacity.labelDelaySeconds = 86_400
        let model = try fixture.model(labelDelaySeconds: 86_400)
        var engine = try Engine(model: model, configuration: prompt)
        _ = try fixture.consume(&engine, 0..<5)
        _ = try snapshot(&engine, fixture, from: 5, path: path)
        let restored = try Engine.restore(path: path, model: model, configuration: prompt)
        let sequence = restored.sequence
        #expect(sequence > .zero)
        do {
            _ = try Engine.restore(
                path: path, model: fixture.model, configuration: EngineFixture.configuration)
            Issue.record("windows of another label delay are gone on with")
        } catch { #expect(error.reason == .foreignCatalogue) }
    }

    @Test func `a snapshot into a folder that is not there fails and leaves the engine alone`()
        throws
    {
        let fixture = try EngineFixture(events: 100, seed: 10)
        var engine = try fixture.engine()
        #expect(throws: SnapshotError.self) {
            try engine.beginSnapshot(path: "/nowhere/at/all/snapshot")
        }
        let progress = engine.continueSnapshot()
        #expect(progress == .idle)
        #expect(try fixture.consume(&engine, 0..<5).isEmpty)
    }
}
