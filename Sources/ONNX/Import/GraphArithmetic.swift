internal import Glibc

/// Arithmetic of one node on what tensors are known to be.
struct GraphArithmetic {
    private let node: GraphNode

    init(_ node: GraphNode) { self.node = node }

    /// One operand.
    func apply(_ operation: GraphOperator, to value: GraphValue) throws(GraphError) -> GraphValue {
        switch (operation, value) {
        case (.abs, .probabilities): return value
        case (.negate, .lengths(let sum)): return .lengths(sum.times(-1))
        case (.negate, .power(let sum, let factor, let offset)):
            return .power(sum, factor: -factor, offset: -offset)
        case (.abs, .leaves(let tree, let numbers)):
            return .leaves(tree: tree, numbers.map(\.magnitude))
        case (.negate, .leaves(let tree, let numbers)):
            return .leaves(tree: tree, numbers.map { -$0 })
        case (.logarithm, .leaves(let tree, let numbers)):
            return .leaves(tree: tree, numbers.map { log($0) })
        default: throw node.refuse("it takes \(value.kind), which is not read here")
        }
    }

    /// Two operands.
    func apply(
        _ operation: GraphOperator, _ left: GraphValue, _ right: GraphValue
    ) throws(GraphError) -> GraphValue {
        switch (left, right) {
        case (.leaves(let one, let first), .leaves(let other, let second)) where one == other:
            return .leaves(tree: one, try each(operation, first, second))
        case (.leaves(let tree, let numbers), .constant(let tensor)):
            guard let scalar = tensor.scalar else { break }
            let same = [Float](repeating: Float(scalar), count: numbers.count)
            return .leaves(tree: tree, try each(operation, numbers, same))
        case (.constant(let tensor), .leaves(let tree, let numbers)):
            guard let scalar = tensor.scalar else { break }
            let same = [Float](repeating: Float(scalar), count: numbers.count)
            return .leaves(tree: tree, try each(operation, same, numbers))
        case (.columns(let columns), .constant(let tensor)):
            return .columns(try shift(operation, columns, tensor))
        case (.sums(let sums), .constant(let tensor)) where operation == .add:
            return .sums(try add(tensor, to: sums))
        case (.probabilities, .one) where operation == .divide: return left
        default:
            if let result = ofTreeSums(operation, left, right) { return result }
        }
        throw node.refuse("it takes \(left.kind) and \(right.kind), which is not read here")
    }

    private func each(
        _ operation: GraphOperator, _ left: [Float], _ right: [Float]
    ) throws(GraphError) -> [Float] {
        var results: [Float] = []
        results.reserveCapacity(left.count)
        for (one, other) in zip(left, right) { results.append(try number(operation, one, other)) }
        return results
    }

    private func number(
        _ operation: GraphOperator, _ left: Float, _ right: Float
    ) throws(GraphError) -> Float {
        switch operation {
        case .add: left + right
        case .subtract: left - right
        case .multiply: left * right
        case .divide: left / right
        case .maximum: max(left, right)
        case .minimum: min(left, right)
        case .power: pow(left, right)
        case .equal: left == right ? 1 : 0
        case .greater: left > right ? 1 : 0
        case .less: left < right ? 1 : 0
        default: throw .unsupported(operator: node.operation, node: node.name)
        }
    }

    /// Nil for what a score of a forest is not made of.
    private func ofTreeSums(
        _ operation: GraphOperator, _ left: GraphValue, _ right: GraphValue
    ) -> GraphValue? {
        if operation == .add, let one = treeSum(left), let other = treeSum(right) {
            return one.adding(other).map { .lengths($0) }
        }
        if case .constant = left, case .constant = right { return nil }
        if case .constant(let tensor) = left, let scalar = tensor.scalar {
            switch (operation, right) {
            case (.power, .lengths(let sum)) where scalar == 2:
                return .power(sum, factor: 1, offset: 0)
            case (.multiply, _), (.add, _): return ofTreeSums(operation, right, left)
            case (.subtract, .power(let sum, let factor, let offset)):
                return .power(sum, factor: -factor, offset: scalar - offset)
            default: return nil
            }
        }
        guard case .constant(let tensor) = right, let scalar = tensor.scalar else { return nil }
        switch (operation, left) {
        case (.multiply, .lengths(let sum)): return .lengths(sum.times(scalar))
        case (.divide, .lengths(let sum)): return .lengths(sum.times(1 / scalar))
        case (.add, .power(let sum, let factor, let offset)):
            return .power(sum, factor: factor, offset: offset + scalar)
        case (.subtract, .power(let sum, let factor, let offset)):
            return .power(sum, factor: factor, offset: offset - scalar)
        case (.multiply, .power(let sum, let factor, let offset)):
            return .power(sum, factor: factor * scalar, offset: offset * scalar)
        default: return nil
        }
    }

    private func treeSum(_ value: GraphValue) -> TreeSum? {
        switch value {
        case .leaves(let tree, let numbers): TreeSum(leaves: [tree: numbers])
        case .lengths(let sum): sum
        default: nil
        }
    }

    /// A constant for each of so many columns, or one for all.
    private func row(_ tensor: GraphTensor, _ count: Int) throws(GraphError) -> [Double] {
        if let scalar = tensor.scalar { return [Double](repeating: scalar, count: count) }
        guard tensor.numbers.count == count, tensor.dims.last == count else {
            throw node.refuse(
                "a constant of shape \(tensor.shape) meets \(count) columns; [\(count)] would be right"
            )
        }
        return tensor.numbers
    }

    private func shift(
        _ operation: GraphOperator, _ columns: [InputColumn], _ tensor: GraphTensor
    ) throws(GraphError) -> [InputColumn] {
        let numbers = try row(tensor, columns.count)
        var shifted = columns
        for (place, number) in numbers.enumerated() {
            switch operation {
            case .subtract: shifted[place].mean += number / columns[place].factor
            case .add: shifted[place].mean -= number / columns[place].factor
            case .multiply: shifted[place].factor *= number
            case .divide: shifted[place].factor /= number
            default: throw node.refuse("it takes input columns, which is not read here")
            }
        }
        return shifted
    }

    private func add(
        _ tensor: GraphTensor, to sums: LinearSums
    ) throws(GraphError) -> LinearSums {
        let numbers = try row(tensor, sums.sums.count)
        var moved = sums
        for (place, number) in numbers.enumerated() { moved.sums[place].offset += number }
        return moved
    }
}
