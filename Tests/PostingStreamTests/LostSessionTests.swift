import EventLog
import Testing

@testable import PostingStream

/// A publisher that began after its peers' sessions, or forgot them.
@Suite struct LostSessionTests {
    private let ann: [UInt8] = [1]

    @Test func `a peer that thinks its session is open is told that it is not`() {
        var stage = Stage()
        let answer = stage.say(.heartbeat(live: true), session: 7, from: ann)
        #expect(answer.map(\.name) == ["refused unavailable"])
        guard case .send(let peer, let frame) = answer.first else { return }
        #expect(peer == ann && frame.session == 7)
        #expect(stage.state.droppedFrames == 0)
        // What else it says of that session is not answered.
        #expect(stage.say(.consumed(.init(1)), session: 7, from: ann).isEmpty)
        #expect(stage.say(.decisions([]), session: 7, from: ann).isEmpty)
        #expect(stage.state.droppedFrames == 2)
        #expect(stage.state.sessionCount == 0)
    }

    @Test func `an old session's heartbeat does not disturb the new one`() {
        var stage = Stage()
        _ = stage.open(ann, session: 8)
        #expect(stage.say(.heartbeat(live: true), session: 7, from: ann).isEmpty)
        #expect(stage.state.sessionCount == 1)
        #expect(stage.state.droppedFrames == 1)
    }
}
