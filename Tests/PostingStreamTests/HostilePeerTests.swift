import EventLog
import Foundation
import SplitMix
import Synchronization
import TestSockets
import Testing
import ZeroMQ

@testable import PostingStream

/// Peers that do what none should, over real sockets: counted, logged once, dropped, and nobody else notices.
@Suite(.serialized) struct HostilePeerTests {
    private static let dropped = "a stream frame was dropped"
    private static let refusedConnection = "a connection to the stream was refused"
    private static let endedConnection = "a connection to the stream ended"

    /// Runs `disturb` while an engine follows, and sees that it follows on, in the same session.
    private func whileAnEngineFollows(
        _ disturb: (StreamRig) async throws -> Void
    ) async throws {
        let rig = try StreamRig()
        defer { rig.stop() }
        let engine = rig.follow(engine: true)
        defer { engine.stop() }
        rig.append(10)
        #expect(await rig.eventually { engine.now.sequence == rig.log.head })
        try await disturb(rig)
        rig.append(10)
        #expect(await rig.eventually { engine.now.sequence == rig.log.head })
        #expect(engine.now.welcomes == 1)
        expectSound(engine)
    }

    @Test func `garbage is counted, logged once and dropped`() async throws {
        try await whileAnEngineFollows { rig in
            var random = SplitMix64(seed: 11)
            let context = try Context()
            let dealer = try Socket(.dealer, in: context)
            try dealer.connect(rig.address)
            let hello = Frame(session: 1, body: .hello(.reader())).encoded()
            var unknownVersion = WireFrame()
            unknownVersion.version = 2
            unknownVersion.heartbeat = .with { $0.live = true }
            // Nothing, truncated, a part too many, many parts, no session, no place, a version of the future.
            var messages: [[[UInt8]]] = [
                [[]], [hello.dropLast(3)], [hello, [1, 2, 3]], (0..<40).map { [UInt8($0)] },
                [Frame(session: 2, body: .consumed(.init(1))).encoded()],
                [Frame(session: 2, body: .hello(.reader(after: Int64.max))).encoded()],
                [try unknownVersion.serializedBytes()],
            ]
            let certain = messages.count
            for _ in 0..<500 {
                let count = Int.random(in: 0...60, using: &random)
                messages.append([(0..<count).map { _ in .random(in: 0...255, using: &random) }])
            }
            for message in messages { _ = try dealer.send(message) }
            #expect(
                await rig.eventually {
                    rig.publisher.statistics.droppedFrames >= messages.count - 5
                })
            #expect(rig.publisher.statistics.droppedFrames >= certain)
            #expect(rig.messages.count(of: Self.dropped) == 1)
        }
    }

    @Test func `a frame that is too large is counted, logged once and dropped`() async throws {
        try await whileAnEngineFollows { rig in
            let context = try Context()
            let dealer = try Socket(.dealer, in: context)
            try dealer.connect(rig.address)
            let size = Frame.maximumBytes + 1
            for byte in UInt8(1)...3 {
                _ = try dealer.send([[UInt8](repeating: byte, count: size)])
            }
            #expect(await rig.eventually { rig.publisher.statistics.droppedFrames == 3 })
            #expect(rig.messages.count(of: Self.dropped) == 1)
            // The connection is kept: what it says next is heard.
            _ = try dealer.send([Frame(session: 1, body: .hello(.reader())).encoded()])
            #expect(await rig.eventually { try! dealer.receive() != nil })
            #expect(rig.publisher.statistics.disconnections == 0)
        }
    }

    @Test func `a message too large to be received cuts its sender off`() async throws {
        try await whileAnEngineFollows { rig in
            let context = try Context()
            let dealer = try Socket(.dealer, in: context)
            try dealer.connect(rig.address)
            let size = Int(Publisher.maximumMessageSize) + 1
            for _ in 0..<3 {
                let before = rig.publisher.statistics.disconnections
                _ = try dealer.send([[UInt8](repeating: 7, count: size)])
                #expect(await rig.eventually { rig.publisher.statistics.disconnections > before })
            }
            #expect(rig.publisher.statistics.droppedFrames == 0)
            #expect(rig.messages.count(of: Self.endedConnection) == 1)
        }
    }

    @Test func `a peer that read nothing for a while is welcomed once it reads`() async throws {
        try await whileAnEngineFollows { rig in
            let context = try Context()
            let dealer = try Socket(.dealer, in: context)
            let count = 20_000
            try dealer.setHighWaterMark(send: Int32(count) + 10, receive: 1)
            try dealer.connect(rig.address)
            // Each is answered with a refusal: more than the queue and the system's buffers hold.
            let beat = Frame(session: 3, body: .heartbeat(live: true)).encoded()
            for _ in 0..<count { _ = try dealer.send([beat]) }
            _ = try dealer.send([Frame(session: 4, body: .hello(.reader())).encoded()])
            #expect(await rig.eventually { rig.publisher.statistics.subscribers == 2 })
            var refusals = 0
            var welcomes = 0
            var firstBatch: EventLog.Sequence?
            _ = try await rig.eventually(seconds: 20) {
                while let parts = try dealer.receive() {
                    let frame = try Frame(encoded: parts[0])
                    switch frame.body {
                    case .refused where frame.session == 3: refusals += 1
                    case .welcome where frame.session == 4: welcomes += 1
                    case .batch(let first, _, _) where firstBatch == nil:
                        #expect(welcomes == 1)
                        firstBatch = first
                    default: break
                    }
                }
                return firstBatch != nil
            }
            #expect(refusals < count)
            #expect(welcomes == 1)
            #expect(firstBatch == EventLog.Sequence(1))
        }
    }

    @Test func `bytes that are no ZeroMQ at all are counted and logged once`() async throws {
        try await whileAnEngineFollows { rig in
            var random = SplitMix64(seed: 12)
            for round in 0..<40 {
                let connection = try StreamSocket(path: rig.path)
                let greeting: [UInt8] =
                    round % 2 == 0 ? [] : [0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3]
                connection.send(
                    greeting + (0..<200).map { _ in .random(in: 0...255, using: &random) })
            }
            #expect(await rig.eventually { rig.publisher.statistics.failedHandshakes >= 20 })
            #expect(rig.messages.count(of: Self.refusedConnection) == 1)
        }
    }

    @Test func `an engine that never ceases to say hello does not fill the log with epochs`()
        async throws
    {
        let rig = try StreamRig()
        defer { rig.stop() }
        let begin = ContinuousClock.now
        let context = try Context()
        let dealer = try Socket(.dealer, in: context)
        try dealer.connect(rig.address)
        for session in UInt64(1)...400 {
            _ = try dealer.send([Frame(session: session, body: .hello(.engine())).encoded()])
            // Each is answered before the next, or only the newest would be looked at.
            var answer: Frame?
            _ = try await rig.eventually {
                while let parts = try dealer.receive() {
                    let frame = try Frame(encoded: parts[0])
                    if frame.session == session { answer = frame }
                }
                return answer != nil
            }
            #expect(answer != nil)
        }
        let restored = Int((ContinuousClock.now - begin) / .seconds(5)) + 1
        #expect(rig.log.epoch >= 16)
        #expect(rig.log.epoch <= 16 + restored)
        #expect(
            await rig.eventually {
                rig.publisher.statistics.refusedEngines >= 400 - 16 - restored
            })
        #expect(rig.messages.count(of: "an engine was refused") == 1)
        // Another engine is not shut out by it for longer than until there is one epoch more.
        let engine = rig.follow(engine: true)
        defer { engine.stop() }
        rig.append(10)
        #expect(await rig.eventually { engine.now.sequence == rig.log.head })
        #expect(await rig.eventually { rig.log.decisionCount > 0 })
    }

    @Test func `a peer that never ceases to send keeps the publisher from nothing`() async throws {
        try await whileAnEngineFollows { rig in
            let address = rig.address
            let isOver = Atomic(false)
            let flood = DispatchGroup()
            for _ in 0..<2 {
                flood.enter()
                Thread.detachNewThread {
                    defer { flood.leave() }
                    guard let context = try? Context(),
                        let dealer = try? Socket(.dealer, in: context),
                        (try? dealer.connect(address)) != nil
                    else { return }
                    // Costs more to read than to send, so that there is always another one waiting.
                    let decisions = (0..<256).map { number in
                        TransferDecision(
                            transfer: TransferID(high: 1, low: number),
                            decision: Decision(
                                action: .approve, scoreBits: .max, featureDigest: .max,
                                sequence: .init(1), epoch: 1, elapsedMicros: 1), detail: nil)
                    }
                    let frame = Frame(session: 1, body: .decisions(decisions)).encoded()
                    while !isOver.load(ordering: .relaxed) {
                        if case .full = try? dealer.send([frame]) { usleep(100) }
                    }
                }
            }
            defer {
                isOver.store(true, ordering: .relaxed)
                flood.wait()
            }
            // All this happens between rounds of at most 256 frames: counting, batches, a new session.
            #expect(await rig.eventually { rig.publisher.statistics.droppedFrames > 500 })
            for _ in 0..<5 {
                let sent = rig.publisher.statistics.batchesSent
                rig.append(4)
                #expect(await rig.eventually { rig.publisher.statistics.batchesSent >= sent + 4 })
            }
            let reader = rig.follow(engine: false)
            defer { reader.stop() }
            #expect(await rig.eventually { reader.now.sequence == rig.log.head })
        }
    }

    @Test func `a peer that did not read for long gets all of it, in order, once it does`()
        async throws
    {
        try await whileAnEngineFollows { rig in
            let context = try Context()
            let dealer = try Socket(.dealer, in: context)
            try dealer.setHighWaterMark(send: 2_048, receive: 1)
            try dealer.connect(rig.address)
            rig.append(1_200, bytes: 4_000)
            #expect(await rig.eventually { rig.publisher.statistics.batchesSent == 1_210 })
            // Each session may have 512 batches under way, and 2,048 messages fit into the peer's queue: the fourth
            // session, with the welcomes before it, is one that is told to wait.
            let greedy = Hello.reader(events: Int(UInt32.max), batches: Int(UInt32.max))
            let newest = UInt64(4)
            for session in 1...newest {
                _ = try dealer.send([Frame(session: session, body: .hello(greedy)).encoded()])
                let wanted = 1_210 + (session < newest ? 512 * Int(session) : 3 * 512 + 1)
                #expect(await rig.eventually { rig.publisher.statistics.batchesSent >= wanted })
            }
            try await Task.sleep(for: .milliseconds(300))
            #expect(rig.publisher.statistics.batchesSent < 1_210 + 4 * 512)
            var next = EventLog.Sequence(1)
            var gaps = 0
            let isRead = await rig.eventually {
                // Its queue holds one message: the next one is there a moment after it was taken.
                var pauses = 0
                while pauses < 20 {
                    guard let parts = try? dealer.receive(), let first = parts.first,
                        let frame = try? Frame(encoded: first)
                    else {
                        pauses += 1
                        usleep(100)
                        continue
                    }
                    pauses = 0
                    guard frame.session == newest, case .batch(let first, let last, _) = frame.body
                    else { continue }
                    if first != next { gaps += 1 }
                    next = last.advanced(by: 1)
                    let consumed = Frame(session: newest, body: .consumed(last)).encoded()
                    _ = try? dealer.send([consumed])
                }
                return next > rig.log.head
            }
            #expect(isRead, "read up to \(next.rawValue) of \(rig.log.head.rawValue)")
            #expect(gaps == 0)
        }
    }
}
