public import LinearAlgebra
public import Scoring
public import Simulation

/// Random but reproducible forests, models and rows.
public enum Samples {
    /// A tree that ends where single rows are left.
    public static func tree(
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

    /// A forest that is as deep as the paper's.
    public static func forest(
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

    /// A model with all kinds of terms: linear, steps by cuts and by levels, pairs, forest.
    public static func model(
        features: Int = 5, trees: Int = 3, subsample: Int = 16, pairs: Int = 2, seed: UInt64 = 1,
        inputs: ForestTerm.Inputs = .standardised
    ) throws -> RiskModel {
        var random = SeededRandom(seed: seed)
        let terms = (0..<features).map { index in
            FeatureTerm(
                name: "feature.\(index)",
                transform: index % 3 == 1 ? .signedLogarithm : .identity,
                mean: random.normal(), scale: random.uniform(0.5, 3), weight: random.normal(),
                baseline: random.normal(), steps: index % 5 == 4 ? nil : steps(index, &random))
        }
        let stepped = terms.indices.filter { terms[$0].steps != nil }
        var drawn: [PairTerm] = []
        while drawn.count < pairs, stepped.count > 1 {
            let first = random.below(stepped.count - 1)
            let second = first + 1 + random.below(stepped.count - first - 1)
            drawn.append(pair(stepped[first], stepped[second], terms, &random))
        }
        let forest =
            trees == 0
            ? nil
            : ForestTerm(
                forest: try forest(
                    trees: trees, subsample: subsample, features: features, seed: seed),
                inputs: inputs, mean: -0.8, scale: 0.1, weight: 0.7)
        return try RiskModel(
            catalogueHash: [1, 2, 3], terms: terms, pairs: drawn, forest: forest, intercept: -3,
            calibration: Calibration(slope: 1.2, offset: 0.1),
            thresholds: Thresholds(challenge: 0.2, hold: 0.5, decline: 0.9)!,
            provenance: Provenance(seed: seed, dataHash: [9], from: 1, until: 2, rows: 3))
    }

    /// A forest alone: no term of a feature adds anything.
    public static func forestAlone(
        features: Int = 5, trees: Int = 3, subsample: Int = 16, seed: UInt64 = 1,
        inputs: ForestTerm.Inputs = .raw, precision: InputPrecision = .double,
        link: ScoreLink = .logistic
    ) throws -> RiskModel {
        let model = try model(
            features: features, trees: trees, subsample: subsample, seed: seed, inputs: inputs)
        let terms = model.terms.map { term in
            var term = term
            (term.weight, term.steps, term.transform) = (0, nil, .identity)
            return term
        }
        return try RiskModel(
            catalogueHash: model.catalogueHash, terms: terms, forest: model.forest, intercept: 0,
            calibration: .identity, thresholds: model.thresholds, precision: precision, link: link)
    }

    private static func steps(_ index: Int, _ random: inout SeededRandom) -> StepTerm {
        let count = random.below(9)
        let bins: FeatureBins
        if index % 4 == 3 {
            bins = .levels((0..<count).map { Double($0 - 4) })
        } else {
            let cuts = Set((0..<count).map { _ in Float(3 * random.normal()) })
            bins = .cuts(cuts.sorted())
        }
        return StepTerm(bins: bins, weights: (0..<bins.count).map { _ in random.normal() })
    }

    private static func pair(
        _ first: Int, _ second: Int, _ terms: [FeatureTerm], _ random: inout SeededRandom
    ) -> PairTerm {
        func groups(_ term: FeatureTerm) -> [UInt8] {
            (0..<(term.steps?.bins.count ?? 0)).map { UInt8($0 / 2) }
        }
        var pair = PairTerm(
            first: first, second: second, firstGroups: groups(terms[first]),
            secondGroups: groups(terms[second]), weights: [])
        let cells = pair.firstGroupCount * pair.secondGroupCount
        pair.weights = (0..<cells).map { _ in random.normal() }
        return pair
    }

    /// Rows of normal deviates, about a tenth of them missing.
    public static func rows(_ count: Int, features: Int, seed: UInt64 = 2) -> Matrix {
        var random = SeededRandom(seed: seed)
        var rows = Matrix(rows: count, columns: features)
        for row in 0..<count {
            for feature in 0..<features {
                let value = 3 * random.normal()
                // Some are whole, as codes of categories are.
                let drawn = row % 2 == 0 ? value : value.rounded()
                rows[row, feature] = random.chance(0.1) ? .nan : drawn
            }
        }
        return rows
    }
}
