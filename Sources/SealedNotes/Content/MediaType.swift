/// A media type without parameters, such as `image/jpeg` (RFC 6838, section 4.2).
public struct MediaType: Sendable, Hashable, CustomStringConvertible {
    /// Type, `/` and subtype, in lower case.
    public let description: String

    /// A type of a text; nil if it is none or longer than 127 bytes. Capitals become small.
    public init?(_ text: String) {
        let parts = text.utf8.split(separator: 0x2f, omittingEmptySubsequences: false)
        guard text.utf8.count <= 127, parts.count == 2, parts.allSatisfy({ Self.isName($0) })
        else { return nil }
        description = text.lowercased()
    }

    /// restricted-name: a letter or digit, then also some signs.
    private static func isName(_ part: Substring.UTF8View) -> Bool {
        let signs: [UInt8] = Array("!#$&-^_.+".utf8)
        guard let first = part.first, isLetterOrDigit(first) else { return false }
        return part.allSatisfy { isLetterOrDigit($0) || signs.contains($0) }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        default: false
        }
    }
}
