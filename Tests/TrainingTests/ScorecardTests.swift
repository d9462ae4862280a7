import Glibc
import LinearAlgebra
import Scoring
import Simulation
import Testing

@testable import Training

@Suite struct ScorecardTests {
    /// Rows of independent normal deviates, labelled as `margin` says of them.
    private static func rows(
        _ count: Int, columns: Int, seed: UInt64, missing: Double = 0,
        margin: ([Double]) -> Double
    ) -> FeatureRows {
        var random = SeededRandom(seed: seed)
        var rows = FeatureRows(names: (0..<columns).map { "x\($0)" })
        for row in 0..<count {
            let values = (0..<columns).map { _ in
                random.chance(missing) ? Double.nan : random.normal()
            }
            rows.append(
                values, isFraud: random.chance(1 / (1 + exp(-margin(values)))), time: Int64(row))
        }
        return rows
    }

    private static func table(
        _ rows: FeatureRows, categories: Set<String> = []
    ) -> FitTable {
        let all = Array(0..<rows.count)
        return FitTable(
            rows, all, Standardisation(rows, fitted: all), forest: nil, forestScores: [],
            categories: categories)
    }

    @Test func `the weights are those of a dense fit of the same columns`() throws {
        let rows = Self.rows(3_000, columns: 4, seed: 1, missing: 0.05) {
            let tail = $0[1] > 1.5 ? 2.0 : 0
            return -2.0 + ($0[0].isNaN ? 1 : $0[0]) + tail
        }
        let table = Self.table(rows)
        var settings = ScorecardSettings()
        settings.penalty = ScorecardPenalty(
            linear: 3, step: 3, difference: 0, pair: 3, pairDifference: 0)
        var growth = try ScorecardGrowth(table, settings)
        _ = try growth.grow()
        try growth.refit(tolerance: 1e-10)
        #expect(growth.fit.gradient < 1e-10)
        // Column by column: intercept, linear, then every cell but the references.
        let cells = growth.groups.reduce(0) { $0 + $1.weightCount }
        let dense = Matrix(rows: rows.count, columns: 1 + 4 + cells)
        for row in 0..<rows.count {
            let to = dense.row(row)
            for column in 0..<5 { to[column] = table.dense.row(row)[column] }
            var start = 5
            for group in growth.groups {
                if let weight = group.weight(of: group.cell(of: row, table)) {
                    to[start + weight] = 1
                }
                start += group.weightCount
            }
        }
        let fit = try LogisticRegression(penalty: 3 / 3_000, tolerance: 1e-10).fit(
            dense, isFraud: rows.isFraud, names: (0..<5 + cells).map { "c\($0)" })
        let weights = Array(growth.fit.weights.suffix(5) + growth.fit.weights.prefix(cells))
        for (one, other) in zip(weights, fit.weights) { #expect(abs(one - other) < 1e-6) }
        #expect(abs(growth.fit.objective - fit.objective) < 1e-10)
    }

    @Test func `a model's margins are those of the fit, and each term is centred`() throws {
        var rows = Self.rows(4_000, columns: 5, seed: 2, missing: 0.04) {
            let both = ($0[0] > 0.5) == ($0[1] > 0) ? 2.0 : 0
            return -2.5 + both + ($0[2].isNaN ? 1 : 0)
        }
        // A category, some of whose levels are bad and one of which is rare.
        var random = SeededRandom(seed: 3)
        var coded = FeatureRows(names: rows.names + ["code"])
        for row in 0..<rows.count {
            let code = row % 400 == 0 ? 99.0 : Double(random.below(6))
            coded.append(
                (0..<5).map { rows[row, $0] } + [row % 50 == 7 ? .nan : code],
                isFraud: rows.isFraud[row] || code == 3 && random.chance(0.4), time: Int64(row))
        }
        rows = coded
        let table = Self.table(rows, categories: ["code"])
        var growth = try ScorecardGrowth(table, ScorecardSettings(categories: ["code"]))
        #expect(try growth.grow())
        #expect(growth.terms.pairCount > 0)
        let model = try growth.terms.scorecard().model()
        guard case .levels(let levels)? = model.terms[5].steps?.bins else {
            Issue.record("the category has no levels")
            return
        }
        #expect(levels == [0, 1, 2, 3, 4, 5])
        #expect(model.terms[5].weight == 0)
        var scorer = Scorer(model)
        var sums = [Double](repeating: 0, count: 6 + model.pairs.count)
        let margins = growth.margins()
        let row = Matrix(rows: 1, columns: 6)
        for index in 0..<rows.count {
            for column in 0..<6 { row.pointer[column] = rows[index, column] }
            let explanation = scorer.contributions(row: row.pointer)
            #expect(abs(explanation.logOdds - margins[index]) < 1e-9)
            let sum = explanation.parts.reduce(explanation.intercept) { $0 + $1.contribution }
            #expect(abs(sum - explanation.logOdds) < 1e-9)
            for (place, part) in explanation.parts.enumerated() { sums[place] += part.contribution }
        }
        for sum in sums { #expect(abs(sum / Double(rows.count)) < 1e-9) }
    }

    @Test func `cuts find a rare tail`() throws {
        // Three in a thousand rows are above 2.75, and most of these are fraud.
        let rows = Self.rows(20_000, columns: 3, seed: 4) { $0[1] > 2.75 ? 2 : -5 }
        let growth = try ScorecardGrowth(Self.table(rows), ScorecardSettings())
        let steps = try #require(growth.terms.scorecard().terms[1].steps)
        guard case .cuts(let cuts) = steps.bins else {
            Issue.record("a number has no cuts")
            return
        }
        #expect(cuts.contains { abs($0 - 2.75) < 0.15 })
        #expect(steps.weight(of: 3.5) - steps.weight(of: 1) > 2)
    }

    @Test func `a pair is found that neither of its features shows alone`() throws {
        let rows = Self.rows(20_000, columns: 12, seed: 5) {
            ($0[3] > 0) != ($0[8] > 0.3) ? -1.5 : -4
        }
        var growth = try ScorecardGrowth(Self.table(rows), ScorecardSettings())
        #expect(try growth.grow())
        let pairs = growth.groups.compactMap { group in group.second.map { [group.first, $0] } }
        #expect(pairs.first == [3, 8])
        let noise = Self.rows(20_000, columns: 12, seed: 6) { _ in -3 }
        var other = try ScorecardGrowth(Self.table(noise), ScorecardSettings())
        _ = try other.grow()
        #expect(other.terms.pairCount <= 3)
    }

    @Test func `a bag is one scorecard with the mean of its members' margins`() throws {
        let rows = Self.rows(6_000, columns: 6, seed: 10, missing: 0.02) {
            -2 + ($0[0].isNaN ? 0 : $0[0]) + ($0[1] > 0 && $0[2] > 0 ? 1.5 : 0)
        }
        var bag = try ScorecardBag(Self.table(rows), ScorecardSettings(), members: 3, seed: 4)
        for _ in 0..<2 { try bag.grow() }
        #expect(bag.terms.pairCount > 0)
        let members = bag.members.map { $0.margins() }
        #expect(members[0] != members[1])
        var scorer = Scorer(try bag.terms.scorecard().model())
        let matrix = Matrix(rows: rows.count, columns: 6)
        for row in 0..<rows.count {
            for column in 0..<6 { matrix.row(row)[column] = rows[row, column] }
        }
        var margins = [Double](repeating: 0, count: rows.count)
        scorer.logOdds(rows: matrix.pointer, count: rows.count, into: &margins)
        for row in 0..<rows.count {
            let mean = members.reduce(0) { $0 + $1[row] } / 3
            #expect(abs(margins[row] - mean) < 1e-9)
        }
    }

    @Test func `rows that a member does not see have no say`() throws {
        var random = SeededRandom(seed: 11)
        var (rows, others) = (FeatureRows(names: ["a", "b"]), FeatureRows(names: ["a", "b"]))
        var weights: [Double] = []
        for row in 0..<4_000 {
            let values = [Double(random.below(6)), Double(random.below(6))]
            let isFraud = random.chance(values[0] > 3 && values[1] > 3 ? 0.4 : 0.05)
            let isSeen = row % 3 != 0
            rows.append(values, isFraud: isFraud, time: Int64(row))
            others.append(values, isFraud: isSeen ? isFraud : !isFraud, time: Int64(row))
            weights.append(isSeen ? 1 : 0)
        }
        let fits = try [rows, others].map { rows in
            let member = BagMember(rowWeights: weights)
            var growth = try ScorecardGrowth(Self.table(rows), ScorecardSettings(), member)
            #expect(try growth.grow())
            try growth.refit(tolerance: 1e-9)
            return growth
        }
        #expect(fits[0].groups.map(\.firstPlaces) == fits[1].groups.map(\.firstPlaces))
        #expect(fits[0].terms.pairCount == 1 && fits[1].terms.pairCount == 1)
        for (one, other) in zip(fits[0].margins(), fits[1].margins()) {
            #expect(abs(one - other) < 1e-5)
        }
    }

    @Test func `a model has the same bytes whatever the number of threads`() throws {
        let rows = Self.rows(6_000, columns: 6, seed: 7, missing: 0.02) {
            -2 + ($0[0].isNaN ? 0 : $0[0]) + ($0[1] > 0 && $0[2] > 0 ? 1.5 : 0)
        }
        var options = TrainingOptions()
        options.trees = 10
        options.subsample = 64
        options.maximumRounds = 1
        options.members = 2
        let models = try [1, 2, 5].map { threads in
            try ConcurrentLoop.$limit.withValue(threads) {
                try Trainer.fit(rows, catalogueHash: [], options: options).model.encoded()
            }
        }
        #expect(models[0] == models[1] && models[0] == models[2])
    }

    @Test func `separated classes and constant columns are named`() throws {
        var rows = FeatureRows(names: ["same", "apart", "noise"])
        var random = SeededRandom(seed: 8)
        for row in 0..<2_000 {
            let isFraud = row % 10 == 3
            rows.append(
                [4, random.uniform() + (isFraud ? 2 : 0), random.normal()], isFraud: isFraud,
                time: Int64(row))
        }
        var options = TrainingOptions()
        options.kind = .logistic
        options.maximumRounds = 0
        let (model, report) = try Trainer.fit(rows, catalogueHash: [], options: options)
        #expect(report.constantFeatures == ["same"])
        #expect(report.separatingColumns == ["apart"])
        #expect(report.isSeparated)
        #expect(report.gradient < 1e-8)
        #expect(model.forest == nil)
        let card = ModelCard.text(name: "m", model: model, report: report)
        #expect(card.contains("same") && card.contains("apart"))
        #expect(report.summary.contains("separated"))
        #expect(report.json(of: model).contains("\"separating_columns\": [\n    \"apart\"\n  ]"))
    }

    @Test func `a forest alone needs no labels, and its model scores`() throws {
        var random = SeededRandom(seed: 9)
        var text = "x0,x1\n"
        for _ in 0..<1_000 { text += "\(random.normal()),\(random.normal() * 1e6)\n" }
        text += "9,9e6\n"
        let table = TemporaryFile(text)
        var options = TrainingOptions()
        options.kind = .forest
        let (model, report) = try Trainer.train(columns: table.path, options: options)
        #expect(model.isForestAlone)
        #expect(report.averagePrecision.isNaN)
        let read = try RiskModel(encoded: model.encoded())
        var scorer = Scorer(read)
        let row = Matrix(rows: 2, columns: 2)
        (row.row(0)[0], row.row(0)[1]) = (9, 9e6)
        var scores = [0.0, 0.0]
        scorer.score(rows: row.pointer, count: 2, into: &scores)
        #expect(scores[0] > scores[1])
        // What it sees are the table's own numbers.
        let forest = try #require(read.forest)
        #expect(forest.inputs == .raw)
        let own = forest.forest.score { [9, 9e6][$0] }
        let explanation = scorer.contributions(row: row.pointer)
        #expect(abs((explanation.parts.last?.value ?? 0) - own) < 1e-9)
    }

    @Test func `folds go forward in time, with a gap, and use no label before it was known`()
        throws
    {
        var rows = FeatureRows(names: ["x"])
        var random = SeededRandom(seed: 10)
        let day: Int64 = 86_400_000_000
        for hour in 0..<(24 * 60) {
            let time = Int64(hour) * day / 24
            let isFraud = hour % 5 == 0
            let delay = isFraud ? random.below(20) : 7
            rows.append(
                [random.normal()], isFraud: isFraud, time: time,
                labelTime: time + Int64(delay) * day)
        }
        let gap = 7.0 * 86_400
        func check(_ folds: [ForwardFold]) throws {
            #expect(folds.count == 3)
            for fold in folds {
                let first = try #require(fold.heldOut.first)
                let start = rows.times[first]
                #expect(fold.gapSeconds > gap - 1e-3)
                for row in fold.fitted {
                    #expect(Double(start - rows.times[row]) > (gap - 3_600) * 1e6)
                    #expect(rows.labelTimes[row] <= start)
                }
            }
        }
        try check(try ForwardFolds.make(rows, range: 0..<rows.count, gapSeconds: gap))
        // A week after a long warm-up is too short for the gap.
        let week = (24 * 45)..<(24 * 52)
        var short = FeatureRows(names: ["x"])
        for row in 0..<week.upperBound {
            short.append(
                [rows[row, 0]], isFraud: rows.isFraud[row], time: rows.times[row],
                labelTime: rows.labelTimes[row])
        }
        let folds = try ForwardFolds.make(short, range: week, gapSeconds: gap)
        try check(folds)
        #expect(folds.last?.heldOut == Array(week))
    }
}
