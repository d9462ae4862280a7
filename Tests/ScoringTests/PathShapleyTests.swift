import Simulation
import Testing

@testable import Scoring

@Suite struct PathShapleyTests {
    /// What the path length is expected to be if only some features are known: the others' splits are passed as the
    /// subsample's rows pass them.
    private static func expectation(
        _ tree: IsolationTree, _ row: [Double], known: UInt32
    ) -> Double {
        func cover(_ index: Int) -> Double {
            switch tree.nodes[index] {
            case .leaf(let size): Double(size)
            case .split(_, _, let right): cover(index + 1) + cover(Int(right))
            }
        }
        func visit(_ index: Int, edges: Int) -> Double {
            switch tree.nodes[index] {
            case .leaf(let size): return Double(edges) + PathLength.average(count: Int(size))
            case .split(let feature, let threshold, let right):
                if known >> UInt32(feature) & 1 == 1 {
                    let next = row[Int(feature)] < Double(threshold) ? index + 1 : Int(right)
                    return visit(next, edges: edges + 1)
                }
                let (left, other) = (cover(index + 1), cover(Int(right)))
                return
                    (left * visit(index + 1, edges: edges + 1)
                    + other * visit(Int(right), edges: edges + 1)) / (left + other)
            }
        }
        return visit(0, edges: 0)
    }

    /// Shapley's definition: over all subsets of the other features.
    private static func shapley(_ forest: IsolationForest, _ row: [Double]) -> [Double] {
        let count = forest.featureCount
        var factorial = [1.0]
        for number in 1...count { factorial.append(factorial[number - 1] * Double(number)) }
        let values = (0..<UInt32(1 << count)).map { known in
            forest.trees.reduce(0) { $0 + expectation($1, row, known: known) }
                / Double(forest.trees.count)
        }
        return (0..<count).map { feature in
            var sum = 0.0
            for known in 0..<UInt32(1 << count) where known >> UInt32(feature) & 1 == 0 {
                let size = known.nonzeroBitCount
                let weight = factorial[size] * factorial[count - size - 1] / factorial[count]
                sum += weight * (values[Int(known | 1 << UInt32(feature))] - values[Int(known)])
            }
            return sum
        }
    }

    /// A tree that splits at random, its features again and again.
    private static func tree(
        _ random: inout SeededRandom, features: Int, size: UInt32
    ) -> IsolationTree {
        var builder = IsolationTree.Builder()
        func grow(_ rows: UInt32, depth: Int) {
            if rows > 1, depth < 8,
                builder.append(
                    split: UInt16(random.below(features)),
                    threshold: Float(random.uniform() * 2 - 1))
            {
                let left = 1 + UInt32(random.below(Int(rows) - 1))
                grow(left, depth: depth + 1)
                grow(rows - left, depth: depth + 1)
            } else {
                builder.append(leaf: rows)
            }
        }
        grow(size, depth: 0)
        return builder.finish()
    }

    @Test(arguments: [1, 2, 5, 10])
    func `values are those of the definition, over all subsets of features`(features: Int) throws {
        let seed = UInt64(features)
        var random = SeededRandom(seed: seed)
        for _ in 0..<(features == 10 ? 3 : 20) {
            let trees = (0..<3).map { _ in Self.tree(&random, features: features, size: 64) }
            let forest = try IsolationForest(
                subsample: 64, featureCount: features, trees: trees)
            let row = (0..<features).map { _ in random.uniform() * 2 - 1 }
            let shapley = PathShapley(forest)
            let values = shapley.values { row[$0] }
            for (value, defined) in zip(values, Self.shapley(forest, row)) {
                #expect(abs(value - defined) < 1e-10, "seed \(seed)")
            }
            let length = trees.reduce(0) { $0 + $1.pathLength { row[$0] } } / 3
            #expect(abs(shapley.expectation + values.reduce(0, +) - length) < 1e-10)
        }
    }

    @Test func `a feature that no tree splits adds nothing`() throws {
        var random = SeededRandom(seed: 3)
        let trees = (0..<5).map { _ in Self.tree(&random, features: 3, size: 32) }
        let forest = try IsolationForest(subsample: 32, featureCount: 4, trees: trees)
        #expect(PathShapley(forest).values { _ in 0.2 }[3] == 0)
    }
}
