/// What a person is to the price list, such as `standard` or `gold`.
public struct Tier: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The word itself.
    public let rawValue: String

    /// The tier of a word; nil unless it is 1 to 32 small letters, digits, `_` and `-`, beginning
    /// with a letter.
    public init?(rawValue: String) {
        guard FeeWord.isWord(rawValue) else { return nil }
        self.rawValue = rawValue
    }

    /// The word.
    public var description: String { rawValue }
}
