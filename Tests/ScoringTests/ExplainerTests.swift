import LinearAlgebra
import Simulation
import TestModels
import Testing

@testable import Scoring

@Suite struct ExplainerTests {
    @Test func `everything adds up to the calibrated log-odds, and the forest's parts to its part`()
        throws
    {
        for seed in UInt64(1)...5 {
            let model = try Samples.model(features: 6, trees: 12, subsample: 32, seed: seed)
            var explainer = Explainer(model)
            var scorer = Scorer(model)
            let rows = Samples.rows(40, features: 6, seed: seed)
            let term = try #require(model.forest)
            for row in 0..<40 {
                let values = (0..<6).map { rows[row, $0] }
                let account = explainer.account(for: values)
                #expect(abs(account.sum - account.logOdds) < 1e-9, "seed \(seed), row \(row)")
                var probability = 0.0
                scorer.score(rows: rows.row(row), count: 1, into: &probability)
                #expect(abs(account.probability - probability) < 1e-12)
                // The offset is the same for every row: what the trees' own subsamples add.
                let usual =
                    -PathShapley(term.forest).expectation
                    / PathLength.average(count: term.forest.subsample)
                let offset =
                    model.calibration.slope * term.weight * (usual - term.mean) / term.scale
                #expect(abs(account.forestOffset - offset) < 1e-9, "seed \(seed), row \(row)")
            }
        }
    }

    @Test func `a model without a forest has no forest parts`() throws {
        let model = try Samples.model(features: 4, trees: 0)
        var explainer = Explainer(model)
        let account = explainer.account(for: [1, .nan, 3, 4])
        #expect(account.forest.isEmpty && account.forestOffset == 0)
        #expect(abs(account.sum - account.logOdds) < 1e-9)
    }
}
