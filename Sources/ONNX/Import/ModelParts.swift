internal import Scoring

/// What a model is assembled from, as far as a graph tells.
struct ModelParts {
    var terms: [FeatureTerm]
    var forest: ForestTerm?
    var intercept = 0.0
    var precision: InputPrecision
    var link: ScoreLink
    var thresholds: Thresholds

    /// Scale and weight of a term are both multiplied by this power of two, which changes no bit of their product, but
    /// puts the clip of standardised values beyond all that is there: scikit-learn clips nothing.
    private static let unclipped = Double(sign: .plus, exponent: 400, significand: 1)
    /// A leaf's number is single precision; c(n) of neighbouring n differ by more than twice this up to n = 4,096.
    private static let lengthTolerance = 2e-4

    /// A logistic regression. Of a payment that is as likely fraud as not it says that it is to be held.
    init(
        logistic sum: LinearSums.Sum, of columns: [InputColumn], names: [String]
    ) throws(GraphError) {
        terms = names.map {
            FeatureTerm(
                name: $0, transform: .identity, mean: 0, scale: Self.unclipped, weight: 0,
                baseline: 0)
        }
        var isUsed = [Bool](repeating: false, count: names.count)
        for (column, weight) in zip(columns, sum.weights) {
            guard !isUsed[column.input] else {
                throw .model("input \(names[column.input]) is used twice; once would be right")
            }
            guard column.factor.isFinite, column.factor != 0 else {
                throw .model("input \(names[column.input]) is scaled by \(column.factor)")
            }
            isUsed[column.input] = true
            terms[column.input].mean = column.mean
            terms[column.input].baseline = column.mean
            terms[column.input].scale = Self.unclipped / column.factor.magnitude
            terms[column.input].weight = weight * (column.factor < 0 ? -1 : 1) * Self.unclipped
        }
        guard let precision = columns.first?.precision,
            columns.allSatisfy({ $0.precision == precision })
        else { throw .model("some inputs are FLOAT and some DOUBLE; one of both would be right") }
        self.precision = precision
        intercept = sum.offset
        link = .logistic
        thresholds = try Self.thresholds(0.5)
    }

    /// An isolation forest whose graph gives factor · 2^(sum) + offset. What it calls an outlier is to be held.
    init(
        forest sum: TreeSum, factor: Double, offset: Double, trees: [RegressionTree],
        names: [String]
    ) throws(GraphError) {
        guard abs(factor.magnitude - 1) < 1e-6 else {
            throw .model(
                "its score is \(factor) · 2^(−E[h]/c(ψ)); −1 times that, and an offset, would be right"
            )
        }
        var grown: [IsolationTree] = []
        for (number, values) in sum.leaves.sorted(by: { $0.key < $1.key }) {
            grown.append(try Self.tree(trees[number], lengths: values, number: number))
        }
        let subsample = grown.first?.size ?? 0
        let forest: IsolationForest
        do {
            forest = try IsolationForest(
                subsample: subsample, featureCount: names.count, trees: grown)
        } catch { throw .model("\(error)") }
        guard abs(sum.factor / forest.scoreFactor - 1) < 1e-5 else {
            throw .model(
                "its sum of path lengths is multiplied by \(sum.factor), where −1/(trees · c(\(subsample))) = "
                    + "\(forest.scoreFactor) would be right: trees that were grown from as many rows as "
                    + "max_samples says, bootstrap=False")
        }
        self.forest = ForestTerm(
            forest: forest, inputs: .rawOrAbove, mean: 0, scale: 1, weight: 1)
        terms = names.map {
            FeatureTerm(
                name: $0, transform: .identity, mean: 0, scale: 1, weight: 0, baseline: 0)
        }
        precision = .single
        link = .powerOfTwo
        thresholds = try Self.thresholds(factor < 0 && offset > 0 ? offset : 0.5)
    }

    private static func thresholds(_ limit: Double) throws(GraphError) -> Thresholds {
        guard let thresholds = Thresholds(challenge: limit, hold: limit, decline: 1) else {
            throw .model("outliers begin at \(limit); a number from above 0 to 1 would be right")
        }
        return thresholds
    }

    /// A tree whose leaves stand for path lengths: how many rows were left in a leaf follows from what its length is
    /// beyond its edges.
    private static func tree(
        _ tree: RegressionTree, lengths: [Float], number: Int
    ) throws(GraphError) -> IsolationTree {
        var builder = IsolationTree.Builder()
        for node in tree.nodes {
            switch node {
            case .split(let feature, let threshold):
                // Up to the threshold is below the next number.
                guard threshold.nextUp.isFinite,
                    builder.append(split: UInt16(feature), threshold: threshold.nextUp)
                else {
                    throw .model(
                        "tree \(number) is deeper than \(IsolationTree.maximumDepth) or splits at \(threshold); a "
                            + "forest with max_samples of at most 4096 would be right")
                }
            case .leaf(let leaf, let edges):
                let rest = Double(lengths[leaf]) - Double(edges)
                guard let size = size(of: rest) else {
                    throw .model(
                        "leaf \(leaf) of tree \(number), \(edges) edges from the root, has path length "
                            + "\(lengths[leaf]), which is not edges + c(rows)")
                }
                builder.append(leaf: UInt32(size))
            }
        }
        return builder.finish()
    }

    /// The n with c(n) = `rest`.
    private static func size(of rest: Double) -> Int? {
        guard rest.isFinite, rest > -lengthTolerance else { return nil }
        var (low, high) = (1, 1 << 20)
        while low < high {
            let middle = (low + high) / 2
            if PathLength.average(count: middle) < rest - lengthTolerance {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return abs(PathLength.average(count: low) - rest) < lengthTolerance ? low : nil
    }
}
