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
        var threshold: Int32
        /// Where the feature's values begin in a tile.
        var offset: UInt32
    }

    /// Rows of a tile; the values of feature f of row r stand at `f * tileRows + r`.
    public static let tileRows = 64
    private static let lanes = 8

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
                threshold: Self.key(of: threshold), offset: UInt32(feature) * UInt32(Self.tileRows))
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

    /// Adds the path lengths of the first `count` rows of a tile, tree after tree, to `sums`.
    public func addPathLengths(
        tile: UnsafePointer<Int32>, count: Int, to sums: UnsafeMutablePointer<Double>
    ) {
        let grouped = count - count % Self.lanes
        for tree in 0..<treeCount {
            let nodes = UnsafePointer(self.nodes.pointer + tree << depth)
            let leaves = UnsafePointer(self.leaves.pointer + tree << depth)
            var row = 0
            while row < grouped {
                addGroup(tile + row, nodes, leaves, sums + row)
                row += Self.lanes
            }
            while row < count {
                var i = 1
                for _ in 0..<depth { i = Self.step(nodes, tile + row, i) }
                sums[row] += leaves[i &- leafCount]
                row += 1
            }
        }
    }

    @inline(__always) private static func step(
        _ nodes: UnsafePointer<Node>, _ row: UnsafePointer<Int32>, _ i: Int
    ) -> Int {
        let node = nodes[i]
        return i &+ i &+ (row[Int(node.offset)] >= node.threshold ? 1 : 0)
    }

    /// Eight rows descend side by side: their loads do not wait for one another.
    @inline(__always) private func addGroup(
        _ row: UnsafePointer<Int32>, _ nodes: UnsafePointer<Node>,
        _ leaves: UnsafePointer<Double>, _ sums: UnsafeMutablePointer<Double>
    ) {
        var (a, b, c, d) = (1, 1, 1, 1)
        var (e, f, g, h) = (1, 1, 1, 1)
        for _ in 0..<depth {
            a = Self.step(nodes, row, a)
            b = Self.step(nodes, row + 1, b)
            c = Self.step(nodes, row + 2, c)
            d = Self.step(nodes, row + 3, d)
            e = Self.step(nodes, row + 4, e)
            f = Self.step(nodes, row + 5, f)
            g = Self.step(nodes, row + 6, g)
            h = Self.step(nodes, row + 7, h)
        }
        let ends = leaves - leafCount
        sums[0] += ends[a]
        sums[1] += ends[b]
        sums[2] += ends[c]
        sums[3] += ends[d]
        sums[4] += ends[e]
        sums[5] += ends[f]
        sums[6] += ends[g]
        sums[7] += ends[h]
    }
}
