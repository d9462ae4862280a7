import LinearAlgebra
import Simulation

@testable import Scoring

/// Random but reproducible forests, models and rows.
enum Samples {
    static func tree(
        subsample: Int, features: Int, maximumDepth: Int, random: inout SeededRandom
    ) -> IsolationTree {
        var builder = IsolationTree.Builder()
        func grow(_ size: Int, _ depth: Int, _ low: Double, _ high: Double) {
            guard size > 1, depth < maximumDepth else {
                builder.append(leaf: UInt32(size))
                return
            }
            let left = 1 + random.below(size - 1)
            let threshold = Float(random.uniform(low, high))
            _ = builder.append(split: UInt16(random.below(features)), threshold: threshold)
            grow(left, depth + 1, low, high)
            grow(size - left, depth + 1, low, high)
        }
        grow(subsample, 0, -2, 2)
        return builder.finish()
    }

    static func forest(
        trees: Int, subsample: Int, features: Int, seed: UInt64 = 1
    ) throws -> IsolationForest {
        var random = SeededRandom(seed: seed)
        var levels = 0
        while 1 << levels < subsample { levels += 1 }
        return try IsolationForest(
            subsample: subsample, featureCount: features,
            trees: (0..<trees).map { _ in
                tree(
                    subsample: subsample, features: features, maximumDepth: levels,
                    random: &random)
            })
    }

    static func model(
        features: Int = 5, trees: Int = 3, subsample: Int = 16, seed: UInt64 = 1
    ) throws -> RiskModel {
        var random = SeededRandom(seed: seed)
        let terms = (0..<features).map { index in
            FeatureTerm(
                name: "feature.\(index)",
                transform: index % 3 == 1 ? .signedLogarithm : .identity,
                mean: random.normal(), scale: random.uniform(0.5, 3), weight: random.normal(),
                baseline: random.normal(),
                missing: index % 2 == 0
                    ? MissingTerm(share: random.uniform(), weight: random.normal()) : nil)
        }
        let forest =
            trees == 0
            ? nil
            : ForestTerm(
                forest: try forest(
                    trees: trees, subsample: subsample, features: features, seed: seed),
                mean: -0.8, scale: 0.1, weight: 0.7)
        return try RiskModel(
            catalogueHash: [1, 2, 3], terms: terms, forest: forest, intercept: -3,
            calibration: Calibration(slope: 1.2, offset: 0.1),
            thresholds: Thresholds(challenge: 0.2, hold: 0.5, decline: 0.9)!,
            provenance: Provenance(seed: seed, dataHash: [9], from: 1, until: 2, rows: 3))
    }

    /// Rows of normal deviates, about a tenth of them missing.
    static func rows(_ count: Int, features: Int, seed: UInt64 = 2) -> Matrix {
        var random = SeededRandom(seed: seed)
        var rows = Matrix(rows: count, columns: features)
        for row in 0..<count {
            for feature in 0..<features {
                rows[row, feature] = random.chance(0.1) ? .nan : 3 * random.normal()
            }
        }
        return rows
    }
}
