/// What a line is for: one word, which every format shows as it is.
public struct LineKind: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The word itself.
    public let rawValue: String

    /// The kind of a word; nil unless it is 1 to 24 small letters and `_`, beginning with a letter.
    public init?(rawValue: String) {
        guard Self.isWord(rawValue) else { return nil }
        self.rawValue = rawValue
    }

    private init(known word: String) { rawValue = word }

    /// Money to or from another person.
    public static let payment = LineKind(known: "payment")
    /// A payment that was asked for.
    public static let request = LineKind(known: "request")
    /// A payment, or part of one, that was given back.
    public static let refund = LineKind(known: "refund")
    /// What the service took; the only kind that ``StatementTotals/fees`` counts.
    public static let fee = LineKind(known: "fee")
    /// Money brought into the wallet from outside.
    public static let funding = LineKind(known: "funding")
    /// Money taken out of the wallet to outside.
    public static let withdrawal = LineKind(known: "withdrawal")
    /// One side of an exchange between currencies.
    public static let exchange = LineKind(known: "exchange")
    /// An authorization, or part of one, that was captured.
    public static let capture = LineKind(known: "capture")
    /// What undoes another line.
    public static let reversal = LineKind(known: "reversal")
    /// What the operator put right.
    public static let adjustment = LineKind(known: "adjustment")

    static func isWord(_ text: String) -> Bool {
        guard (1...24).contains(text.utf8.count), let first = text.utf8.first else { return false }
        return first != 0x5f
            && text.utf8.allSatisfy { (0x61...0x7a).contains($0) || $0 == 0x5f }
    }

    /// The word.
    public var description: String { rawValue }
}
