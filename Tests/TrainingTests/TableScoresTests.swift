import EventLog
import Features
import Glibc
import LinearAlgebra
import Scoring
import Simulation
import Tables
import Testing

@testable import Training

@Suite struct TableScoresTests {
    private static func model(extras: [String] = [], columns: [String]? = nil) throws -> RiskModel {
        var random = SeededRandom(seed: 9)
        let names = columns ?? FeatureCatalogue.all.map(\.name) + extras
        let terms = names.map {
            FeatureTerm(
                name: $0, transform: .signedLogarithm, mean: 1, scale: 2,
                weight: random.uniform() - 0.5, baseline: 0,
                steps: StepTerm(bins: .cuts([]), weights: [0.18, -0.02]))
        }
        let thresholds = try #require(Thresholds(challenge: 0.5, hold: 0.6, decline: 0.7))
        return try RiskModel(
            catalogueHash: columns == nil ? FeatureCatalogue.hash : ColumnInputs.hash(of: names),
            terms: terms, forest: nil, intercept: -0.5, calibration: .identity,
            thresholds: thresholds)
    }

    private static func table(days: Int = 6) throws -> TemporaryFile {
        let table = TemporaryFile()
        _ = try DatasetGenerator.write(
            to: table.path, seed: 3, people: 150, days: days, fraudShare: 0.05)
        return table
    }

    private static func lines(_ bytes: [UInt8]) -> [String] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private static func scores(
        _ table: String, _ options: TableScores.Options = .init(), extras: [String] = []
    ) throws -> [String] {
        let out = TemporaryFile()
        _ = try TableScores(try model(extras: extras), options: options).write(table, to: out.path)
        return lines(out.bytes)
    }

    @Test func `scores are those of the features, in the order of the rows`() throws {
        let table = try Self.table()
        var options = TableScores.Options()
        options.writesFeatures = true
        options.writesReasons = true
        let lines = try Self.scores(table.path, options)
        let names = FeatureCatalogue.all.map(\.name)
        #expect(lines[0].hasPrefix("transaction_id,score,\(names[0]),"))
        #expect(lines[0].hasSuffix(",reason_3,contribution_3"))
        var scorer = Scorer(try Self.model())
        var row = Matrix(rows: 1, columns: names.count)
        var score = 0.0
        for (number, line) in lines.dropFirst().enumerated() {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            #expect(fields.count == 2 + names.count + 6)
            #expect(fields[0].hasSuffix("\(number + 1)"))
            for column in names.indices {
                row[0, column] =
                    fields[2 + column].isEmpty ? .nan : Double(fields[2 + column]) ?? -1
            }
            scorer.score(rows: row.pointer, count: 1, into: &score)
            #expect(score.bitPattern == Double(fields[1])?.bitPattern)
            #expect(names.contains(String(fields[2 + names.count])))
        }
        let plain = try Self.scores(table.path)
        #expect(
            plain.dropFirst()
                == lines.dropFirst().map { line in
                    line.split(separator: ",")[..<2].joined(separator: ",")
                }[...])
    }

    @Test func `a range chooses what is written, not what is known`() throws {
        let table = try Self.table()
        let all = try Self.scores(table.path)
        var options = TableScores.Options()
        options.reading.range = TimeRange(
            from: Timestamp(rfc3339: "2025-01-03T00:00:00Z"),
            until: Timestamp(rfc3339: "2025-01-05T00:00:00Z"))
        let part = try Self.scores(table.path, options)
        #expect(part.count > 10 && part.count < all.count - 10)
        let first = try #require(all.firstIndex(of: part[1]))
        #expect(all[first..<first + part.count - 1] == part[1...])
    }

    @Test func `scores before a moment do not depend on rows from then on`() throws {
        let table = try Self.table()
        let rows = Self.lines(table.bytes)
        let kept = rows.count / 2
        let later = rows[kept...].map { line in
            line.replacing(",posted,", with: ",voided,").replacing("USD", with: "EUR")
                .replacing(",a0", with: ",b0")
        }
        let altered = TemporaryFile((rows[..<kept] + later).joined(separator: "\n") + "\n")
        let expected = try Self.scores(table.path)
        let found = try Self.scores(altered.path)
        #expect(found[..<kept] == expected[..<kept])
        #expect(found[kept...] != expected[kept...])
    }

    @Test func `further columns of a model are read from the table`() throws {
        let table = try Self.table()
        let rows = Self.lines(table.bytes).enumerated().map { number, line in
            line + (number == 0 ? ",risk" : ",\(number % 3)")
        }
        let wide = TemporaryFile(rows.joined(separator: "\n") + "\n")
        let scores = try Self.scores(wide.path, extras: ["risk"])
        #expect(scores.count == rows.count)
        #expect(scores[1...] != (try Self.scores(wide.path))[1...])
        do {
            _ = try Self.scores(table.path, extras: ["risk"])
            Issue.record("a missing column was read")
        } catch TrainingError.table(let error) { #expect(error.column == "risk") }
    }

    @Test func `a model of columns scores columns, and no other does`() throws {
        let table = TemporaryFile("x,label,y\n1,0,2\n3,1,\n")
        let model = try Self.model(columns: ["y", "x"])
        var options = TableScores.Options()
        options.isOfColumns = true
        let out = TemporaryFile()
        let summary = try TableScores(model, options: options).write(table.path, to: out.path)
        #expect(summary.scored == 2)
        let lines = Self.lines(out.bytes)
        #expect(lines[1].hasPrefix("1,0.") && lines[2].hasPrefix("2,0."))
        #expect(throws: TrainingError.self) { try TableScores(model) }
        #expect(throws: TrainingError.self) { try TableScores(try Self.model(), options: options) }
    }

    @Test func `nothing is written if a row cannot be read`() throws {
        let table = try Self.table()
        let broken = TemporaryFile(
            (Self.lines(table.bytes) + ["t,2025-02-01T00:00:00Z,p"]).joined(separator: "\n"))
        let path = "/tmp/holdfast-no-scores-\(getpid()).csv"
        #expect(throws: TrainingError.self) {
            try TableScores(try Self.model()).write(broken.path, to: path)
        }
        #expect(access(path, F_OK) != 0)
    }

    @Test func `a model can be fitted to columns of one's own`() throws {
        var random = SeededRandom(seed: 4)
        var text = "x0,x1,label\n"
        for row in 0..<3_000 {
            let x = random.normal()
            let isFraud = random.chance(1 / (1 + exp(3 - 2 * x)))
            text += "\(x),\(row % 5),\(isFraud ? 1 : 0)\n"
        }
        let table = TemporaryFile(text)
        var options = TrainingOptions()
        options.trees = 10
        options.subsample = 64
        let (model, report) = try Trainer.train(columns: table.path, options: options)
        #expect(model.featureNames == ["x0", "x1"])
        #expect(report.areaUnderCurve > 0.8)
        #expect(report.labelsKnownUntil == nil)
        var scoring = TableScores.Options()
        scoring.isOfColumns = true
        let out = TemporaryFile()
        #expect(
            try TableScores(model, options: scoring).write(table.path, to: out.path).scored == 3_000
        )
    }
}
