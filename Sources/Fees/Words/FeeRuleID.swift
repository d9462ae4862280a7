/// Names a rule within its schedule.
public struct FeeRuleID: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The name itself.
    public let rawValue: String

    /// The rule of a name; nil unless it is 1 to 32 small letters, digits, `_` and `-`, beginning
    /// with a letter.
    public init?(rawValue: String) {
        guard FeeWord.isWord(rawValue) else { return nil }
        self.rawValue = rawValue
    }

    /// By the bytes of the name.
    public static func < (a: FeeRuleID, b: FeeRuleID) -> Bool {
        a.rawValue.utf8.lexicographicallyPrecedes(b.rawValue.utf8)
    }

    /// The name.
    public var description: String { rawValue }
}
