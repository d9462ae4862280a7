internal import Foundation
public import Scoring
internal import SwiftProtobuf

/// A model that was read from an ONNX graph: a logistic regression or an isolation forest of scikit-learn, in a file as
/// skl2onnx writes it.
///
/// Inputs are rounded to the graph's type first. The score of a logistic regression is the probability of the class
/// that means fraud; that of an isolation forest is 2^(−E[h]/c(ψ)), of which the graph's own `scores` are the offset
/// minus it, and `score_samples` the negative.
public struct GraphImport: Sendable {
    /// What the graph does not say.
    public struct Options: Sendable, Equatable {
        /// Names of the inputs in their order; nil to take them from the graph: that of an input of one column, else
        /// `x0`, `x1`, … as scikit-learn calls columns without names.
        public var names: [String]?
        /// The class that means fraud; nil if it is called 1.
        public var fraudClass: String?

        /// What the graph says.
        public init() {}
    }

    /// The model.
    public let model: RiskModel
    /// What it is in a few words.
    public let summary: String

    /// Versions of the file format that are read.
    static let formatVersions: ClosedRange<Int64> = 3...14
    /// Versions of the standard's operators that are read: what they mean is the same in all of these.
    static let operatorSets: ClosedRange<Int64> = 9...28
    /// Versions of the operators of classical models that are read.
    static let modelOperatorSets: ClosedRange<Int64> = 1...5

    /// Reads a file's bytes.
    ///
    /// - Parameter catalogueHash: what stands for the catalogue in a model of inputs with such names.
    public init(
        _ bytes: [UInt8], options: Options = Options(), catalogueHash: ([String]) -> [UInt8]
    ) throws(GraphError) {
        let graph = try Self.graph(bytes)
        let inputs = try GraphInputs(graph, names: options.names)
        let evaluation = try GraphEvaluation(graph, inputs: inputs.columns)
        let parts: ModelParts
        switch try Self.score(graph, evaluation) {
        case .probabilities(let sum, let columns, let classes):
            let known = classes.isEmpty ? evaluation.classes : classes
            parts = try ModelParts(
                logistic: try Self.logOdds(sum, classes: known, options), of: columns,
                names: inputs.names)
            summary = "a logistic regression on \(inputs.names.count) inputs"
        case .power(let sum, let factor, let offset):
            parts = try ModelParts(
                forest: sum, factor: factor, offset: offset, trees: evaluation.trees,
                names: inputs.names)
            summary =
                "an isolation forest of \(parts.forest?.forest.trees.count ?? 0) trees on "
                + "\(inputs.names.count) inputs"
        case let other:
            throw .value(
                name: "the score",
                problem:
                    "it is \(other.kind); probabilities of two classes, or the score of an isolation forest, "
                    + "would be right")
        }
        do {
            model = try RiskModel(
                catalogueHash: catalogueHash(inputs.names), terms: parts.terms,
                forest: parts.forest, intercept: parts.intercept, calibration: .identity,
                thresholds: parts.thresholds, precision: parts.precision, link: parts.link)
        } catch { throw .model("\(error)") }
    }

    private static func graph(_ bytes: [UInt8]) throws(GraphError) -> WireGraph {
        let wire: WireModel
        do { wire = try WireModel(serializedBytes: bytes) } catch {
            throw .notAGraph("it is truncated, or none at all (\(error))")
        }
        guard wire.irVersion != 0, wire.hasGraph, !wire.graph.node.isEmpty else {
            throw .notAGraph("it has no format version or no graph with nodes")
        }
        guard formatVersions.contains(wire.irVersion) else {
            throw .notAGraph(
                "its format version is \(wire.irVersion); \(formatVersions.lowerBound) to "
                    + "\(formatVersions.upperBound) would be right")
        }
        guard !wire.opsetImport.isEmpty else {
            throw .notAGraph("it names no operator set: it may be truncated")
        }
        for set in wire.opsetImport {
            let isStandard = set.domain.isEmpty || set.domain == "ai.onnx"
            guard isStandard || set.domain == GraphBuilder.treeDomain else { continue }
            let readable = isStandard ? operatorSets : modelOperatorSets
            guard readable.contains(set.version) else {
                throw .operatorSet(
                    domain: isStandard ? "ai.onnx" : set.domain, version: set.version,
                    readable: readable)
            }
        }
        let named = Set(wire.opsetImport.map { $0.domain == "ai.onnx" ? "" : $0.domain })
        for (index, node) in wire.graph.node.enumerated()
        where !named.contains(node.domain == "ai.onnx" ? "" : node.domain) {
            throw GraphNode(node, index: index).refuse(
                "the file names no version of the operator set \(node.domain.isEmpty ? "ai.onnx" : node.domain): "
                    + "it may be truncated")
        }
        return wire.graph
    }

    /// What the first output with a score is; of an isolation forest's two, the one that knows from where on a row
    /// counts as an outlier.
    private static func score(
        _ graph: WireGraph, _ evaluation: GraphEvaluation
    ) throws(GraphError) -> GraphValue {
        var found: GraphValue?
        for port in graph.output {
            let type = ElementType(rawValue: port.type.tensorType.elemType)
            if type == .int64 || type == .int32 || type == .string { continue }
            guard let value = evaluation.values[port.name] else {
                throw .value(name: "output \(port.name)", problem: "no node gives it")
            }
            if case .unknown(let error) = value { throw error }
            if case .power(_, _, let offset) = value, offset != 0 { return value }
            found = found ?? value
        }
        guard let found else {
            throw .value(
                name: "the outputs",
                problem:
                    "none is a score (FLOAT, DOUBLE or a map of probabilities), which would be right"
            )
        }
        return found
    }

    /// The log-odds of the class that means fraud.
    private static func logOdds(
        _ second: LinearSums.Sum, classes: [String], _ options: Options
    ) throws(GraphError) -> LinearSums.Sum {
        guard let wanted = options.fraudClass else {
            guard classes.isEmpty || classes.last == "1" else {
                throw .value(
                    name: "the classes",
                    problem:
                        "they are \(classes.joined(separator: " and ")): which of them means fraud must be said"
                )
            }
            return second
        }
        switch classes.firstIndex(of: wanted) {
        case 0: return -second
        case 1: return second
        default:
            throw .value(
                name: "the classes",
                problem:
                    "\(wanted) is none of them: \(classes.joined(separator: " and ")) would be right"
            )
        }
    }
}
