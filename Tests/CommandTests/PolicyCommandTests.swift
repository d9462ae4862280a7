import Foundation
import Operations
import TestProcesses
import TestSockets
import Testing

/// Another model, rules and lists while payments go on.
@Suite(.serialized) struct PolicyCommandTests {
    @Test func `a running engine takes over rules, lists and a challenger, and goes back`()
        async throws
    {
        try await CommandRig.run { rig in
            let metricsPort = try StreamSocket.freePort()
            let up = try RunningWallet(
                rig, "home", ["--engine-metrics-port", "\(metricsPort)"])
            try await up.untilReady()
            // Everybody pays for the first time: what went before sways no score.
            func action(_ key: String) async throws -> String {
                let accounts = try await up.accounts(
                    key.split(separator: " ").joined(separator: "-"))
                return try await up.pay(accounts, "1.00", key: UUID().uuidString).action
            }
            func command(_ words: String...) async throws -> String {
                try await rig.succeed(words + ["--home", up.home])
            }
            #expect(try await command("policy").contains("no policy was activated yet"))
            let first = try await action("first")
            #expect(first == "approve" || first == "challenge")

            let rules = rig.folder + "/my.rules"
            try #"amount.log > 0 -> hold "everything""#.write(
                toFile: rules, atomically: true, encoding: .utf8)
            let promoted = try await command(
                "promote", BuiltExecutable.model, "--rules", rules, "--challenger",
                BuiltExecutable.model, "--note", "try it")
            #expect(promoted.contains("everything") && promoted.contains("try it"))
            #expect(try await action("ruled") == "hold")
            let detail = try await up.call { try await $0.http.send("GET", "/v1/reviews").get() }
            #expect(String(decoding: detail.body, as: UTF8.self).contains("everything"))

            _ = try await command("lists", "add", "deny", "device", "phone", "--note", "stolen")
            #expect(try await action("denied") == "decline")
            #expect(try await command("lists", "show", "deny").contains("stolen"))
            _ = try await command("lists", "remove", "deny", "device", "phone")
            #expect(try await action("free again") == "hold")
            #expect(try await command("lists", "show", "deny").isEmpty)

            let noRules = try await command("promote", "--no-rules")
            #expect(noRules.contains("no rules"))
            let free = try await action("no rules")
            #expect(free == "approve" || free == "challenge")
            #expect(try await command("rollback").contains("everything"))
            #expect(try await action("rolled back") == "hold")
            // The challenger is the champion itself, which knows of no rules.
            let shown = try await command("policy")
            #expect(shown.contains("mean difference of scores 0.0000"))
            #expect(shown.contains("hold -> "))

            let engine = try await Self.get("/metrics", port: metricsPort)
            #expect(engine.status == 200)
            let text = String(decoding: engine.body, as: UTF8.self)
            #expect(text.contains("\nholdfast_engine_deciding 1\n"), "\(text)")
            #expect(text.contains("\nholdfast_subscriber_refused_batches_total 0\n"))
            let disagreements = text.split(separator: "\n").filter {
                $0.hasPrefix("holdfast_challenger_decisions_total{")
                    && $0.contains(#"action="hold""#) && $0.contains(#"agrees="false""#)
            }
            #expect(!disagreements.isEmpty, "\(text)")
            #expect(try await Self.get("/", port: metricsPort).status == 404)
            let denied = #"holdfast_list_decisions_total{list="deny",subject="device"}"#
            #expect(try await up.metric(denied) == 1)
            let ruled = #"holdfast_rule_decisions_total{rule="everything",shadow="false"}"#
            #expect(try await up.metric(ruled) ?? 0 >= 3)

            try "amount.logg > 0 -> hold \"typo\"".write(
                toFile: rules, atomically: true, encoding: .utf8)
            let refused = try await rig.run([
                "promote", "--rules", rules, "--home", up.home,
            ])
            #expect(!refused.ending.isSuccess)
            #expect(refused.text.contains("did you mean amount.log?"))
            #expect(try await action("still ruled") == "hold")

            let events = try await command("stream", "tail", "--from", "1", "--limit", "30")
                .split(separator: "\n")
            #expect(
                events.contains { $0.contains(#""policy":{"model""#) && $0.contains("everything") })
            #expect(events.contains { $0.contains(#""list":{"name":"deny","subject":"device""#) })
            for event in events where event.hasPrefix("{") {
                #expect((try? JSONSerialization.jsonObject(with: Data(event.utf8))) != nil)
            }
            try await up.stop()
            let verified = try await up.verify()
            #expect(verified.ending.isSuccess, "\(verified.text)")
        }
    }

    /// Asks without a key.
    private static func get(_ path: String, port: Int) async throws -> HTTPAnswer {
        let http = try HTTPClient(host: "127.0.0.1", port: port, connections: 1, bearer: "")
        do {
            let answer = try await http.send("GET", path).get()
            await http.close()
            return answer
        } catch {
            await http.close()
            throw error
        }
    }
}
