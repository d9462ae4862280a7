/// What kinds, tiers and rules' names are made of: 1 to 32 bytes, of which the first is a small
/// letter and the others are small letters, digits, `_` and `-`. None of them ever needs an escape,
/// wherever it is written.
enum FeeWord {
    static let maximumBytes = 32
    static let rule =
        "1 to \(maximumBytes) small letters, digits, “_” and “-”, beginning with a letter"

    static func isWord(_ text: String) -> Bool {
        guard text.utf8.count <= maximumBytes, let first = text.utf8.first, isLetter(first) else {
            return false
        }
        return text.utf8.dropFirst().allSatisfy {
            isLetter($0) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x5f || $0 == 0x2d
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { byte >= 0x61 && byte <= 0x7a }
}
