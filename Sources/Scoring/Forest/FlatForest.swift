internal import LinearAlgebra

/// A forest laid out for scoring. Each tree is a perfect binary tree in breadth-first order: the
/// children of node i are 2i and 2i + 1, so a descent needs no pointers and no branches, and
/// several rows descend at once. Leaves that end early are filled up with nodes whose two sides end
/// in the same path length.
///
/// Values are compared as order-preserving 32-bit integers of their single precision rounded down:
/// exactly as doubles would be, because thresholds are single precision.
public struct FlatForest: ~Copyable, Sendable {
    struct Node: BitwiseCopyable, Sendable {
        /// The key before the threshold's: what is above it goes right. A node that stands for a
        /// leaf has 0, and both its sides are the same.
        var below: Int32
        /// Where the feature's values begin in a tile.
        var offset: UInt32
    }

    /// Rows of a tile; the values of feature f of row r stand at `f * tileRows + r`.
    public static let tileRows = 64
    private static let lanes = 8
    /// Levels whose nodes are all compared with all rows of a group.
    private static let topLevels = 3

    /// Number of trees.
    public let treeCount: Int
    /// Number of features a row must have.
    public let featureCount: Int
    /// Multiplies a sum of path lengths to give s = −E[h]/c(ψ).
    public let scoreFactor: Double
    private let depth: Int
    private let leafCount: Int
    private let nodes: AlignedBuffer<Node>
    private let leaves: AlignedBuffer<Double>

    /// A forest without trees, which adds nothing.
    init() {
        (treeCount, featureCount, scoreFactor, depth, leafCount) = (0, 0, 0, 0, 1)
        nodes = AlignedBuffer(count: 0)
        leaves = AlignedBuffer(count: 0)
    }

    /// Lays out a forest.
    public init(_ forest: IsolationForest) {
        treeCount = forest.trees.count
        featureCount = forest.featureCount
        scoreFactor = forest.scoreFactor
        depth = forest.depth
        leafCount = 1 << depth
        // Entry 0 of each tree is unused: the root is node 1.
        nodes = AlignedBuffer(count: treeCount << depth)
        leaves = AlignedBuffer(count: treeCount << depth)
        for (index, tree) in forest.trees.enumerated() {
            place(tree, node: 0, at: 1, edges: 0, base: index << depth)
        }
    }

    private func place(_ tree: IsolationTree, node: Int, at slot: Int, edges: Int, base: Int) {
        switch tree.nodes[node] {
        case .split(let feature, let threshold, let right):
            nodes.pointer[base + slot] = Node(
                below: Self.key(of: threshold) - 1, offset: UInt32(feature) * UInt32(Self.tileRows))
            place(tree, node: node + 1, at: 2 * slot, edges: edges + 1, base: base)
            place(tree, node: Int(right), at: 2 * slot + 1, edges: edges + 1, base: base)
        case .leaf(let size):
            let length = Double(edges) + PathLength.average(count: Int(size))
            let levels = depth - edges
            let first = (slot << levels) - leafCount
            (leaves.pointer + base + first).update(repeating: length, count: 1 << levels)
        }
    }

    /// An integer in the order of finite single-precision numbers; both zeros give the same.
    @inline(__always) static func key(of value: Float) -> Int32 {
        let bits = Int32(bitPattern: (value + 0).bitPattern)
        return bits ^ ((bits >> 31) & 0x7fff_ffff)
    }

    /// The key of the largest single-precision number that is not above `value`, which must be
    /// finite and within single precision's range.
    @inline(__always) public static func key(of value: Double) -> Int32 {
        let nearest = Float(value)
        return key(of: nearest) &- (Double(nearest) > value ? 1 : 0)
    }

    /// The same of any number: infinities count as the largest finite numbers. NaN must not be given.
    @inline(__always) static func key(clamping value: Double) -> Int32 {
        let limit = Double(Float.greatestFiniteMagnitude)
        let low = value < -limit ? -limit : value
        return key(of: low > limit ? limit : low)
    }

    /// Stands for NaN; above the keys of all numbers.
    static let missingKey = Int32.max

    /// The same of any value, with ``missingKey`` for NaN.
    @inline(__always) static func key(orMissing value: Double) -> Int32 {
        let key = key(clamping: value == value ? value : 0)
        return value == value ? key : missingKey
    }

    /// Adds the path lengths of the first `count` rows of a tile, tree after tree, to `sums`.
    public func addPathLengths(
        tile: UnsafePointer<Int32>, count: Int, to sums: UnsafeMutablePointer<Double>
    ) {
        precondition(count >= 0 && count <= Self.tileRows, "a tile has no \(count) rows")
        let grouped = count / Self.lanes * Self.lanes
        if grouped > 0 {
            for tree in 0..<treeCount {
                let nodes = UnsafePointer(self.nodes.pointer + tree << depth)
                let ends = UnsafePointer(leaves.pointer + tree << depth) - leafCount
                if depth < Self.topLevels {
                    for row in 0..<grouped {
                        sums[row] += ends[descend(tile + row, nodes, from: 1, levels: depth)]
                    }
                } else {
                    addGroups(tile, grouped, nodes, ends, sums)
                }
            }
        }
        for row in grouped..<count { addRow(tile + row, sums + row) }
    }

    /// All groups of eight rows down one tree. Near the root many rows meet the same few nodes:
    /// there all of these are compared with all rows of the group at once.
    @inline(__always) private func addGroups(
        _ tile: UnsafePointer<Int32>, _ count: Int, _ nodes: UnsafePointer<Node>,
        _ ends: UnsafePointer<Double>, _ sums: UnsafeMutablePointer<Double>
    ) {
        let top = TopLevels(nodes)
        let levels = depth &- Self.topLevels
        var row = 0
        while row < count {
            let rows = tile + row
            let start = top.descend(rows)
            let (low, high) = (start.lowHalf, start.highHalf)
            addFour(rows, low, nodes, levels, ends, sums + row)
            addFour(rows + 4, high, nodes, levels, ends, sums + row + 4)
            row &+= Self.lanes
        }
    }

    /// Four rows side by side, so that the loads of one do not wait for those of another: more at
    /// once have too few registers.
    @inline(__always) private func addFour(
        _ rows: UnsafePointer<Int32>, _ start: SIMD4<Int32>, _ nodes: UnsafePointer<Node>,
        _ levels: Int, _ ends: UnsafePointer<Double>, _ sums: UnsafeMutablePointer<Double>
    ) {
        var (a, b, c, d) = (Int(start[0]), Int(start[1]), Int(start[2]), Int(start[3]))
        var level = levels
        while level > 0 {
            a = Self.step(nodes, rows, a)
            b = Self.step(nodes, rows + 1, b)
            c = Self.step(nodes, rows + 2, c)
            d = Self.step(nodes, rows + 3, d)
            level &-= 1
        }
        sums[0] += ends[a]
        sums[1] += ends[b]
        sums[2] += ends[c]
        sums[3] += ends[d]
    }

    /// One row down all trees, four of them side by side; lengths are added tree after tree.
    private func addRow(_ row: UnsafePointer<Int32>, _ sum: UnsafeMutablePointer<Double>) {
        let size = leafCount
        var nodes = UnsafePointer(self.nodes.pointer)
        var ends = UnsafePointer(leaves.pointer) - size
        var total = sum.pointee
        var left = treeCount
        while left >= 4 {
            var (a, b, c, d) = (1, 1, 1, 1)
            for _ in 0..<depth {
                a = Self.step(nodes, row, a)
                b = Self.step(nodes + size, row, b)
                c = Self.step(nodes + 2 &* size, row, c)
                d = Self.step(nodes + 3 &* size, row, d)
            }
            total += ends[a]
            total += ends[size &+ b]
            total += ends[2 &* size &+ c]
            total += ends[3 &* size &+ d]
            nodes += 4 &* size
            ends += 4 &* size
            left &-= 4
        }
        while left > 0 {
            total += ends[descend(row, nodes, from: 1, levels: depth)]
            nodes += size
            ends += size
            left &-= 1
        }
        sum.pointee = total
    }

    @inline(__always) private func descend(
        _ row: UnsafePointer<Int32>, _ nodes: UnsafePointer<Node>, from node: Int, levels: Int
    ) -> Int {
        var i = node
        for _ in 0..<levels { i = Self.step(nodes, row, i) }
        return i
    }

    /// The child of node i: 2i, or 2i + 1 if the value is above. The sign of a difference, because
    /// a comparison may be made a branch, which would be guessed wrong half the time.
    @inline(__always) private static func step(
        _ nodes: UnsafePointer<Node>, _ row: UnsafePointer<Int32>, _ i: Int
    ) -> Int {
        let difference = Int(nodes[i].below) &- Int(row[Int(nodes[i].offset)])
        return i &+ i &+ Int(bitPattern: UInt(bitPattern: difference) >> 63)
    }
}

/// The seven nodes of a tree's first three levels.
///
/// Written with the operators alone that exist for this one vector type: the generic ones work
/// lane by lane.
private struct TopLevels {
    private typealias Mask = SIMDMask<SIMD8<Int32>>

    private let nodes: UnsafePointer<FlatForest.Node>

    init(_ nodes: UnsafePointer<FlatForest.Node>) { self.nodes = nodes }

    /// Whether the values of eight rows are above a node.
    @inline(__always) private func isAbove(_ node: Int, _ rows: UnsafePointer<Int32>) -> Mask {
        let values = UnsafeRawPointer(rows + Int(nodes[node].offset))
            .loadUnaligned(as: SIMD8<Int32>.self)
        let below = SIMD8<Int32>(repeating: nodes[node].below)
        return values .> below
    }

    /// Where `above` is set `one`, elsewhere `other`.
    @inline(__always) private func choose(_ above: Mask, _ one: Mask, _ other: Mask) -> Mask {
        other .^ ((one .^ other) .& above)
    }

    /// The nodes of the fourth level, 8 … 15, that eight rows come to.
    @inline(__always) func descend(_ rows: UnsafePointer<Int32>) -> SIMD8<Int32> {
        let first = isAbove(1, rows)
        let second = choose(first, isAbove(3, rows), isAbove(2, rows))
        let third = choose(
            first, choose(second, isAbove(7, rows), isAbove(6, rows)),
            choose(second, isAbove(5, rows), isAbove(4, rows)))
        // A mask's lanes are −1 or 0: they are subtracted as numbers.
        var node = SIMD8<Int32>(repeating: 1)
        node = node &+ node &- unsafeBitCast(first, to: SIMD8<Int32>.self)
        node = node &+ node &- unsafeBitCast(second, to: SIMD8<Int32>.self)
        return node &+ node &- unsafeBitCast(third, to: SIMD8<Int32>.self)
    }
}
