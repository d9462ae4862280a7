import Glibc
import LinearAlgebra
import Scoring
import Simulation
import Testing

@testable import Training

@Suite struct IsolationForestFitTests {
    private static func cloud(_ count: Int, outliers: Int) -> Matrix {
        var random = SeededRandom(seed: 4)
        let rows = Matrix(rows: count, columns: 3)
        for row in 0..<count {
            for column in 0..<3 {
                rows.row(row)[column] = row < outliers ? 6 + random.normal() : random.normal()
            }
        }
        return rows
    }

    @Test func `outliers score as more unusual than the others`() throws {
        let rows = Self.cloud(600, outliers: 6)
        let fit = try IsolationForestFit(trees: 50, subsample: 64, seed: 1).fit(rows)
        let scores = fit.outOfBagScores(rows)
        let isOutlier = (0..<600).map { $0 < 6 }
        #expect(RankMetrics.areaUnderCurve(scores: scores, isFraud: isOutlier) > 0.98)
        // Usual rows have paths of about c(ψ), hence s of about −1.
        #expect(abs(scores[300] + 1) < 0.3)
    }

    @Test func `trees keep all rows of the subsample and the paper's height limit`() throws {
        let fit = try IsolationForestFit(trees: 10, subsample: 100, seed: 2)
            .fit(Self.cloud(300, outliers: 3))
        #expect(fit.forest.trees.allSatisfy { $0.size == 100 && $0.depth <= 7 })
        #expect((0..<10).allSatisfy { Set(fit.rows(ofTree: $0)).count == 100 })
    }

    @Test func `equal seeds give equal forests, others do not`() throws {
        let rows = Self.cloud(300, outliers: 3)
        let fit = IsolationForestFit(trees: 5, subsample: 64, seed: 3)
        #expect(try fit.fit(rows).forest == fit.fit(rows).forest)
        #expect(
            try IsolationForestFit(trees: 5, subsample: 64, seed: 4).fit(rows).forest
                != fit.fit(rows).forest)
    }

    @Test func `out-of-bag scores leave out the trees that saw the row`() throws {
        let rows = Self.cloud(120, outliers: 2)
        let fit = try IsolationForestFit(trees: 8, subsample: 40, seed: 5).fit(rows)
        let scores = fit.outOfBagScores(rows)
        for row in 0..<120 {
            let values = rows.row(row)
            let others = fit.forest.trees.indices.filter { !fit.rows(ofTree: $0).contains(row) }
            guard !others.isEmpty else { continue }
            let mean =
                others.reduce(0) { $0 + fit.forest.trees[$1].pathLength { values[$0] } }
                / Double(others.count)
            #expect(abs(scores[row] + mean / PathLength.average(count: 40)) < 1e-12)
        }
    }

    @Test func `rows that are all the same make leaves, not loops`() throws {
        let rows = Matrix(rows: 50, columns: 2)
        let fit = try IsolationForestFit(trees: 2, subsample: 32, seed: 1).fit(rows)
        #expect(fit.forest.depth == 0)
    }

    @Test func `forest and out-of-bag scores have the same bits whatever the number of threads`()
        throws
    {
        let rows = Self.cloud(1_000, outliers: 5)
        func fit(_ threads: Int?) throws -> (IsolationForest, [UInt64]) {
            let fit = try IsolationForestFit(trees: 23, subsample: 64, seed: 9, threads: threads)
                .fit(rows)
            return (fit.forest, fit.outOfBagScores(rows).map(\.bitPattern))
        }
        let one = try fit(1)
        for threads in [2, 3, 7, 40, nil] {
            let many = try fit(threads)
            #expect(many.0 == one.0 && many.1 == one.1, "\(threads.map(String.init) ?? "all")")
        }
    }

    @Test(arguments: [1 as UInt64, 2, 3, 4, 5])
    func `trees are those that the definition grows, row by row`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let (count, columns) = (40 + random.below(200), 1 + random.below(12))
        let rows = Matrix(rows: count, columns: columns)
        for row in 0..<count {
            for column in 0..<columns {
                // Whole numbers have ties, and every third column never varies.
                rows.row(row)[column] = column % 3 == 2 ? 4 : (3 * random.normal()).rounded()
            }
        }
        let size = min(count, 64)
        let fit = try IsolationForestFit(trees: 6, subsample: size, seed: seed).fit(rows)
        for tree in 0..<6 {
            var reference = PlainGrowth(rows: rows, seed: seed, tree: tree, subsample: size)
            #expect(Array(fit.rows(ofTree: tree)) == reference.drawn, "seed \(seed)")
            #expect(fit.forest.trees[tree] == reference.grow(), "seed \(seed), tree \(tree)")
        }
    }

    @Test func `a value that cannot be fitted is named`() throws {
        for value in [Double.nan, .infinity, -1e39] {
            let rows = Self.cloud(50, outliers: 1)
            rows.row(7)[1] = value
            do {
                _ = try IsolationForestFit(trees: 1, subsample: 16).fit(
                    rows, names: ["a", "b", "c"])
                Issue.record("\(value) was fitted")
            } catch {
                guard case .notFinite(row: 7, column: "b", let found) = error else {
                    Issue.record("\(error)")
                    continue
                }
                #expect(found.bitPattern == value.bitPattern)
            }
        }
    }

    @Test func `a table as wide as it is long has a forest`() throws {
        var random = SeededRandom(seed: 12)
        let rows = Matrix(rows: 300, columns: 300)
        for row in 0..<300 { for column in 0..<300 { rows.row(row)[column] = random.normal() } }
        let fit = try IsolationForestFit(trees: 10, subsample: 256, seed: 1).fit(rows)
        #expect(fit.forest.featureCount == 300 && fit.outOfBagScores(rows).count == 300)
    }
}

/// Grows a tree as the paper has it, with the random numbers in the order that fits draw them in.
private struct PlainGrowth {
    let values: [[Double]]
    let drawn: [Int]
    private var random: SeededRandom
    private var candidates: [Int]
    private let maximumDepth: Int

    init(rows: borrowing Matrix, seed: UInt64, tree: Int, subsample: Int) {
        var random = SeededRandom(seed: seed, stream: UInt64(tree))
        var chosen = Set<Int>()
        for bound in (rows.rows - subsample)..<rows.rows {
            let index = random.below(bound + 1)
            chosen.insert(chosen.contains(index) ? bound : index)
        }
        drawn = chosen.sorted()
        var values: [[Double]] = []
        for row in drawn { values.append((0..<rows.columns).map { rows[row, $0] }) }
        self.values = values
        self.random = random
        candidates = Array(0..<rows.columns)
        maximumDepth = (0...).first { 1 << $0 >= subsample }!
    }

    mutating func grow() -> IsolationTree {
        var builder = IsolationTree.Builder()
        split(values, 0, &builder)
        return builder.finish()
    }

    private mutating func split(
        _ rows: [[Double]], _ depth: Int, _ builder: inout IsolationTree.Builder
    ) {
        guard rows.count > 1, depth < maximumDepth, let (feature, threshold) = cut(rows) else {
            builder.append(leaf: UInt32(rows.count))
            return
        }
        _ = builder.append(split: UInt16(feature), threshold: threshold)
        split(rows.filter { $0[feature] < Double(threshold) }, depth + 1, &builder)
        split(rows.filter { $0[feature] >= Double(threshold) }, depth + 1, &builder)
    }

    private mutating func cut(_ rows: [[Double]]) -> (Int, Float)? {
        for left in stride(from: candidates.count, to: 0, by: -1) {
            let place = random.below(left)
            let column = rows.map { [candidates] row in row[candidates[place]] }
            let (low, high) = (column.min()!, column.max()!)
            if low < high {
                var threshold = Float(random.uniform(low, high))
                if Double(threshold) <= low { threshold = threshold.nextUp }
                if Double(threshold) > high { threshold = threshold.nextDown }
                if Double(threshold) > low { return (candidates[place], threshold) }
            }
            candidates.swapAt(place, left - 1)
        }
        return nil
    }
}
