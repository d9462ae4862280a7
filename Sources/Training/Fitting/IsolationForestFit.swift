public import LinearAlgebra
public import Scoring
internal import Simulation

/// Grows isolation forests (Liu, Ting, Zhou: *Isolation Forest*, ICDM 2008): each tree from
/// `subsample` rows drawn without replacement, cut at depth ⌈log₂ ψ⌉.
public struct IsolationForestFit: Sendable, Equatable {
    /// Number of trees.
    public var trees: Int
    /// ψ; fewer if there are fewer rows.
    public var subsample: Int
    /// Each tree has a random sequence of its own, so that trees do not depend on who grows which.
    public var seed: UInt64

    /// A fit of at least one tree.
    public init(trees: Int = 100, subsample: Int = 256, seed: UInt64 = 1) {
        precondition(
            trees > 0 && subsample > 1 && subsample <= 1 << IsolationTree.maximumDepth)
        self.trees = trees
        self.subsample = subsample
        self.seed = seed
    }

    /// A forest and which rows each of its trees was grown from.
    public struct Fit: Sendable {
        /// The grown forest.
        public let forest: IsolationForest
        /// Row indices a tree, ascending.
        let drawn: [[Int]]

        /// s = −E[h]/c(ψ) of every fitted row over the trees that were not grown from it; over all
        /// trees if every tree was.
        public func outOfBagScores(_ rows: borrowing Matrix) -> [Double] {
            let factor = forest.scoreFactor * Double(forest.trees.count)
            var sums = ForestSums(forest).pathLengths(rows)
            var counts = [Int](repeating: forest.trees.count, count: rows.rows)
            var own = [Double](repeating: 0, count: rows.rows)
            for (tree, indices) in drawn.enumerated() {
                for index in indices {
                    let row = rows.row(index)
                    own[index] += forest.trees[tree].pathLength { row[$0] }
                    counts[index] -= 1
                }
            }
            for index in sums.indices {
                guard counts[index] > 0 else {
                    sums[index] *= factor / Double(forest.trees.count)
                    continue
                }
                sums[index] = (sums[index] - own[index]) * factor / Double(counts[index])
            }
            return sums
        }
    }

    /// Grows a forest on all columns of `rows`, which must be finite.
    public func fit(_ rows: borrowing Matrix) throws(TrainingError) -> Fit {
        let size = min(subsample, rows.rows)
        guard size > 1 else { throw .noRows("the fitted range") }
        var trees: [IsolationTree] = []
        var drawn: [[Int]] = []
        for tree in 0..<self.trees {
            var random = SeededRandom(seed: seed, stream: UInt64(tree))
            let indices = Self.sample(size, of: rows.rows, &random)
            drawn.append(indices)
            var growth = Growth(maximumDepth: Self.maximumDepth(size), columns: rows.columns)
            trees.append(growth.grow(rows, indices, &random))
        }
        do {
            let forest = try IsolationForest(
                subsample: size, featureCount: rows.columns, trees: trees)
            return Fit(forest: forest, drawn: drawn)
        } catch { throw .model(error.description) }
    }

    private static func maximumDepth(_ size: Int) -> Int {
        var depth = 0
        while 1 << depth < size { depth += 1 }
        return depth
    }

    /// Different indices below `count`, ascending (Floyd's algorithm: Bentley, Floyd 1987).
    static func sample(_ size: Int, of count: Int, _ random: inout SeededRandom) -> [Int] {
        var chosen = Set<Int>()
        for bound in (count - size)..<count {
            let index = random.below(bound + 1)
            if !chosen.insert(index).inserted { chosen.insert(bound) }
        }
        return chosen.sorted()
    }
}

/// Grows one tree.
private struct Growth {
    let maximumDepth: Int
    var builder = IsolationTree.Builder()
    var candidates: [Int]

    init(maximumDepth: Int, columns: Int) {
        self.maximumDepth = maximumDepth
        candidates = Array(0..<columns)
    }

    mutating func grow(
        _ rows: borrowing Matrix, _ indices: [Int], _ random: inout SeededRandom
    ) -> IsolationTree {
        var indices = indices
        split(rows, &indices, 0..<indices.count, depth: 0, &random)
        return builder.finish()
    }

    private mutating func split(
        _ rows: borrowing Matrix, _ indices: inout [Int], _ range: Range<Int>, depth: Int,
        _ random: inout SeededRandom
    ) {
        guard range.count > 1, depth < maximumDepth,
            let (feature, threshold) = cut(rows, indices[range], &random)
        else {
            builder.append(leaf: UInt32(range.count))
            return
        }
        // Stable, so that the tree does not depend on how rows are moved about.
        let below = indices[range].filter { rows.row($0)[feature] < Double(threshold) }
        let above = indices[range].filter { !(rows.row($0)[feature] < Double(threshold)) }
        indices.replaceSubrange(range, with: below + above)
        _ = builder.append(split: UInt16(feature), threshold: threshold)
        let middle = range.lowerBound + below.count
        split(rows, &indices, range.lowerBound..<middle, depth: depth + 1, &random)
        split(rows, &indices, middle..<range.upperBound, depth: depth + 1, &random)
    }

    /// A feature drawn among those that vary, and a threshold that leaves rows on both sides; nil
    /// if all rows are the same.
    private mutating func cut(
        _ rows: borrowing Matrix, _ indices: ArraySlice<Int>, _ random: inout SeededRandom
    ) -> (Int, Float)? {
        var left = candidates.count
        while left > 0 {
            let drawn = random.below(left)
            let feature = candidates[drawn]
            var low = Double.infinity
            var high = -Double.infinity
            for index in indices {
                let value = rows.row(index)[feature]
                low = min(low, value)
                high = max(high, value)
            }
            if let threshold = Self.threshold(low, high, &random) { return (feature, threshold) }
            left -= 1
            candidates.swapAt(drawn, left)
        }
        return nil
    }

    /// Uniform between the extremes and in single precision: low < threshold ≤ high; nil if there
    /// is none.
    static func threshold(
        _ low: Double, _ high: Double, _ random: inout SeededRandom
    ) -> Float? {
        guard low < high else { return nil }
        var threshold = Float(random.uniform(low, high))
        if Double(threshold) <= low { threshold = threshold.nextUp }
        if Double(threshold) > high { threshold = threshold.nextDown }
        return Double(threshold) > low && Double(threshold) <= high ? threshold : nil
    }
}

/// Sums of path lengths of many rows.
struct ForestSums: ~Copyable {
    private let flat: FlatForest

    init(_ forest: IsolationForest) { flat = FlatForest(forest) }

    /// One sum a row, tree after tree.
    func pathLengths(_ rows: borrowing Matrix) -> [Double] {
        let tileRows = FlatForest.tileRows
        let keys = AlignedBuffer<Int32>(count: rows.columns * tileRows)
        var sums = [Double](repeating: 0, count: rows.rows)
        var start = 0
        while start < rows.rows {
            let count = min(tileRows, rows.rows - start)
            for row in 0..<count {
                let values = rows.row(start + row)
                for column in 0..<rows.columns {
                    keys.pointer[column * tileRows + row] = FlatForest.key(of: values[column])
                }
            }
            sums.withUnsafeMutableBufferPointer {
                guard let base = $0.baseAddress else { return }
                flat.addPathLengths(tile: keys.pointer, count: count, to: base + start)
            }
            start += count
        }
        return sums
    }
}
