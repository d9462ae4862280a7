internal import Foundation
internal import SwiftProtobuf

/// Adds nodes and constants to a graph, one after another, so that each stands after what it needs.
struct GraphBuilder {
    /// The name of a tensor in the graph.
    struct Name: Hashable, ExpressibleByStringLiteral {
        let text: String
        init(_ text: String) { self.text = text }
        init(stringLiteral text: String) { self.text = text }
    }

    /// Operators of decision trees and the like are of this set.
    static let treeDomain = "ai.onnx.ml"

    private(set) var graph = WireGraph()

    init(name: String) { graph.name = name }

    /// Adds a node, called as what it gives.
    @discardableResult mutating func add(
        _ operation: String, _ inputs: [Name], as output: Name, domain: String = "",
        _ attributes: [WireAttribute] = []
    ) -> Name {
        graph.node.append(
            .with {
                $0.opType = operation
                $0.name = output.text
                $0.domain = domain
                $0.input = inputs.map(\.text)
                $0.output = [output.text]
                $0.attribute = attributes
            })
        return output
    }

    /// Adds a constant of doubles; without dimensions a single number.
    mutating func constant(_ name: Name, _ values: [Double], _ dims: [Int] = []) -> Name {
        append(name, Self.tensor(values, dims))
    }

    /// Adds a constant of whole numbers.
    mutating func constant(_ name: Name, _ values: [Int], _ dims: [Int] = []) -> Name {
        var data = Data()
        for value in values {
            withUnsafeBytes(of: Int64(value).littleEndian) { data.append(contentsOf: $0) }
        }
        return append(name, Self.tensor(.int64, dims, data))
    }

    /// Adds a constant of truths.
    mutating func constant(_ name: Name, _ values: [Bool], _ dims: [Int]) -> Name {
        append(name, Self.tensor(.bool, dims, Data(values.map { $0 ? 1 : 0 })))
    }

    private mutating func append(_ name: Name, _ tensor: WireTensor) -> Name {
        var tensor = tensor
        tensor.name = name.text
        graph.initializer.append(tensor)
        return name
    }

    /// Adds what goes in or comes out: a table of doubles with any number of rows.
    mutating func addInput(_ name: Name, columns: Int) {
        graph.input.append(Self.table(name, columns))
    }

    /// Adds what comes out, see ``addInput(_:columns:)``.
    mutating func addOutput(_ name: Name, columns: Int) {
        graph.output.append(Self.table(name, columns))
    }

    private static func table(_ name: Name, _ columns: Int) -> WirePort {
        .with {
            $0.name = name.text
            $0.type.tensorType.elemType = ElementType.double.rawValue
            $0.type.tensorType.shape.dim = [
                .with { $0.dimParam = "rows" }, .with { $0.dimValue = Int64(columns) },
            ]
        }
    }

    static func tensor(_ values: [Double], _ dims: [Int]) -> WireTensor {
        var data = Data()
        data.reserveCapacity(values.count * 8)
        for value in values {
            withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
        }
        return tensor(.double, dims, data)
    }

    static func tensor(_ type: ElementType, _ dims: [Int], _ data: Data) -> WireTensor {
        .with {
            $0.dataType = type.rawValue
            $0.dims = dims.map { Int64($0) }
            $0.rawData = data
        }
    }
}

/// Attributes by kind.
extension WireAttribute {
    static func int(_ name: String, _ value: Int) -> WireAttribute {
        .with { ($0.name, $0.type, $0.i) = (name, .int, Int64(value)) }
    }

    static func ints(_ name: String, _ values: [Int]) -> WireAttribute {
        .with { ($0.name, $0.type, $0.ints) = (name, .ints, values.map { Int64($0) }) }
    }

    static func tensor(_ name: String, _ tensor: WireTensor) -> WireAttribute {
        .with { ($0.name, $0.type, $0.t) = (name, .tensor, tensor) }
    }
}
