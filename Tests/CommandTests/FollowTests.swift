import Foundation
import ProcessControl
import TestProcesses
import Testing

/// The commands that follow a running wallet.
@Suite(.serialized) struct FollowTests {
    @Test
    func `alerts and events are printed as JSON lines, in order, and resumed after any of them`()
        async throws
    {
        try await CommandRig.run { rig in
            // Without an engine every payment is held, and every one is an alert.
            let up = try RunningWallet(rig, "home", ["--no-engine"])
            try await up.untilReady(engine: false)
            let accounts = try await up.accounts("follow")
            for index in 0..<5 { _ = try await up.pay(accounts, "1.00", key: "alert-\(index)") }

            let alerts = try await Self.lines(rig.succeed(["alerts", "--once", "--home", up.home]))
            let places = alerts.compactMap { ($0["sequence"] as? NSNumber)?.int64Value }
            #expect(places.count == 5 && places == places.sorted())
            let rest = try await Self.lines(
                rig.succeed(["alerts", "--once", "--from", "\(places[2])", "--home", up.home]))
            let after = rest.compactMap { ($0["sequence"] as? NSNumber)?.int64Value }
            #expect(after == Array(places[3...]))

            let events = try await Self.lines(
                rig.succeed(["stream", "tail", "--from", "3", "--limit", "6", "--home", up.home]))
            #expect(
                events.compactMap { ($0["sequence"] as? NSNumber)?.int64Value } == Array(3...8))

            // What comes later is printed as it comes.
            try rig.start("alerts", ["alerts", "--from", "\(places[4])", "--home", up.home])
            _ = try await up.pay(accounts, "2.00", key: "alert-later")
            #expect(await rig.eventually { rig.log("alerts").contains("\"2.00\"") })
        }
    }

    @Test func `a port that another program uses is named`() async throws {
        try await CommandRig.run { rig in
            let first = try RunningWallet(rig, "first", ["--no-engine"])
            try await first.untilReady(engine: false)
            let (ending, text) = try await rig.run(
                ["up", "--no-engine", "--home", rig.home("second"), "--port", "\(first.port)"])
            #expect(!ending.isSuccess)
            #expect(text.contains("port \(first.port)") && text.contains("--port"), "\(text)")
            let wallet = try await rig.run(
                ["wallet", "--home", first.home, "--port", "\(first.port)"])
            #expect(!wallet.ending.isSuccess)
            #expect(wallet.text.contains("port \(first.port)"), "\(wallet.text)")
        }
    }

    @Test func `whoever reads no more ends the command, and so does a terminal that is closed`()
        async throws
    {
        try await CommandRig.run { rig in
            let up = try RunningWallet(rig, "home", ["--no-engine"])
            try await up.untilReady(engine: false)
            let accounts = try await up.accounts("follow")
            let tail = try ChildProcess.start(
                BuiltExecutable.path, ["stream", "tail", "--home", up.home],
                environment: ProcessInfo.processInfo.environment, output: .pipe)
            var byte: UInt8 = 0
            #expect(read(tail.output, &byte, 1) == 1)
            tail.closePipes()
            // The next event finds nobody.
            _ = try await up.pay(accounts, "1.00", key: "unread")
            var ending: ChildProcess.Ending?
            _ = await rig.eventually {
                ending = tail.poll()
                return ending != nil
            }
            #expect(ending == .exited(0))

            try await rig.end(up.process, signal: SIGHUP)
            #expect(!FileManager.default.fileExists(atPath: up.home + "/port"))
            let alerts = try await rig.run(["alerts", "--once", "--home", up.home])
            #expect(!alerts.ending.isSuccess && alerts.text.contains("no wallet runs in"))
            let nowhere = try await rig.run(["alerts", "--once", "--home", rig.home("nowhere")])
            #expect(!nowhere.ending.isSuccess && nowhere.text.contains("there is no home at"))
            #expect(!FileManager.default.fileExists(atPath: rig.home("nowhere")))
        }
    }

    private static func lines(_ text: String) throws -> [[String: Any]] {
        try text.split(separator: "\n").map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
            return try #require(object as? [String: Any])
        }
    }
}
