import EventLog
import Testing

@testable import PostingStream

/// The publisher's protocol on a clock that stands still unless it is moved.
struct Stage {
    var state = PublisherState()
    var log = SampleLog()
    var now = Timestamp(1_000_000)
    static let logID = TransferID(high: 7, low: 9)

    mutating func publish(events: Int, bytes: Int = 8) -> [PublisherState.Action] {
        let batch = log.append(events: events, bytes: bytes)
        return state.published(batch, at: now)
    }

    mutating func say(_ body: Frame.Body, session: UInt64, from peer: [UInt8])
        -> [PublisherState.Action]
    {
        state.received(Frame(session: session, body: body).encoded(), from: peer, at: now)
    }

    mutating func welcome(
        _ peer: [UInt8], session: UInt64, after: EventLog.Sequence = .zero, epoch: UInt32 = 1
    ) -> [PublisherState.Action] {
        state.admitted(
            .welcome(Welcome(logID: Self.logID, epoch: epoch, head: log.head, after: after)), peer,
            session: session, at: now)
    }

    /// Says hello and is let in at once.
    mutating func open(_ peer: [UInt8], session: UInt64, _ hello: Hello = .reader())
        -> [PublisherState.Action]
    {
        let asked = say(.hello(hello), session: session, from: peer)
        #expect(asked.map(\.name) == ["admit"])
        return welcome(peer, session: session, after: hello.sequence)
    }

    /// Answers all reads of the log that are asked for. Returns what follows.
    mutating func fetch(_ actions: [PublisherState.Action]) -> [PublisherState.Action] {
        var following: [PublisherState.Action] = []
        for case .fetch(let peer, let session, let after) in actions {
            following += state.fetched(
                log.batches(after: after, limit: 128), peer, session: session, at: now)
        }
        return following
    }

    /// The shell's word that a frame found the peer's queue full. Whether nothing may be sent before it.
    mutating func isFull(_ peer: [UInt8], _ frame: Frame) -> Bool {
        state.unsent(frame, to: peer, at: now)
    }

    mutating func advance(milliseconds: Int64) -> [PublisherState.Action] {
        now = now.adding(milliseconds: milliseconds)
        return state.tick(at: now)
    }
}

extension PublisherState.Action {
    var name: String {
        switch self {
        case .send(_, let frame):
            switch frame.body {
            case .welcome: "welcome"
            case .refused(let reason, _): "refused \(reason)"
            case .heartbeat: "heartbeat"
            default: "frame"
            }
        case .sendBatch(_, _, let batch): "batch \(batch.firstSequence.rawValue)"
        case .admit: "admit"
        case .admitStandby: "admit standby"
        case .fetch(_, _, let after): "fetch \(after.rawValue)"
        case .decided(let decisions): "decided \(decisions.count)"
        case .heard(let live): "heard \(live)"
        }
    }
}

@Suite struct PublisherStateTests {
    private let ann: [UInt8] = [1]
    private let bob: [UInt8] = [2]

    @Test func `batches go out in order and within the credit in batches`() {
        var stage = Stage()
        #expect(
            stage.open(ann, session: 1, .reader(batches: 2)).map(\.name) == ["welcome", "fetch 0"])
        _ = stage.state.fetched([], ann, session: 1, at: stage.now)
        #expect(stage.publish(events: 3).map(\.name) == ["batch 1"])
        #expect(stage.publish(events: 3).map(\.name) == ["batch 4"])
        #expect(stage.publish(events: 3).isEmpty)
        #expect(stage.say(.consumed(.init(3)), session: 1, from: ann).map(\.name) == ["batch 7"])
        #expect(stage.say(.consumed(.init(9)), session: 1, from: ann).isEmpty)
        #expect(stage.publish(events: 1).map(\.name) == ["batch 10"])
    }

    @Test func `batches go out within the credit in events, but one always may`() {
        var stage = Stage()
        _ = stage.fetch(stage.open(ann, session: 1, .reader(events: 10)))
        #expect(stage.publish(events: 30).map(\.name) == ["batch 1"])
        #expect(stage.publish(events: 5).isEmpty)
        #expect(stage.say(.consumed(.init(30)), session: 1, from: ann).map(\.name) == ["batch 31"])
        #expect(stage.publish(events: 5).map(\.name) == ["batch 36"])
        #expect(stage.publish(events: 1).isEmpty)
    }

    @Test func `a welcome that found the queue full is sent again, and no batch goes before it`() {
        var stage = Stage()
        _ = stage.publish(events: 3)
        let opened = stage.open(ann, session: 1)
        #expect(opened.map(\.name) == ["welcome", "batch 1"])
        var again: [PublisherState.Action] = []
        for round in 0..<3 {
            // As the shell does: what follows in the same list is not sent either.
            guard case .send(let peer, let welcome)? = (round == 0 ? opened : again).first else {
                Issue.record("no welcome")
                return
            }
            let goesFirst = stage.isFull(peer, welcome)
            #expect(goesFirst)
            #expect(stage.publish(events: 1).isEmpty)
            #expect(stage.say(.heartbeat(live: true), session: 1, from: ann).isEmpty)
            again = stage.advance(milliseconds: 100)
            #expect(again.first?.name == "welcome")
        }
        #expect(
            again.map(\.name).filter { $0 != "heartbeat" } == [
                "welcome", "batch 1", "batch 4", "batch 5", "batch 6",
            ])
        again = stage.advance(milliseconds: 100)
        #expect(!again.contains { $0.name == "welcome" })
    }

    @Test func `what is kept for a peer is its newest, of its newest session, and not for ever`() {
        var stage = Stage()
        func refusal(_ session: UInt64) -> Frame {
            Frame(session: session, body: .refused(.unavailable, "no"))
        }
        func sent(after milliseconds: Int64) -> [UInt64] {
            stage.advance(milliseconds: milliseconds).compactMap { action in
                guard case .send(_, let frame) = action, case .refused = frame.body else {
                    return nil
                }
                return frame.session
            }
        }
        for session in UInt64(1)...3 {
            let goesFirst = stage.isFull(ann, refusal(session))
            #expect(goesFirst)
        }
        #expect(sent(after: 100) == [3])
        #expect(sent(after: 100).isEmpty)
        // A hello of another session: nobody reads what was meant for the one before.
        _ = stage.isFull(ann, refusal(4))
        _ = stage.say(.hello(.reader()), session: 5, from: ann)
        #expect(sent(after: 100).isEmpty)
        // Tried again for as long as a silent peer is remembered.
        _ = stage.isFull(bob, refusal(6))
        var tries = 0
        while sent(after: 1_000) == [6], tries < 100 {
            tries += 1
            _ = stage.isFull(bob, refusal(6))
        }
        #expect(tries == 11)
        // A welcome for which there is no room ends its session: the peer's next hello begins anew.
        for number in 0..<UInt8(UnsentFrames.maximum) {
            _ = stage.isFull([7, number], refusal(9))
        }
        guard case .send(_, let welcome)? = stage.open([8], session: 8).first else { return }
        let count = stage.state.sessionCount
        let goesFirst = stage.isFull([8], welcome)
        #expect(goesFirst)
        #expect(stage.state.sessionCount == count - 1)
        #expect(sent(after: 100).count == UnsentFrames.maximum)
    }

    @Test func `a heartbeat that found the queue full is not kept`() {
        var stage = Stage()
        let beat = Frame(session: 1, body: .heartbeat(live: true))
        let goesFirst = stage.isFull(ann, beat)
        #expect(!goesFirst)
        #expect(stage.advance(milliseconds: 100).isEmpty)
    }

    @Test func `what is no longer in memory is read from the log`() {
        var stage = Stage()
        for _ in 0..<1_500 { _ = stage.publish(events: 1) }
        let asked = stage.open(ann, session: 1, .reader(events: 10_000, batches: 400))
        #expect(asked.map(\.name) == ["welcome", "fetch 0"])
        var sent: [String] = []
        var actions = stage.fetch(asked)
        while !actions.isEmpty {
            sent += actions.map(\.name).filter { $0.hasPrefix("batch") }
            guard case .sendBatch(_, _, let last) = actions.last(where: { $0.name.hasPrefix("b") })
            else {
                actions = stage.fetch(actions)
                continue
            }
            let reads = stage.fetch(actions)
            sent += reads.map(\.name).filter { $0.hasPrefix("batch") }
            var consumed = last.lastSequence
            if case .sendBatch(_, _, let later) = reads.last(where: { $0.name.hasPrefix("b") }) {
                consumed = later.lastSequence
            }
            let more = stage.say(.consumed(consumed), session: 1, from: ann)
            actions = more + reads.filter { $0.name.hasPrefix("fetch") }
        }
        #expect(sent == (1...1_500).map { "batch \($0)" })
    }

    @Test func `a read that comes back for an earlier place is not sent out of order`() {
        var stage = Stage()
        for _ in 0..<300 { _ = stage.log.append(events: 1) }
        let first = stage.open(ann, session: 1, .reader(events: 1_000, batches: 300))
        var sent = stage.fetch(first)
        #expect(sent.map(\.name).last == "fetch 128")
        // The queue was full at event 100, while the read after 128 is under way.
        stage.state.stalled(ann, session: 1, at: .init(101))
        stage.state.stalled(ann, session: 1, at: .init(120))
        _ = stage.fetch(sent)
        sent = stage.advance(milliseconds: 100)
        #expect(sent.map(\.name) == ["fetch 100"])
        #expect(stage.fetch(sent).map(\.name).first == "batch 101")
    }

    @Test func `frames of an older session are dropped`() {
        var stage = Stage()
        _ = stage.open(ann, session: 1)
        _ = stage.open(ann, session: 2)
        #expect(stage.say(.heartbeat(live: true), session: 1, from: ann).isEmpty)
        #expect(stage.say(.consumed(.zero), session: 1, from: ann).isEmpty)
        #expect(stage.state.droppedFrames == 2)
        #expect(stage.state.sessionCount == 1)
    }

    @Test func `an older session's admission and reads change nothing`() {
        var stage = Stage()
        _ = stage.publish(events: 1)
        _ = stage.open(ann, session: 1)
        _ = stage.open(ann, session: 2)
        #expect(stage.welcome(ann, session: 1).isEmpty)
        #expect(stage.welcome(ann, session: 2).isEmpty)
        #expect(stage.state.fetched(stage.log.batches, ann, session: 1, at: stage.now).isEmpty)
    }

    @Test func `one hello of a peer is looked up at a time, then the newest`() {
        var stage = Stage()
        #expect(stage.say(.hello(.reader()), session: 1, from: ann).map(\.name) == ["admit"])
        for session in UInt64(2)...1_000 {
            #expect(stage.say(.hello(.reader()), session: session, from: ann).isEmpty)
        }
        let next = stage.welcome(ann, session: 1)
        guard case .admit(_, session: 1_000, _) = next.first else {
            Issue.record("\(next.map(\.name))")
            return
        }
        #expect(stage.welcome(ann, session: 1_000).first?.name == "welcome")
    }

    @Test func `only the engine decides and only its heartbeat counts`() {
        var stage = Stage()
        _ = stage.open(ann, session: 1, .engine())
        _ = stage.open(bob, session: 2)
        #expect(stage.say(.decisions([]), session: 2, from: bob).isEmpty)
        #expect(stage.state.droppedFrames == 1)
        #expect(
            !stage.say(.heartbeat(live: true), session: 2, from: bob).map(\.name)
                .contains("heard true"))
        #expect(
            stage.say(.heartbeat(live: true), session: 1, from: ann).map(\.name)
                .contains("heard true"))
    }

    @Test func `an engine that says hello again decides no more until it is let in`() {
        var stage = Stage()
        _ = stage.open(ann, session: 1, .engine())
        _ = stage.say(.hello(.engine()), session: 2, from: ann)
        #expect(stage.say(.decisions([]), session: 1, from: ann).isEmpty)
        #expect(stage.say(.decisions([]), session: 2, from: ann).isEmpty)
        #expect(!stage.state.hasEngine)
        _ = stage.welcome(ann, session: 2)
        #expect(stage.say(.decisions([]), session: 2, from: ann).map(\.name) == ["decided 0"])
    }

    @Test func `silent peers are forgotten, others get heartbeats`() {
        var stage = Stage()
        _ = stage.open(ann, session: 1, .engine())
        #expect(stage.advance(milliseconds: 600).map(\.name).contains("heartbeat"))
        _ = stage.advance(milliseconds: 9_500)
        #expect(stage.state.sessionCount == 0)
        #expect(!stage.state.hasEngine)
    }

    @Test func `a stalled peer is tried again and delays nobody`() {
        var stage = Stage()
        _ = stage.fetch(stage.open(ann, session: 1))
        _ = stage.fetch(stage.open(bob, session: 2))
        #expect(stage.publish(events: 1).count == 2)
        stage.state.stalled(ann, session: 1, at: .init(1))
        #expect(stage.publish(events: 1).map(\.name) == ["batch 2"])
        #expect(stage.advance(milliseconds: 100).map(\.name) == ["batch 1", "batch 2"])
    }

    @Test func `no more than 64 sessions are kept`() {
        var stage = Stage()
        for number in UInt8(0)..<64 {
            #expect(stage.say(.hello(.reader()), session: 1, from: [9, number]).count == 1)
        }
        #expect(
            stage.say(.hello(.reader()), session: 1, from: ann).map(\.name)
                == ["refused unavailable"])
        #expect(stage.state.sessionCount == 64)
        // A peer that has a session may open another.
        #expect(stage.welcome([9, 1], session: 1).first?.name == "welcome")
        #expect(stage.say(.hello(.reader()), session: 2, from: [9, 1]).map(\.name) == ["admit"])
    }

    @Test func `what was kept before an erasure is read from the log again`() {
        var stage = Stage()
        _ = stage.publish(events: 2)
        _ = stage.publish(events: 2)
        var erasing = stage.log.append(events: 1, bytes: 8)
        erasing.erases = true
        _ = stage.state.published(erasing, at: stage.now)
        let opened = stage.open([1], session: 5)
        #expect(opened.map(\.name) == ["welcome", "fetch 0"])
        #expect(stage.fetch(opened).map(\.name) == ["batch 1", "batch 3", "batch 5"])
    }

    @Test func `credit is cut to what the publisher allows`() {
        var stage = Stage()
        for _ in 0..<900 { _ = stage.publish(events: 1) }
        let hello = Hello.reader(events: Int(UInt32.max), batches: Int(UInt32.max))
        let sent = stage.open(ann, session: 1, hello).map(\.name).filter { $0.hasPrefix("batch") }
        #expect(sent.count == PublisherState.maximumBatchCredit)
    }

    @Test func `consumed events that were not sent give no credit`() {
        var stage = Stage()
        _ = stage.fetch(stage.open(ann, session: 1, .reader(batches: 1)))
        _ = stage.publish(events: 2)
        _ = stage.publish(events: 2)
        for wrong in [Int64.max, 3, -1, Int64.min] {
            #expect(stage.say(.consumed(.init(wrong)), session: 1, from: ann).isEmpty)
        }
        #expect(stage.state.droppedFrames == 4)
        #expect(stage.say(.consumed(.init(2)), session: 1, from: ann).map(\.name) == ["batch 3"])
        // Going back is no way to credit either.
        #expect(stage.say(.consumed(.init(1)), session: 1, from: ann).isEmpty)
    }

    @Test func `a refused hello leaves no session`() {
        var stage = Stage()
        _ = stage.say(.hello(.engine()), session: 1, from: ann)
        let actions = stage.state.admitted(
            .refused(.foreignState, "of another log"), ann, session: 1, at: stage.now)
        #expect(actions.map(\.name) == ["refused foreignState"])
        #expect(stage.state.sessionCount == 0)
    }

    @Test func `frames that are none are counted and change nothing`() throws {
        var stage = Stage()
        _ = stage.open(ann, session: 1, .engine())
        var unknownVersion = WireFrame()
        unknownVersion.version = 99
        unknownVersion.session = 1
        unknownVersion.heartbeat = .with { $0.live = true }
        var noBody = WireFrame()
        noBody.version = Frame.version
        noBody.session = 1
        var uneven = WireFrame()
        uneven.version = Frame.version
        uneven.session = 1
        uneven.decisions = .with { $0.transferHigh = [1, 2] }
        let farHello = Frame(session: 3, body: .hello(.reader(after: Int64.max))).encoded()
        let whole = Frame(session: 1, body: .hello(.engine())).encoded()
        let frames: [[UInt8]] = [
            [], [0xff], [UInt8](repeating: 0xa5, count: 4_096), Array(whole.dropLast(7)),
            try unknownVersion.serializedBytes(), try noBody.serializedBytes(),
            try uneven.serializedBytes(), farHello,
            Frame(session: 1, body: .refused(.unavailable, "")).encoded(),
            // A hello but for its size.
            whole + [UInt8](repeating: 0, count: Frame.maximumBytes),
        ]
        for frame in frames {
            #expect(stage.state.received(frame, from: ann, at: stage.now).isEmpty)
        }
        #expect(stage.state.droppedFrames == frames.count)
        #expect(stage.say(.decisions([]), session: 1, from: ann).map(\.name) == ["decided 0"])
    }
}
