import EventLog
import Foundation
import Operations
import TestProcesses
import Testing

/// Tables in and out, by the commands of the executable.
@Suite(.serialized) struct TableCommandTests {
    private static func lines(_ path: String) throws -> [String] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    @Test func `a home's payments are exported while it runs and after, and can be scored`()
        async throws
    {
        try await CommandRig.run { rig in
            let up = try RunningWallet(rig, "home")
            try await up.untilReady()
            let accounts = try await up.accounts("export")
            for index in 0..<12 {
                _ = try await up.pay(accounts, "\(1 + index).25", key: "pay-\(index)")
            }
            let (live, stopped) = (rig.folder + "/live.csv", rig.folder + "/stopped.csv")
            try await rig.succeed(["dataset", "export", "--home", up.home, "--out", live])
            try await up.stop()
            let told = try await rig.succeed(
                ["dataset", "export", "--home", up.home, "--out", stopped])
            #expect(told.contains("12 payments, 0 of them fraudulent"), "\(told)")
            let rows = try Self.lines(stopped)
            #expect(rows.count == 13)
            #expect(try Self.lines(live).count == 13)
            #expect(rows[1].contains(",\(accounts.0),\(accounts.1),1.25,USD,payment,"))
            let scores = rig.folder + "/scores.csv"
            try await rig.succeed(
                ["score", BuiltExecutable.model, stopped, "--out", scores, "--features"])
            let scored = try Self.lines(scores)
            #expect(scored.count == 13)
            #expect(scored[0].hasPrefix("transaction_id,score,payer.count.1min,"))
        }
    }

    @Test func `what is wrong with a table or an argument is said, and nothing is written`()
        async throws
    {
        try await CommandRig.run { rig in
            let table = rig.folder + "/table.csv"
            let out = rig.folder + "/scores.csv"
            let header = "transaction_id,occurred_at,payer,payee,amount,currency,colour\n"
            try (header + "a,2025-01-01T00:00:00Z,p,q,1,USD,red\nb,soon,p,q,1,USD,red\n")
                .write(toFile: table, atomically: true, encoding: .utf8)
            let score = ["score", BuiltExecutable.model, table, "--out", out]
            let refused = try await rig.run(score)
            #expect(!refused.ending.isSuccess)
            #expect(refused.text.contains("line 3, column occurred_at: “soon”"), "\(refused.text)")
            #expect(!FileManager.default.fileExists(atPath: out))
            for (arguments, text) in [
                (["--from", "today"], "--from"),
                (["--from", "2025-02-01", "--until", "2025-01-01"], "is not before --until"),
                (["--on-bad-row", "guess"], "--on-bad-row"), (["--columns"], "leave out --columns"),
            ] {
                let (ending, told) = try await rig.run(score + arguments)
                #expect(!ending.isSuccess && told.contains(text), "\(told)")
            }
            let told = try await rig.succeed(score + ["--on-bad-row", "skip"])
            #expect(told.contains("1 rows scored"), "\(told)")
            #expect(try Self.lines(out).count == 2)
            let help = try await rig.succeed(["help", "dataset"])
            #expect(help.contains("transaction_id, occurred_at (RFC 3339)"))
        }
    }
}
