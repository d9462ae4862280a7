/// A person as the directory names them.
public struct Party: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The identifier.
    public let text: String

    /// A person by an identifier of 1 to 64 bytes, which the directory never gives to another; nil for other lengths.
    public init?(_ text: String) {
        guard (1...64).contains(text.utf8.count) else { return nil }
        self.text = text
    }

    init(bytes: [UInt8]) throws(SealedNoteError) {
        guard let text = String(validating: bytes, as: UTF8.self), let party = Party(text),
            // Swift's equality of texts is not that of their bytes.
            Array(text.utf8) == bytes
        else { throw .malformed("a person's identifier is not of 1 to 64 bytes of UTF-8") }
        self = party
    }

    var bytes: [UInt8] { Array(text.utf8) }

    /// The identifier.
    public var description: String { text }

    /// By bytes: texts that look equal but are written differently are different people.
    public static func == (a: Party, b: Party) -> Bool { a.bytes == b.bytes }
    /// By bytes.
    public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
    /// As their bytes are ordered.
    public static func < (a: Party, b: Party) -> Bool {
        a.bytes.lexicographicallyPrecedes(b.bytes)
    }
}
