/// Walks through bytes and never past their end.
struct ByteReader {
    private let bytes: [UInt8]
    /// Where the next byte stands.
    private(set) var position: Int

    init(_ bytes: [UInt8], from start: Int = 0) {
        self.bytes = bytes
        position = min(max(start, 0), bytes.count)
    }

    /// How many bytes are left.
    var remaining: Int { bytes.count - position }

    /// The next `count` bytes; nil if fewer are left.
    mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, count <= remaining else { return nil }
        defer { position += count }
        return bytes[position..<position + count]
    }

    /// The next `count` bytes as a number, most significant first; nil if fewer are left.
    ///
    /// - Precondition: `count` is at most 8.
    mutating func number(bytes count: Int) -> UInt64? {
        take(count)?.reduce(0) { $0 << 8 | UInt64($1) }
    }
}
