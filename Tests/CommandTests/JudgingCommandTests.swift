import Foundation
import TestProcesses
import Testing

/// Models and rules judged on a table, by the commands of the executable.
@Suite(.serialized) struct JudgingCommandTests {
    private static func object(_ text: String) throws -> [String: Any] {
        // What is said beside the result stands on lines before it.
        let start = try #require(text.range(of: "{\n"))
        return try #require(
            JSONSerialization.jsonObject(with: Data(text[start.lowerBound...].utf8))
                as? [String: Any])
    }

    private static func table(_ rig: CommandRig) async throws -> String {
        let table = rig.folder + "/table.csv.gz"
        try await rig.succeed([
            "dataset", "generate", "--out", table, "--people", "400", "--days", "10",
            "--fraud-share", "0.03", "--seed", "5",
        ])
        return table
    }

    @Test func `a model is evaluated, compared and back-tested on the rows of a range`()
        async throws
    {
        try await CommandRig.run { rig in
            let table = try await Self.table(rig)
            let model = BuiltExecutable.model
            let range = ["--from", "2025-01-04", "--until", "2025-01-09", "--json"]
            let evaluation = try Self.object(
                try await rig.succeed(
                    ["evaluate", model, table, "--plots", rig.folder + "/plots"] + range))
            for plot in ["roc", "precision-recall", "calibration", "scores"] {
                let path = "\(rig.folder)/plots/\(plot).svg"
                #expect(try String(contentsOfFile: path, encoding: .utf8).hasPrefix("<svg"))
            }
            let rows = try #require(evaluation["rows"] as? Int)
            let frauds = try #require(evaluation["frauds"] as? Int)
            #expect(rows > 500 && frauds > 5)
            let area = try #require(
                (evaluation["areaUnderCurve"] as? [String: Any])?["value"] as? Double)
            #expect(area > 0.7 && area <= 1)
            let cards = try #require(evaluation["cardPrecision"] as? [String: Any])
            #expect((cards["days"] as? [Any])?.count == 5)

            let comparison = try Self.object(
                try await rig.succeed(["compare", model, model, table, "--samples", "10"] + range))
            let differences = try #require(comparison["differences"] as? [[String: Any]])
            #expect(differences[0]["first"] as? Double == area)
            #expect(differences[0]["second"] as? Double == area)

            let rules = rig.folder + "/my.rules"
            try "payer.count.24h > 2 -> hold \"busy\"\nshadow score > 0.5 -> decline \"try out\"\n"
                .write(toFile: rules, atomically: true, encoding: .utf8)
            let backtest = try Self.object(
                try await rig.succeed(
                    ["backtest", "\(model)+\(rules)", table, "--and", rules] + range))
            #expect(backtest["rows"] as? Int == rows)
            let results = try #require(backtest["results"] as? [[String: Any]])
            #expect(results.count == 2)
            for result in results {
                let currencies = try #require(
                    (result["backtest"] as? [String: Any])?["currencies"] as? [[String: Any]])
                let outcomes = try #require(currencies[0]["outcomes"] as? [[String: Any]])
                let payments = outcomes.flatMap { outcome in
                    ["fraud", "genuine"].compactMap {
                        (outcome[$0] as? [String: Any])?["payments"] as? Int
                    }
                }
                #expect(payments.count == 8 && payments.reduce(0, +) == rows)
            }
        }
    }

    @Test func `a score is explained in parts that add up, by the payment's own name`() async throws
    {
        try await CommandRig.run { rig in
            let table = try await Self.table(rig)
            let model = BuiltExecutable.model
            let told = try await rig.succeed([
                "explain", model, table, "--id", "t00000500", "--json",
            ])
            let account = try Self.object(told)
            func sum(_ key: String) throws -> Double {
                try #require(account[key] as? [[String: Any]]).reduce(0) {
                    $0 + ($1["contribution"] as? Double ?? .nan)
                }
            }
            func number(_ key: String) throws -> Double { try #require(account[key] as? Double) }
            let all =
                try number("intercept") + sum("logistic") + sum("forest") + number("forestOffset")
            #expect(abs(all - (try number("logOdds"))) < 1e-9)
            let scores = rig.folder + "/scores.csv"
            try await rig.succeed(["score", model, table, "--out", scores])
            let line = try String(contentsOfFile: scores, encoding: .utf8)
                .split(separator: "\n").first { $0.hasPrefix("t00000500,") }
            let score = try #require(line?.split(separator: ",").last.flatMap { Double($0) })
            #expect(abs(score - (try number("probability"))) < 1e-12)
            let drawn = try await rig.succeed(["explain", model, table, "--id", "t00000500"])
            #expect(drawn.contains("against fraud │ for fraud") && drawn.contains("log-odds"))
            let (ending, refused) = try await rig.run(["explain", model, table, "--id", "nobody"])
            #expect(!ending.isSuccess && refused.contains("no row with transaction_id nobody"))
        }
    }

    @Test func `what is wrong with rules, ranges and references is said where it is`() async throws
    {
        try await CommandRig.run { rig in
            let table = try await Self.table(rig)
            let model = BuiltExecutable.model
            let rules = rig.folder + "/bad.rules"
            try "# one\npayer.count.2h > 20 -> hold \"x\"\n"
                .write(toFile: rules, atomically: true, encoding: .utf8)
            for (arguments, text) in [
                (["backtest", rules, table], "bad.rules:2:1: there is no feature payer.count.2h"),
                (["backtest", model, table, "--hold", "2"], "they ascend"),
                (["backtest", rules + "x", table], "model"),
                (
                    ["evaluate", model, table, "--from", "2030-01-01"],
                    "no labelled row in the range"
                ),
                (["evaluate", model, table, "--samples", "-1"], "--samples"),
                (["drift", model, table, "--reference", "/nowhere"], "/nowhere cannot be read"),
                (["drift", model, table, "--reference", rules], "is no reference for drift"),
            ] {
                let (ending, told) = try await rig.run(arguments)
                #expect(!ending.isSuccess && told.contains(text), "\(told)")
            }
        }
    }
}
