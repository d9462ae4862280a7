internal import Cryptography

/// What a note is about: it opens as a note about this and nothing else.
public struct NoteSubject: Sendable, Hashable, CustomStringConvertible {
    /// Kinds of subjects.
    public enum Kind: UInt8, Sendable, Hashable {
        /// A payment that was made.
        case transfer = 1
        /// A payment that is asked for.
        case request = 2
    }

    /// Which kind of thing it is.
    public let kind: Kind
    /// Its identifier.
    public let id: [UInt8]

    /// A subject by its identifier, of 1 to 64 bytes; nil for other lengths.
    public init?(_ kind: Kind, id: [UInt8]) {
        guard (1...64).contains(id.count) else { return nil }
        self.kind = kind
        self.id = id
    }

    /// The kind and the identifier in hexadecimal digits.
    public var description: String { "\(kind) \(Hexadecimal.encode(id))" }
}
