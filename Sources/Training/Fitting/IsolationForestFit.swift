internal import Glibc
public import LinearAlgebra
public import Scoring

/// Grows isolation forests (Liu, Ting, Zhou: *Isolation Forest*, ICDM 2008): each tree from
/// `subsample` rows drawn without replacement, cut at depth ⌈log₂ ψ⌉.
public struct IsolationForestFit: Sendable, Equatable {
    /// Number of trees.
    public var trees: Int
    /// ψ; fewer if there are fewer rows.
    public var subsample: Int
    /// Each tree has a random sequence of its own, so that trees do not depend on who grows which.
    public var seed: UInt64
    /// Threads that grow trees and score rows; nil for one a processor. Forest and scores have the
    /// same bytes whatever it is.
    public var threads: Int?

    /// A fit of at least one tree, by at least one thread.
    public init(
        trees: Int = 100, subsample: Int = 256, seed: UInt64 = 1, threads: Int? = nil
    ) {
        precondition(
            trees > 0 && subsample > 1 && subsample <= 1 << IsolationTree.maximumDepth
                && threads.map { $0 > 0 } ?? true)
        self.trees = trees
        self.subsample = subsample
        self.seed = seed
        self.threads = threads
    }

    /// A forest and which rows each of its trees was grown from.
    public struct Fit: Sendable {
        /// The grown forest.
        public let forest: IsolationForest
        /// Row indices, ψ a tree, ascending in each.
        private let drawn: [Int]
        private let threads: Int

        init(forest: IsolationForest, drawn: [Int], threads: Int) {
            self.forest = forest
            self.drawn = drawn
            self.threads = threads
        }

        /// Indices of the rows that a tree was grown from, ascending.
        public func rows(ofTree tree: Int) -> ArraySlice<Int> {
            drawn[tree * forest.subsample..<(tree + 1) * forest.subsample]
        }

        /// s = −E[h]/c(ψ) of every fitted row over the trees that were not grown from it; over all
        /// trees if every tree was. `rows` are those that were fitted.
        public func outOfBagScores(_ rows: borrowing Matrix) -> [Double] {
            let allTrees = forest.scores(rows, threads: threads)
            let factor = forest.scoreFactor
            var own = [Double](repeating: 0, count: rows.rows)
            var holders = [Int](repeating: 0, count: rows.rows)
            for tree in forest.trees.indices {
                for index in self.rows(ofTree: tree) {
                    let row = rows.row(index)
                    own[index] += forest.trees[tree].pathLength { row[$0] }
                    holders[index] += 1
                }
            }
            let count = forest.trees.count
            return allTrees.indices.map { index in
                let others = count - holders[index]
                guard holders[index] > 0, others > 0 else { return allTrees[index] }
                return (allTrees[index] - own[index] * factor) * Double(count) / Double(others)
            }
        }
    }

    /// Grows a forest on all columns of `rows`. The error names the first value that is no number,
    /// or none of single precision, by its row and its column, whose name is taken from `names` if
    /// they are given.
    public func fit(
        _ rows: borrowing Matrix, names: [String] = []
    ) throws(TrainingError) -> Fit {
        let size = min(subsample, rows.rows)
        guard size > 1 else { throw .noRows("the fitted range") }
        guard rows.columns < Int(UInt16.max) else {
            throw .model("a forest has fewer than \(UInt16.max) columns, not \(rows.columns)")
        }
        try Self.checkRange(rows, names)
        let workers = min(threads ?? ConcurrentLoop.processors, trees)
        let grown = AlignedBuffer<Int>(count: trees * size)
        let slots = UnsafeMutablePointer<IsolationTree?>.allocate(capacity: trees)
        slots.initialize(repeating: nil, count: trees)
        defer {
            slots.deinitialize(count: trees)
            slots.deallocate()
        }
        let (count, seed) = (trees, seed)
        ConcurrentLoop.run(workers: workers) { worker in
            var growth = TreeGrowth(subsample: size, of: rows.rows, columns: rows.columns)
            for tree in stride(from: worker, to: count, by: workers) {
                slots[tree] = growth.grow(
                    rows, seed: seed, tree: tree, drawn: grown.pointer + tree * size)
            }
        }
        do {
            let forest = try IsolationForest(
                subsample: size, featureCount: rows.columns,
                trees: (0..<trees).compactMap { slots[$0] })
            return Fit(
                forest: forest, drawn: grown.array,
                threads: threads ?? ConcurrentLoop.processors)
        } catch { throw .model(error.description) }
    }

    /// Thresholds are single precision, so that no value may be beyond it.
    private static func checkRange(
        _ rows: borrowing Matrix, _ names: [String]
    ) throws(TrainingError) {
        let limit = Double(Float.greatestFiniteMagnitude)
        for index in 0..<rows.rows {
            let row = rows.row(index)
            var areFinite = true
            for column in 0..<rows.columns {
                areFinite = (row[column].magnitude <= limit) && areFinite
            }
            guard !areFinite else { continue }
            let column = (0..<rows.columns).first { !(row[$0].magnitude <= limit) } ?? 0
            throw .notFinite(
                row: index, column: column < names.count ? names[column] : "\(column)",
                value: row[column])
        }
    }
}

extension IsolationForest {
    /// s = −E[h]/c(ψ) of many rows, of ``featureCount`` columns each; by so many threads, with the
    /// same bytes whatever their number.
    func scores(_ rows: borrowing Matrix, threads: Int) -> [Double] {
        precondition(rows.columns == featureCount, "rows of \(rows.columns) columns")
        // Whole tiles, so that all but the last worker score no part of one.
        let tiles = (rows.rows + FlatForest.tileRows - 1) / FlatForest.tileRows
        let workers = max(1, min(threads, tiles))
        var scores = [Double](repeating: 0, count: rows.rows)
        scores.withUnsafeMutableBufferPointer { scores in
            guard let scores = scores.baseAddress else { return }
            ConcurrentLoop.run(workers: workers) { worker in
                let start = tiles * worker / workers * FlatForest.tileRows
                let end = min(rows.rows, tiles * (worker + 1) / workers * FlatForest.tileRows)
                var scorer = ForestScorer(self)
                scorer.score(
                    rows: rows.pointer + start * rows.stride, count: end - start,
                    stride: rows.stride, into: scores + start)
            }
        }
        return scores
    }
}
