public import EventLog
public import Ledger

/// What a client asks: an amount from a payer to a payee, and what risk should know of it.
public struct PaymentRequest: Sendable {
    /// Identifiers as the client gave them; tokens are made of them at once.
    public struct Context: Sendable {
        public var device: String?
        public var instrument: String?
        public var address: String?
        /// Degrees, WGS 84.
        public var latitude: Double?
        public var longitude: Double?
        public var merchantCategory: UInt16?
        public var initiatedAt: Timestamp?

        public init(
            device: String? = nil, instrument: String? = nil, address: String? = nil,
            latitude: Double? = nil, longitude: Double? = nil, merchantCategory: UInt16? = nil,
            initiatedAt: Timestamp? = nil
        ) {
            self.device = device
            self.instrument = instrument
            self.address = address
            self.latitude = latitude
            self.longitude = longitude
            self.merchantCategory = merchantCategory
            self.initiatedAt = initiatedAt
        }
    }
    public var payer: PublicAccountID
    public var payee: PublicAccountID
    public var amount: Money
    public var context: Context

    public init(
        payer: PublicAccountID, payee: PublicAccountID, amount: Money, context: Context = Context()
    ) {
        self.payer = payer
        self.payee = payee
        self.amount = amount
        self.context = context
    }
}
