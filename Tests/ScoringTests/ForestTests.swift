import LinearAlgebra
import Simulation
import Testing

@testable import Scoring

@Suite struct ForestTests {
    @Test func `c(n) is that of the paper`() {
        #expect(PathLength.average(count: 0) == 0)
        #expect(PathLength.average(count: 1) == 0)
        #expect(PathLength.average(count: 2) == 1)
        // 2 (ln 255 + γ) − 2·255/256.
        #expect(abs(PathLength.average(count: 256) - 10.244770920119917) < 1e-12)
        #expect(
            (2..<500).allSatisfy {
                PathLength.average(count: $0) < PathLength.average(count: $0 + 1)
            })
    }

    @Test func `a mean path of c(ψ) scores one half, a shorter one more`() {
        let usual = PathLength.average(count: 256)
        #expect(PathLength.anomalyScore(meanPathLength: usual, subsample: 256) == 0.5)
        #expect(PathLength.anomalyScore(meanPathLength: 3, subsample: 256) > 0.8)
        #expect(PathLength.anomalyScore(meanPathLength: 0, subsample: 256) == 1)
    }

    @Test(arguments: [(1, 2), (10, 16), (20, 256)])
    func `the flat layout scores every row as the tree does`(trees: Int, subsample: Int) throws {
        let forest = try Samples.forest(trees: trees, subsample: subsample, features: 7)
        let flat = FlatForest(forest)
        var random = SeededRandom(seed: 3)
        // Some values are exactly a threshold, or the next double below it.
        var thresholds: [(UInt16, Float)] = []
        for tree in forest.trees {
            for case .split(let feature, let threshold, _) in tree.nodes {
                thresholds.append((feature, threshold))
            }
        }
        for count in [1, 7, 8, 9, 63, 64] {
            var rows = (0..<count).map { _ in (0..<7).map { _ in 2 * random.normal() } }
            for row in 0..<count {
                let (feature, threshold) = thresholds[random.below(thresholds.count)]
                let exact = Double(threshold)
                rows[row][Int(feature)] = random.chance(0.5) ? exact : exact.nextDown
            }
            var tile = [Int32](repeating: 0, count: 7 * FlatForest.tileRows)
            for row in 0..<count {
                for feature in 0..<7 {
                    tile[feature * FlatForest.tileRows + row] = FlatForest.key(
                        of: rows[row][feature])
                }
            }
            var sums = [Double](repeating: 0, count: FlatForest.tileRows)
            flat.addPathLengths(tile: tile, count: count, to: &sums)
            for row in 0..<count {
                #expect(sums[row] * flat.scoreFactor == forest.score { rows[row][$0] })
            }
        }
    }

    @Test func `keys order values as doubles do against every single-precision threshold`() {
        let values: [Double] = [
            -8, -1.000_000_1, -1, -0x1p-150, -0.0, 0, 0x1p-150, 0x1p-149, 0.1, 1, 1 + 0x1p-40, 8,
        ]
        let thresholds: [Float] = [-8, -1, -0x1p-149, -0.0, 0, 0x1p-149, 0.1, 1, 8]
        for value in values {
            for threshold in thresholds {
                let isBelow = FlatForest.key(of: value) < FlatForest.key(of: threshold)
                #expect(isBelow == (value < Double(threshold)), "\(value) against \(threshold)")
            }
        }
    }

    @Test func `trees of another size and splits on unknown features are refused`() throws {
        let tree = try Samples.forest(trees: 1, subsample: 16, features: 3).trees[0]
        #expect(throws: ModelError.self) {
            try IsolationForest(subsample: 17, featureCount: 3, trees: [tree])
        }
        #expect(throws: ModelError.self) {
            try IsolationForest(subsample: 16, featureCount: 0, trees: [tree])
        }
        #expect(throws: ModelError.self) {
            try IsolationForest(subsample: 16, featureCount: 3, trees: [])
        }
    }
}
