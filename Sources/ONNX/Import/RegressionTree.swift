/// A tree of a `TreeEnsembleRegressor`, in preorder.
struct RegressionTree: Sendable {
    enum Node: Sendable, Equatable {
        /// Values up to the threshold, of an input of the graph, go left, to the next node; NaN goes right.
        case split(feature: Int, threshold: Float)
        /// The leaf of this index, `edges` below the root.
        case leaf(Int, edges: Int)
    }

    private(set) var nodes: [Node] = []
    /// What each leaf gives.
    private(set) var leaves: [Float] = []

    /// The nodes' attributes, and which of them a node identifier names.
    private struct Source {
        let modes: [String]
        let features: [Int]
        let values: [Double]
        let trueNodes: [Int]
        let falseNodes: [Int]
        let weights: [Int: Double]
        let places: [Int: Int]
    }

    /// No tree that is read is deeper.
    private static let maximumDepth = 4_096

    /// Reads the one tree of a node, which sees these columns.
    init(_ node: GraphNode, columns: [InputColumn]) throws(GraphError) {
        try node.require("n_targets", node.int("n_targets", otherwise: 0), is: 1)
        try node.require(
            "aggregate_function", node.text("aggregate_function", otherwise: "SUM"), is: "SUM")
        try node.require(
            "post_transform", node.text("post_transform", otherwise: "NONE"), is: "NONE")
        guard node.floats("base_values").allSatisfy({ $0 == 0 }) else {
            throw node.refuse("base_values are not 0")
        }
        let source = try Self.source(node, columns: columns.count)
        guard !source.modes.isEmpty else { throw node.refuse("the tree has no nodes") }
        // Preorder by a stack, so that a graph's depth is not that of this process.
        var open: [(node: Int, edges: Int)] = [(0, 0)]
        var isVisited = [Bool](repeating: false, count: source.modes.count)
        while let (place, edges) = open.popLast() {
            guard !isVisited[place] else {
                throw node.refuse("a node has two parents; a tree would be right")
            }
            guard edges <= Self.maximumDepth else {
                throw node.refuse("the tree is deeper than \(Self.maximumDepth)")
            }
            isVisited[place] = true
            if source.modes[place] == "LEAF" {
                nodes.append(.leaf(leaves.count, edges: edges))
                leaves.append(Float(source.weights[place] ?? 0))
                continue
            }
            nodes.append(
                .split(
                    feature: columns[source.features[place]].input,
                    threshold: Float(source.values[place])))
            for child in [source.falseNodes[place], source.trueNodes[place]] {
                guard let at = source.places[child] else {
                    throw node.refuse("a split leads to node \(child), which is not there")
                }
                open.append((at, edges + 1))
            }
        }
        guard isVisited.allSatisfy({ $0 }) else {
            throw node.refuse("some nodes are below no other; a single tree would be right")
        }
    }

    private static func source(
        _ node: GraphNode, columns: Int
    ) throws(GraphError) -> Source {
        let identifiers = try node.indices("nodes_nodeids")
        let count = identifiers.count
        let source = Source(
            modes: node.texts("nodes_modes"), features: try node.indices("nodes_featureids"),
            values: node.floats("nodes_values"),
            trueNodes: try node.indices("nodes_truenodeids"),
            falseNodes: try node.indices("nodes_falsenodeids"),
            weights: try weights(node, identifiers),
            places: Dictionary(
                zip(identifiers, identifiers.indices), uniquingKeysWith: { first, _ in first }))
        for (name, found) in [
            ("nodes_modes", source.modes.count), ("nodes_featureids", source.features.count),
            ("nodes_values", source.values.count), ("nodes_truenodeids", source.trueNodes.count),
            ("nodes_falsenodeids", source.falseNodes.count),
        ] where found != count {
            throw node.refuse(
                "\(name) has \(found) entries; one for each of \(count) nodes would be right")
        }
        guard source.places.count == count, Set(node.ints("nodes_treeids")).count <= 1 else {
            throw node.refuse(
                "it holds several trees; a node for each tree, as of an isolation forest, would be right"
            )
        }
        let missing = node.ints("nodes_missing_value_tracks_true")
        for place in 0..<count where source.modes[place] != "LEAF" {
            guard source.modes[place] == "BRANCH_LEQ" else {
                throw node.refuse(
                    "nodes_modes has \(source.modes[place]); BRANCH_LEQ and LEAF would be right")
            }
            guard source.features[place] < columns, source.values[place].isFinite else {
                throw node.refuse(
                    "it splits column \(source.features[place]) of \(columns) at \(source.values[place])"
                )
            }
            guard place >= missing.count || missing[place] == 0 else {
                throw node.refuse(
                    "a split sends missing values to its true side (nodes_missing_value_tracks_true), which a "
                        + "model here cannot hold; a forest fitted to rows without missing values would be right"
                )
            }
        }
        return source
    }

    /// What nodes give, by their place.
    private static func weights(
        _ node: GraphNode, _ identifiers: [Int]
    ) throws(GraphError) -> [Int: Double] {
        let targets = try node.indices("target_nodeids")
        let values = node.floats("target_weights")
        guard targets.count == values.count else {
            throw node.refuse(
                "target_weights has \(values.count) entries; one for each of \(targets.count) target_nodeids "
                    + "would be right")
        }
        var byIdentifier: [Int: Double] = [:]
        for (target, value) in zip(targets, values) { byIdentifier[target, default: 0] += value }
        var weights: [Int: Double] = [:]
        for (place, identifier) in identifiers.enumerated() {
            weights[place] = byIdentifier[identifier]
        }
        return weights
    }
}
