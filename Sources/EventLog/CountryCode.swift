/// A country by the two capital letters of ISO 3166-1 alpha-2.
public struct CountryCode: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The first letter in the high byte, the second in the low one; 0 for ``none``.
    public let rawValue: UInt16

    /// No country was told.
    public static let none = CountryCode(unchecked: 0)

    private init(unchecked rawValue: UInt16) { self.rawValue = rawValue }

    /// The code of two letters that are bytes; nil unless both are A to Z.
    public init?(rawValue: UInt16) {
        let letters = UInt8(ascii: "A")...UInt8(ascii: "Z")
        guard letters.contains(UInt8(rawValue >> 8)), letters.contains(UInt8(rawValue & 0xff))
        else { return nil }
        self.rawValue = rawValue
    }

    /// The code of a text; nil unless it is two letters from A to Z.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == 2 else { return nil }
        self.init(rawValue: UInt16(bytes[0]) << 8 | UInt16(bytes[1]))
    }

    /// The two letters; nothing for ``none``.
    public var description: String {
        guard self != .none else { return "" }
        return String(decoding: [UInt8(rawValue >> 8), UInt8(rawValue & 0xff)], as: UTF8.self)
    }
}
