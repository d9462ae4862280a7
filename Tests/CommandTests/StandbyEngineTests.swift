import Foundation
import TestProcesses
import Testing

/// Two engine processes on one wallet.
@Suite(.serialized) struct StandbyEngineTests {
    @Test func `an engine that stands by takes over from one that is paused, which then stands by`()
        async throws
    {
        try await CommandRig.run { rig in
            let up = try RunningWallet(rig, "home", ["--no-engine"])
            try await up.untilReady(engine: false)
            let address = "ipc://\(up.home)/postgresql/socket/stream"
            func risk(_ name: String) -> [String] {
                [
                    "risk", "--home", rig.home(name), "--stream", address,
                    "--model", BuiltExecutable.model,
                ]
            }
            let first = try rig.start("first", risk("first"))
            try await up.untilReady()
            try rig.start("second", risk("second"))
            #expect(await rig.eventually { rig.log("second").contains("standing by") })
            let accounts = try await up.accounts("standby")
            let isDecided = try await rig.eventually {
                try await up.pay(accounts, "1.00", key: UUID().uuidString).decidedBy == "engine"
            }
            #expect(isDecided)
            let activated = #"holdfast_events_total{kind="engine_activated"}"#
            let begin = ContinuousClock.now
            let before = try #require(try await up.metric(activated))
            #expect(before >= 1)

            kill(first.identifier, SIGSTOP)
            #expect(await rig.eventually { rig.log("second").contains("deciding") })
            let decided = try await rig.eventually {
                try await up.pay(accounts, "1.00", key: UUID().uuidString).decidedBy == "engine"
            }
            #expect(decided)
            kill(first.identifier, SIGCONT)
            #expect(await rig.eventually { rig.log("first").contains("standing by") })
            var byEngine = 0
            for index in 0..<20 {
                let outcome = try await up.pay(accounts, "1.00", key: "after-\(index)")
                if outcome.decidedBy == "engine" { byEngine += 1 }
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(byEngine > 10)
            // Each change needs an engine that is not heard of for 3 s.
            let after = try #require(try await up.metric(activated))
            let most = before + 1 + Int((ContinuousClock.now - begin) / .seconds(3))
            #expect((before + 1...most).contains(after))
            let verified = try await up.verify()
            #expect(verified.ending.isSuccess, "\(verified.text)")
        }
    }
}
