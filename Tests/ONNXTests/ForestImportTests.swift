import Foundation
import LinearAlgebra
import Scoring
import SwiftProtobuf
import Testing

@testable import ONNX

/// Isolation forests of graphs whose trees give path lengths at once, which the reader cannot tell from skl2onnx's.
@Suite struct ForestImportTests {
    /// A tree of three rows: one is left of 1 in its column, the others are together.
    private static func stump(_ column: Int, _ output: String, length: Float) -> WireNode {
        func strings(_ name: String, _ values: [String]) -> WireAttribute {
            .with {
                ($0.name, $0.type, $0.strings) = (name, .strings, values.map { Data($0.utf8) })
            }
        }
        return SampleGraphs.node(
            "TreeEnsembleRegressor", ["X"], [output], domain: "ai.onnx.ml",
            [
                .int("n_targets", 1), .ints("nodes_treeids", [0, 0, 0]),
                .ints("nodes_nodeids", [0, 1, 2]), .ints("nodes_featureids", [column, 0, 0]),
                .ints("nodes_truenodeids", [1, 0, 0]), .ints("nodes_falsenodeids", [2, 0, 0]),
                SampleGraphs.floats("nodes_values", [1, 0, 0]),
                strings("nodes_modes", ["BRANCH_LEQ", "LEAF", "LEAF"]),
                .ints("target_nodeids", [1, 2]), .ints("target_treeids", [0, 0]),
                .ints("target_ids", [0, 0]), SampleGraphs.floats("target_weights", [1, length]),
            ])
    }

    /// c(3)·2: what the mean of two trees' lengths is divided by.
    private static let normaliser = 2 * PathLength.average(count: 3)

    private static func graph(
        length: Float = 2, normaliser: Double = normaliser, limit: Double = 0.4
    ) -> WireModel {
        SampleGraphs.model(
            .with {
                $0.name = "forest"
                $0.input = [SampleGraphs.port("X", .float, 2)]
                $0.output = [
                    SampleGraphs.port("label", .int64, 1), SampleGraphs.port("scores", .float, 1),
                ]
                $0.initializer = [
                    SampleGraphs.constant("normaliser", [normaliser], [1, 1]),
                    SampleGraphs.constant("two", [2], [1]),
                    SampleGraphs.constant("limit", [limit], [1]),
                ]
                $0.node = [
                    stump(0, "one", length: length), stump(1, "other", length: length),
                    SampleGraphs.node("Sum", ["one", "other"], ["lengths"]),
                    SampleGraphs.node("Div", ["lengths", "normaliser"], ["mean"]),
                    SampleGraphs.node("Neg", ["mean"], ["exponent"]),
                    SampleGraphs.node("Pow", ["two", "exponent"], ["power"]),
                    SampleGraphs.node("Neg", ["power"], ["negative"]),
                    SampleGraphs.node("Add", ["negative", "limit"], ["scores"]),
                    SampleGraphs.node("Sign", ["scores"], ["label"]),
                ]
            }, standard: 17, classical: 3)
    }

    private static func read(_ graph: WireModel) throws -> RiskModel {
        try GraphImport(try graph.serializedBytes()) { _ in [] }.model
    }

    private static func refusal(_ graph: WireModel) -> String {
        do { return "nothing is wrong with \(try read(graph).hash)" } catch { return "\(error)" }
    }

    @Test func `a row's score is the paper's, and a value at a split goes to its left`() throws {
        let model = try Self.read(Self.graph())
        #expect(model.thresholds.hold == 0.4 && model.thresholds.decline == 1)
        #expect(model.link == .powerOfTwo)
        var scorer = Scorer(model)
        let above = 1 + 0x1p-23
        for (values, lengths) in [
            ([1, 1], 1.0 + 1), ([1, above], 1.0 + 2), ([2, 3], 2.0 + 2),
            // To single precision this is 1, and a missing value goes to the right.
            ([1 + 0x1p-30, .nan], 1.0 + 2), ([-1e300, 1e300], 1.0 + 2),
        ] as [([Double], Double)] {
            let row = Matrix(rows: 1, columns: 2)
            for (column, value) in values.enumerated() { row.row(0)[column] = value }
            var score = 0.0
            scorer.score(rows: row.pointer, count: 1, into: &score)
            #expect(abs(score - exp2(-lengths / Self.normaliser)) < 1e-15, "\(values)")
            let explanation = scorer.contributions(row: row.pointer)
            #expect(explanation.probability == score)
            var explainer = Explainer(model)
            let account = explainer.account(for: values)
            #expect(abs(account.sum - log2(score)) < 1e-12)
            #expect(account.probability == score)
        }
        #expect(try RiskModel(encoded: model.encoded()) == model)
        #expect(model.formatVersion == 3)
    }

    @Test func `what is no isolation forest's is refused where it is`() {
        #expect(Self.refusal(Self.graph(length: 2.1)).contains("is not edges + c(rows)"))
        #expect(Self.refusal(Self.graph(normaliser: 3)).contains("bootstrap=False"))
        #expect(Self.refusal(Self.graph(limit: 1.5)).contains("outliers begin at 1.5"))
        var graph = Self.graph()
        graph.graph.input[0] = SampleGraphs.port("X", .double, 2)
        #expect(Self.refusal(graph).contains("its inputs are DOUBLE; FLOAT would be right"))
        graph = Self.graph()
        graph.graph.input[0] = SampleGraphs.port("X", .float, 1)
        #expect(Self.refusal(graph).contains("it splits column 1 of 1"))
        graph = Self.graph()
        graph.graph.node[2].input = ["one", "one"]
        #expect(Self.refusal(graph).contains("it is what a tree's leaf stands for; probabilities"))
        graph = Self.graph()
        let place = graph.graph.node[0].attribute.firstIndex { $0.name == "nodes_falsenodeids" }
        graph.graph.node[0].attribute[place ?? 0].ints = [0, 0, 0]
        #expect(Self.refusal(graph).contains("a node has two parents"))
        graph.graph.node[0].attribute[place ?? 0].ints = [9, 0, 0]
        #expect(Self.refusal(graph).contains("leads to node 9, which is not there"))
        graph = Self.graph()
        graph.graph.node[0].attribute.append(
            .ints("nodes_missing_value_tracks_true", [1, 0, 0]))
        #expect(Self.refusal(graph).contains("nodes_missing_value_tracks_true"))
    }
}
