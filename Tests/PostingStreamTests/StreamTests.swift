import EventLog
import Foundation
import Synchronization
import TestSockets
import Testing
import ZeroMQ
import SplitMix

@testable import PostingStream

/// Publisher and subscribers over real sockets.
@Suite(.serialized) struct StreamTests {
    private func expectSound(_ follower: RecordingFollower) {
        #expect(follower.now.outOfOrder == 0)
        #expect(follower.now.wrongHash == 0)
        #expect(follower.now.resets == 0)
    }

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

    @Test func `garbage is counted, logged once and dropped, and the engine's session goes on`()
        async throws
    {
        let rig = try StreamRig()
        defer { rig.stop() }
        let engine = rig.follow(engine: true)
        defer { engine.stop() }
        rig.append(10)
        #expect(await rig.eventually { engine.now.sequence == rig.log.head })
        var random = SplitMix64(seed: 11)
        let context = try Context()
        let dealer = try Socket(.dealer, in: context)
        try dealer.connect(rig.address)
        let hello = Frame(session: 1, body: .hello(.reader())).encoded()
        var messages: [[[UInt8]]] = [
            [[]], [hello.dropLast(3)], [hello, [1, 2, 3]], (0..<40).map { [UInt8($0)] },
            [Frame(session: 2, body: .heartbeat(live: true)).encoded()],
            [Frame(session: 2, body: .hello(.reader(after: Int64.max))).encoded()],
            [[UInt8](repeating: 0x0a, count: 4 << 20)],
        ]
        for _ in 0..<500 {
            let count = Int.random(in: 0...60, using: &random)
            messages.append([(0..<count).map { _ in .random(in: 0...255, using: &random) }])
        }
        for message in messages { _ = try dealer.send(message) }
        let wanted = messages.count - 5
        #expect(await rig.eventually { rig.publisher.statistics.droppedFrames >= wanted })
        #expect(rig.warnings.count.load(ordering: .relaxed) == 1)
        rig.append(10)
        #expect(await rig.eventually { engine.now.sequence == rig.log.head })
        #expect(engine.now.welcomes == 1)
        expectSound(engine)
    }

    @Test func `a message of more than 16 MiB cuts its sender off and nobody else`() async throws {
        let rig = try StreamRig()
        defer { rig.stop() }
        let engine = rig.follow(engine: true)
        defer { engine.stop() }
        rig.append(5)
        #expect(await rig.eventually { engine.now.sequence == rig.log.head })
        let context = try Context()
        let dealer = try Socket(.dealer, in: context)
        try dealer.connect(rig.address)
        _ = try dealer.send([[UInt8](repeating: 7, count: 17 << 20)])
        try await Task.sleep(for: .milliseconds(300))
        #expect(rig.publisher.statistics.droppedFrames == 0)
        rig.append(5)
        #expect(await rig.eventually { engine.now.sequence == rig.log.head })
        #expect(engine.now.welcomes == 1)
    }

    @Test func `bytes that are no ZeroMQ at all disturb nobody`() async throws {
        let rig = try StreamRig()
        defer { rig.stop() }
        let engine = rig.follow(engine: true)
        defer { engine.stop() }
        var random = SplitMix64(seed: 12)
        for round in 0..<40 {
            let descriptor = try StreamSocket(path: rig.path)
            let greeting: [UInt8] = round % 2 == 0 ? [] : [0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3]
            descriptor.send(
                greeting + (0..<200).map { _ in .random(in: 0...255, using: &random) })
        }
        rig.append(50)
        #expect(await rig.eventually { engine.now.sequence == rig.log.head })
        #expect(engine.now.welcomes == 1)
    }

    @Test func `a peer that never reads costs a bounded amount and delays nobody`() async throws {
        let rig = try StreamRig()
        defer { rig.stop() }
        let engine = rig.follow(engine: true)
        defer { engine.stop() }
        let context = try Context()
        let dealer = try Socket(.dealer, in: context)
        try dealer.setHighWaterMark(send: 2_048, receive: 1)
        try dealer.connect(rig.address)
        let greedy = Hello.reader(events: Int(UInt32.max), batches: Int(UInt32.max))
        for session in UInt64(1)...50 {
            _ = try dealer.send([Frame(session: session, body: .hello(greedy)).encoded()])
        }
        rig.append(2_000, bytes: 1_000)
        #expect(await rig.eventually { engine.now.sequence == rig.log.head })
        #expect(engine.now.welcomes == 1)
    }
}
