internal import LinearAlgebra
internal import Scoring
internal import Simulation

/// Grows isolation trees one after another in work space of its own: a tree allocates nothing but
/// its nodes.
struct TreeGrowth: ~Copyable {
    private let subsample: Int
    private let rowCount: Int
    private let columns: Int
    private let maximumDepth: Int
    /// The drawn rows, one after another: a tree looks at the same few rows again and again.
    private let values: AlignedBuffer<Double>
    /// Drawn rows in the order of the leaves they end in, and space to part them in.
    private let order: AlignedBuffer<UInt16>
    private let aside: AlignedBuffer<UInt16>
    private let candidates: AlignedBuffer<UInt16>
    /// One bit a row of the table, all 0 between trees.
    private let isDrawn: AlignedBuffer<UInt64>
    private var builder = IsolationTree.Builder()

    /// Space for trees of `subsample` rows drawn from `rowCount`.
    init(subsample: Int, of rowCount: Int, columns: Int) {
        precondition(subsample <= 1 << IsolationTree.maximumDepth && columns < Int(UInt16.max))
        self.subsample = subsample
        self.rowCount = rowCount
        self.columns = columns
        var depth = 0
        while 1 << depth < subsample { depth += 1 }
        maximumDepth = depth
        values = AlignedBuffer(count: subsample * columns)
        order = AlignedBuffer(count: subsample)
        aside = AlignedBuffer(count: subsample)
        candidates = AlignedBuffer(count: columns)
        isDrawn = AlignedBuffer(count: (rowCount + 63) / 64)
    }

    /// Grows tree number `tree` of the forest of a seed. `drawn` takes the indices of its rows,
    /// ascending.
    mutating func grow(
        _ rows: borrowing Matrix, seed: UInt64, tree: Int, drawn: UnsafeMutablePointer<Int>
    ) -> IsolationTree {
        var random = SeededRandom(seed: seed, stream: UInt64(tree))
        draw(&random, into: drawn)
        for place in 0..<subsample {
            (values.pointer + place * columns).update(from: rows.row(drawn[place]), count: columns)
            order.pointer[place] = UInt16(truncatingIfNeeded: place)
        }
        for column in 0..<columns {
            candidates.pointer[column] = UInt16(truncatingIfNeeded: column)
        }
        builder = IsolationTree.Builder()
        split(0..<subsample, depth: 0, &random)
        return builder.finish()
    }

    /// Different indices (Floyd's algorithm: Bentley, Floyd 1987).
    private func draw(_ random: inout SeededRandom, into drawn: UnsafeMutablePointer<Int>) {
        var count = 0
        for bound in (rowCount - subsample)..<rowCount {
            let index = random.below(bound + 1)
            let taken = isDrawn.pointer[index >> 6] >> UInt64(index & 63) & 1 == 0 ? index : bound
            isDrawn.pointer[taken >> 6] |= 1 << UInt64(taken & 63)
            drawn[count] = taken
            count += 1
        }
        var sorted = UnsafeMutableBufferPointer(start: drawn, count: count)
        sorted.sort()
        for place in 0..<count { isDrawn.pointer[drawn[place] >> 6] = 0 }
    }

    private mutating func split(_ range: Range<Int>, depth: Int, _ random: inout SeededRandom) {
        guard range.count > 1, depth < maximumDepth, let (feature, threshold) = cut(range, &random)
        else {
            builder.append(leaf: UInt32(range.count))
            return
        }
        let middle = part(range, feature, Double(threshold))
        _ = builder.append(split: UInt16(feature), threshold: threshold)
        split(range.lowerBound..<middle, depth: depth + 1, &random)
        split(middle..<range.upperBound, depth: depth + 1, &random)
    }

    /// Puts the rows below the threshold before the others and returns where those begin. Stable,
    /// so that the tree does not depend on how rows are moved about.
    private func part(_ range: Range<Int>, _ feature: Int, _ threshold: Double) -> Int {
        let column = values.pointer + feature
        let (order, aside) = (self.order.pointer, self.aside.pointer)
        var (below, above) = (range.lowerBound, 0)
        for place in range {
            let row = order[place]
            let isBelow = column[Int(row) * columns] < threshold
            // Written to both sides and kept on one: no branch to guess wrong.
            order[below] = row
            aside[above] = row
            below += isBelow ? 1 : 0
            above += isBelow ? 0 : 1
        }
        (order + below).update(from: aside, count: above)
        return below
    }

    /// A feature drawn among those that vary, and a threshold that leaves rows on both sides; nil
    /// if all rows are the same.
    private func cut(_ range: Range<Int>, _ random: inout SeededRandom) -> (Int, Float)? {
        let (order, candidates) = (self.order.pointer, self.candidates.pointer)
        var left = columns
        while left > 0 {
            let drawn = random.below(left)
            let feature = Int(candidates[drawn])
            let column = values.pointer + feature
            var low = Double.infinity
            var high = -Double.infinity
            for place in range {
                let value = column[Int(order[place]) * columns]
                low = value < low ? value : low
                high = value > high ? value : high
            }
            if let threshold = Self.threshold(low, high, &random) { return (feature, threshold) }
            left -= 1
            (candidates[drawn], candidates[left]) = (candidates[left], candidates[drawn])
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
