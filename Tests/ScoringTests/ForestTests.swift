import LinearAlgebra
import Simulation
import TestModels
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

    @Test func `c(n) is the mean depth of rows that are parted at random, up to its logarithm`() {
        // mean[n]: every split of n rows into two parts is as likely as any other.
        var mean = [0.0, 0.0]
        for n in 2...300 {
            let parts = (1..<n).reduce(0) {
                $0 + Double($1) * mean[$1] + Double(n - $1) * mean[n - $1]
            }
            mean.append(1 + parts / Double(n * (n - 1)))
            // H(i) − ln i − γ is below 1 / (2i).
            #expect(abs(PathLength.average(count: n) - mean[n]) <= 1 / Double(n - 1), "\(n)")
        }
    }

    @Test(arguments: [(1, 2, 1), (7, 4, 2), (10, 16, 5), (21, 256, 9), (4, 4_096, 60)])
    func `rows of plain numbers score as the trees do, whatever the batch, missing ones too`(
        trees: Int, subsample: Int, columns: Int
    ) throws {
        let seed = UInt64(trees)
        let forest = try Samples.forest(
            trees: trees, subsample: subsample, features: columns, seed: seed)
        var random = SeededRandom(seed: seed)
        var scorer = ForestScorer(forest)
        let unusual = [Double.nan, -.nan, .infinity, -.infinity, 1e300, -1e300, 0, -0.0]
        for count in [1, 3, 8, 63, 64, 65, 200] {
            let stride = columns + random.below(5)
            var rows = (0..<count * stride).map { _ in 2 * random.normal() }
            for _ in 0..<count { rows[random.below(rows.count)] = unusual[random.below(8)] }
            var scores = [Double](repeating: .nan, count: count)
            scorer.score(rows: rows, count: count, stride: stride, into: &scores)
            for row in 0..<count {
                let expected = forest.score { rows[row * stride + $0] }
                #expect(scores[row].bitPattern == expected.bitPattern, "seed \(seed), row \(row)")
            }
        }
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
