internal import Features
public import Scoring
internal import SplitMix

/// A model with the shape of a trained one (every feature, a forest of 100 trees of 256 rows) and drawn numbers, for
/// measuring where no trained model is at hand.
public enum BenchmarkModel {
    /// - Parameter intercept: log-odds before any feature; the default lets about one in eight of the benchmark's
    ///   reserves not pass plainly.
    public static func make(
        trees: Int = 100, seed: UInt64 = 1, intercept: Double = -0.75
    ) throws(ModelError) -> RiskModel {
        var random = SplitMix64(seed: seed)
        let subsample = 256
        let terms = FeatureCatalogue.all.map { feature in
            FeatureTerm(
                name: feature.name, transform: .signedLogarithm, mean: 1, scale: 2,
                weight: 0.4 * (random.unit() - 0.5), baseline: 0,
                steps: StepTerm(bins: .cuts([]), weights: [0.045, -0.005]))
        }
        var grown: [IsolationTree] = []
        for _ in 0..<trees {
            var builder = IsolationTree.Builder()
            grow(&builder, rows: subsample, depth: 0, random: &random)
            grown.append(builder.finish())
        }
        let forest = try IsolationForest(
            subsample: subsample, featureCount: terms.count, trees: grown)
        guard let thresholds = Thresholds(challenge: 0.5, hold: 0.7, decline: 0.9) else {
            preconditionFailure("the benchmark's thresholds ascend")
        }
        return try RiskModel(
            catalogueHash: FeatureCatalogue.hash, terms: terms,
            forest: ForestTerm(forest: forest, mean: -0.5, scale: 0.1, weight: 0.3),
            intercept: intercept, calibration: .identity, thresholds: thresholds)
    }

    /// Splits as an isolation tree does: at random, down to a depth of log₂ of the subsample.
    private static func grow(
        _ builder: inout IsolationTree.Builder, rows: Int, depth: Int,
        random: inout SplitMix64
    ) {
        guard rows > 1, depth < 8 else { return builder.append(leaf: UInt32(rows)) }
        let feature = UInt16(random.below(FeatureCatalogue.count))
        _ = builder.append(split: feature, threshold: Float(random.unit() * 20))
        let left = 1 + random.below(rows - 1)
        grow(&builder, rows: left, depth: depth + 1, random: &random)
        grow(&builder, rows: rows - left, depth: depth + 1, random: &random)
    }
}
