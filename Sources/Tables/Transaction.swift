public import EventLog

/// One row of a transactions table as it is written: identifiers are text.
public struct Transaction: Sendable, Equatable {
    /// What became of it. Raw values are the table's words.
    public enum Outcome: String, Sendable, CaseIterable {
        /// Money moved, or an approved authorization was captured.
        case posted
        /// No money moved.
        case voided
        /// It still waited when the table was written.
        case pending
    }

    /// A place in microdegrees, WGS 84.
    public struct Place: Sendable, Equatable {
        /// North of the equator.
        public var latitude: Int32
        /// East of Greenwich.
        public var longitude: Int32

        /// A place of so many microdegrees.
        public init(latitude: Int32, longitude: Int32) {
            self.latitude = latitude
            self.longitude = longitude
        }
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
    /// Where it was paid; nil if not told.
    public var place: Place?
    /// Empty if not told.
    public var device = ""
    /// The card or bank account that pays; empty if not told.
    public var instrument = ""
    /// The network address that was paid from; empty if not told.
    public var address = ""
    /// ISO 18245 merchant category code; 0 if none.
    public var merchantCategory: UInt16 = 0
    /// ISO 3166-1 alpha-2 code of the country it was paid in; `none` if not told.
    public var country = CountryCode.none
    /// When the payer began; `none` if not told.
    public var initiatedAt: Timestamp = .none
    /// Place of the reserve in the ledger's log; zero if it comes from no log.
    public var sequence = Sequence.zero
    /// What the payer could spend before, without the limit, in minor units.
    public var payerAvailable: Int64?
    /// How far below zero the payer might go, in minor units.
    public var limit: Int64?
    /// What became of it.
    public var outcome: Outcome = .posted
    /// `none`: at once.
    public var outcomeAt: Timestamp = .none
    /// Place of the outcome in the ledger's log; zero if it comes from no log.
    public var outcomeSequence = Sequence.zero
    /// Whether it was fraud; nil if not known.
    public var isFraud: Bool?
    /// When the label became known; `none`: after the label delay.
    public var labelKnownAt: Timestamp = .none
    /// Place of the label in the ledger's log; zero if it comes from no log.
    public var labelSequence = Sequence.zero

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
}
