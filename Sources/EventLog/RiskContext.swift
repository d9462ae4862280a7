/// What the engine may know of a payment beyond the ledger: identifiers only as keyed tokens. It lives in a
/// table of its own, never in an event, and is joined to reserve events as they are streamed.
public struct RiskContext: Sendable, Equatable {
    /// The device that was used.
    public var device: Token
    /// Card, bank account or other means that pays.
    public var instrument: Token
    /// Network address.
    public var address: Token
    /// Latitude and longitude in microdegrees, WGS 84; meaningful only if `hasPlace`.
    public var latitude: Int32
    /// Longitude in microdegrees, WGS 84; meaningful only if `hasPlace`.
    public var longitude: Int32
    /// Whether a place was told.
    public var hasPlace: Bool
    /// ISO 18245 merchant category code; 0 if none.
    public var merchantCategory: UInt16
    /// Country that it is paid in, ISO 3166-1; `none` if not told.
    public var country: CountryCode
    /// When the payer began, by the client's clock; `none` if not told.
    public var initiatedAt: Timestamp

    /// A context; what is not given was not told.
    @inlinable public init(
        device: Token = .none, instrument: Token = .none, address: Token = .none,
        latitude: Int32 = 0,
        longitude: Int32 = 0, hasPlace: Bool = false, merchantCategory: UInt16 = 0,
        country: CountryCode = .none, initiatedAt: Timestamp = .none
    ) {
        self.device = device
        self.instrument = instrument
        self.address = address
        self.latitude = latitude
        self.longitude = longitude
        self.hasPlace = hasPlace
        self.merchantCategory = merchantCategory
        self.country = country
        self.initiatedAt = initiatedAt
    }

    /// Nothing was told.
    public static let empty = RiskContext()
}
