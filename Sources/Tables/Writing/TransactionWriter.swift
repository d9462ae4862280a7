internal import EventLog

/// Writes a transactions table, in time order as given. It appears whole, or not at all; a name that ends in `.gz` makes
/// it a compressed one.
public struct TransactionWriter: ~Copyable {
    private var output: TableOutput
    private let columns: [TransactionColumn]
    private var text = TextBuffer()

    private static let chunkLength = 1 << 16

    /// Begins a table with its header.
    public init(
        path: String, columns: [TransactionColumn] = TransactionColumn.allCases
    ) throws(OutputError) {
        output = try TableOutput(path: path)
        self.columns = columns
        for (index, column) in columns.enumerated() {
            if index > 0 { text.comma() }
            text.append(column.name)
        }
        text.newline()
    }

    /// Adds a row. Throws if the disk does not take it.
    public mutating func append(_ row: Transaction) throws(OutputError) {
        for (index, column) in columns.enumerated() {
            if index > 0 { text.comma() }
            append(column, of: row)
        }
        text.newline()
        if text.count >= Self.chunkLength { try flush() }
    }

    /// Puts the table in its place.
    public mutating func commit() throws(OutputError) {
        try flush()
        try output.commit()
    }

    private mutating func flush() throws(OutputError) {
        try output.append(text)
        text.removeAll()
    }

    private mutating func append(_ column: TransactionColumn, of row: Transaction) {
        switch column {
        case .transactionID: text.append(row.id)
        case .occurredAt: text.append(row.occurredAt.rfc3339(decimals: .needed))
        case .payer: text.append(row.payer)
        case .payee: text.append(row.payee)
        case .amount: text.append(row.amount.decimal)
        case .currency: text.append(row.amount.currency.code)
        case .kind: text.append(row.kind == .authorization ? "authorization" : "payment")
        case .latitude: if let place = row.place { append(microdegrees: place.latitude) }
        case .longitude: if let place = row.place { append(microdegrees: place.longitude) }
        case .device: text.append(row.device)
        case .instrument: text.append(row.instrument)
        case .address: text.append(row.address)
        case .merchantCategory:
            if row.merchantCategory != 0 { text.append(Int64(row.merchantCategory)) }
        case .country: text.append(row.country.description)
        case .initiatedAt: append(row.initiatedAt)
        case .sequence: append(row.sequence)
        case .payerAvailable: append(row.payerAvailable, row.amount.currency)
        case .limit: append(row.limit, row.amount.currency)
        case .outcome: text.append(row.outcome.rawValue)
        case .outcomeAt: append(row.outcomeAt)
        case .outcomeSequence: append(row.outcomeSequence)
        case .label: if let isFraud = row.isFraud { text.append(isFraud ? "1" : "0") }
        case .labelKnownAt: append(row.labelKnownAt)
        case .labelSequence: append(row.labelSequence)
        }
    }

    private mutating func append(_ time: Timestamp) {
        if time != .none { text.append(time.rfc3339(decimals: .needed)) }
    }

    private mutating func append(_ sequence: Sequence) {
        if sequence != .zero { text.append(sequence.rawValue) }
    }

    private mutating func append(_ minor: Int64?, _ currency: Currency) {
        if let minor { text.append(Money(minor: minor, currency: currency).decimal) }
    }

    /// Microdegrees as degrees with six decimals, exactly.
    private mutating func append(microdegrees micro: Int32) {
        let digits = String(micro.magnitude)
        let padded = String(repeating: "0", count: max(0, 7 - digits.count)) + digits
        text.append((micro < 0 ? "-" : "") + padded.dropLast(6) + "." + padded.suffix(6))
    }
}
