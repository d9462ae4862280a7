import Foundation
import Scoring
import SwiftProtobuf
import TestModels
import Testing

@testable import ONNX

@Suite struct ScoringGraphTests {
    private static func graph(_ model: RiskModel) throws -> WireModel {
        try WireModel(serializedBytes: try ScoringGraph.encoded(model, name: "sample"))
    }

    @Test(arguments: [ForestTerm.Inputs.standardised, .raw, .rawOrAbove])
    func `every node has its inputs before it, and every output a node`(
        inputs: ForestTerm.Inputs
    ) throws {
        for trees in [0, 3] {
            let wire = try Self.graph(
                try Samples.model(features: 9, trees: trees, pairs: 3, inputs: inputs))
            var known = Set(wire.graph.input.map(\.name))
            for constant in wire.graph.initializer {
                #expect(known.insert(constant.name).inserted, "two are called \(constant.name)")
                let count = constant.dims.reduce(1, *)
                let tensor = try GraphTensor(constant, name: constant.name)
                #expect(tensor.numbers.count == Int(count))
            }
            for node in wire.graph.node {
                #expect(node.input.allSatisfy(known.contains), "\(node.name) comes too early")
                for name in node.output {
                    #expect(known.insert(name).inserted, "two give \(name)")
                }
            }
            #expect(wire.graph.output.map(\.name) == ["score", "log_odds"])
            #expect(wire.graph.output.allSatisfy { known.contains($0.name) })
            let used = Set(wire.graph.node.flatMap(\.input) + wire.graph.output.map(\.name))
            #expect(known.subtracting(used).isEmpty)
        }
    }

    @Test func `a table of doubles goes in, and the forest is one ensemble of doubles`() throws {
        let model = try Samples.model(features: 6, trees: 4, subsample: 32)
        let wire = try Self.graph(model)
        #expect(wire.opsetImport.map(\.domain) == ["", "ai.onnx.ml"])
        #expect(wire.opsetImport[1].version == 5)
        #expect(wire.graph.input.count == 1)
        let input = wire.graph.input[0].type.tensorType
        #expect(input.elemType == ElementType.double.rawValue)
        #expect(input.shape.dim.map(\.dimValue) == [0, 6])
        let ensembles = wire.graph.node.filter { $0.opType == "TreeEnsemble" }
        #expect(ensembles.count == 1)
        let node = GraphNode(try #require(ensembles.first), index: 0)
        let splits = try #require(try node.tensor("nodes_splits"))
        let leaves = try #require(try node.tensor("leaf_weights"))
        let nodes = try #require(model.forest).forest.trees.flatMap(\.nodes)
        let inner = nodes.filter { if case .split = $0 { true } else { false } }
        #expect(splits.numbers.count == inner.count)
        #expect(leaves.numbers.count == nodes.count - inner.count)
        #expect(node.ints("tree_roots").count == 4)
        for name in ["nodes_splits", "leaf_weights"] {
            let attribute = node.wire.attribute.first { $0.name == name }
            #expect(attribute?.t.dataType == ElementType.double.rawValue)
        }
    }

    @Test func `a logistic without steps needs no forest, bins or pairs`() throws {
        let term = FeatureTerm(
            name: "a", transform: .identity, mean: 0, scale: 1, weight: 1, baseline: 0)
        let thresholds = try #require(Thresholds(challenge: 0.5, hold: 0.5, decline: 1))
        let model = try RiskModel(
            catalogueHash: [], terms: [term], forest: nil, intercept: 0, calibration: .identity,
            thresholds: thresholds)
        let wire = try Self.graph(model)
        #expect(
            wire.graph.node.map(\.opType) == [
                "IsNaN", "Sub", "Mul", "Clip", "Where", "MatMul", "Add", "Mul", "Add", "Sigmoid",
            ])
    }

    @Test func `equal models give equal bytes, and the features' names are told`() throws {
        let model = try Samples.model()
        let bytes = try ScoringGraph.encoded(model, name: "sample")
        #expect(
            try ScoringGraph.encoded(try RiskModel(encoded: model.encoded()), name: "sample")
                == bytes)
        let told = try WireModel(serializedBytes: bytes).metadataProps
        let names = try #require(told.first { $0.key == "features" }?.value)
        #expect(
            try JSONDecoder().decode([String].self, from: Data(names.utf8)) == model.featureNames)
        #expect(told.contains { $0.key == "model_sha256" && $0.value == "\(model.hash)" })
    }

    @Test func `a scorecard's own graph is refused as one to import, by operator and node`() throws
    {
        let bytes = try ScoringGraph.encoded(try Samples.model(), name: "sample")
        let error = #expect(throws: GraphError.self) { try GraphImport(bytes) { _ in [] } }
        #expect(try #require(error).description.contains("at node"))
    }
}
