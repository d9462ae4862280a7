import EventLog
import Logging
import PostingStream
import Testing

@testable import RiskEngine

@Suite struct EngineCountersTests {
    private static func score(
        _ challenger: UInt8, _ action: DecisionAction, _ challengerAction: DecisionAction
    ) -> ShadowScore {
        ShadowScore(
            transfer: TransferID(high: 1, low: 1), sequence: Sequence(1),
            challenger: [challenger], score: 0.1, action: action, challengerScore: 0.2,
            challengerAction: challengerAction)
    }

    private let counters = EngineCounters(
        Subscriber(address: "ipc:///nowhere", logger: Logger(label: "test")))

    @Test func `what challengers say is counted by challenger and by both actions`() {
        counters.count([Self.score(1, .approve, .hold), Self.score(1, .approve, .approve)])
        counters.count([Self.score(1, .approve, .hold), Self.score(2, .hold, .hold)])
        #expect(
            counters.opinions == [
                .init(challenger: "01", action: .approve, challengerAction: .hold): 2,
                .init(challenger: "01", action: .approve, challengerAction: .approve): 1,
                .init(challenger: "02", action: .hold, challengerAction: .hold): 1,
            ])
    }

    @Test func `too many challengers are counted together`() {
        let limit = EngineCounters.challengerLimit
        for number in 0..<limit + 3 {
            counters.count([Self.score(UInt8(number), .hold, .hold)])
        }
        #expect(counters.opinions.count == limit + 1)
        #expect(
            counters.opinions[.init(challenger: "", action: .hold, challengerAction: .hold)] == 3)
    }
}
