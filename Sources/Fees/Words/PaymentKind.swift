/// What kind of payment a fee is asked for. An open word: a service may have kinds that this module
/// never heard of.
public struct PaymentKind: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The word itself.
    public let rawValue: String

    /// The kind of a word; nil unless it is 1 to 32 small letters, digits, `_` and `-`, beginning
    /// with a letter.
    public init?(rawValue: String) {
        guard FeeWord.isWord(rawValue) else { return nil }
        self.rawValue = rawValue
    }

    private init(known: String) { rawValue = known }

    /// From one person to another.
    public static let p2p = PaymentKind(known: "p2p")
    /// Asked for by who is paid.
    public static let request = PaymentKind(known: "request")
    /// To a merchant.
    public static let merchant = PaymentKind(known: "merchant")
    /// Out of the wallet to a bank.
    public static let withdrawal = PaymentKind(known: "withdrawal")
    /// By a card.
    public static let card = PaymentKind(known: "card")
    /// Of one currency for another.
    public static let exchange = PaymentKind(known: "exchange")

    /// The word.
    public var description: String { rawValue }
}
