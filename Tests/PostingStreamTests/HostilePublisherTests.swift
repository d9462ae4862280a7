import EventLog
import Foundation
import Logging
import SplitMix
import TestSeed
import Testing
import ZeroMQ

@testable import PostingStream

/// A publisher that says what none should, over a real socket: its subscriber counts it, says each cause once, holds on
/// to what it has, and follows on when the publisher is an honest one again.
@Suite struct HostilePublisherTests {
    /// A publisher of which every message is chosen by the test.
    private final class Impostor {
        private let context: Context
        private let router: Socket
        let address: String

        init() throws {
            context = try Context()
            router = try Socket(.router, in: context)
            try router.bind(
                "ipc:///tmp/holdfast-impostor-\(getpid())-\(UInt32.random(in: 0...UInt32.max))")
            address = router.lastEndpoint
        }

        deinit { unlink(String(address.dropFirst("ipc://".count))) }

        /// Answers the newest hello again and again until something holds: a subscriber that lost patience reads no answer
        /// to its earlier ones. Returns whether it came to that.
        func serve(
            until isDone: () -> Bool,
            _ answer: (_ peer: [UInt8], _ session: UInt64, _ after: EventLog.Sequence) throws ->
                Void
        ) async throws -> Bool {
            let end = ContinuousClock.now + .seconds(60)
            while ContinuousClock.now < end {
                if isDone() { return true }
                var newest: (peer: [UInt8], session: UInt64, after: EventLog.Sequence)?
                while let parts = try router.receive() {
                    let frame = try Frame(encoded: parts[1])
                    if case .hello(let hello) = frame.body {
                        newest = (parts[0], frame.session, hello.sequence)
                    }
                }
                if let newest { try answer(newest.peer, newest.session, newest.after) }
                try await Task.sleep(for: .milliseconds(2))
            }
            return isDone()
        }

        func send(_ parts: [[UInt8]], to peer: [UInt8]) throws {
            _ = try router.send([peer] + parts)
        }

        func welcome(_ peer: [UInt8], _ session: UInt64, _ log: MemoryLog, after: EventLog.Sequence)
            throws
        {
            let welcome = Welcome(logID: MemoryLog.logID, epoch: 0, head: log.head, after: after)
            try send([Frame(session: session, body: .welcome(welcome)).encoded()], to: peer)
        }
    }

    /// A log of 20 batches, its reader, and its publisher.
    private func run(
        _ test: (Impostor, MemoryLog, RecordingFollower, LoggedMessages) async throws -> Void
    ) async throws {
        let impostor = try Impostor()
        let log = MemoryLog()
        for _ in 0..<20 { _ = log.append(events: 3) }
        let messages = LoggedMessages()
        let follower = RecordingFollower(
            impostor.address, engine: false, logger: Logger(label: "stream") { _ in messages })
        defer { follower.stop() }
        try await test(impostor, log, follower, messages)
    }

    @Test func `garbage is counted, each cause is said once, and the session goes on`() async throws
    {
        try await run { impostor, log, follower, messages in
            var random = SplitMix64(seed: TestSeed.choose("hostile publisher"))
            let batches = try await log.batches(after: .zero, limit: 20)
            var unknownVersion = WireFrame()
            unknownVersion.version = 2
            let future = try unknownVersion.serializedBytes() as [UInt8]
            let isRead = try await impostor.serve(until: { follower.now.sequence == log.head }) {
                peer, session, _ in
                try impostor.welcome(peer, session, log, after: .zero)
                for batch in batches {
                    try impostor.send([[]], to: peer)
                    try impostor.send([future], to: peer)
                    let noise = (0..<Int.random(in: 1...60, using: &random)).map { _ in
                        UInt8.random(in: 0...255, using: &random)
                    }
                    try impostor.send([noise], to: peer)
                    // Of a session that is none of this subscriber's.
                    try impostor.send(StreamMessage.batch(batch, session: session &+ 1), to: peer)
                    try impostor.send(StreamMessage.batch(batch, session: session), to: peer)
                }
            }
            #expect(isRead)
            #expect(follower.statistics.droppedFrames >= 2 * batches.count)
            #expect(follower.statistics.refusedBatches == 0)
            #expect(messages.count(of: "a frame of the publisher was dropped: ") <= 32)
            #expect(follower.now.welcomes == 1)
            expectSound(follower)
        }
    }

    @Test
    func `batches that are malformed, out of order or too early end the session, not the reader`()
        async throws
    {
        try await run { impostor, log, follower, messages in
            let batches = try await log.batches(after: .zero, limit: 20)
            /// What is sent after the welcome; each ends a session.
            let faults: [(UInt64) -> [[UInt8]]] = [
                // A part is missing, one is too many, the contexts are none, one was left out.
                { Array(StreamMessage.batch(batches[0], session: $0).dropLast()) },
                { StreamMessage.batch(batches[0], session: $0) + [[1]] },
                {
                    Array(StreamMessage.batch(batches[0], session: $0).dropLast())
                        + [[UInt8](repeating: 0xff, count: 40)]
                },
                { StreamMessage.batch(batches[1], session: $0) },
            ]
            var places: Set<EventLog.Sequence> = []
            for (number, fault) in (faults + faults).enumerated() {
                let (refused, welcomes) = (
                    follower.statistics.refusedBatches, follower.now.welcomes
                )
                // A gap is no malformed batch: the session ends, and the reader asks for what it lacks.
                let isGap = number % faults.count == faults.count - 1
                let isNoticed = try await impostor.serve(
                    until: {
                        isGap
                            ? follower.now.welcomes > welcomes
                            : follower.statistics.refusedBatches > refused
                    }
                ) { peer, session, after in
                    places.insert(after)
                    // Before the welcome a batch is nobody's.
                    try impostor.send(StreamMessage.batch(batches[0], session: session), to: peer)
                    try impostor.welcome(peer, session, log, after: .zero)
                    try impostor.send(fault(session), to: peer)
                }
                #expect(isNoticed, "fault \(number)")
            }
            #expect(places == [.zero])
            #expect(follower.now.sequence == .zero)
            #expect(follower.statistics.refusedBatches == 6)
            #expect(messages.count(of: "a batch was refused: ") == 3)
            let isRead = try await impostor.serve(until: { follower.now.sequence == log.head }) {
                peer, session, after in
                try impostor.welcome(peer, session, log, after: after)
                for batch in batches where batch.firstSequence > after {
                    try impostor.send(StreamMessage.batch(batch, session: session), to: peer)
                }
            }
            #expect(isRead)
            expectSound(follower)
        }
    }
}
