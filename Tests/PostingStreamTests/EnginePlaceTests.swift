import EventLog
import Testing

@testable import PostingStream

/// One engine decides at a time, and no more than it was asked.
@Suite struct EnginePlaceTests {
    private let ann: [UInt8] = [1]
    private let bob: [UInt8] = [2]
    private let cid: [UInt8] = [3]

    @Test func `a second engine stands by: it is sent everything and decides nothing`() {
        var stage = Stage()
        _ = stage.fetch(stage.open(ann, session: 1, .engine()))
        stage.standBy(bob, session: 5)
        #expect(stage.publish(events: 2).map(\.name) == ["batch 1", "batch 1"])
        #expect(stage.say(.decisions([.of(1)]), session: 5, from: bob).isEmpty)
        #expect(stage.state.droppedFrames == 1)
        #expect(
            !stage.say(.heartbeat(live: true), session: 5, from: bob).map(\.name)
                .contains("heard true"))
        #expect(
            stage.say(.decisions([.of(1)]), session: 1, from: ann).map(\.name) == ["decided 1"])
    }

    @Test func `a new engine decides at once if sending to the old one finds it gone`() {
        var stage = Stage()
        _ = stage.open(ann, session: 1, .engine())
        #expect(stage.say(.hello(.engine()), session: 5, from: bob).map(\.name) == ["heartbeat"])
        stage.state.lost(ann)
        #expect(stage.advance(milliseconds: 100).map(\.name) == ["admit"])
        _ = stage.welcome(bob, session: 5)
        #expect(stage.state.hasEngine)
        #expect(stage.say(.decisions([]), session: 5, from: bob).map(\.name) == ["decided 0"])
    }

    @Test func `an engine that stands by is called when the one that decides is gone`() {
        var stage = Stage()
        _ = stage.open(ann, session: 1, .engine())
        stage.standBy(bob, session: 5)
        stage.standBy(cid, session: 6)
        stage.state.lost(ann)
        // The first that came is the first that is called.
        guard case .send(let called, let frame) = stage.advance(milliseconds: 100).first,
            case .refused(.unavailable, _) = frame.body
        else {
            Issue.record("nobody was called")
            return
        }
        #expect(called == bob)
        #expect(stage.say(.hello(.engine()), session: 7, from: bob).map(\.name) == ["admit"])
        _ = stage.welcome(bob, session: 7)
        _ = stage.say(.heartbeat(live: true), session: 6, from: cid)
        #expect(!stage.advance(milliseconds: 100).map(\.name).contains("refused unavailable"))
    }

    @Test func `a silent engine keeps its place unless another waits for it`() {
        var stage = Stage()
        _ = stage.open(ann, session: 1, .engine())
        _ = stage.advance(milliseconds: 3_500)
        #expect(stage.state.hasEngine)
        #expect(stage.say(.hello(.engine()), session: 5, from: bob).map(\.name) == ["heartbeat"])
        let actions = stage.advance(milliseconds: 100).map(\.name)
        #expect(actions == ["refused superseded", "admit"])
        _ = stage.welcome(bob, session: 5)
        #expect(stage.say(.decisions([]), session: 1, from: ann).isEmpty)
        #expect(stage.say(.decisions([]), session: 5, from: bob).map(\.name) == ["decided 0"])
    }

    @Test func `an engine that was heard of in time keeps its place`() {
        var stage = Stage()
        _ = stage.open(ann, session: 1, .engine())
        stage.standBy(bob, session: 5)
        for _ in 0..<20 {
            _ = stage.say(.heartbeat(live: true), session: 1, from: ann)
            _ = stage.say(.heartbeat(live: false), session: 5, from: bob)
            #expect(
                !stage.advance(milliseconds: 1_000).map(\.name).contains { $0.hasPrefix("ref") })
        }
        #expect(stage.say(.decisions([]), session: 1, from: ann).map(\.name) == ["decided 0"])
    }

    @Test func `two engines that come at once are not both let in to decide`() {
        var stage = Stage()
        #expect(stage.say(.hello(.engine()), session: 1, from: ann).map(\.name) == ["admit"])
        #expect(stage.say(.hello(.engine()), session: 2, from: bob).isEmpty)
        #expect(stage.advance(milliseconds: 100).isEmpty)
        _ = stage.welcome(ann, session: 1)
        #expect(stage.advance(milliseconds: 100).map(\.name) == ["admit standby"])
    }

    @Test func `an engine that is refused leaves the place to the next`() {
        var stage = Stage()
        #expect(stage.say(.hello(.engine()), session: 1, from: ann).map(\.name) == ["admit"])
        #expect(stage.say(.hello(.engine()), session: 2, from: bob).isEmpty)
        _ = stage.state.admitted(
            .refused(.foreignState, "of another log"), ann, session: 1, at: stage.now)
        #expect(stage.advance(milliseconds: 100).map(\.name) == ["admit"])
        _ = stage.welcome(bob, session: 2)
        #expect(stage.say(.decisions([]), session: 2, from: bob).map(\.name) == ["decided 0"])
    }

    @Test func `of several that contend for a place that became free, the newest hello gets it`() {
        var stage = Stage()
        _ = stage.open(ann, session: 1, .engine())
        for (peer, session) in [(bob, UInt64(2)), (cid, 3)] {
            #expect(
                stage.say(.hello(.engine()), session: session, from: peer).map(\.name)
                    == ["heartbeat"])
        }
        stage.state.lost(ann)
        let actions = stage.advance(milliseconds: 100)
        guard case .admit(let peer, session: 3, _) = actions.first else {
            Issue.record("\(actions.map(\.name))")
            return
        }
        #expect(peer == cid)
        _ = stage.welcome(cid, session: 3)
        // The other, if it is still there, stands by.
        #expect(stage.advance(milliseconds: 100).map(\.name) == ["admit standby"])
    }

    // MARK: - Decisions

    @Test func `decisions about what was not sent are dropped and counted`() {
        var stage = Stage()
        _ = stage.fetch(stage.open(ann, session: 1, .engine()))
        _ = stage.publish(events: 3)
        let wrong: [Int64] = [.min, -1, 0, 4, 5, .max]
        #expect(
            stage.say(.decisions(wrong.map { .of($0) }), session: 1, from: ann).isEmpty)
        #expect(stage.state.droppedDecisions == wrong.count)
        let mixed: [TransferDecision] = [.of(9), .of(2), .of(3), .of(4)]
        #expect(stage.say(.decisions(mixed), session: 1, from: ann).map(\.name) == ["decided 2"])
        #expect(stage.state.droppedDecisions == wrong.count + 2)
    }

    @Test func `of one session no more decisions are taken than events were sent`() {
        var stage = Stage()
        _ = stage.fetch(stage.open(ann, session: 1, .engine()))
        _ = stage.publish(events: 10)
        var taken = 0
        for round in 0..<100 {
            let decisions = (1...10).map { TransferDecision.of($0, transfer: UInt64(round)) }
            for case .decided(let kept) in stage.say(
                .decisions(decisions), session: 1, from: ann)
            {
                taken += kept.count
            }
        }
        #expect(taken == 10)
        #expect(stage.state.droppedDecisions == 990)
    }

    @Test func `what an engine left pending in an earlier session it may decide in the next`() {
        var stage = Stage()
        for _ in 0..<5 { _ = stage.publish(events: 2) }
        let hello = Hello.engine(after: .init(6), logID: Stage.logID)
        _ = stage.fetch(stage.open(ann, session: 1, hello))
        let pending: [TransferDecision] = [.of(1), .of(5), .of(8)]
        #expect(stage.say(.decisions(pending), session: 1, from: ann).map(\.name) == ["decided 3"])
        // The batch 11… was not sent: there is none.
        #expect(stage.say(.decisions([.of(11)]), session: 1, from: ann).isEmpty)
        #expect(stage.state.droppedDecisions == 1)
    }
}

extension Stage {
    /// A second engine says hello, and is let in to stand by.
    mutating func standBy(_ peer: [UInt8], session: UInt64) {
        #expect(say(.hello(.engine()), session: session, from: peer).map(\.name) == ["heartbeat"])
        #expect(advance(milliseconds: 100).map(\.name).contains("admit standby"))
        _ = fetch(welcome(peer, session: session))
    }
}

extension TransferDecision {
    /// An approval of what was reserved at `sequence`.
    static func of(_ sequence: Int64, transfer: UInt64 = 1) -> TransferDecision {
        TransferDecision(
            transfer: TransferID(high: 1, low: transfer),
            decision: Decision(
                action: .approve, scoreBits: 0, featureDigest: 0,
                sequence: EventLog.Sequence(sequence), epoch: 1, elapsedMicros: 0), detail: nil)
    }
}
