/// A tree that splits a subsample at random until rows are alone; its nodes stand in preorder.
public struct IsolationTree: Sendable, Equatable {
    /// A place of the tree.
    public enum Node: Sendable, Equatable {
        /// Rows whose `feature` is below `threshold` go to the next node, others to node `right`.
        /// Thresholds are single precision, so that rounding a value down to it never changes on
        /// which side it is.
        case split(feature: UInt16, threshold: Float, right: UInt32)
        /// `size` rows of the subsample ended here.
        case leaf(size: UInt32)
    }

    /// The nodes in preorder, the root first.
    public let nodes: [Node]
    /// Edges from the root to the deepest leaf.
    public let depth: Int

    /// No tree is deeper: enough for a subsample of 4,096 rows, cut at ⌈log₂ ψ⌉ as in the paper.
    public static let maximumDepth = 12

    /// Rows of the subsample that the tree was grown from.
    public var size: Int {
        nodes.reduce(0) { sum, node in
            guard case .leaf(let size) = node else { return sum }
            return sum + Int(size)
        }
    }

    /// Path length of one row: edges to its leaf, plus c(n) for the n rows that were left there.
    public func pathLength(of row: (Int) -> Double) -> Double {
        var index = 0
        var edges = 0
        while true {
            switch nodes[index] {
            case .leaf(let size): return Double(edges) + PathLength.average(count: Int(size))
            case .split(let feature, let threshold, let right):
                index = row(Int(feature)) < Double(threshold) ? index + 1 : Int(right)
                edges += 1
            }
        }
    }

    /// Takes nodes in preorder and fills in where right subtrees begin.
    public struct Builder: Sendable {
        private var nodes: [Node] = []
        /// Splits whose right subtree has not begun, with their depth.
        private var open: [(split: Int, depth: Int)] = []
        private var nextDepth = 0
        private var depth = 0
        /// Whether every split has both its subtrees.
        public private(set) var isComplete = false

        /// A builder that waits for the root.
        public init() {}

        /// Adds a split; false if its children would be deeper than any tree may be.
        public mutating func append(split feature: UInt16, threshold: Float) -> Bool {
            precondition(!isComplete, "the tree has all its nodes")
            guard nextDepth < IsolationTree.maximumDepth else { return false }
            open.append((nodes.count, nextDepth))
            nodes.append(.split(feature: feature, threshold: threshold, right: 0))
            nextDepth += 1
            depth = max(depth, nextDepth)
            return true
        }

        /// Adds a leaf.
        public mutating func append(leaf size: UInt32) {
            precondition(!isComplete, "the tree has all its nodes")
            nodes.append(.leaf(size: size))
            guard let parent = open.popLast() else {
                isComplete = true
                return
            }
            if case .split(let feature, let threshold, _) = nodes[parent.split] {
                nodes[parent.split] = .split(
                    feature: feature, threshold: threshold, right: UInt32(nodes.count))
            }
            nextDepth = parent.depth + 1
        }

        /// The tree, once it is complete.
        public func finish() -> IsolationTree {
            precondition(isComplete, "the tree lacks nodes")
            return IsolationTree(nodes: nodes, depth: depth)
        }
    }
}
