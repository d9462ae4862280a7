import EventLog
import Foundation
import Synchronization
import Testing

@testable import PostingStream

/// Publisher and subscribers over real sockets.
@Suite(.serialized) struct StreamTests {
    @Test func `history and news arrive once and in order, and decisions come back`() async throws {
        let rig = try StreamRig()
        defer { rig.stop() }
        rig.append(500)
        let engine = rig.follow(engine: true)
        defer { engine.stop() }
        rig.append(500)
        #expect(await rig.eventually { engine.now.sequence == rig.log.head })
        #expect(await rig.eventually { rig.log.decisionCount == 1_000 })
        expectSound(engine)
        #expect(engine.now.welcomes == 1)
    }

    @Test func `a reader attaches in the middle and does not disturb the engine`() async throws {
        let rig = try StreamRig()
        defer { rig.stop() }
        let engine = rig.follow(engine: true)
        defer { engine.stop() }
        rig.append(300)
        #expect(await rig.eventually { engine.now.sequence == rig.log.head })
        // Event 452 is inside a batch: the reader begins with that batch.
        let reader = rig.follow(engine: false, after: .init(452))
        rig.append(300)
        #expect(await rig.eventually { reader.now.sequence == rig.log.head })
        #expect(await rig.eventually { engine.now.sequence == rig.log.head })
        reader.stop()
        rig.append(10)
        #expect(await rig.eventually { engine.now.sequence == rig.log.head })
        #expect(engine.now.welcomes == 1)
        expectSound(reader)
        expectSound(engine)
    }

    @Test func `a publisher that starts again is found again, and nothing is missing`() async throws
    {
        let rig = try StreamRig()
        defer { rig.stop() }
        let engine = rig.follow(engine: true)
        defer { engine.stop() }
        for _ in 0..<3 {
            rig.append(100)
            try rig.restart()
            // Committed while nobody was listening, or not told to the publisher at all.
            rig.append(50)
            for _ in 0..<50 { _ = rig.log.append(events: 2) }
            rig.append(20)
            #expect(await rig.eventually { engine.now.sequence == rig.log.head })
        }
        expectSound(engine)
        // It was told that its session is no more, and did not wait in silence.
        #expect(rig.messages.count(of: "the stream is not open: there is no such session") >= 1)
    }

    @Test func `a subscriber that starts again goes on where it was`() async throws {
        let rig = try StreamRig()
        defer { rig.stop() }
        var start = EventLog.Sequence.zero
        for _ in 0..<4 {
            let reader = rig.follow(engine: false, after: start)
            rig.append(100)
            #expect(await rig.eventually { reader.now.sequence == rig.log.head })
            reader.stop()
            expectSound(reader)
            start = reader.now.sequence
            rig.append(40)
        }
    }

    @Test func `all decisions of a batch arrive, in frames that a publisher takes`() async throws {
        let rig = try StreamRig()
        defer { rig.stop() }
        let detail = DecisionDetail(
            features: (0..<100).map(Double.init),
            reasons: (0..<8).map {
                Reason(
                    code: "A_LONG_CODE_OF_A_REASON", feature: "a.long.name.of.a.feature.\($0)",
                    value: 1, baseline: 2, contribution: 3)
            }, rules: ["a rule with a long name"])
        let decisions = (1...6_000).map { number in
            TransferDecision(
                transfer: TransferID(high: 1, low: UInt64(number)),
                decision: Decision(
                    action: .hold, scoreBits: .max, featureDigest: .max,
                    sequence: .init(Int64(number)), epoch: 1, elapsedMicros: .max), detail: detail)
        }
        let engine = rig.follow(engine: true) { _ in decisions }
        defer { engine.stop() }
        rig.append(1, events: decisions.count)
        #expect(await rig.eventually { rig.log.decisionCount == decisions.count })
        #expect(rig.log.state.withLock { $0.decided } == decisions)
        #expect(rig.publisher.statistics.droppedFrames == 0)
        #expect(rig.publisher.statistics.droppedDecisions == 0)
    }

    @Test func `a batch that a subscriber refuses is asked for again, after a pause`() async throws
    {
        struct Refused: Error {}
        let rig = try StreamRig()
        defer { rig.stop() }
        let isReady = Atomic(false)
        let reader = rig.follow(engine: false) { _ in
            guard isReady.load(ordering: .relaxed) else { throw Refused() }
            return nil
        }
        defer { reader.stop() }
        rig.append(20)
        let begin = ContinuousClock.now
        #expect(await rig.eventually { reader.now.welcomes >= 4 })
        // Five a second at most: a subscriber that cannot go on must not keep the publisher busy.
        let elapsed = ContinuousClock.now - begin
        #expect(reader.now.welcomes <= Int(elapsed / .milliseconds(200)) + 2)
        #expect(reader.now.sequence == .zero)
        isReady.store(true, ordering: .relaxed)
        #expect(await rig.eventually { reader.now.sequence == rig.log.head })
        expectSound(reader)
    }

    @Test func `a publisher knows when its address leads to another, or to nobody`() async throws {
        let rig = try StreamRig()
        defer { rig.stop() }
        #expect(rig.publisher.isReachable)
        let rival = try rig.rival()
        #expect(rival.isReachable)
        #expect(!rig.publisher.isReachable)
        // Nor does it come back when the other ends.
        rival.stop()
        #expect(!rig.publisher.isReachable)
        try rig.restart()
        #expect(rig.publisher.isReachable)
        try FileManager.default.removeItem(atPath: rig.path)
        #expect(!rig.publisher.isReachable)
    }

    @Test func `an engine with the state of another log is told to begin again`() async throws {
        let rig = try StreamRig()
        defer { rig.stop() }
        rig.append(10)
        let engine = rig.follow(engine: true, after: .init(9))
        defer { engine.stop() }
        #expect(await rig.eventually { engine.now.sequence == rig.log.head })
        #expect(engine.now.resets == 1)
        #expect(engine.now.outOfOrder == 0)
    }
}
