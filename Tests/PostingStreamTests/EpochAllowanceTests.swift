import EventLog
import Testing

@testable import PostingStream

/// Each epoch is an event for ever: how many there can be does not depend on how often engines say hello.
@Suite struct EpochAllowanceTests {
    private let ann: [UInt8] = [1]
    private let bob: [UInt8] = [2]
    private let burst = Int(EpochAllowance.burst)

    /// Says hello as an engine of no epoch, and is let in if it may. Returns what the state did first.
    private func come(
        _ stage: inout Stage, _ peer: [UInt8], session: UInt64
    ) -> PublisherState.Action? {
        let asked = stage.say(.hello(.engine()), session: session, from: peer).first
        if asked?.name == "admit" {
            _ = stage.welcome(peer, session: session, epoch: UInt32(session))
        }
        return asked
    }

    @Test
    func `an engine that says hello again and again is let in so often and then told why not`()
        throws
    {
        var stage = Stage()
        for session in 1...burst {
            #expect(come(&stage, ann, session: UInt64(session))?.name == "admit")
        }
        guard case .send(ann, let frame) = come(&stage, ann, session: 100),
            case .refused(.unavailable, let text) = frame.body
        else {
            Issue.record("it was let in")
            return
        }
        #expect(text.contains("too often"))
        #expect(stage.state.refusedEngines == 1)
        // Who is not let in has not the place either, nor any session.
        #expect(!stage.state.hasEngine)
        #expect(stage.state.sessionCount == 0)
        #expect(come(&stage, bob, session: 101)?.name == "refused unavailable")
        _ = stage.advance(milliseconds: EpochAllowance.intervalMilliseconds - 1)
        #expect(come(&stage, ann, session: 102)?.name == "refused unavailable")
        _ = stage.advance(milliseconds: 1)
        #expect(come(&stage, bob, session: 103)?.name == "admit")
        #expect(stage.state.hasEngine)
        #expect(come(&stage, bob, session: 104)?.name == "refused unavailable")
    }

    @Test func `in the long run there is one for each interval`() {
        var stage = Stage()
        var count = 0
        for session in UInt64(1)...10_000 {
            if come(&stage, ann, session: session)?.name == "admit" { count += 1 }
            _ = stage.advance(milliseconds: 10)
        }
        // 100 seconds.
        #expect((burst + 19...burst + 20).contains(count))
    }

    @Test func `hellos that come while one is looked up count each time they are looked up`() {
        var stage = Stage()
        _ = stage.say(.hello(.engine()), session: 1, from: ann)
        var count = 1
        for session in UInt64(2)...100 {
            #expect(stage.say(.hello(.engine()), session: session, from: ann).isEmpty)
            guard stage.welcome(ann, session: session - 1).first?.name == "admit" else { break }
            count += 1
        }
        #expect(count == burst)
    }

    @Test func `an engine that has the epoch in force is let in however often it comes`() {
        var stage = Stage()
        _ = come(&stage, ann, session: 1)
        for session in UInt64(2)...200 {
            let hello = Hello.engine(epoch: 1)
            #expect(stage.say(.hello(hello), session: session, from: ann).map(\.name) == ["admit"])
            _ = stage.welcome(ann, session: session, epoch: 1)
        }
        #expect(stage.state.hasEngine)
        // An epoch that is another's, or none's, is not believed.
        for session in UInt64(201)..<(200 + UInt64(burst)) {
            let hello = Hello.engine(epoch: 7)
            #expect(stage.say(.hello(hello), session: session, from: ann).map(\.name) == ["admit"])
            _ = stage.welcome(ann, session: session, epoch: 1)
        }
        let last = Hello.engine(epoch: 7)
        #expect(
            stage.say(.hello(last), session: 999, from: ann).map(\.name) == ["refused unavailable"])
    }

    @Test func `a hello for which no epoch was opened does not count`() {
        var stage = Stage()
        for session in UInt64(1)...200 {
            #expect(
                stage.say(.hello(.engine()), session: session, from: ann).map(\.name) == ["admit"])
            _ = stage.state.admitted(
                .refused(.unavailable, "the log cannot be read now"), ann, session: session,
                at: stage.now)
        }
        #expect(stage.state.refusedEngines == 0)
    }

    @Test func `of those that contend for a free place none gets it while no epoch may be opened`()
    {
        var stage = Stage()
        for session in 1...burst { _ = come(&stage, ann, session: UInt64(session)) }
        #expect(stage.say(.hello(.engine()), session: 50, from: bob).map(\.name) == ["heartbeat"])
        stage.state.lost(ann)
        #expect(stage.advance(milliseconds: 100).map(\.name) == ["refused unavailable"])
        #expect(stage.state.sessionCount == 0)
        _ = stage.advance(milliseconds: EpochAllowance.intervalMilliseconds)
        #expect(come(&stage, bob, session: 51)?.name == "admit")
    }
}
