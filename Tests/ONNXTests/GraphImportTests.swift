import Foundation
import LinearAlgebra
import Scoring
import Simulation
import SwiftProtobuf
import TestSeed
import Testing

@testable import ONNX

@Suite struct GraphImportTests {
    private static func read(
        _ model: WireModel, _ options: GraphImport.Options = GraphImport.Options()
    ) throws -> GraphImport {
        try GraphImport(try model.serializedBytes(), options: options) { _ in [7] }
    }

    private static func score(_ model: RiskModel, _ values: [Double]) -> Double {
        var scorer = Scorer(model)
        let row = Matrix(rows: 1, columns: values.count)
        for (column, value) in values.enumerated() { row.row(0)[column] = value }
        var score = 0.0
        scorer.score(rows: row.pointer, count: 1, into: &score)
        return score
    }

    /// The error's text, or what was read after all.
    private static func refusal(_ model: WireModel) -> String {
        do { return "nothing is wrong with \(try read(model).summary)" } catch { return "\(error)" }
    }

    @Test(arguments: [SampleGraphs.logistic(), SampleGraphs.doubles()])
    func `a logistic regression scores the class that is called 1`(graph: WireModel) throws {
        let imported = try Self.read(graph)
        #expect(imported.model.featureNames == ["x0", "x1"])
        #expect(imported.model.catalogueHash == [7])
        for values in [[0.25, 3], [-100, 4], [0, 0], [1e30, 1]] as [[Double]] {
            let expected = 1 / (1 + exp(-(0.5 + 2 * values[0] - values[1])))
            #expect(abs(Self.score(imported.model, values) - expected) < 1e-15)
        }
        #expect(try RiskModel(encoded: imported.model.encoded()) == imported.model)
    }

    @Test func `inputs of a graph of single precision are rounded to it first`() throws {
        let value = 1 + 0x1p-30
        let single = try Self.read(SampleGraphs.logistic()).model
        let double = try Self.read(SampleGraphs.doubles()).model
        #expect(Self.score(single, [value, 0]) == Self.score(single, [1, 0]))
        #expect(Self.score(double, [value, 0]) != Self.score(double, [1, 0]))
    }

    @Test func `a missing value adds nothing`() throws {
        let model = try Self.read(SampleGraphs.logistic()).model
        #expect(Self.score(model, [.nan, 2]) == Self.score(model, [0, 2]))
    }

    @Test func `names and the class of fraud can be said`() throws {
        var options = GraphImport.Options()
        options.names = ["amount", "age"]
        options.fraudClass = "0"
        let model = try Self.read(SampleGraphs.logistic(), options).model
        #expect(model.featureNames == ["amount", "age"])
        #expect(abs(Self.score(model, [1, 0]) - 1 / (1 + exp(2.5))) < 1e-15)
        options.names = ["amount"]
        #expect(throws: GraphError.self) { try Self.read(SampleGraphs.logistic(), options) }
        options.names = ["amount", "amount"]
        #expect(throws: GraphError.self) { try Self.read(SampleGraphs.logistic(), options) }
        options.names = nil
        options.fraudClass = "fraud"
        #expect(throws: GraphError.self) { try Self.read(SampleGraphs.logistic(), options) }
    }

    @Test func `classes with other names must be told apart by who imports`() {
        var graph = SampleGraphs.logistic()
        graph.graph.node[0].attribute[0] = .with {
            ($0.name, $0.type, $0.strings) =
                ("classlabels_strings", .strings, [Data("fraud".utf8), Data("ok".utf8)])
        }
        graph.graph.node[2].attribute = []
        #expect(Self.refusal(graph).contains("fraud and ok: which of them means fraud"))
    }

    @Test func `an operator that is not read is named with its node and what would be right`() {
        var graph = SampleGraphs.logistic()
        graph.graph.node[0].opType = "TreeEnsembleClassifier"
        graph.graph.node[0].name = "the_forest"
        let text = Self.refusal(graph)
        #expect(text.contains("operator ai.onnx.ml.TreeEnsembleClassifier at node the_forest"))
        #expect(text.contains("LogisticRegression") && text.contains("LinearClassifier"))
        graph.graph.node[0].name = ""
        #expect(Self.refusal(graph).contains("at node number 0"))
    }

    @Test func `wrong versions are named with those that would be right`() {
        func imports(_ standard: Int64, _ classical: Int64) -> String {
            var graph = SampleGraphs.logistic()
            graph.opsetImport[0].version = standard
            graph.opsetImport[1].version = classical
            return Self.refusal(graph)
        }
        #expect(imports(99, 1).contains("version 99 of the operator set ai.onnx; 9 to 28"))
        #expect(imports(5, 1).contains("version 5 of the operator set ai.onnx;"))
        #expect(imports(9, 6).contains("version 6 of the operator set ai.onnx.ml; 1 to 5"))
        var graph = SampleGraphs.logistic()
        graph.irVersion = 400
        #expect(Self.refusal(graph).contains("format version is 400; 3 to 14"))
        graph = SampleGraphs.logistic()
        graph.opsetImport.removeLast()
        #expect(Self.refusal(graph).contains("names no version of the operator set ai.onnx.ml"))
    }

    @Test func `wrong shapes are named with the right ones`() {
        var graph = SampleGraphs.logistic()
        graph.graph.input[0] = SampleGraphs.port("X", .float, 3)
        #expect(Self.refusal(graph).contains("coefficients has 4 numbers; 6, for 2 classes"))
        graph.graph.input[0] = SampleGraphs.port("X", .float, nil)
        #expect(Self.refusal(graph).contains("input X: it has shape [?, ?]"))
        graph.graph.input[0] = SampleGraphs.port("X", .int64, 2)
        #expect(Self.refusal(graph).contains("type INT64; FLOAT or DOUBLE would be right"))
        graph = SampleGraphs.doubles()
        graph.graph.initializer[0].dims = [1, 4]
        #expect(Self.refusal(graph).contains("the matrix has shape [1, 4]; [2, classes]"))
        graph.graph.initializer[0].dims = [2, 3]
        #expect(Self.refusal(graph).contains("coef: it has 4 elements where its shape [2, 3]"))
        graph = SampleGraphs.doubles()
        graph.graph.initializer[1] = SampleGraphs.constant("intercept", [1, 2, 3], [3])
        #expect(Self.refusal(graph).contains("shape [3] meets 2 columns; [2] would be right"))
        graph = SampleGraphs.logistic()
        graph.graph.node[0].attribute[0] = .ints("classlabels_ints", [0, 1, 2])
        #expect(Self.refusal(graph).contains("tells 3 classes apart; 2 would be right"))
        graph = SampleGraphs.logistic()
        graph.graph.node[0].attribute[4] = SampleGraphs.text("post_transform", "NONE")
        #expect(Self.refusal(graph).contains("post_transform is NONE; LOGISTIC or SOFTMAX"))
        graph = SampleGraphs.logistic()
        graph.graph.node[2].input = ["elsewhere"]
        #expect(Self.refusal(graph).contains("its input elsewhere is neither the graph's nor"))
    }

    @Test(arguments: [SampleGraphs.logistic(), SampleGraphs.doubles()])
    func `a file cut short anywhere is refused`(graph: WireModel) throws {
        let bytes: [UInt8] = try graph.serializedBytes()
        for length in bytes.indices {
            #expect(throws: GraphError.self) {
                try GraphImport(Array(bytes.prefix(length))) { _ in [] }
            }
        }
    }

    @Test func `a file with any byte altered is read or refused, never worse`() throws {
        var random = SeededRandom(seed: TestSeed.choose("altered graphs"))
        for graph in [SampleGraphs.logistic(), SampleGraphs.doubles()] {
            let bytes: [UInt8] = try graph.serializedBytes()
            var refused = 0
            for place in bytes.indices {
                var altered = bytes
                altered[place] ^= UInt8(1 + random.below(255))
                do { _ = try GraphImport(altered) { _ in [] } } catch { refused += 1 }
            }
            #expect(refused > 0 && refused < bytes.count)
        }
    }
}
