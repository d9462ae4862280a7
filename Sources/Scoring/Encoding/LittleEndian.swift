/// Appends fixed-size numbers, least significant byte first.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ value: Double) { append(value.bitPattern) }

    mutating func append(raw: [UInt8]) { bytes.append(contentsOf: raw) }

    /// A length of 4 bytes, then the bytes.
    mutating func append(sized content: some Collection<UInt8>) {
        append(UInt32(content.count))
        bytes.append(contentsOf: content)
    }

    /// Overwrites a number written before.
    mutating func replace(at offset: Int, with value: UInt64) {
        withUnsafeBytes(of: value.littleEndian) {
            for (index, byte) in $0.enumerated() { bytes[offset + index] = byte }
        }
    }
}

/// Takes fixed-size numbers from the front of bytes; refuses to read past their end.
struct ByteReader {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    var isAtEnd: Bool { position == bytes.endIndex }

    mutating func take(_ count: Int, _ what: String) throws(ModelError) -> ArraySlice<UInt8> {
        guard count <= bytes.endIndex - position else {
            throw ModelError(.malformed("\(what) ends too early"))
        }
        defer { position += count }
        return bytes[position..<position + count]
    }

    mutating func integer<Integer: FixedWidthInteger>(
        _ type: Integer.Type, _ what: String
    ) throws(ModelError) -> Integer {
        let slice = try take(Integer.bitWidth / 8, what)
        return slice.withUnsafeBytes { Integer(littleEndian: $0.loadUnaligned(as: Integer.self)) }
    }

    mutating func double(_ what: String) throws(ModelError) -> Double {
        Double(bitPattern: try integer(UInt64.self, what))
    }

    mutating func sized(_ what: String) throws(ModelError) -> ArraySlice<UInt8> {
        let count = try integer(UInt32.self, what)
        return try take(Int(count), what)
    }
}
