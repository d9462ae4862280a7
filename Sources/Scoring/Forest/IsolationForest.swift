/// A fitted isolation forest (Liu, Ting, Zhou 2008): rows that few random splits set apart are
/// unusual.
public struct IsolationForest: Sendable, Equatable {
    /// ψ, the rows that each tree was grown from.
    public let subsample: Int
    /// Number of features a row must have.
    public let featureCount: Int
    /// The trees, in the order they were grown in.
    public let trees: [IsolationTree]

    /// No forest has more trees.
    public static let maximumTrees = 10_000

    /// Assembles a forest; refuses trees of other subsamples and splits on features there are not.
    public init(subsample: Int, featureCount: Int, trees: [IsolationTree]) throws(ModelError) {
        guard !trees.isEmpty, trees.count <= Self.maximumTrees, subsample > 1 else {
            throw ModelError(
                .malformed("a forest of \(trees.count) trees of \(subsample) rows"))
        }
        for (index, tree) in trees.enumerated() {
            guard tree.size == subsample else {
                throw ModelError(
                    .malformed("tree \(index) has \(tree.size) rows, not \(subsample)"))
            }
            for case .split(let feature, let threshold, _) in tree.nodes {
                guard Int(feature) < featureCount, threshold.isFinite else {
                    throw ModelError(
                        .malformed("tree \(index) splits feature \(feature) at \(threshold)"))
                }
            }
        }
        self.subsample = subsample
        self.featureCount = featureCount
        self.trees = trees
    }

    /// Edges from a root to the deepest leaf.
    public var depth: Int { trees.map(\.depth).max() ?? 0 }

    /// s = −E[h]/c(ψ) of one row, tree after tree: the reference that ``FlatForest`` equals bit for
    /// bit.
    public func score(of row: (Int) -> Double) -> Double {
        var sum = 0.0
        for tree in trees { sum += tree.pathLength(of: row) }
        return sum * scoreFactor
    }

    /// What the sum of path lengths is multiplied by to give s.
    public var scoreFactor: Double {
        -1 / (Double(trees.count) * PathLength.average(count: subsample))
    }
}
