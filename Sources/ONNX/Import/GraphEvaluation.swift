internal import Scoring

/// Follows a graph from its inputs to its outputs, node by node, and says what each tensor is as a function of a row.
///
/// Nothing is taken for granted of how nodes are called or ordered: what a tree's leaf comes to, for one, is computed
/// leaf by leaf as the graph says. What is not understood is remembered with its reason, which is the error if the
/// score turns out to depend on it; branches that only give a class's label do no harm.
struct GraphEvaluation {
    private(set) var values: [String: GraphValue] = [:]
    /// The trees, in the order in which they were met.
    private(set) var trees: [RegressionTree] = []
    /// The classes as far as a node names them.
    private(set) var classes: [String] = []

    init(_ graph: WireGraph, inputs: [String: [InputColumn]]) throws(GraphError) {
        for tensor in graph.initializer {
            values[tensor.name] = .constant(try GraphTensor(tensor, name: tensor.name))
        }
        for (name, columns) in inputs { values[name] = .columns(columns) }
        for (index, wire) in graph.node.enumerated() {
            let node = GraphNode(wire, index: index)
            let results: [GraphValue]
            do throws(GraphError) { results = try evaluate(node) } catch {
                results = wire.output.map { _ in .unknown(error) }
            }
            for (name, value) in zip(wire.output, results) where !name.isEmpty {
                values[name] = value
            }
        }
    }

    private mutating func evaluate(_ node: GraphNode) throws(GraphError) -> [GraphValue] {
        if node.operation == "ai.onnx.ml.ArrayFeatureExtractor" { noteClasses(node) }
        guard let operation = GraphOperator(rawValue: node.operation) else {
            throw .unsupported(operator: node.operation, node: node.name)
        }
        var inputs: [GraphValue] = []
        for name in node.wire.input {
            guard let value = values[name] else {
                throw node.refuse(
                    "its input \(name) is neither the graph's nor given by a node before it")
            }
            if case .unknown(let error) = value { throw error }
            inputs.append(value)
        }
        switch operation {
        case .linearClassifier:
            return [
                .unknown(node.refuse("it gives a label; the probabilities would be right")),
                try linearClassifier(node, inputs),
            ]
        case .treeEnsembleRegressor: return [try tree(node, inputs)]
        default: return [try Self.apply(operation, node, inputs)]
        }
    }

    /// Where classes are looked up by the index of the largest score.
    private mutating func noteClasses(_ node: GraphNode) {
        guard let name = node.wire.input.first, case .constant(let table)? = values[name],
            classes.isEmpty
        else { return }
        classes =
            table.texts.isEmpty ? table.wholeNumbers.map { String($0) } : table.texts
    }

    private static func apply(
        _ operation: GraphOperator, _ node: GraphNode, _ inputs: [GraphValue]
    ) throws(GraphError) -> GraphValue {
        if operation == .constant {
            guard let tensor = try node.tensor("value") else {
                throw node.refuse("it has no tensor as its value")
            }
            return .constant(tensor)
        }
        guard let first = inputs.first else { throw node.refuse("it has no input") }
        switch operation {
        case .identity: return first
        case .cast: return cast(node, first)
        case .gather: return try gather(node, inputs)
        case .concat, .featureVectorizer: return try join(operation, node, inputs)
        case .scaler: return try scaler(node, first)
        case .matrixProduct: return try product(node, inputs)
        case .sigmoid: return try probabilities(node, first) { $0.logistic }
        case .softmax:
            let axis = node.int("axis", otherwise: -1)
            guard axis == 1 || axis == -1 else { throw node.refuse("axis \(axis) is not 1") }
            return try probabilities(node, first) { $0.softmax }
        case .normalizer, .zipMap, .reduceSum:
            return try ofProbabilities(operation, node, inputs)
        case .labelEncoder: return try encode(node, first)
        case .reshape:
            guard case .leaves = first else {
                throw node.refuse("it reshapes \(first.kind); what a tree gives would be right")
            }
            return first
        case .abs, .negate, .logarithm:
            return try GraphArithmetic(node).apply(operation, to: first)
        case .sum, .maximum, .minimum:
            let arithmetic = GraphArithmetic(node)
            var result = first
            for next in inputs.dropFirst() {
                result = try arithmetic.apply(
                    operation == .sum ? .add : operation, result, next)
            }
            return result
        default:
            guard inputs.count == 2 else {
                throw node.refuse("it has \(inputs.count) inputs; 2 would be right")
            }
            return try GraphArithmetic(node).apply(operation, first, inputs[1])
        }
    }

    private static func cast(_ node: GraphNode, _ value: GraphValue) -> GraphValue {
        let type = Int32(clamping: node.int("to", otherwise: 0))
        switch (ElementType(rawValue: type), value) {
        case (.float, .columns(let columns)): return .columns(columns.map(\.single))
        case (.int64, .leaves(let tree, let numbers)), (.int32, .leaves(let tree, let numbers)):
            return .leaves(tree: tree, numbers.map { $0.rounded(.towardZero) })
        case (.float, .leaves), (.double, .leaves), (.double, .columns), (.float, .constant),
            (.double, .constant), (.float, .sums), (.double, .sums), (.float, .probabilities),
            (.double, .probabilities), (.float, .lengths), (.double, .lengths), (.float, .power),
            (.double, .power):
            return value
        default:
            return .unknown(
                node.refuse("it makes \(ElementType.name(of: type)) of \(value.kind)"))
        }
    }

    private static func gather(
        _ node: GraphNode, _ inputs: [GraphValue]
    ) throws(GraphError) -> GraphValue {
        guard inputs.count == 2, case .columns(let columns) = inputs[0],
            case .constant(let indices) = inputs[1], node.int("axis", otherwise: 0) == 1
        else {
            throw node.refuse("input columns, chosen by constants along axis 1, would be right")
        }
        var chosen: [InputColumn] = []
        for index in indices.numbers {
            guard index >= 0, index < Double(columns.count) else {
                throw node.refuse("there is no column \(index) among \(columns.count)")
            }
            chosen.append(columns[Int(index)])
        }
        return .columns(chosen)
    }

    private static func join(
        _ operation: GraphOperator, _ node: GraphNode, _ inputs: [GraphValue]
    ) throws(GraphError) -> GraphValue {
        let axis = node.int("axis", otherwise: operation == .concat ? 0 : 1)
        guard axis == 1 || axis == -1 else {
            throw node.refuse("axis \(axis) would join rows; 1 would be right")
        }
        var all: [InputColumn] = []
        var widths: [Int64] = []
        for input in inputs {
            guard case .columns(let columns) = input else {
                throw node.refuse("it joins \(input.kind); input columns would be right")
            }
            all += columns
            widths.append(Int64(columns.count))
        }
        guard operation == .featureVectorizer else { return .columns(all) }
        let stated = node.ints("inputdimensions")
        guard stated == widths else {
            throw node.refuse("inputdimensions are \(stated); \(widths) would be right")
        }
        return .columns(all.map(\.single))
    }

    private static func scaler(
        _ node: GraphNode, _ input: GraphValue
    ) throws(GraphError) -> GraphValue {
        guard case .columns(let columns) = input, columns.allSatisfy(\.isPlain) else {
            throw node.refuse("it scales \(input.kind); the graph's inputs would be right")
        }
        let (offsets, scales) = (node.floats("offset"), node.floats("scale"))
        for (name, found) in [("offset", offsets), ("scale", scales)]
        where found.count != columns.count && found.count != 1 {
            throw node.refuse(
                "\(name) has \(found.count) numbers; one for each of \(columns.count) columns would be right"
            )
        }
        return .columns(
            columns.indices.map {
                var column = columns[$0].single
                column.mean = offsets[offsets.count == 1 ? 0 : $0]
                column.factor = scales[scales.count == 1 ? 0 : $0]
                return column
            })
    }

    private static func product(
        _ node: GraphNode, _ inputs: [GraphValue]
    ) throws(GraphError) -> GraphValue {
        guard inputs.count == 2, case .columns(let columns) = inputs[0],
            case .constant(let matrix) = inputs[1]
        else {
            throw node.refuse(
                "it multiplies \(inputs.map(\.kind).joined(separator: " by ")); input columns by a constant "
                    + "matrix would be right")
        }
        guard matrix.dims.count == 2, matrix.dims[0] == columns.count else {
            throw node.refuse(
                "the matrix has shape \(matrix.shape); [\(columns.count), classes] would be right")
        }
        let width = matrix.dims[1]
        return .sums(
            LinearSums(
                columns: columns,
                sums: (0..<width).map { sum in
                    LinearSums.Sum(
                        weights: columns.indices.map { matrix.numbers[$0 * width + sum] }, offset: 0
                    )
                }))
    }

    private static func probabilities(
        _ node: GraphNode, _ input: GraphValue, _ logOdds: (LinearSums) -> LinearSums.Sum?
    ) throws(GraphError) -> GraphValue {
        guard case .sums(let sums) = input else {
            throw node.refuse("it takes \(input.kind); linear sums would be right")
        }
        guard let sum = logOdds(sums) else {
            throw node.refuse(
                "it has scores of \(sums.sums.count) classes; scores of 2 classes, the one the negative of the other, "
                    + "would be right")
        }
        return .probabilities(sum, sums.columns, classes: [])
    }

    private static func ofProbabilities(
        _ operation: GraphOperator, _ node: GraphNode, _ inputs: [GraphValue]
    ) throws(GraphError) -> GraphValue {
        guard case .probabilities(let sum, let columns, let classes) = inputs[0] else {
            throw node.refuse(
                "it takes \(inputs[0].kind); the probabilities of two classes would be right")
        }
        switch operation {
        case .normalizer:
            try node.require("norm", node.text("norm", otherwise: "MAX"), is: "L1")
            return inputs[0]
        case .reduceSum:
            var axes = node.ints("axes")
            if inputs.count > 1, case .constant(let tensor) = inputs[1] {
                axes = tensor.wholeNumbers
            }
            guard axes == [1] || axes == [-1] else {
                throw node.refuse("it sums along axes \(axes); [1] would be right")
            }
            return .one
        default:
            let named =
                node.texts("classlabels_strings") + node.ints("classlabels_int64s").map(String.init)
            return .probabilities(sum, columns, classes: named.isEmpty ? classes : named)
        }
    }

    private static func encode(
        _ node: GraphNode, _ input: GraphValue
    ) throws(GraphError) -> GraphValue {
        guard case .leaves(let tree, let numbers) = input else {
            throw node.refuse("it encodes \(input.kind); what a tree gives would be right")
        }
        let keys = node.ints("keys_int64s").map { Double($0) } + node.floats("keys_floats")
        let results =
            node.floats("values_floats") + node.ints("values_int64s").map { Double($0) }
        guard !keys.isEmpty, keys.count == results.count else {
            throw node.refuse(
                "it has \(keys.count) keys and \(results.count) values that are numbers; as many of both would "
                    + "be right")
        }
        let table = Dictionary(zip(keys, results), uniquingKeysWith: { _, last in last })
        var encoded: [Float] = []
        for number in numbers {
            guard let result = table[Double(number)] else {
                throw node.refuse("it has no value for leaf \(number)")
            }
            encoded.append(Float(result))
        }
        return .leaves(tree: tree, encoded)
    }

    private mutating func linearClassifier(
        _ node: GraphNode, _ inputs: [GraphValue]
    ) throws(GraphError) -> GraphValue {
        guard inputs.count == 1, case .columns(let columns) = inputs[0] else {
            throw node.refuse("it does not take the graph's input columns, which would be right")
        }
        classes =
            node.texts("classlabels_strings") + node.ints("classlabels_ints").map(String.init)
        guard classes.count == 2 else {
            throw node.refuse("it tells \(classes.count) classes apart; 2 would be right")
        }
        let (weights, offsets) = (node.floats("coefficients"), node.floats("intercepts"))
        guard weights.count == 2 * columns.count else {
            throw node.refuse(
                "coefficients has \(weights.count) numbers; \(2 * columns.count), for 2 classes and "
                    + "\(columns.count) columns, would be right")
        }
        guard offsets.count == 2 else {
            throw node.refuse("intercepts has \(offsets.count) numbers; 2 would be right")
        }
        let sums = LinearSums(
            columns: columns.map(\.single),
            sums: [
                LinearSums.Sum(weights: Array(weights.prefix(columns.count)), offset: offsets[0]),
                LinearSums.Sum(weights: Array(weights.suffix(columns.count)), offset: offsets[1]),
            ])
        let logOdds: (LinearSums) -> LinearSums.Sum?
        switch node.text("post_transform", otherwise: "NONE") {
        case "LOGISTIC": logOdds = { $0.logistic }
        case "SOFTMAX": logOdds = { $0.softmax }
        case let other:
            throw node.refuse("post_transform is \(other); LOGISTIC or SOFTMAX would be right")
        }
        let result = try Self.probabilities(node, .sums(sums), logOdds)
        guard case .probabilities(let sum, let over, _) = result else { return result }
        return .probabilities(sum, over, classes: classes)
    }

    private mutating func tree(
        _ node: GraphNode, _ inputs: [GraphValue]
    ) throws(GraphError) -> GraphValue {
        guard inputs.count == 1, case .columns(let columns) = inputs[0],
            columns.allSatisfy(\.isPlain)
        else {
            throw node.refuse(
                "it does not take the graph's inputs as they are, which would be right: an isolation forest behind "
                    + "a scaler is not read")
        }
        guard columns.allSatisfy({ $0.precision == .single }) else {
            throw node.refuse("its inputs are DOUBLE; FLOAT would be right")
        }
        let tree = try RegressionTree(node, columns: columns)
        trees.append(tree)
        return .leaves(tree: trees.count - 1, tree.leaves)
    }
}
