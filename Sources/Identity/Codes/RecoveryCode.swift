internal import Cryptography

/// A code that stands in, once, for a second factor that was lost: 80 random bits, so that it needs no slow hash.
public struct RecoveryCode: Sendable, Hashable {
    /// How many a person has.
    public static let count = 10
    /// Sixteen characters of Base32 in groups of four.
    public let text: String

    /// A new code.
    public init() {
        let characters = Array(Base32.encode(randomBytes(10)))
        text = stride(from: 0, to: 16, by: 4).map { String(characters[$0..<$0 + 4]) }
            .joined(separator: "-")
    }

    /// What is kept of a code; nil if `text` is none. Hyphens, spaces and case are not told apart.
    public static func digest(_ text: String) -> [UInt8]? {
        let plain = text.filter { $0 != "-" && $0 != " " }.uppercased()
        guard plain.utf8.count == 16, Base32.decode(plain) != nil else { return nil }
        return SHA256.hash(Array("recovery \(plain)".utf8)).bytes
    }
}
