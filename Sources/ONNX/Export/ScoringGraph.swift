internal import Foundation
public import Scoring
internal import SwiftProtobuf

/// A model as one ONNX graph: transform, linear terms, steps and pairs, forest, calibration and score, in doubles
/// throughout, so that any runtime of ONNX scores as ``Scorer`` does.
///
/// In comes `features`, a table of doubles with a column for each of the model's features in their order, NaN where a
/// value is missing; out come `score` and the calibrated `log_odds` that it is made of (`log2_score` for a model whose
/// scores are powers of two), each a column. Names of the features, thresholds and the model's hash are metadata.
public struct ScoringGraph {
    typealias Name = GraphBuilder.Name

    /// Version of the standard's operators that is written.
    static let operatorSet: Int64 = 17
    /// Version of the operators of decision trees: the first with `TreeEnsemble`.
    static let treeOperatorSet: Int64 = 5
    /// Version of the file format, the first that goes with it.
    static let formatVersion: Int64 = 10

    let model: RiskModel
    var builder: GraphBuilder
    /// Values, rounded if the model says so.
    var values: Name = "features"
    /// Whether they are missing.
    var missing: Name = "missing"
    var columns: Int { model.terms.count }

    private init(_ model: RiskModel, name: String) {
        self.model = model
        builder = GraphBuilder(name: name)
    }

    /// The bytes of an ONNX file. Equal models give equal bytes.
    ///
    /// - Parameter name: what the graph is called.
    public static func encoded(_ model: RiskModel, name: String) throws(GraphError) -> [UInt8] {
        var graph = ScoringGraph(model, name: name)
        graph.build()
        let wire = WireModel.with {
            $0.irVersion = formatVersion
            $0.producerName = "holdfast"
            $0.docString = "A fraud score; see the metadata for the features in their order."
            $0.graph = graph.builder.graph
            $0.opsetImport = [
                .with { $0.version = operatorSet },
                .with { ($0.domain, $0.version) = (GraphBuilder.treeDomain, treeOperatorSet) },
            ]
            $0.metadataProps = metadata(of: model)
        }
        do { return try wire.serializedBytes() } catch { throw .model("\(error)") }
    }

    private static func metadata(of model: RiskModel) -> [WireMetadata] {
        // An array of strings always has an encoding.
        let names = (try? JSONEncoder().encode(model.featureNames)) ?? Data()
        let limits = model.thresholds
        return [
            ("features", String(decoding: names, as: UTF8.self)),
            ("model_sha256", "\(model.hash)"), ("challenge", "\(limits.challenge)"),
            ("hold", "\(limits.hold)"), ("decline", "\(limits.decline)"),
        ].map { key, value in .with { ($0.key, $0.value) = (key, value) } }
    }

    private mutating func build() {
        builder.addInput(values, columns: columns)
        roundInputs()
        builder.add("IsNaN", [values], as: missing)
        var parts: [Name] = []
        let isLinear = model.terms.contains { $0.weight != 0 }
        let isStandardised = isLinear || model.forest?.inputs == .standardised
        let standardised = isStandardised ? standardise() : values
        if isLinear {
            let weights = builder.constant("weights", model.terms.map(\.weight), [columns, 1])
            parts.append(builder.add("MatMul", [standardised, weights], as: "linear"))
        }
        if model.terms.contains(where: { $0.steps != nil }) { parts += addBins() }
        if let forest = model.forest {
            parts.append(addForest(forest, standardised: standardised))
        }
        finish(sum(of: parts))
    }

    private mutating func roundInputs() {
        guard model.precision == .single else { return }
        builder.add("Cast", [values], as: "single", [.int("to", Int(ElementType.float.rawValue))])
        values = builder.add(
            "Cast", ["single"], as: "rounded", [.int("to", Int(ElementType.double.rawValue))])
    }

    /// z = (transform(x) − mean) / scale, clipped; 0 where x is missing.
    private mutating func standardise() -> Name {
        let transformed = transform()
        let means = builder.constant("means", model.terms.map(\.mean), [1, columns])
        let inverse = builder.constant(
            "inverse_scales", model.terms.map { 1 / $0.scale }, [1, columns])
        let low = builder.constant("clip_low", [-FeatureTerm.clip])
        let high = builder.constant("clip_high", [FeatureTerm.clip])
        let zero = builder.constant("zero", [0.0])
        builder.add("Sub", [transformed, means], as: "centred")
        builder.add("Mul", ["centred", inverse], as: "scaled")
        builder.add("Clip", ["scaled", low, high], as: "clipped")
        return builder.add("Where", [missing, zero, "clipped"], as: "standardised")
    }

    /// sign(x) · ln(1 + |x|) of the columns that have it.
    private mutating func transform() -> Name {
        let isLogarithmic = model.terms.map { $0.transform == .signedLogarithm }
        guard isLogarithmic.contains(true) else { return values }
        let which = builder.constant("is_logarithmic", isLogarithmic, [1, columns])
        let one = builder.constant("one", [1.0])
        builder.add("Abs", [values], as: "magnitudes")
        builder.add("Add", ["magnitudes", one], as: "magnitudes_and_one")
        builder.add("Log", ["magnitudes_and_one"], as: "logarithms")
        builder.add("Sign", [values], as: "signs")
        builder.add("Mul", ["logarithms", "signs"], as: "signed_logarithms")
        return builder.add("Where", [which, "signed_logarithms", values], as: "transformed")
    }

    /// The margin: all parts and the intercept. Without a part it is the intercept in every row.
    private mutating func sum(of parts: [Name]) -> Name {
        let intercept = builder.constant("intercept", [model.intercept])
        var sum: Name
        if let first = parts.first {
            sum = first
        } else {
            let nothing = builder.constant(
                "nothing", [Double](repeating: 0, count: columns), [columns, 1])
            let zero = builder.constant("no_value", [0.0])
            builder.add("Where", [missing, zero, values], as: "present")
            sum = builder.add("MatMul", ["present", nothing], as: "no_part")
        }
        for (index, part) in parts.enumerated().dropFirst() {
            sum = builder.add("Add", [sum, part], as: Name("sum_\(index)"))
        }
        return builder.add("Add", [sum, intercept], as: "margin")
    }

    private mutating func finish(_ margin: Name) {
        let slope = builder.constant("calibration_slope", [model.calibration.slope])
        let offset = builder.constant("calibration_offset", [model.calibration.offset])
        builder.add("Mul", [margin, slope], as: "sloped_margin")
        let sum: Name
        switch model.link {
        case .logistic:
            sum = builder.add("Add", ["sloped_margin", offset], as: "log_odds")
            builder.add("Sigmoid", [sum], as: "score")
        case .powerOfTwo:
            sum = builder.add("Add", ["sloped_margin", offset], as: "log2_score")
            let two = builder.constant("two", [2.0])
            let largest = builder.constant("largest_score", [1.0])
            builder.add("Pow", [two, sum], as: "power")
            builder.add("Min", ["power", largest], as: "score")
        }
        builder.addOutput("score", columns: 1)
        builder.addOutput(sum, columns: 1)
    }
}
