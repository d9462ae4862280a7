/// How large the parts of an entry may be. Entries are small: whoever asks for a proof gets a whole one, and a
/// verification reads them all.
enum AuditLimits {
    /// Bytes of a dotted word.
    static let wordBytes = 64
    /// Bytes of an actor or a subject, in UTF-8.
    static let nameBytes = 200
    /// Number of details.
    static let details = 16
    /// Bytes of one detail's text, in UTF-8.
    static let detailBytes = 512

    /// Whether `text` consists of 1 to 64 of `a`–`z`, `0`–`9`, `_` and `.`.
    static func isWord(_ text: String) -> Bool {
        let bytes = text.utf8
        return (1...wordBytes).contains(bytes.count)
            && bytes.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "_"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }

    /// Whether `text` has no control characters of ASCII. The table keeps details a line each, and a terminal that
    /// shows entries must not be steered by them.
    static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
    }
}
