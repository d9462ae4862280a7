public import Fees

/// Kinds of payments whose sums are limited apart. Raw values are the ledger's and never change their meaning.
public enum SpendingKind: UInt8, Sendable, CaseIterable {
    case p2p = 1
    case request = 2
    case merchant = 3
    case withdrawal = 4
    case card = 5
    case exchange = 6

    /// The kind of a price list's word; nil for words that are not limited.
    public init?(_ kind: PaymentKind) {
        guard let known = Self.allCases.first(where: { $0.word == kind.rawValue }) else {
            return nil
        }
        self = known
    }

    /// The word that it has in files and answers, which is the price list's.
    public var word: String {
        switch self {
        case .p2p: PaymentKind.p2p.rawValue
        case .request: PaymentKind.request.rawValue
        case .merchant: PaymentKind.merchant.rawValue
        case .withdrawal: PaymentKind.withdrawal.rawValue
        case .card: PaymentKind.card.rawValue
        case .exchange: PaymentKind.exchange.rawValue
        }
    }
}
