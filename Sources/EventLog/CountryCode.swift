/// A country by the two capital letters of ISO 3166-1 alpha-2.
public struct CountryCode: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The first letter in the high byte, the second in the low one; 0 for ``none``.
    public let rawValue: UInt16

    /// No country was told.
    public static let none = CountryCode(unchecked: 0)

    private init(unchecked rawValue: UInt16) { self.rawValue = rawValue }

    /// Takes over what ``rawValue`` gave; nil unless it is ``none`` or two letters from A to Z.
    public init?(rawValue: UInt16) {
        if rawValue == 0 {
            self = .none
        } else {
            self.init(UInt8(rawValue >> 8), UInt8(rawValue & 0xff))
        }
    }

    /// The code of two letters; nil unless both are A to Z.
    public init?(_ first: UInt8, _ second: UInt8) {
        let letters = UInt8(ascii: "A")...UInt8(ascii: "Z")
        guard letters.contains(first), letters.contains(second) else { return nil }
        self.init(unchecked: UInt16(first) << 8 | UInt16(second))
    }

    /// The code of a text; nil unless it is two letters from A to Z.
    public init?(_ text: some StringProtocol) {
        var bytes = text.utf8.makeIterator()
        guard let first = bytes.next(), let second = bytes.next(), bytes.next() == nil else {
            return nil
        }
        self.init(first, second)
    }

    /// The two letters; nothing for ``none``.
    public var description: String {
        guard self != .none else { return "" }
        return String(decoding: [UInt8(rawValue >> 8), UInt8(rawValue & 0xff)], as: UTF8.self)
    }
}
