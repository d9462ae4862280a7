import EventLog
import Foundation
import Testing

/// The fail policy's options, through the supervisor, over the API.
@Suite(.serialized) struct FailPolicyTests {
    @Test func `small amounts go through up to the payer's hourly sum, and the rest is held`()
        async throws
    {
        try await CommandRig.run { rig in
            let up = try RunningWallet(
                rig, "small",
                [
                    "--no-engine", "--on-failure", "post-small", "--small-amount", "USD=20.00",
                    "--small-hourly", "USD=50.00", "--hold-expiry", "2h", "--log-level", "debug",
                ])
            try await up.untilReady(engine: false)
            let accounts = try await up.accounts("small")
            var states: [String] = []
            for (index, amount) in ["20.00", "20.01", "20.00", "20.00", "10.00"].enumerated() {
                let outcome = try await up.pay(accounts, amount, key: "small-\(index)")
                #expect(outcome.decidedBy == "fail_policy")
                states.append(outcome.state)
            }
            // 20.01 is not small; a third 20 would make the payer's hour 60, another 10 makes it 50.
            #expect(states == ["posted", "held", "posted", "held", "posted"])
            let first = try await up.call { client in
                try await client.http.send("GET", "/v1/reviews").get()
            }
            let text = String(decoding: first.body, as: UTF8.self)
            #expect(try Self.hoursUntilExpiry(text) == 2, "\(text)")
            // The supervisor passes on what it was given.
            let arguments = Self.arguments(of: "wallet", home: up.home)
            #expect(arguments.contains("debug") && arguments.contains("USD=50.00"))
            let verified = try await up.verify()
            #expect(verified.ending.isSuccess, "\(verified.text)")
        }
    }

    @Test(arguments: [
        (["--decide-within", "5"], "decide-within"), (["--decide-within", "1h"], "60s"),
        (["--on-failure", "pray"], "post-small"),
        (["--on-failure", "post-small"], "--small-amount"),
        (["--small-amount", "USD=1.005"], "2 decimals"),
        (["--undecided-limit", "none"], "undecided"),
        (["--hold-expiry", "soon"], "hold-expiry"), (["--log-level", "loud"], "loud"),
        (["--stream", "udp://x"], "tcp://HOST:PORT"), (["--port", "70000"], "65535"),
    ])
    func `a bad value is refused at once, with what would be right`(
        options: [String], cause: String
    ) async throws {
        try await CommandRig.run { rig in
            for command in ["up", "wallet"] {
                let (ending, text) = try await rig.run(
                    [command, "--home", rig.home("never")] + options)
                #expect(!ending.isSuccess)
                #expect(text.contains(cause), "\(command): \(text)")
            }
            #expect(!FileManager.default.fileExists(atPath: rig.home("never") + "/postgresql"))
        }
    }

    private static func arguments(of role: String, home: String) -> [String] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        for pid in entries.compactMap({ Int32($0) }) {
            let data = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") ?? Data()
            let words = data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            if words.count > 3, words[1] == role, words[3] == home { return words }
        }
        return []
    }

    /// Of the oldest review.
    private static func hoursUntilExpiry(_ text: String) throws -> Int? {
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        let review = (object?["reviews"] as? [[String: Any]])?.first
        let transfer = review?["transfer"] as? [String: Any]
        func time(_ name: String) -> Date? {
            // To the second.
            let text = (transfer?[name] as? String).map { $0.prefix(19) + "Z" }
            return text.flatMap { ISO8601DateFormatter().date(from: String($0)) }
        }
        guard let created = time("created_at"), let expires = time("expires_at") else {
            return nil
        }
        return Int((expires.timeIntervalSince(created) / 3_600).rounded())
    }
}
