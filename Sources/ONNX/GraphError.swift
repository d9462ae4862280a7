/// Why a graph cannot be read as a model, or a model not be written as a graph: what, where, and what would be right.
public enum GraphError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The bytes are no ONNX model, or not all of one.
    case notAGraph(String)
    /// The graph speaks a version of a set of operators that is not read here.
    case operatorSet(domain: String, version: Int64, readable: ClosedRange<Int64>)
    /// An operator that is not read here, and those that are.
    case unsupported(operator: String, node: String)
    /// A node whose attributes, inputs or shapes are not those that are read here.
    case node(operator: String, node: String, problem: String)
    /// An input, output or constant of the graph that is not as it should be.
    case value(name: String, problem: String)
    /// What a model is made of cannot be held.
    case model(String)

    /// What is wrong, and what would be right.
    public var description: String {
        switch self {
        case .notAGraph(let problem): "is not a whole ONNX model: \(problem)"
        case .operatorSet(let domain, let version, let readable):
            "needs version \(version) of the operator set \(domain); \(readable.lowerBound) to "
                + "\(readable.upperBound) would be right (target_opset of skl2onnx)"
        case .unsupported(let name, let node):
            "has operator \(name) at node \(node), which is not read here: graphs that skl2onnx makes of "
                + "scikit-learn's LogisticRegression (after a StandardScaler, or not) and IsolationForest would be "
                + "right, made of \(GraphOperator.names)"
        case .node(let name, let node, let problem):
            "cannot be read at node \(node), operator \(name): \(problem)"
        case .value(let name, let problem): "cannot be read at \(name): \(problem)"
        case .model(let problem): "makes no model: \(problem)"
        }
    }
}
