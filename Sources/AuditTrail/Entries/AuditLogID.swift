internal import Cryptography

/// Which log an entry or a head belongs to: a UUID that the database chose when the log was made.
public struct AuditLogID: Hashable, Sendable, CustomStringConvertible {
    /// The first eight bytes, big-endian.
    public let high: UInt64
    /// The last eight bytes, big-endian.
    public let low: UInt64

    /// An identifier from its halves.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// An identifier from its text: 8-4-4-4-12 hexadecimal digits; nil for anything else.
    public init?(_ text: String) {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        guard groups.map(\.utf8.count) == [8, 4, 4, 4, 12],
            let high = UInt64(groups[0...2].joined(), radix: 16),
            let low = UInt64(groups[3...4].joined(), radix: 16)
        else { return nil }
        self.init(high: high, low: low)
        // `UInt64` also reads a sign.
        guard description == text.lowercased() else { return nil }
    }

    /// All zeros: of no log.
    static let unknown = AuditLogID(high: 0, low: 0)

    /// The text, in lower case.
    public var description: String {
        var text = Hexadecimal.encode(bytes)
        for position in [20, 16, 12, 8] {
            text.insert("-", at: text.index(text.startIndex, offsetBy: position))
        }
        return text
    }

    /// The sixteen bytes.
    var bytes: [UInt8] {
        [high, low].flatMap { half in withUnsafeBytes(of: half.bigEndian) { Array($0) } }
    }
}
