import EventLog
import TestSeed
import Testing
import SplitMix

@testable import PostingStream

/// Peers that do anything at all, on a network and a log that answer when they like.
private struct RandomPlay {
    struct Client {
        var session: UInt64
        var isOpen = false
        var next: EventLog.Sequence
        /// First and last events of the batches that were received and not consumed.
        var underWay: [(first: EventLog.Sequence, last: EventLog.Sequence)] = []
        var consumed: EventLog.Sequence
        var hello: Hello
    }

    var random: SplitMix64
    var stage = Stage()
    var clients: [[UInt8]: Client] = [:]
    var pendingReads: [PublisherState.Action] = []
    var pendingAdmissions: [(peer: [UInt8], session: UInt64, hello: Hello)] = []
    var nextSession: UInt64 = 1
    var received = 0
    var faults: [String] = []
    private let peers: [[UInt8]] = (0..<6).map { [$0] }

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    mutating func step() {
        let peer = peers.randomElement(using: &random) ?? [0]
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<25: perform(stage.publish(events: .random(in: 1...12, using: &random)))
        case 25..<35: sayHello(peer)
        case 35..<60: consume(peer)
        case 60..<75: answerRead()
        case 75..<85: answerAdmission()
        case 85..<90: perform(stage.advance(milliseconds: .random(in: 0...400, using: &random)))
        case 90..<93: say(.heartbeat(live: random.chance(50)), from: peer)
        case 93..<95:
            stage.state.lost(peer)
            clients[peer] = nil
        case 95..<97:
            say(.consumed(.init(.random(in: -5...400, using: &random))), from: peer, wild: true)
        default:
            let garbage = (0..<20).map { _ in UInt8.random(in: 0...255, using: &random) }
            perform(stage.state.received(garbage, from: peer, at: stage.now))
        }
    }

    private mutating func sayHello(_ peer: [UInt8]) {
        nextSession += 1
        let after = stage.log.boundary(
            atOrBefore: .init(.random(in: 0...max(stage.log.head.rawValue, 1), using: &random)))
        let events = Int.random(in: 1...60, using: &random)
        let batches = Int.random(in: 1...8, using: &random)
        var hello = Hello.reader(after: after.rawValue, events: events, batches: batches)
        if random.chance(50) { hello = .engine(after: after, events: events, batches: batches) }
        clients[peer] = Client(
            session: nextSession, next: after.advanced(by: 1), consumed: after, hello: hello)
        say(.hello(hello), from: peer)
    }

    private mutating func say(_ body: Frame.Body, from peer: [UInt8], wild: Bool = false) {
        guard let client = clients[peer] else { return }
        if wild, case .consumed(let sequence) = body {
            // A claim that happens to be right counts.
            guard sequence > client.consumed, sequence < client.next else {
                return perform(stage.say(body, session: client.session, from: peer))
            }
            return
        }
        perform(stage.say(body, session: client.session, from: peer))
    }

    private mutating func consume(_ peer: [UInt8]) {
        guard var client = clients[peer], let first = client.underWay.first else { return }
        client.underWay.removeFirst()
        client.consumed = first.last
        clients[peer] = client
        say(.consumed(first.last), from: peer)
    }

    private mutating func answerRead() {
        guard !pendingReads.isEmpty else { return }
        let index = Int.random(in: 0..<pendingReads.count, using: &random)
        guard case .fetch(let peer, let session, let after) = pendingReads.remove(at: index)
        else { return }
        let limit = Int.random(in: 0...20, using: &random)
        perform(
            stage.state.fetched(
                stage.log.batches(after: after, limit: limit), peer, session: session,
                at: stage.now))
    }

    private mutating func answerAdmission() {
        guard !pendingAdmissions.isEmpty else { return }
        let index = Int.random(in: 0..<pendingAdmissions.count, using: &random)
        let asked = pendingAdmissions.remove(at: index)
        if random.chance(10) {
            perform(
                stage.state.admitted(
                    .refused(.unavailable, ""), asked.peer, session: asked.session, at: stage.now))
        } else {
            perform(stage.welcome(asked.peer, session: asked.session, after: asked.hello.sequence))
        }
    }

    /// What the shell does, with queues that are full now and then.
    private mutating func perform(_ actions: [PublisherState.Action]) {
        var stalled: Set<[UInt8]> = []
        for action in actions {
            switch action {
            case .send(let peer, let frame): receive(frame, peer)
            case .sendBatch(let peer, let session, let batch):
                if stalled.contains(peer) { continue }
                if random.chance(3) {
                    stalled.insert(peer)
                    stage.state.stalled(peer, session: session, at: batch.firstSequence)
                } else {
                    receive(batch, peer, session)
                }
            case .fetch: pendingReads.append(action)
            case .admit(let peer, let session, let hello),
                .admitStandby(let peer, let session, let hello):
                pendingAdmissions.append((peer, session, hello))
            case .decided, .heard: break
            }
        }
    }

    private mutating func receive(_ frame: Frame, _ peer: [UInt8]) {
        guard var client = clients[peer], client.session == frame.session else { return }
        switch frame.body {
        case .welcome: client.isOpen = true
        case .refused:
            clients[peer] = nil
            return
        default: break
        }
        clients[peer] = client
    }

    private mutating func receive(_ batch: StoredBatch, _ peer: [UInt8], _ session: UInt64) {
        guard var client = clients[peer], client.session == session else { return }
        if !client.isOpen { faults.append("a batch before the welcome") }
        if batch.firstSequence != client.next {
            faults.append("\(batch.firstSequence.rawValue) instead of \(client.next.rawValue)")
        }
        client.next = batch.lastSequence.advanced(by: 1)
        client.underWay.append((batch.firstSequence, batch.lastSequence))
        let events = batch.lastSequence.rawValue - client.consumed.rawValue
        if client.underWay.count > client.hello.batchCredit {
            faults.append("\(client.underWay.count) batches under way")
        }
        if client.underWay.count > 1, events > Int64(client.hello.eventCredit) {
            faults.append("\(events) events under way")
        }
        clients[peer] = client
        received += 1
    }

    /// Everybody is served until all is said. Whoever is still behind then was forgotten.
    mutating func settle() {
        for _ in 0..<5_000 {
            perform(stage.advance(milliseconds: 100))
            while !pendingAdmissions.isEmpty { answerAdmission() }
            for _ in 0..<pendingReads.count { answerRead() }
            for peer in clients.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
                say(.heartbeat(live: true), from: peer)
                consume(peer)
            }
            let isDone = clients.values.allSatisfy {
                $0.isOpen && $0.next == stage.log.head.advanced(by: 1) && $0.underWay.isEmpty
            }
            if isDone { return }
        }
        faults.append(
            "some never got all: \(clients.values.map(\.next.rawValue)) of \(stage.log.head.rawValue)"
        )
    }
}

@Suite struct PublisherPropertyTests {
    @Test
    func
        `whatever peers do, every open session gets every event once, in order and within its credit`()
    {
        let base = TestSeed.choose("publisher and subscribers")
        var received = 0
        for offset in UInt64(0)..<300 {
            var play = RandomPlay(seed: base &+ offset)
            for _ in 0..<400 { play.step() }
            play.settle()
            #expect(play.faults.isEmpty, "seed \(base &+ offset)")
            received += play.received
            if !play.faults.isEmpty { return }
        }
        #expect(received > 10_000)
    }
}
