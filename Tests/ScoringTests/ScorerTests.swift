import Glibc
import LinearAlgebra
import Simulation
import TestModels
import Testing

@testable import Scoring

@Suite struct ScorerTests {
    /// The margin of a row, term by term, from the model's own words.
    private static func logOdds(_ model: RiskModel, _ row: (Int) -> Double) -> Double {
        var margin = model.intercept
        for (feature, term) in model.terms.enumerated() {
            margin += term.weight * term.standardised(row(feature))
            if let steps = term.steps { margin += steps.weight(of: row(feature)) }
        }
        for pair in model.pairs {
            guard let first = model.terms[pair.first].steps?.bins,
                let second = model.terms[pair.second].steps?.bins
            else { continue }
            margin += pair.weight(
                firstBin: first.bin(of: row(pair.first)),
                secondBin: second.bin(of: row(pair.second)))
        }
        if let forest = model.forest {
            let unusual = forest.forest.score {
                model.terms[$0].forestInput(row($0), forest.inputs)
            }
            margin += forest.weight * (unusual - forest.mean) / forest.scale
        }
        return model.calibration.slope * margin + model.calibration.offset
    }

    @Test(arguments: ForestTerm.Inputs.allCases)
    func `scores equal the formula, term by term`(_ inputs: ForestTerm.Inputs) throws {
        for seed in UInt64(1)...20 {
            let model = try Samples.model(
                features: 9, trees: 10, subsample: 64, pairs: 6, seed: seed, inputs: inputs)
            var rows = Samples.rows(70, features: 9, seed: seed)
            for feature in 0..<9 {
                rows[3, feature] = .infinity
                rows[4, feature] = -.infinity
                rows[5, feature] = -0.0
                if case .cuts(let cuts)? = model.terms[feature].steps?.bins, let cut = cuts.first {
                    rows[6, feature] = Double(cut)
                    rows[7, feature] = Double(cut).nextDown
                }
            }
            var scorer = Scorer(model)
            #expect(scorer.rowStride == rows.stride)
            var found = [Double](repeating: 0, count: 70)
            scorer.logOdds(rows: rows.pointer, count: 70, into: &found)
            var scores = found
            scorer.score(rows: rows.pointer, count: 70, into: &scores)
            for row in 0..<70 {
                let expected = Self.logOdds(model) { rows[row, $0] }
                #expect(abs(found[row] - expected) < 1e-9, "seed \(seed), row \(row)")
                #expect(abs(scores[row] - 1 / (1 + exp(-expected))) < 1e-9)
            }
        }
    }

    @Test func `a row's score does not depend on its place, nor on what else is in the batch`()
        throws
    {
        let features = 27
        let count = 200
        var scorer = Scorer(try Samples.model(features: features, trees: 20, subsample: 128))
        let rows = Samples.rows(count, features: features)
        var alone = [Double](repeating: 0, count: count)
        for row in 0..<count {
            scorer.score(rows: rows.row(row), count: 1, into: &alone[row])
        }
        var random = SeededRandom(seed: 5)
        for _ in 0..<20 {
            let taken = 1 + random.below(count)
            let order = Array((0..<count).shuffled(using: &random).prefix(taken))
            let permuted = Matrix(rows: taken, columns: features)
            for (place, row) in order.enumerated() {
                permuted.row(place).update(from: rows.row(row), count: features)
            }
            var scores = [Double](repeating: 0, count: taken)
            scorer.score(rows: permuted.pointer, count: taken, into: &scores)
            for (place, row) in order.enumerated() {
                #expect(scores[place].bitPattern == alone[row].bitPattern)
            }
        }
    }

    @Test func `contributions add up to the log-odds of the score`() throws {
        for trees in [0, 10] {
            var scorer = Scorer(
                try Samples.model(features: 13, trees: trees, subsample: 32, pairs: 5))
            let rows = Samples.rows(50, features: 13)
            var scores = [Double](repeating: 0, count: 50)
            scorer.score(rows: rows.pointer, count: 50, into: &scores)
            for row in 0..<50 {
                let explanation = scorer.contributions(row: rows.row(row))
                let sum = explanation.parts.reduce(explanation.intercept) { $0 + $1.contribution }
                #expect(abs(sum - explanation.logOdds) < 1e-9)
                #expect(explanation.probability.bitPattern == scores[row].bitPattern)
                #expect(explanation.parts.count == 13 + 5 + (trees > 0 ? 1 : 0))
                let strongest = explanation.strongest(3).map(\.contribution)
                #expect(strongest == strongest.sorted(by: >))
            }
        }
    }

    @Test func `a usual row is explained by the intercept alone`() throws {
        let term = FeatureTerm(
            name: "amount", transform: .identity, mean: 5, scale: 2, weight: 1, baseline: 5)
        let model = try RiskModel(
            catalogueHash: [], terms: [term], forest: nil, intercept: -1, calibration: .identity,
            thresholds: Thresholds(challenge: 0.1, hold: 0.2, decline: 0.3)!)
        var scorer = Scorer(model)
        var row = Matrix(rows: 1, columns: 1)
        row[0, 0] = 5
        let usual = scorer.contributions(row: row.pointer)
        #expect(usual.logOdds == -1)
        #expect(usual.parts[0].contribution == 0)
        row[0, 0] = .nan
        #expect(scorer.contributions(row: row.pointer).parts[0].contribution == 0)
        row[0, 0] = .infinity
        #expect(scorer.contributions(row: row.pointer).parts[0].contribution == FeatureTerm.clip)
    }
}
