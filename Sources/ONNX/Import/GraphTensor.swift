internal import Foundation

/// A constant of a graph: its shape and its numbers, or its texts, row by row.
struct GraphTensor: Sendable, Equatable {
    let dims: [Int]
    /// Empty for texts. Whole numbers beyond 2⁵³ are rounded; none of those that are used is.
    let numbers: [Double]
    /// Empty for numbers.
    let texts: [String]

    /// No constant that is read has more elements.
    private static let maximumCount = 1 << 26

    /// The number, of a constant that has one only.
    var scalar: Double? { numbers.count == 1 ? numbers[0] : nil }
    /// The numbers cut off to whole ones that are in range.
    var wholeNumbers: [Int64] { numbers.map { Int64(max(-1e18, min(1e18, $0.isNaN ? 0 : $0))) } }
    /// The shape as it is written in errors.
    var shape: String { "[" + dims.map(String.init).joined(separator: ", ") + "]" }

    init(_ number: Double) { (dims, numbers, texts) = ([], [number], []) }

    /// Reads one, and checks that it has as many elements as its shape says.
    init(_ wire: WireTensor, name: String) throws(GraphError) {
        func refuse(_ problem: String) -> GraphError { .value(name: name, problem: problem) }
        guard wire.dataLocation == 0 else {
            throw refuse(
                "its numbers stand in another file; one file with all of them would be right")
        }
        var count = 1
        for dim in wire.dims {
            guard dim >= 0, dim <= Self.maximumCount, count <= Self.maximumCount else {
                throw refuse("a tensor of shape \(wire.dims) is out of range")
            }
            count *= Int(dim)
        }
        dims = wire.dims.map { Int($0) }
        guard let type = ElementType(rawValue: wire.dataType) else {
            throw refuse(
                "a tensor of type \(ElementType.name(of: wire.dataType)) is not read; FLOAT, DOUBLE, INT64 or "
                    + "INT32 would be right")
        }
        texts =
            type == .string ? wire.stringData.map { String(decoding: $0, as: UTF8.self) } : []
        numbers = type == .string ? [] : Self.numbers(wire, type)
        let found = type == .string ? texts.count : numbers.count
        guard found == count else {
            throw refuse("it has \(found) elements where its shape \(wire.dims) needs \(count)")
        }
    }

    private static func numbers(_ wire: WireTensor, _ type: ElementType) -> [Double] {
        let data = wire.rawData
        if !data.isEmpty {
            switch type {
            case .float:
                return words(data, UInt32.self).map { Double(Float(bitPattern: $0)) }
            case .double: return words(data, UInt64.self).map { Double(bitPattern: $0) }
            case .int64: return words(data, UInt64.self).map { Double(Int64(bitPattern: $0)) }
            case .int32: return words(data, UInt32.self).map { Double(Int32(bitPattern: $0)) }
            case .uint8, .bool: return data.map { Double($0) }
            case .string: return []
            }
        }
        switch type {
        case .float: return wire.floatData.map { Double($0) }
        case .double: return wire.doubleData
        case .int64: return wire.int64Data.map { Double($0) }
        case .int32, .uint8, .bool: return wire.int32Data.map { Double($0) }
        case .string: return []
        }
    }

    /// What is left after the last whole word makes the count wrong, by one more element.
    private static func words<Word: FixedWidthInteger>(_ data: Data, _: Word.Type) -> [Word] {
        let size = MemoryLayout<Word>.size
        let bytes = [UInt8](data)
        var words: [Word] = []
        words.reserveCapacity(bytes.count / size + 1)
        for start in stride(from: 0, to: bytes.count, by: size) {
            var word: Word = 0
            for (place, byte) in bytes[start..<min(start + size, bytes.count)].enumerated() {
                word |= Word(truncatingIfNeeded: byte) << Word(8 * place)
            }
            words.append(word)
        }
        return words
    }
}
