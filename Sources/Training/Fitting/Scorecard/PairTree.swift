/// Grows a tree on the cells of two axes, the best split first: rectangles of cells that share a
/// weight. Greedy splits find an interaction where it is, with far fewer weights than a full grid
/// (Lou, Caruana, Gehrke, Hooker: *Accurate intelligible models with pairwise interactions*, KDD
/// 2013).
struct PairTree: Sendable {
    /// A rectangle of cells.
    struct Leaf: Sendable {
        var rows: Range<Int>
        var columns: Range<Int>
        var sums = GradientSums()
        fileprivate var isCutByRow = false
        fileprivate var cut = 0
        fileprivate var gain = -Double.infinity
    }

    private(set) var leaves: [Leaf] = []

    /// - Parameters:
    ///   - cells: `rows` × `columns` sums, row by row.
    ///   - stride: cells from one row to the next.
    init(
        _ cells: UnsafePointer<GradientSums>, rows: Int, columns: Int, stride: Int,
        _ limits: SplitLimits
    ) {
        leaves.reserveCapacity(limits.leaves)
        var root = Leaf(rows: 0..<rows, columns: 0..<columns)
        Self.survey(&root, cells, stride, limits)
        if let quarters = Self.quarters(root, cells, stride, limits) {
            leaves = quarters
        } else {
            leaves.append(root)
        }
        while leaves.count < limits.leaves {
            var place = 0
            for index in leaves.indices where leaves[index].gain > leaves[place].gain {
                place = index
            }
            guard leaves[place].gain >= limits.leastGain else { break }
            var low = leaves[place]
            var high = low
            if low.isCutByRow {
                low.rows = low.rows.lowerBound..<low.cut
                high.rows = high.cut..<high.rows.upperBound
            } else {
                low.columns = low.columns.lowerBound..<low.cut
                high.columns = high.cut..<high.columns.upperBound
            }
            Self.survey(&low, cells, stride, limits)
            Self.survey(&high, cells, stride, limits)
            leaves[place] = low
            leaves.append(high)
        }
    }

    /// The four leaves of the best cut on both axes at once, if they are worth more than the best
    /// single one: an interaction without a trace on either axis begins with no single cut.
    private static func quarters(
        _ root: Leaf, _ cells: UnsafePointer<GradientSums>, _ stride: Int, _ limits: SplitLimits
    ) -> [Leaf]? {
        let (rows, columns) = (root.rows.count, root.columns.count)
        guard limits.leaves >= 4, rows > 1, columns > 1 else { return nil }
        let whole = root.sums.gain(limits.shrinkage)
        var best = (gain: max(0, root.gain) + limits.leastGain, row: 0, column: 0)
        withUnsafeTemporaryAllocation(of: GradientSums.self, capacity: 2 * columns) { buffer in
            guard let above = buffer.baseAddress else { return }
            let all = above + columns
            for column in 0..<columns {
                above[column] = GradientSums()
                all[column] = sum(0..<rows, column..<column + 1, cells, stride)
            }
            var top = GradientSums()
            for row in 1..<rows {
                for column in 0..<columns {
                    let cell = cells[(row &- 1) &* stride &+ column]
                    above[column] = above[column] + cell
                    top = top + cell
                }
                let bottom = root.sums - top
                guard min(top.count, bottom.count) >= 2 * limits.leastRows else { continue }
                var (topLeft, left) = (GradientSums(), GradientSums())
                for column in 1..<columns {
                    topLeft = topLeft + above[column &- 1]
                    left = left + all[column &- 1]
                    let bottomLeft = left - topLeft
                    let topRight = top - topLeft
                    let bottomRight = bottom - bottomLeft
                    let least = min(
                        min(topLeft.count, topRight.count),
                        min(bottomLeft.count, bottomRight.count))
                    guard least >= limits.leastRows else { continue }
                    let upper = topLeft.gain(limits.shrinkage) + topRight.gain(limits.shrinkage)
                    let lower =
                        bottomLeft.gain(limits.shrinkage) + bottomRight.gain(limits.shrinkage)
                    let gain = upper + lower - whole
                    if gain > best.gain { best = (gain, row, column) }
                }
            }
        }
        guard best.row > 0 else { return nil }
        var leaves: [Leaf] = []
        for part in [0..<best.row, best.row..<rows] {
            for other in [0..<best.column, best.column..<columns] {
                var leaf = Leaf(rows: part, columns: other)
                survey(&leaf, cells, stride, limits)
                leaves.append(leaf)
            }
        }
        return leaves
    }

    /// Sums a leaf up and finds its best split.
    private static func survey(
        _ leaf: inout Leaf, _ cells: UnsafePointer<GradientSums>, _ stride: Int,
        _ limits: SplitLimits
    ) {
        leaf.gain = -.infinity
        leaf.sums = sum(leaf.rows, leaf.columns, cells, stride)
        let whole = leaf.sums.gain(limits.shrinkage)
        guard leaf.sums.count >= 2 * limits.leastRows else { return }
        func consider(_ low: GradientSums, _ cut: Int, _ isByRow: Bool) {
            let high = leaf.sums - low
            guard low.count >= limits.leastRows, high.count >= limits.leastRows else { return }
            let gain = low.gain(limits.shrinkage) + high.gain(limits.shrinkage) - whole
            if gain > leaf.gain { (leaf.gain, leaf.cut, leaf.isCutByRow) = (gain, cut, isByRow) }
        }
        var low = GradientSums()
        for row in leaf.rows.dropLast() {
            low = low + sum(row..<row + 1, leaf.columns, cells, stride)
            consider(low, row + 1, true)
        }
        low = GradientSums()
        for column in leaf.columns.dropLast() {
            low = low + sum(leaf.rows, column..<column + 1, cells, stride)
            consider(low, column + 1, false)
        }
    }

    private static func sum(
        _ rows: Range<Int>, _ columns: Range<Int>, _ cells: UnsafePointer<GradientSums>,
        _ stride: Int
    ) -> GradientSums {
        var sum = GradientSums()
        for row in rows {
            for column in columns { sum = sum + cells[row &* stride &+ column] }
        }
        return sum
    }

    /// Half the fall of the deviance that the leaves' weights bring on other rows than those that
    /// chose them.
    func gain(on cells: UnsafePointer<GradientSums>, stride: Int, shrinkage: Double) -> Double {
        leaves.reduce(0) {
            let held = Self.sum($1.rows, $1.columns, cells, stride)
            return $0 + held.gain(ofWeight: $1.sums.weight(shrinkage))
        }
    }
}
