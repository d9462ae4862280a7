import Foundation
import TestProcesses
import TestSockets
import Testing

/// The stream over tcp:// between homes, as between machines: real processes, CURVE keys and an allow-list.
@Suite(.serialized) struct GuardedStreamTests {
    @Test func `an allowed engine decides, and a key that is not allowed gets nothing`()
        async throws
    {
        try await CommandRig.run { rig in
            let wallet = rig.home("wallet")
            let engine = rig.home("engine")
            let stranger = rig.home("stranger")
            let address = "tcp://127.0.0.1:\(try StreamSocket.freePort())"
            let server = try await rig.succeed(["stream", "keys", "server", "--home", wallet])
            for home in [engine, stranger] {
                try await rig.succeed(["stream", "keys", "client", "--home", home])
                try await rig.succeed(["stream", "trust", server, "--home", home])
            }
            let key = try await rig.succeed(["stream", "keys", "client", "--home", engine])
            try await rig.succeed(["stream", "allow", "engine", key, "--home", wallet])

            let up = try RunningWallet(rig, "wallet", ["--no-engine", "--stream", address])
            let tail = ["stream", "tail", "--home", stranger, "--stream", address, "--limit", "1"]
            let outsider = try rig.start("stranger", tail)
            try await up.untilReady(engine: false)
            // A rogue engine is no better off than a reader.
            try rig.start(
                "rogue",
                ["risk", "--home", stranger, "--stream", address, "--model", BuiltExecutable.model])
            try rig.start(
                "engine",
                ["risk", "--home", engine, "--stream", address, "--model", BuiltExecutable.model])
            try await up.untilReady()
            let accounts = try await up.accounts("guarded")
            let paid = try await rig.eventually {
                let key = UUID().uuidString
                return try await up.pay(accounts, "5.00", key: key).decidedBy == "engine"
            }
            #expect(paid)
            #expect(
                try await rig.eventually {
                    try await up.metric("holdfast_stream_refused_peers_total") ?? 0 >= 2
                })
            // One that lost its connection for a moment counts twice until the old one is given up.
            #expect(
                try await rig.eventually {
                    try await up.metric("holdfast_stream_subscribers") == 1
                })
            #expect(outsider.poll() == nil)
            #expect(!rig.log("stranger").contains("sequence"))
            #expect(!rig.log("rogue").contains("deciding"))

            // Once it is allowed it is served, without a restart of anything.
            let other = try await rig.succeed(["stream", "keys", "client", "--home", stranger])
            try await rig.succeed(["stream", "allow", "reader", other, "--home", wallet])
            #expect(await rig.eventually { rig.log("stranger").contains(#""sequence":1,"#) })

            // A list that cannot be read changes nothing, and is said once.
            let list = wallet + "/stream/allowed"
            let good = try String(contentsOfFile: list, encoding: .utf8)
            try (good + "half a line\n").write(toFile: list, atomically: true, encoding: .utf8)
            let said = "the allow-list stays as it was"
            #expect(await rig.eventually { up.log.contains(said) })
            try await Task.sleep(for: .seconds(2))
            #expect(up.log.components(separatedBy: said).count == 2)
            #expect(try await up.metric("holdfast_stream_subscribers") ?? 0 >= 1)
            try good.write(toFile: list, atomically: true, encoding: .utf8)

            // And once it is denied it is shut out: only the engine comes back.
            try await rig.succeed(["stream", "deny", "reader", "--home", wallet])
            #expect(
                try await rig.eventually {
                    let refused = try await up.metric("holdfast_stream_refused_peers_total")
                    let served = try await up.metric("holdfast_stream_subscribers")
                    return served == 1 && refused ?? 0 >= 1
                })
            try await up.untilReady()
            let verified = try await up.verify()
            #expect(verified.ending.isSuccess, "\(verified.text)")
        }
    }

    @Test func `without keys tcp:// is refused, and what is missing is named`() async throws {
        try await CommandRig.run { rig in
            let home = rig.home("bare")
            let address = "tcp://127.0.0.1:\(try StreamSocket.freePort())"
            for command in [["up", "--plain"], ["wallet"]] {
                let (ending, text) = try await rig.run(
                    command + ["--home", home, "--stream", address])
                #expect(!ending.isSuccess)
                #expect(text.contains("\(home)/stream/server.key"), "\(text)")
                #expect(text.contains("holdfast stream keys server"), "\(text)")
            }
            let model = ["--model", BuiltExecutable.model]
            for command in [["risk"] + model, ["stream", "tail"]] {
                let (ending, text) = try await rig.run(
                    command + ["--home", home, "--stream", address])
                #expect(!ending.isSuccess)
                #expect(text.contains("\(home)/stream/client.key"), "\(text)")
            }
            try await rig.succeed(["stream", "keys", "client", "--home", home])
            let (ending, text) = try await rig.run(
                ["stream", "tail", "--home", home, "--stream", address])
            #expect(!ending.isSuccess)
            #expect(text.contains("\(home)/stream/server.pub"), "\(text)")
            #expect(text.contains("holdfast stream trust"), "\(text)")
        }
    }
}
