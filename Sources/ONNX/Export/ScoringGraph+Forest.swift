internal import Foundation
internal import Scoring

/// The forest: path lengths as one `TreeEnsemble`, then s = −E[h]/c(ψ), standardised and weighted.
extension ScoringGraph {
    mutating func addForest(_ term: ForestTerm, standardised: Name) -> Name {
        let seen = forestInputs(term, standardised: standardised)
        let forest = term.forest
        let factor = builder.constant("forest_factor", [forest.scoreFactor])
        let mean = builder.constant("forest_mean", [term.mean])
        let weight = builder.constant("forest_weight", [term.weight / term.scale])
        builder.add(
            "TreeEnsemble", [seen], as: "path_lengths", domain: GraphBuilder.treeDomain,
            EnsembleNodes(forest).attributes)
        builder.add("Mul", ["path_lengths", factor], as: "forest_score")
        builder.add("Sub", ["forest_score", mean], as: "forest_centred")
        return builder.add("Mul", ["forest_centred", weight], as: "forest")
    }

    private mutating func forestInputs(_ term: ForestTerm, standardised: Name) -> Name {
        switch term.inputs {
        case .standardised: return standardised
        case .raw:
            let usual = builder.constant("baselines", model.terms.map(\.baseline), [1, columns])
            return builder.add("Where", [missing, usual, values], as: "forest_values")
        case .rawOrAbove:
            let above = builder.constant("above_all", [FeatureTerm.largestForestInput])
            return builder.add("Where", [missing, above, values], as: "forest_values")
        }
    }
}

/// A forest as the attributes of `TreeEnsemble`: all trees' nodes and leaves in one list each.
private struct EnsembleNodes {
    /// `BRANCH_LT`: below the split goes to the true side.
    private static let isBelow: UInt8 = 1
    /// `SUM` over trees.
    private static let sum = 1

    private var roots: [Int] = []
    private var features: [Int] = []
    private var splits: [Double] = []
    private var trueSides: [Int] = []
    private var trueLeaves: [Int] = []
    private var falseSides: [Int] = []
    private var falseLeaves: [Int] = []
    private var lengths: [Double] = []

    init(_ forest: IsolationForest) {
        for tree in forest.trees {
            roots.append(features.count)
            if case .leaf(let size) = tree.nodes[0] {
                // A root must be a split: one whose sides are alike.
                let split = addSplit(feature: 0, at: 0)
                for isTrue in [true, false] { set(split, isTrue, leaf: size, edges: 0) }
            } else {
                _ = place(tree, 0, edges: 0)
            }
        }
    }

    private mutating func addSplit(feature: Int, at threshold: Double) -> Int {
        features.append(feature)
        splits.append(threshold)
        trueSides.append(0)
        trueLeaves.append(0)
        falseSides.append(0)
        falseLeaves.append(0)
        return features.count - 1
    }

    /// Adds the split at a node and all below it; returns its index in the list.
    private mutating func place(_ tree: IsolationTree, _ node: Int, edges: Int) -> Int {
        guard case .split(let feature, let threshold, let right) = tree.nodes[node] else {
            return 0
        }
        let split = addSplit(feature: Int(feature), at: Double(threshold))
        for (isTrue, child) in [(true, node + 1), (false, Int(right))] {
            if case .leaf(let size) = tree.nodes[child] {
                set(split, isTrue, leaf: size, edges: edges + 1)
            } else {
                set(split, isTrue, place(tree, child, edges: edges + 1), isLeaf: false)
            }
        }
        return split
    }

    private mutating func set(_ split: Int, _ isTrue: Bool, leaf size: UInt32, edges: Int) {
        set(split, isTrue, lengths.count, isLeaf: true)
        lengths.append(Double(edges) + PathLength.average(count: Int(size)))
    }

    private mutating func set(_ split: Int, _ isTrue: Bool, _ index: Int, isLeaf: Bool) {
        if isTrue {
            trueSides[split] = index
            trueLeaves[split] = isLeaf ? 1 : 0
        } else {
            falseSides[split] = index
            falseLeaves[split] = isLeaf ? 1 : 0
        }
    }

    var attributes: [WireAttribute] {
        let modes = GraphBuilder.tensor(
            .uint8, [features.count], Data(repeating: Self.isBelow, count: features.count))
        return [
            .int("aggregate_function", Self.sum), .int("n_targets", 1), .int("post_transform", 0),
            .ints("tree_roots", roots), .ints("nodes_featureids", features),
            .tensor("nodes_splits", GraphBuilder.tensor(splits, [splits.count])),
            .tensor("nodes_modes", modes),
            .ints("nodes_truenodeids", trueSides), .ints("nodes_trueleafs", trueLeaves),
            .ints("nodes_falsenodeids", falseSides), .ints("nodes_falseleafs", falseLeaves),
            .ints("leaf_targetids", [Int](repeating: 0, count: lengths.count)),
            .tensor("leaf_weights", GraphBuilder.tensor(lengths, [lengths.count])),
        ]
    }
}
