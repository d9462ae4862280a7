import EventLog
import Foundation
import Testing

/// The engine does not answer, or not in time. Deadlines are those of a wallet without options: 500 ms to decide,
/// absent after 3 s of silence.
extension FaultTests {
    /// How much later than due an answer may come on a busy machine.
    private static let margin = Duration.seconds(1)

    /// Payments whose answers are timed.
    private final class Payer {
        let rig: FaultRig
        let accounts: [String]
        private let client: RawClient
        private(set) var ids: [String] = []
        private(set) var bodies: [String] = []

        init(_ rig: FaultRig) throws {
            self.rig = rig
            accounts = try PayingClients.open(rig, count: 4)
            client = rig.connect()
        }

        /// Pays while the engine is silent: the fail policy holds, by the deadline.
        func payHeld() throws {
            let answer = try pay()
            #expect(answer.decidedBy == "fail_policy" && answer["state"] == "held")
        }

        @discardableResult
        func pay() throws -> RawClient.Answer {
            let number = ids.count
            bodies.append(
                FaultTests.payment(
                    accounts[number % 4], accounts[(number + 1) % 4], "\(5 + number % 7).00"))
            let begin = ContinuousClock.now
            let answer = try #require(
                client.send("POST", "/v1/transfers", bodies[number], key: "outage-\(number)"))
            let elapsed = ContinuousClock.now - begin
            #expect(elapsed < .milliseconds(500) + FaultTests.margin)
            #expect(answer.status == 201)
            ids.append(try #require(answer["id"]))
            return answer
        }

        func repeated(_ number: Int) -> RawClient.Answer? {
            client.send("POST", "/v1/transfers", bodies[number], key: "outage-\(number)")
        }
        func review(_ id: String, _ verdict: String) -> RawClient.Answer? {
            client.send("POST", "/v1/reviews/\(id)/\(verdict)", #"{"note":"by hand"}"#)
        }
        /// The newest alert of a transfer, as the feed tells it.
        func alert(of id: String) -> [String: Any]? {
            client.send("GET", "/v1/alerts?limit=100")?.objects("alerts").first {
                $0["transfer"] as? String == id
            }
        }
    }

    /// Pays until the engine counts as absent. By the ledger's own clock, the outcomes before that come at their
    /// deadline, and from then on in the very commit of the reservation.
    private func payUntilAbsent(
        _ payer: Payer, _ aftermath: inout Aftermath, since begin: Timestamp
    )
        async throws
    {
        var absent = 0
        for _ in 0..<40 where absent < 3 {
            try payer.payHeld()
            try aftermath.readLog()
            let story = try #require(payer.ids.last.flatMap { aftermath.history.story($0) })
            let outcome = try #require(story.outcome)
            if outcome.cause == .engineAbsent { absent += 1 } else { #expect(absent == 0) }
        }
        #expect(absent == 3)
        let stories = payer.ids.compactMap { aftermath.history.story($0) }
        for story in stories {
            let (reserved, outcome) = (story.events[0], try #require(story.outcome))
            #expect(reserved.decideBy == reserved.recordedAt.adding(milliseconds: 500))
            switch outcome.cause {
            case .engineAbsent:
                #expect(outcome.recordedAt == reserved.recordedAt)
                // The last sign of life was up to half a second before the silence began.
                #expect(reserved.recordedAt > begin.adding(milliseconds: 2_400))
            case .decisionLate:
                #expect(outcome.recordedAt >= reserved.decideBy)
                #expect(outcome.recordedAt < reserved.decideBy.adding(milliseconds: 1_000))
                #expect(reserved.recordedAt < begin.adding(milliseconds: 4_000))
            default: Issue.record("\(outcome.cause) while the engine is silent")
            }
        }
        #expect(stories.contains { $0.outcome?.cause == .decisionLate })
        let (late, last) = (try #require(payer.ids.first), try #require(payer.ids.last))
        #expect(payer.alert(of: late)?["cause"] as? String == "decision_late")
        #expect(payer.alert(of: last)?["cause"] as? String == "engine_absent")
    }

    /// Waits until the engine has spoken on all transfers, and checks what its late word did.
    private func expectLateDecisions(
        _ payer: Payer, _ aftermath: inout Aftermath, reviewed: [String: TransferState] = [:]
    ) async throws {
        let end = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < end {
            try aftermath.readLog()
            let silent = payer.ids.filter {
                aftermath.history.story($0)?.engineDecisions.isEmpty != false
            }
            if silent.allSatisfy({ reviewed[$0] != nil }) { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        for id in payer.ids {
            let story = try #require(aftermath.history.story(id))
            // An engine that had to connect again learns of the reserve and of the review at once, and has no say
            // any more in what a person settled for good.
            if reviewed[id] != nil, story.engineDecisions.isEmpty { continue }
            try #require(story.engineDecisions.count == 1, "\(id) of \(story.events.map(\.cause))")
            guard !story.policyDecisions.isEmpty else { continue }
            #expect(story.policyDecisions.count == 1)
            let last = try #require(story.events.last)
            #expect(last.cause == .lateDecision)
            #expect(story.engineDecisions[0].sequence == story.events[0].sequence)
            if let state = reviewed[id] {
                // A person was first: the engine's word is recorded and moves nothing.
                #expect(last.kind == .decided && last.state == state)
                continue
            }
            switch story.engineDecisions[0].action {
            case .approve: #expect(last.kind == .posted && last.state == .posted)
            case .decline: #expect(last.kind == .voided && last.state == .voided)
            case .hold, .challenge: #expect(last.kind == .decided && last.state == .held)
            case .notEvaluated: Issue.record("an engine that did not evaluate")
            }
        }
        // The first answer is kept, although the transfers moved on.
        for number in payer.ids.indices.prefix(3) {
            let again = try #require(payer.repeated(number))
            #expect(again["state"] == "held" && again.decidedBy == "fail_policy")
            #expect(again["id"] == payer.ids[number])
        }
    }

    private static var now: Timestamp {
        Timestamp(Int64(Date().timeIntervalSince1970 * 1_000_000))
    }

    @Test
    func
        `a paused engine leaves the fail policy to answer in time, then at once, and is late only once`()
        async throws
    {
        try await FaultRig.run { rig in
            let payer = try Payer(rig)
            var aftermath = Aftermath(rig)
            rig.signal(.risk, SIGSTOP)
            try await payUntilAbsent(payer, &aftermath, since: Self.now)
            #expect(rig.connect().send("GET", "/health/ready")?["engine"] == "absent")
            // Two do not wait for the engine.
            #expect(payer.review(payer.ids[3], "decline")?["state"] == "voided")
            #expect(payer.review(payer.ids[4], "release")?["state"] == "posted")
            rig.signal(.risk, SIGCONT)
            try await rig.untilReady(seconds: 30)
            try await expectLateDecisions(
                payer, &aftermath,
                reviewed: [payer.ids[3]: .voided, payer.ids[4]: .posted])
            aftermath.decidedAtMostOnce()
            try await aftermath.verifies()
        }
    }

    @Test
    func
        `a wallet alone answers by the fail policy, and the engine that comes back decides it all late`()
        async throws
    {
        try await FaultRig.run { rig in
            let payer = try Payer(rig)
            var aftermath = Aftermath(rig)
            rig.pauseSupervisor()
            rig.signal(.risk, SIGKILL)
            try await payUntilAbsent(payer, &aftermath, since: Self.now)
            #expect(rig.processes(.risk).isEmpty)
            rig.resumeSupervisor()
            try await rig.untilReady(seconds: 30)
            try await expectLateDecisions(payer, &aftermath)
            aftermath.decidedAtMostOnce()
            try await aftermath.verifies()
        }
    }

    @Test
    func `a slow engine delays no answer beyond its deadline and decides everything once`()
        async throws
    {
        try await FaultRig.run { rig in
            let payer = try Payer(rig)
            var aftermath = Aftermath(rig)
            let isOver = DispatchSemaphore(value: 0)
            let slowing = Thread {
                // It runs a fifth of the time, in slices shorter and longer than the deadline apart.
                for pause in [0.2, 0.9, 0.4, 1.3, 0.6, 0.1, 1.0, 0.3, 0.8, 0.5] {
                    rig.signal(.risk, SIGSTOP)
                    Thread.sleep(forTimeInterval: pause)
                    rig.signal(.risk, SIGCONT)
                    Thread.sleep(forTimeInterval: pause / 4)
                }
                isOver.signal()
            }
            slowing.start()
            while isOver.wait(timeout: .now()) == .timedOut { try payer.pay() }
            try await rig.untilReady(seconds: 30)
            try aftermath.readLog()
            let outcomes = payer.ids.compactMap { aftermath.history.story($0)?.outcome }
            #expect(outcomes.count == payer.ids.count)
            // Both were met: in time, and late.
            #expect(outcomes.contains { $0.cause == .decision })
            #expect(outcomes.contains { $0.cause == .decisionLate })
            try await expectAllDecided(payer, &aftermath)
            try await aftermath.verifies()
        }
    }

    private func expectAllDecided(_ payer: Payer, _ aftermath: inout Aftermath) async throws {
        let end = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < end {
            try aftermath.readLog()
            if aftermath.history.asked.allSatisfy({ !$0.engineDecisions.isEmpty }) { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(aftermath.history.asked.allSatisfy { $0.engineDecisions.count == 1 })
        aftermath.decidedAtMostOnce()
    }
}
