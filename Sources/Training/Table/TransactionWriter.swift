internal import EventLog

/// Writes a transactions table with all its columns, in time order as given. It appears whole, or
/// not at all.
public struct TransactionWriter: ~Copyable {
    private var file: AtomicFile

    /// Begins a table with its header.
    public init(path: String) throws(OutputError) {
        var file = try AtomicFile(path: path)
        try file.append(
            TransactionColumn.allCases.map(\.rawValue).joined(separator: ",") + "\n")
        self.file = file
    }

    /// Adds a row. Throws if the disk does not take it.
    public mutating func append(_ row: Transaction) throws(OutputError) {
        let fields = TransactionColumn.allCases.map { Self.quoted(Self.text($0, of: row)) }
        try file.append(fields.joined(separator: ",") + "\n")
    }

    /// Puts the table in its place.
    public mutating func commit() throws(OutputError) { try file.commit() }

    private static func text(_ column: TransactionColumn, of row: Transaction) -> String {
        switch column {
        case .transactionID: row.id
        case .occurredAt: row.occurredAt.rfc3339(decimals: .needed)
        case .payer: row.payer
        case .payee: row.payee
        case .amount: row.amount.decimal
        case .currency: row.amount.currency.code
        case .kind: row.kind == .authorization ? "authorization" : "payment"
        case .latitude: row.place.map { degrees($0.latitude) } ?? ""
        case .longitude: row.place.map { degrees($0.longitude) } ?? ""
        case .device: row.device
        case .instrument: row.instrument
        case .address: row.address
        case .merchantCategory: row.merchantCategory == 0 ? "" : String(row.merchantCategory)
        case .initiatedAt: time(row.initiatedAt)
        case .payerAvailable:
            row.payerAvailable.map { Money(minor: $0, currency: row.amount.currency).decimal } ?? ""
        case .outcome: row.outcome.rawValue
        case .outcomeAt: time(row.outcomeAt)
        case .label: row.isFraud.map { $0 ? "1" : "0" } ?? ""
        case .labelKnownAt: time(row.labelKnownAt)
        }
    }

    private static func time(_ time: Timestamp) -> String {
        time == .none ? "" : time.rfc3339(decimals: .needed)
    }

    /// Microdegrees as degrees with six decimals, exactly.
    private static func degrees(_ micro: Int32) -> String {
        let digits = String(micro.magnitude)
        let padded = String(repeating: "0", count: max(0, 7 - digits.count)) + digits
        return (micro < 0 ? "-" : "") + padded.dropLast(6) + "." + padded.suffix(6)
    }

    private static func quoted(_ text: String) -> String {
        let special: Set<UInt8> = [0x22, 0x2c, 0x0a, 0x0d]
        guard text.utf8.contains(where: { special.contains($0) }) else { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" { quoted += "\"" }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }
}
