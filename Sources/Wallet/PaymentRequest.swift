public import EventLog
public import Fees
public import Ledger

/// What a client asks: an amount from a payer to a payee, and what risk should know of it.
public struct PaymentRequest: Sendable {
    /// Identifiers as the client gave them; tokens are made of them at once.
    public struct Context: Sendable {
        /// The device that the payer uses.
        public var device: String?
        /// Card, bank account or other means that pays.
        public var instrument: String?
        /// The network address that the request came from.
        public var address: String?
        /// Degrees, WGS 84.
        public var latitude: Double?
        /// Degrees, WGS 84; a place is known only with both.
        public var longitude: Double?
        /// Category of the payee's trade, ISO 18245; nil if it was not told.
        public var merchantCategory: UInt16?
        /// Country that it is paid in; nil if it was not told.
        public var country: CountryCode?
        /// When the payer started the payment, by the client's clock.
        public var initiatedAt: Timestamp?

        /// A context; what is nil was not told.
        public init(
            device: String? = nil, instrument: String? = nil, address: String? = nil,
            latitude: Double? = nil, longitude: Double? = nil, merchantCategory: UInt16? = nil,
            country: CountryCode? = nil, initiatedAt: Timestamp? = nil
        ) {
            self.device = device
            self.instrument = instrument
            self.address = address
            self.latitude = latitude
            self.longitude = longitude
            self.merchantCategory = merchantCategory
            self.country = country
            self.initiatedAt = initiatedAt
        }
    }
    /// The account whose funds are reserved.
    public var payer: PublicAccountID
    /// The account that is paid once the transfer is posted or captured.
    public var payee: PublicAccountID
    /// What moves, in the currency of both accounts.
    public var amount: Money
    /// What risk should know of it; it never enters the event log.
    public var context: Context
    /// What kind of payment it is to the price list and to limits; nil for the usual one: `merchant` for
    /// authorizations, `p2p` for others.
    public var kind: PaymentKind?
    /// The identifier of its transfer, if that stands for something that happens once; nil for a new one.
    public var once: TransferID?

    /// A request, unchecked: the ledger refuses what it cannot carry out.
    public init(
        payer: PublicAccountID, payee: PublicAccountID, amount: Money, context: Context = Context(),
        kind: PaymentKind? = nil, once: TransferID? = nil
    ) {
        self.payer = payer
        self.payee = payee
        self.amount = amount
        self.context = context
        self.kind = kind
        self.once = once
    }
}
