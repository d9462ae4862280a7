public import EventLog

/// What makes a simulated payment fraudulent.
public enum FraudKind: String, Sendable, CaseIterable {
    /// The card's data are used by somebody else, mostly elsewhere and on another device.
    case stolenCard = "stolen_card"
    /// Somebody else is logged in and sends the balance to mules.
    case accountTakeover = "account_takeover"
    /// Many cards are tried with small amounts, in bursts, from few devices.
    case cardTesting = "card_testing"
    /// Victims are talked into paying a mule, which passes the money on.
    case mule = "mule"
    /// The payer paid, and says later that it was somebody else.
    case friendly = "friendly"
    /// Payments in a victim's name, as far apart as the windows of counts are long.
    case windowPacing = "window_pacing"
    /// A merchant's till charges customers for what they did not buy.
    case compromisedMerchant = "compromised_merchant"

    /// Share of the payments that somebody notices and reports.
    public var reportedShare: Double {
        switch self {
        case .stolenCard: 0.97
        case .accountTakeover: 0.97
        case .cardTesting: 0.85
        case .mule: 0.93
        case .friendly: 1
        case .windowPacing: 0.95
        case .compromisedMerchant: 0.92
        }
    }
}

/// One payment of the simulated population, with everything that a wallet would be told, and the
/// truth.
public struct SimulatedPayment: Sendable, Equatable {
    /// Indices of the accounts, see ``Population/accounts``.
    public var payer: Int
    /// Index of the account that is paid.
    public var payee: Int
    /// The amount in minor units of `currency`.
    public var amountMinor: Int64
    /// What is paid in.
    public var currency: Currency
    /// `payment` or `authorization`.
    public var kind: TransferKind
    /// When the wallet is asked.
    public var occurredAt: Timestamp
    /// When the payer began, some seconds earlier.
    public var initiatedAt: Timestamp
    /// Opaque identifiers; nil if the wallet would not be told.
    public var device: String?
    /// The card or bank account that pays.
    public var instrument: String?
    /// The network address that the payment is asked for from.
    public var address: String?
    /// Degrees, WGS 84; nil if unknown.
    public var place: Place?
    /// Country that it says it is paid in; `none` if it does not say.
    public var country = CountryCode.none
    /// ISO 18245 code; 0 between people.
    public var merchantCategory: UInt16
    /// What the payer could spend before, in minor units.
    public var payerAvailableMinor: Int64
    /// Nil for an honest payment.
    public var fraud: FraudKind?

    /// Whether it is fraud, which no wallet is told.
    public var isFraud: Bool { fraud != nil }
}

/// An account that must be open before the population's payments begin.
public struct SimulatedAccount: Sendable, Equatable {
    /// Its place in ``Population/accounts``.
    public var index: Int
    /// Opaque owner; several accounts may have one.
    public var owner: String
    /// What it begins with, in minor units of `currency`.
    public var openingBalanceMinor: Int64
    /// The account's currency.
    public var currency: Currency
}

/// Money that comes in from outside, such as a salary, before the payer's next payment.
public struct TopUp: Sendable, Equatable {
    /// Index of the account.
    public var account: Int
    /// What is paid in, in minor units.
    public var amountMinor: Int64
}
