import Glibc
import LinearAlgebra
import Simulation
import Testing

@testable import Scoring

@Suite struct ScorerTests {
    @Test func `scores equal the formula, term by term`() throws {
        let model = try Samples.model(features: 9, trees: 10, subsample: 64)
        let rows = Samples.rows(70, features: 9)
        var scorer = Scorer(model)
        #expect(scorer.rowStride == rows.stride)
        var scores = [Double](repeating: 0, count: 70)
        scorer.score(rows: rows.pointer, count: 70, into: &scores)
        let forest = try #require(model.forest)
        for row in 0..<70 {
            var margin = model.intercept
            for (feature, term) in model.terms.enumerated() {
                let value = rows[row, feature]
                margin += term.weight * term.standardised(value)
                if let missing = term.missing {
                    margin += missing.weight * missing.centred(isMissing: value.isNaN)
                }
            }
            let unusual = forest.forest.score {
                model.terms[$0].standardised(rows[row, $0])
            }
            margin += forest.weight * (unusual - forest.mean) / forest.scale
            let logOdds = model.calibration.slope * margin + model.calibration.offset
            #expect(abs(scores[row] - 1 / (1 + exp(-logOdds))) < 1e-12)
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
            var scorer = Scorer(try Samples.model(features: 13, trees: trees, subsample: 32))
            let rows = Samples.rows(50, features: 13)
            var scores = [Double](repeating: 0, count: 50)
            scorer.score(rows: rows.pointer, count: 50, into: &scores)
            for row in 0..<50 {
                let explanation = scorer.contributions(row: rows.row(row))
                let sum = explanation.parts.reduce(explanation.intercept) { $0 + $1.contribution }
                #expect(abs(sum - explanation.logOdds) < 1e-9)
                #expect(explanation.probability.bitPattern == scores[row].bitPattern)
                #expect(explanation.parts.count == 13 + (trees > 0 ? 1 : 0))
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
