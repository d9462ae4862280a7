import EventLog
import Testing

@testable import Ledger

@Suite struct CommitPlanPropertyTests {
    @Test func `random histories end as in the reference model`() {
        var refusals: Set<Refusal> = []
        var reached: Set<String> = []
        for seed in 0..<UInt64(2_000) {
            var history = RandomHistory(seed: seed)
            let policy = history.policy()
            let steps = history.steps(count: 50)
            var trial = PlanTrial(policy)
            guard trial.run(steps) != nil else {
                refusals.formUnion(trial.refusals)
                for event in trial.events {
                    reached.insert("\(event.kind) \(event.state) by \(event.cause)")
                }
                continue
            }
            let shortest = Self.shortened(steps) {
                PlanTrial.difference($0, policy: policy) != nil
            }
            let lines = shortest.map { "  \($0)" }.joined(separator: "\n")
            let difference = PlanTrial.difference(shortest, policy: policy) ?? ""
            Issue.record("seed \(seed): \(difference)\n\(policy.onFailure)\n\(lines)")
            return
        }
        // Histories that never come upon something prove nothing about it.
        // Whether a policy can be used is judged before the ledger is asked.
        let missed = Set(Refusal.allCases).subtracting(refusals + [.unusablePolicy])
        #expect(missed.isEmpty)
        let expected: Set = [
            "captured authorized by request", "captured posted by request",
            "voided posted by expiry", "voided voided by expiry", "voided posted by request",
            "posted posted by lateDecision", "authorized authorized by lateDecision",
            "voided voided by lateDecision", "decided held by lateDecision",
            "decided posted by lateDecision", "decided voided by lateDecision",
            "posted posted by decisionLate", "held held by engineOverloaded",
            "held held by engineAbsent", "held held by decision",
            "challenged challenged by decision",
            "posted posted by challengePassed", "voided voided by challengeFailed",
            "posted posted by review", "authorized authorized by review", "voided voided by review",
        ]
        #expect(expected.subtracting(reached).isEmpty)
    }

    /// Leaves out as many steps as possible, halves first, while the history still fails.
    private static func shortened(_ steps: [Step], _ fails: ([Step]) -> Bool) -> [Step] {
        var steps = steps
        var length = steps.count / 2
        while length > 0 {
            var start = 0
            while start < steps.count {
                var shorter = steps
                shorter.removeSubrange(start..<min(start + length, steps.count))
                if fails(shorter) { steps = shorter } else { start += length }
            }
            length /= 2
        }
        return steps
    }
}
