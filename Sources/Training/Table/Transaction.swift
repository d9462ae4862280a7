public import EventLog

/// One row of a transactions table.
public struct Transaction: Sendable, Equatable {
    /// What became of it. Raw values are the table's words.
    public enum Outcome: String, Sendable, CaseIterable {
        /// Money moved, or an approved authorization was captured.
        case posted
        /// No money moved.
        case voided
    }

    /// Names the payment.
    public var id: String
    /// When the wallet was asked.
    public var occurredAt: Timestamp
    /// The account that pays, under any name.
    public var payer: String
    /// The account that is paid, under any name.
    public var payee: String
    /// What is paid.
    public var amount: Money
    /// `payment` or `authorization`.
    public var kind: TransferKind = .payment
    /// Microdegrees, WGS 84.
    public var place: (latitude: Int32, longitude: Int32)?
    /// Empty if not told.
    public var device = ""
    /// The card or bank account that pays; empty if not told.
    public var instrument = ""
    /// The network address that was paid from; empty if not told.
    public var address = ""
    /// ISO 18245 merchant category code; 0 if none.
    public var merchantCategory: UInt16 = 0
    /// When the payer began; `none` if not told.
    public var initiatedAt: Timestamp = .none
    /// What the payer could spend before, in minor units.
    public var payerAvailable: Int64?
    /// What became of it.
    public var outcome: Outcome = .posted
    /// `none`: at once.
    public var outcomeAt: Timestamp = .none
    /// Whether it was fraud; nil if not known.
    public var isFraud: Bool?
    /// When the label became known; `none`: after the label delay.
    public var labelKnownAt: Timestamp = .none

    /// A posted payment of which nothing else is told.
    public init(
        id: String, occurredAt: Timestamp, payer: String, payee: String, amount: Money
    ) {
        self.id = id
        self.occurredAt = occurredAt
        self.payer = payer
        self.payee = payee
        self.amount = amount
    }

    /// Whether all columns are equal.
    public static func == (a: Transaction, b: Transaction) -> Bool {
        a.id == b.id && a.occurredAt == b.occurredAt && a.payer == b.payer && a.payee == b.payee
            && a.amount == b.amount && a.kind == b.kind && a.place?.latitude == b.place?.latitude
            && a.place?.longitude == b.place?.longitude && a.device == b.device
            && a.instrument == b.instrument && a.address == b.address
            && a.merchantCategory == b.merchantCategory && a.initiatedAt == b.initiatedAt
            && a.payerAvailable == b.payerAvailable && a.outcome == b.outcome
            && a.outcomeAt == b.outcomeAt && a.isFraud == b.isFraud
            && a.labelKnownAt == b.labelKnownAt
    }
}

/// The columns of a transactions table; raw values are their names.
public enum TransactionColumn: String, Sendable, CaseIterable {
    case transactionID = "transaction_id"
    case occurredAt = "occurred_at"
    case payer, payee, amount, currency
    case kind, latitude, longitude, device, instrument, address
    case merchantCategory = "merchant_category"
    case initiatedAt = "initiated_at"
    case payerAvailable = "payer_available"
    case outcome
    case outcomeAt = "outcome_at"
    case label
    case labelKnownAt = "label_known_at"

    /// Whether every table must have it.
    public var isRequired: Bool {
        switch self {
        case .transactionID, .occurredAt, .payer, .payee, .amount, .currency: true
        default: false
        }
    }
}
