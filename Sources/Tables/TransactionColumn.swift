/// The columns of a transactions table that have a meaning, in the order in which tables are written.
public enum TransactionColumn: Int, Sendable, CaseIterable {
    case transactionID, occurredAt, payer, payee, amount, currency
    case kind, latitude, longitude, device, instrument, address, merchantCategory, country
    case initiatedAt, sequence, payerAvailable, limit
    case outcome, outcomeAt, outcomeSequence
    case label, labelKnownAt, labelSequence

    /// Its name in the header.
    public var name: String {
        switch self {
        case .transactionID: "transaction_id"
        case .occurredAt: "occurred_at"
        case .payer: "payer"
        case .payee: "payee"
        case .amount: "amount"
        case .currency: "currency"
        case .kind: "kind"
        case .latitude: "latitude"
        case .longitude: "longitude"
        case .device: "device"
        case .instrument: "instrument"
        case .address: "address"
        case .merchantCategory: "merchant_category"
        case .country: "country"
        case .initiatedAt: "initiated_at"
        case .sequence: "sequence"
        case .payerAvailable: "payer_available"
        case .limit: "limit"
        case .outcome: "outcome"
        case .outcomeAt: "outcome_at"
        case .outcomeSequence: "outcome_sequence"
        case .label: "label"
        case .labelKnownAt: "label_known_at"
        case .labelSequence: "label_sequence"
        }
    }

    /// The column of a name; nil if no column with a meaning is called so.
    public init?(name: String) {
        guard let column = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = column
    }

    /// Whether every table must have it.
    public var isRequired: Bool { rawValue <= Self.currency.rawValue }
}
