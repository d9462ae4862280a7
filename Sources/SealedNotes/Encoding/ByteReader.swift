/// Reads what a ``ByteWriter`` wrote; never beyond the end.
struct ByteReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var remaining: Int { rest.count }

    mutating func take(_ count: Int, _ what: String) throws(SealedNoteError) -> [UInt8] {
        guard count <= rest.count else { throw .malformed("it ends within \(what)") }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    mutating func byte(_ what: String) throws(SealedNoteError) -> UInt8 {
        try take(1, what)[0]
    }

    mutating func number16(_ what: String) throws(SealedNoteError) -> UInt16 {
        try take(2, what).reduce(0) { $0 << 8 | UInt16($1) }
    }

    mutating func number32(_ what: String) throws(SealedNoteError) -> UInt32 {
        try take(4, what).reduce(0) { $0 << 8 | UInt32($1) }
    }

    mutating func short(_ what: String) throws(SealedNoteError) -> [UInt8] {
        let count = Int(try byte(what))
        return try take(count, what)
    }

    func end() throws(SealedNoteError) {
        guard rest.isEmpty else { throw .malformed("\(rest.count) bytes follow its end") }
    }
}
