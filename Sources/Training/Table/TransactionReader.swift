internal import Cryptography
internal import EventLog

/// Reads a transactions table row by row: a header, then one transaction a record, in time order.
/// The order of columns is free; an empty field is a missing value.
public struct TransactionReader: ~Copyable {
    private var csv: CSVReader
    /// Where each known column stands; nil if the table lacks it.
    private let positions: [Int?]
    private let width: Int
    private var latest = Timestamp(.min)
    /// Columns of the table that no command knows; they are not looked at.
    public let ignoredColumns: [String]

    /// Opens a table and reads its header.
    public init(path: String) throws(TableError) {
        var csv = try CSVReader(path: path)
        guard try csv.next() else { throw TableError(path: path, reason: "is empty") }
        var positions = [Int?](repeating: nil, count: TransactionColumn.allCases.count)
        var ignored: [String] = []
        for index in 0..<csv.fieldCount {
            let name = try csv.text(index)
            guard let known = TransactionColumn(rawValue: name) else {
                ignored.append(name)
                continue
            }
            guard positions[Self.slot(known)] == nil else {
                throw TableError(path: path, line: 1, column: name, reason: "stands twice")
            }
            positions[Self.slot(known)] = index
        }
        for column in TransactionColumn.allCases
        where column.isRequired && positions[Self.slot(column)] == nil {
            throw TableError(
                path: path, line: 1, column: column.rawValue, reason: "is required but missing")
        }
        width = csv.fieldCount
        self.positions = positions
        ignoredColumns = ignored
        self.csv = csv
    }

    /// How much of the file has been read, 0 … 1.
    public var fractionRead: Double { csv.fractionRead }

    /// SHA-256 of the file, once ``next()`` gave nil. May be asked for once.
    mutating func takeHash() -> SHA256Digest { csv.takeHash() }

    private static func slot(_ column: TransactionColumn) -> Int {
        TransactionColumn.allCases.firstIndex(of: column) ?? 0
    }

    /// The next transaction; nil at the end.
    public mutating func next() throws(TableError) -> Transaction? {
        guard try csv.next() else { return nil }
        guard csv.fieldCount == width else {
            throw csv.error("\(csv.fieldCount) fields, the header has \(width)")
        }
        var row = try requiredPart()
        guard !(row.occurredAt < latest) else {
            throw error(.occurredAt, "is earlier than the row before: the table is not sorted")
        }
        latest = row.occurredAt
        try readContext(into: &row)
        try readOutcome(into: &row)
        return row
    }

    private func error(_ column: TransactionColumn, _ reason: String) -> TableError {
        TableError(path: csv.path, line: csv.line, column: column.rawValue, reason: reason)
    }

    /// The text of a field; nil if the table lacks the column or the field is empty.
    private func text(_ column: TransactionColumn) throws(TableError) -> String? {
        guard let position = positions[Self.slot(column)] else { return nil }
        let text = try csv.text(position)
        return text.isEmpty ? nil : text
    }

    private func required(_ column: TransactionColumn) throws(TableError) -> String {
        guard let text = try text(column) else { throw error(column, "is empty") }
        return text
    }

    private func time(_ column: TransactionColumn) throws(TableError) -> Timestamp? {
        guard let text = try text(column) else { return nil }
        guard let time = Timestamp(rfc3339: text) else {
            throw error(
                column, "“\(text)” is not a moment of RFC 3339 such as 2025-01-31T09:30:00Z")
        }
        return time
    }

    private func money(
        _ column: TransactionColumn, _ text: String, _ currency: Currency
    ) throws(TableError) -> Money {
        do { return try Money(text, currency: currency) } catch {
            let reason =
                switch error {
                case .malformed: "is not an amount such as 12.50"
                case .tooManyDecimals(let scale): "has more decimals than \(currency)'s \(scale)"
                case .overflow: "is too large"
                }
            throw self.error(column, "“\(text)” \(reason)")
        }
    }

    private func requiredPart() throws(TableError) -> Transaction {
        let code = try required(.currency)
        guard let currency = Currency(code: code) else {
            throw error(.currency, "“\(code)” is not a known currency")
        }
        let amount = try money(.amount, try required(.amount), currency)
        guard amount.minor > 0 else { throw error(.amount, "is not positive") }
        guard let occurredAt = try time(.occurredAt) else { throw error(.occurredAt, "is empty") }
        return Transaction(
            id: try required(.transactionID), occurredAt: occurredAt, payer: try required(.payer),
            payee: try required(.payee), amount: amount)
    }

    private func readContext(into row: inout Transaction) throws(TableError) {
        if let kind = try text(.kind) {
            switch kind {
            case "payment": row.kind = .payment
            case "authorization": row.kind = .authorization
            default: throw error(.kind, "“\(kind)” is not payment or authorization")
            }
        }
        let latitude = try degrees(.latitude, limit: 90)
        let longitude = try degrees(.longitude, limit: 180)
        switch (latitude, longitude) {
        case (let latitude?, let longitude?): row.place = (latitude, longitude)
        case (nil, nil): break
        default: throw error(latitude == nil ? .latitude : .longitude, "is half of a place")
        }
        row.device = try text(.device) ?? ""
        row.instrument = try text(.instrument) ?? ""
        row.address = try text(.address) ?? ""
        if let category = try text(.merchantCategory) {
            guard let number = UInt16(category), number <= 9_999 else {
                throw error(.merchantCategory, "“\(category)” is not a code of ISO 18245")
            }
            row.merchantCategory = number
        }
        row.initiatedAt = try time(.initiatedAt) ?? .none
        if let available = try text(.payerAvailable) {
            row.payerAvailable = try money(.payerAvailable, available, row.amount.currency).minor
        }
    }

    private func degrees(
        _ column: TransactionColumn, limit: Double
    ) throws(TableError) -> Int32? {
        guard let text = try text(column) else { return nil }
        guard let value = Double(text), value.magnitude <= limit else {
            throw error(column, "“\(text)” is not degrees between -\(limit) and \(limit)")
        }
        return Int32((value * 1_000_000).rounded())
    }

    private func readOutcome(into row: inout Transaction) throws(TableError) {
        if let word = try text(.outcome) {
            guard let outcome = Transaction.Outcome(rawValue: word) else {
                throw error(.outcome, "“\(word)” is not posted or voided")
            }
            row.outcome = outcome
        }
        row.outcomeAt = try time(.outcomeAt) ?? .none
        if row.outcomeAt != .none && row.outcomeAt < row.occurredAt {
            throw error(.outcomeAt, "is before occurred_at")
        }
        switch try text(.label) {
        case nil: row.isFraud = nil
        case "0": row.isFraud = false
        case "1": row.isFraud = true
        case let word?: throw error(.label, "“\(word)” is not 0, 1 or empty")
        }
        row.labelKnownAt = try time(.labelKnownAt) ?? .none
        if row.labelKnownAt != .none && row.labelKnownAt < row.occurredAt {
            throw error(.labelKnownAt, "is before occurred_at")
        }
    }
}
