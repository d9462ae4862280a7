import Foundation

@testable import ONNX

/// Small graphs as skl2onnx writes them, to be read and to be spoilt.
enum SampleGraphs {
    static func port(_ name: String, _ type: ElementType, _ columns: Int64?) -> WirePort {
        .with {
            $0.name = name
            $0.type.tensorType.elemType = type.rawValue
            $0.type.tensorType.shape.dim = [
                WireDimension(), .with { if let columns { $0.dimValue = columns } },
            ]
        }
    }

    static func node(
        _ operation: String, _ inputs: [String], _ outputs: [String], domain: String = "",
        _ attributes: [WireAttribute] = []
    ) -> WireNode {
        .with {
            $0.opType = operation
            $0.name = operation + "_1"
            $0.domain = domain
            $0.input = inputs
            $0.output = outputs
            $0.attribute = attributes
        }
    }

    static func floats(_ name: String, _ values: [Float]) -> WireAttribute {
        .with { ($0.name, $0.type, $0.floats) = (name, .floats, values) }
    }

    static func text(_ name: String, _ value: String) -> WireAttribute {
        .with { ($0.name, $0.type, $0.s) = (name, .string, Data(value.utf8)) }
    }

    static func model(
        _ graph: WireGraph, standard: Int64 = 9, classical: Int64 = 1
    ) -> WireModel {
        .with {
            $0.irVersion = 10
            $0.graph = graph
            $0.opsetImport = [
                .with { $0.version = standard },
                .with { ($0.domain, $0.version) = ("ai.onnx.ml", classical) },
            ]
        }
    }

    /// A logistic regression on single-precision inputs: log-odds 0.5 + 2·x0 − x1.
    static func logistic() -> WireModel {
        model(
            .with {
                $0.name = "logistic"
                $0.input = [port("X", .float, 2)]
                $0.output = [port("output_label", .int64, nil), .with { $0.name = "map" }]
                $0.node = [
                    node(
                        "LinearClassifier", ["X"], ["label", "probabilities"],
                        domain: "ai.onnx.ml",
                        [
                            .ints("classlabels_ints", [0, 1]),
                            floats("coefficients", [-2, 1, 2, -1]),
                            floats("intercepts", [-0.5, 0.5]), .int("multi_class", 0),
                            text("post_transform", "LOGISTIC"),
                        ]),
                    node("Cast", ["label"], ["output_label"], [.int("to", 7)]),
                    node(
                        "ZipMap", ["probabilities"], ["map"], domain: "ai.onnx.ml",
                        [.ints("classlabels_int64s", [0, 1])]),
                ]
            })
    }

    /// The same of doubles, without a node of its own for it.
    static func doubles() -> WireModel {
        model(
            .with {
                $0.name = "doubles"
                $0.input = [port("X", .double, 2)]
                $0.output = [port("label", .int64, nil), port("probabilities", .double, 2)]
                $0.initializer = [
                    constant("coef", [-2, 2, 1, -1], [2, 2]),
                    constant("intercept", [-0.5, 0.5], [1, 2]), constant("axis", whole: [1]),
                    constant("classes", whole: [0, 1]),
                ]
                $0.node = [
                    node("MatMul", ["X", "coef"], ["multiplied"]),
                    node("Add", ["multiplied", "intercept"], ["raw"]),
                    node("ArgMax", ["raw"], ["largest"], [.int("axis", 1)]),
                    node("Sigmoid", ["raw"], ["sigmoid"]),
                    node("Abs", ["sigmoid"], ["absolute"]),
                    node(
                        "ArrayFeatureExtractor", ["classes", "largest"], ["label"],
                        domain: "ai.onnx.ml"),
                    node("ReduceSum", ["absolute", "axis"], ["norm"], [.int("keepdims", 1)]),
                    node("Div", ["sigmoid", "norm"], ["probabilities"]),
                ]
            }, standard: 13)
    }

    static func constant(_ name: String, _ values: [Double], _ dims: [Int]) -> WireTensor {
        var tensor = GraphBuilder.tensor(values, dims)
        tensor.name = name
        return tensor
    }

    static func constant(_ name: String, whole values: [Int64]) -> WireTensor {
        .with {
            $0.name = name
            $0.dataType = ElementType.int64.rawValue
            $0.dims = [Int64(values.count)]
            $0.int64Data = values
        }
    }
}
