internal import Foundation

/// A node of a graph that is read, with its attributes by name.
struct GraphNode {
    let wire: WireNode
    /// Its name, or its place where it has none.
    let name: String
    private var attributes: [String: WireAttribute] = [:]

    init(_ wire: WireNode, index: Int) {
        self.wire = wire
        name = wire.name.isEmpty ? "number \(index)" : wire.name
        for attribute in wire.attribute { attributes[attribute.name] = attribute }
    }

    /// The operator, with its set where that is not the standard's own.
    var operation: String {
        wire.domain.isEmpty || wire.domain == "ai.onnx"
            ? wire.opType : "\(wire.domain).\(wire.opType)"
    }

    func refuse(_ problem: String) -> GraphError {
        .node(operator: operation, node: name, problem: problem)
    }

    func int(_ name: String, otherwise: Int64) -> Int64 { attributes[name]?.i ?? otherwise }

    func ints(_ name: String) -> [Int64] { attributes[name]?.ints ?? [] }

    /// Single-precision numbers, exactly.
    func floats(_ name: String) -> [Double] {
        (attributes[name]?.floats ?? []).map { Double($0) }
    }

    func text(_ name: String, otherwise: String) -> String {
        attributes[name].map { String(decoding: $0.s, as: UTF8.self) } ?? otherwise
    }

    func texts(_ name: String) -> [String] {
        (attributes[name]?.strings ?? []).map { String(decoding: $0, as: UTF8.self) }
    }

    func tensor(_ name: String) throws(GraphError) -> GraphTensor? {
        guard let attribute = attributes[name] else { return nil }
        return try GraphTensor(attribute.t, name: "\(self.name), attribute \(name)")
    }

    /// Whole numbers that are indices.
    func indices(_ name: String) throws(GraphError) -> [Int] {
        let values = ints(name)
        guard values.allSatisfy({ (0..<Int64(Int32.max)).contains($0) }) else {
            throw refuse("\(name) has numbers out of range")
        }
        return values.map { Int($0) }
    }

    /// Refuses an attribute that is not what it must be.
    func require(
        _ attribute: String, _ found: some Equatable & CustomStringConvertible,
        is right: some Equatable & CustomStringConvertible
    ) throws(GraphError) {
        guard found.description == right.description else {
            throw refuse("\(attribute) is \(found); \(right) would be right")
        }
    }
}

/// The operators that are read.
enum GraphOperator: String, CaseIterable {
    case abs = "Abs"
    case add = "Add"
    case cast = "Cast"
    case concat = "Concat"
    case constant = "Constant"
    case divide = "Div"
    case equal = "Equal"
    case featureVectorizer = "ai.onnx.ml.FeatureVectorizer"
    case gather = "Gather"
    case greater = "Greater"
    case identity = "Identity"
    case labelEncoder = "ai.onnx.ml.LabelEncoder"
    case less = "Less"
    case linearClassifier = "ai.onnx.ml.LinearClassifier"
    case logarithm = "Log"
    case matrixProduct = "MatMul"
    case maximum = "Max"
    case minimum = "Min"
    case multiply = "Mul"
    case negate = "Neg"
    case normalizer = "ai.onnx.ml.Normalizer"
    case power = "Pow"
    case reduceSum = "ReduceSum"
    case reshape = "Reshape"
    case scaler = "ai.onnx.ml.Scaler"
    case sigmoid = "Sigmoid"
    case softmax = "Softmax"
    case subtract = "Sub"
    case sum = "Sum"
    case treeEnsembleRegressor = "ai.onnx.ml.TreeEnsembleRegressor"
    case zipMap = "ai.onnx.ml.ZipMap"

    /// All of them, for errors.
    static var names: String {
        allCases.map { $0.rawValue.split(separator: ".").last.map(String.init) ?? "" }
            .sorted().joined(separator: ", ")
    }
}
