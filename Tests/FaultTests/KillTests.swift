import EventLog
import Foundation
import SplitMix
import TestSeed
import Testing

extension FaultTests {
    @Test
    func `whatever is killed under load, every answer stays true and everything comes to rest`()
        async throws
    {
        let seed = TestSeed.choose("kills")
        var random = SplitMix64(seed: seed)
        let plan = KillPlan(count: Self.isSoak ? 200 : 20, random: &random)
        try await FaultRig.run { rig in
            let journal = try Journal(rig.home + "/journal")
            let accounts = try PayingClients.open(rig, count: 30)
            let clients = PayingClients(rig, journal, accounts: accounts)
            clients.start(count: 8, seed: seed)
            var kills: [KillPlan.Kind: Int] = [:]
            for burst in plan.bursts {
                for (milliseconds, step) in burst {
                    try await Task.sleep(for: .milliseconds(milliseconds))
                    try await perform(step, rig, &kills)
                }
                // Service comes back by itself, under the same load, and is killed again while it works.
                try await rig.untilReady(seconds: 60)
                try await Task.sleep(for: .milliseconds(1_500))
            }
            clients.finish()
            try await rig.untilReady(seconds: 60)
            #expect(rig.supervisorEnding() == nil)
            #expect(kills.values.reduce(0, +) == plan.count)
            #expect(KillPlan.Kind.allCases.allSatisfy { kills[$0, default: 0] > 0 })
            // What a killed supervisor left behind was adopted or has ended.
            #expect(
                await rig.eventually(seconds: 20) {
                    rig.processes(.wallet).count == 1 && rig.processes(.risk).count == 1
                })
            var aftermath = Aftermath(rig)
            try await aftermath.check(journal, accounts: accounts)
            let asked = aftermath.history.asked
            let inTime = asked.filter { $0.outcome?.cause == .decision }.count
            let killed = KillPlan.Kind.allCases.map { "\($0) \(kills[$0, default: 0])" }
            print(
                "kills: \(killed.joined(separator: ", ")); payments: \(asked.count), "
                    + "decided by an engine in time: \(inTime)")
            #expect(asked.count > plan.count * 10)
            #expect(inTime * 5 > asked.count, "the engine decides a good share of the payments")
        }
    }

    /// A kill always finds something to kill: what is just being started again is waited for.
    private func perform(
        _ step: KillPlan.Step, _ rig: FaultRig, _ kills: inout [KillPlan.Kind: Int]
    ) async throws {
        switch step {
        case .pauseEngine:
            rig.signal(.risk, SIGSTOP)
            try await Task.sleep(for: .seconds(1))
            rig.signal(.risk, SIGCONT)
        case .kill(let kind):
            let isDone = try await rig.eventually(seconds: 30) {
                switch kind {
                case .wallet: return rig.signal(.wallet, SIGKILL)
                case .engine: return rig.signal(.risk, SIGKILL)
                case .postgreSQL: return rig.killPostgreSQL()
                case .supervisor:
                    try rig.killSupervisor()
                    return true
                }
            }
            try #require(isDone, "no \(kind) to kill:\n\(rig.logTail)")
            kills[kind, default: 0] += 1
        }
    }
}
