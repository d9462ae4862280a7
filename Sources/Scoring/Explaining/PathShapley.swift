/// Shapley values of a forest's path lengths (Lundberg, Erion, Lee: *Consistent Individualized Feature Attribution for
/// Tree Ensembles*, 2018, algorithm 2): what each feature of a row adds to the mean path length, a feature that is not
/// known being replaced by what the trees' own subsamples have (path-dependent). Exact in polynomial time; together the
/// parts are the row's mean path length less ``expectation``.
public struct PathShapley: Sendable {
    /// One tree with, for every node, how many rows of the subsample came by, and what a leaf counts.
    private struct Tree: Sendable {
        var nodes: [IsolationTree.Node]
        /// Rows of the subsample below each node.
        var covers: [Double]
        /// Edges to the leaf, plus c(n); 0 at splits.
        var lengths: [Double]
    }

    /// One split on the way to a node, for a feature that may have been split before.
    private struct Step {
        var feature: Int
        /// Share of the subsample's rows that take this way.
        var zero: Double
        /// 1 if the row takes it, else 0.
        var one: Double
        /// Weights of the subsets of as many features as this step's place says.
        var weight: Double
    }

    private let trees: [Tree]
    /// Features of a row.
    public let featureCount: Int
    /// Mean path length over the trees' own subsamples.
    public let expectation: Double

    /// Prepares a forest.
    public init(_ forest: IsolationForest) {
        featureCount = forest.featureCount
        trees = forest.trees.map(Self.prepare)
        var sum = 0.0
        for tree in trees {
            for (index, node) in tree.nodes.enumerated() {
                guard case .leaf = node, tree.covers[0] > 0 else { continue }
                sum += tree.lengths[index] * tree.covers[index] / tree.covers[0]
            }
        }
        expectation = sum / Double(max(1, trees.count))
    }

    private static func prepare(_ tree: IsolationTree) -> Tree {
        var covers = [Double](repeating: 0, count: tree.nodes.count)
        var lengths = covers
        func visit(_ index: Int, edges: Int) {
            switch tree.nodes[index] {
            case .leaf(let size):
                covers[index] = Double(size)
                lengths[index] = Double(edges) + PathLength.average(count: Int(size))
            case .split(_, _, let right):
                visit(index + 1, edges: edges + 1)
                visit(Int(right), edges: edges + 1)
                covers[index] = covers[index + 1] + covers[Int(right)]
            }
        }
        visit(0, edges: 0)
        return Tree(nodes: tree.nodes, covers: covers, lengths: lengths)
    }

    /// What each feature adds to the row's mean path length.
    ///
    /// - Parameter row: the values that the forest splits, by feature.
    public func values(of row: (Int) -> Double) -> [Double] {
        var parts = [Double](repeating: 0, count: featureCount)
        for tree in trees {
            descend(
                tree, 0, path: [], Step(feature: -1, zero: 1, one: 1, weight: 1), row, &parts)
        }
        let share = 1 / Double(max(1, trees.count))
        for index in parts.indices { parts[index] *= share }
        return parts
    }

    private func descend(
        _ tree: Tree, _ index: Int, path: [Step], _ step: Step, _ row: (Int) -> Double,
        _ parts: inout [Double]
    ) {
        var path = path
        Self.extend(&path, step)
        switch tree.nodes[index] {
        case .leaf:
            for place in 1..<max(1, path.count) {
                let weight = Self.unwoundSum(path, place)
                parts[path[place].feature] +=
                    weight * (path[place].one - path[place].zero) * tree.lengths[index]
            }
        case .split(let feature, let threshold, let right):
            let feature = Int(feature)
            let isLeft = row(feature) < Double(threshold)
            let (near, far) = isLeft ? (index + 1, Int(right)) : (Int(right), index + 1)
            var (zero, one) = (1.0, 1.0)
            if let place = path.indices.dropFirst().first(where: { path[$0].feature == feature }) {
                (zero, one) = (path[place].zero, path[place].one)
                Self.unwind(&path, place)
            }
            guard tree.covers[index] > 0 else { return }
            descend(
                tree, near, path: path,
                Step(
                    feature: feature, zero: zero * tree.covers[near] / tree.covers[index], one: one,
                    weight: 0), row, &parts)
            descend(
                tree, far, path: path,
                Step(
                    feature: feature, zero: zero * tree.covers[far] / tree.covers[index], one: 0,
                    weight: 0), row, &parts)
        }
    }

    private static func extend(_ path: inout [Step], _ step: Step) {
        let depth = path.count
        var step = step
        step.weight = depth == 0 ? 1 : 0
        path.append(step)
        for place in stride(from: depth - 1, through: 0, by: -1) {
            let share = Double(place + 1) / Double(depth + 1)
            path[place + 1].weight += step.one * path[place].weight * share
            path[place].weight *= step.zero * (Double(depth - place) / Double(depth + 1))
        }
    }

    private static func unwind(_ path: inout [Step], _ removed: Int) {
        let depth = path.count - 1
        let (zero, one) = (path[removed].zero, path[removed].one)
        var next = path[depth].weight
        for place in stride(from: depth - 1, through: 0, by: -1) {
            if one != 0 {
                let before = path[place].weight
                path[place].weight = next * Double(depth + 1) / (Double(place + 1) * one)
                next =
                    before - path[place].weight * zero * Double(depth - place) / Double(depth + 1)
            } else if zero != 0 {
                path[place].weight *= Double(depth + 1) / (zero * Double(depth - place))
            }
        }
        for place in removed..<depth {
            let weight = path[place].weight
            path[place] = path[place + 1]
            path[place].weight = weight
        }
        path.removeLast()
    }

    /// Sum of the weights of a path without one of its steps.
    private static func unwoundSum(_ path: [Step], _ removed: Int) -> Double {
        let depth = path.count - 1
        let (zero, one) = (path[removed].zero, path[removed].one)
        var next = path[depth].weight
        var total = 0.0
        for place in stride(from: depth - 1, through: 0, by: -1) {
            if one != 0 {
                let weight = next * Double(depth + 1) / (Double(place + 1) * one)
                total += weight
                next =
                    path[place].weight - weight * zero * Double(depth - place) / Double(depth + 1)
            } else if zero != 0 {
                total += path[place].weight * Double(depth + 1) / (zero * Double(depth - place))
            }
        }
        return total
    }
}
