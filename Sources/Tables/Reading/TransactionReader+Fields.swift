internal import EventLog

/// The fields of one record.
extension TransactionReader {
    /// Where a field stands in the text; nil if the table lacks the column or the field is empty.
    @inline(__always)
    private func field(_ column: TransactionColumn) -> Range<Int>? {
        let place = places[column.rawValue]
        guard place >= 0 else { return nil }
        let range = records.field(place)
        return range.isEmpty ? nil : range
    }

    private func required(_ column: TransactionColumn) throws(TableError) -> Range<Int> {
        guard let range = field(column) else { throw error(column, "is empty") }
        return range
    }

    func requiredTime(_ column: TransactionColumn) throws(TableError) -> Timestamp {
        guard let time = try time(column) else { throw error(column, "is empty") }
        return time
    }

    private func time(_ column: TransactionColumn) throws(TableError) -> Timestamp? {
        guard let range = field(column) else { return nil }
        guard let time = Timestamp(rfc3339: records.text.span.extracting(range)) else {
            throw error(
                column,
                "“\(records.string(range))” is not a moment of RFC 3339 such as 2025-01-31T09:30:00Z"
            )
        }
        return time
    }

    private func money(
        _ column: TransactionColumn, _ range: Range<Int>, _ currency: Currency
    ) throws(TableError) -> Int64 {
        let text = records.text.span.extracting(range)
        let length = DecimalText.lengthWithoutIdleZeros(text, scale: currency.scale)
        do throws(Money.ParseError) {
            return try Money(text.extracting(first: length), currency: currency).minor
        } catch {
            let reason =
                switch error {
                case .malformed: "is not an amount such as 12.50"
                case .tooManyDecimals(let scale): "has more decimals than \(currency)'s \(scale)"
                case .overflow: "is too large: an amount has at most 63 bits of minor units"
                }
            throw self.error(column, "“\(records.string(range))” \(reason)")
        }
    }

    private func natural(
        _ column: TransactionColumn, maximum: Int64, _ expected: String
    ) throws(TableError) -> Int64? {
        guard let range = field(column) else { return nil }
        guard
            let value = DecimalText.natural(
                records.text.span.extracting(range), maximum: maximum)
        else { throw error(column, "“\(records.string(range))” is not \(expected)") }
        return value
    }

    private mutating func account(_ column: TransactionColumn) throws(TableError) -> AccountID {
        let range = try required(column)
        guard let number = accounts.number(of: range, in: records.text) else {
            throw error(column, "is not UTF-8")
        }
        return AccountID(Int64(number))
    }

    /// The row of a record whose time is known.
    mutating func row(at time: Timestamp) throws(TableError) -> TableRow {
        let code = try required(.currency)
        guard let currency = currencies.currency(code, in: records.text) else {
            throw error(
                .currency,
                "“\(records.string(code))” is not a known currency; codes are those of ISO 4217, such as USD"
            )
        }
        let amount = try money(.amount, try required(.amount), currency)
        guard amount >= 0 else {
            throw error(.amount, "is negative: an amount is what the payer pays, 0 or more")
        }
        var row = TableRow(
            line: records.line, occurredAt: time, payer: try account(.payer),
            payee: try account(.payee), amount: amount, currency: currency.number)
        if let kind = field(.kind) {
            row.kind = try word(.kind, kind, TableWords.kinds)
        }
        try readContext(into: &row)
        if let available = field(.payerAvailable) {
            row.payerAvailable = try money(.payerAvailable, available, currency)
        }
        if let limit = field(.limit) {
            let value = try money(.limit, limit, currency)
            guard value >= 0 else {
                throw error(.limit, "is negative: it is how far below zero the payer may go")
            }
            row.limit = value
        }
        row.sequence = try sequence(.sequence)
        try readOutcome(into: &row)
        try readLabel(into: &row)
        return row
    }

    private func sequence(_ column: TransactionColumn) throws(TableError) -> Sequence {
        Sequence(try natural(column, maximum: .max, "a place in a log, a whole number") ?? 0)
    }

    /// One of few words.
    private func word<Value>(
        _ column: TransactionColumn, _ range: Range<Int>,
        _ words: [(text: StaticString, value: Value)]
    ) throws(TableError) -> Value {
        let text = records.text.span.extracting(range)
        for (word, value) in words where Self.isEqual(text, word) { return value }
        let known = words.map { "\($0.text)" }.joined(separator: ", ")
        throw error(column, "“\(records.string(range))” is none of \(known)")
    }

    private static func isEqual(_ text: Span<UInt8>, _ word: StaticString) -> Bool {
        guard text.count == word.utf8CodeUnitCount else { return false }
        for index in text.indices where text[index] != word.utf8Start[index] { return false }
        return true
    }

    private mutating func readContext(into row: inout TableRow) throws(TableError) {
        let latitude = try microdegrees(.latitude, limit: 90)
        let longitude = try microdegrees(.longitude, limit: 180)
        switch (latitude, longitude) {
        case (let latitude?, let longitude?):
            row.context.latitude = latitude
            row.context.longitude = longitude
            row.context.hasPlace = true
        case (nil, nil): break
        default:
            throw error(
                latitude == nil ? .latitude : .longitude,
                "is half of a place: give both coordinates, or none")
        }
        if let range = field(.device) {
            row.context.device = try token(
                .device, devices.number(of: range, in: records.text))
        }
        if let range = field(.instrument) {
            row.context.instrument = try token(
                .instrument, instruments.number(of: range, in: records.text))
        }
        if let range = field(.address) {
            row.context.address = try token(
                .address, addresses.number(of: range, in: records.text))
        }
        if let category = try natural(
            .merchantCategory, maximum: 9_999, "a merchant category of ISO 18245, 0000 to 9999")
        {
            row.context.merchantCategory = UInt16(category)
        }
        row.context.initiatedAt = try time(.initiatedAt) ?? .none
        if let range = field(.country) {
            let text = records.text.span.extracting(range)
            guard text.count == 2,
                let country = CountryCode(text[0], text[1])
            else {
                throw error(
                    .country,
                    "“\(records.string(range))” is not a country of ISO 3166-1 such as DE")
            }
            row.context.country = country
        }
    }

    private func token(_ column: TransactionColumn, _ number: UInt32?) throws(TableError) -> Token {
        guard let number else { throw error(column, "is not UTF-8") }
        return Token(UInt64(number))
    }

    private func microdegrees(
        _ column: TransactionColumn, limit: Double
    ) throws(TableError) -> Int32? {
        guard let range = field(column) else { return nil }
        guard let value = DecimalText.double(records.text.span.extracting(range)),
            value.magnitude <= limit
        else {
            throw error(
                column,
                "“\(records.string(range))” is not degrees from -\(Int(limit)) to \(Int(limit))")
        }
        return Int32((value * 1_000_000).rounded())
    }

    private func readOutcome(into row: inout TableRow) throws(TableError) {
        if let range = field(.outcome) {
            row.outcome = try word(.outcome, range, TableWords.outcomes)
        }
        if let time = try time(.outcomeAt) {
            guard !(time < row.occurredAt) else {
                throw error(.outcomeAt, "is before occurred_at")
            }
            guard row.outcome != .pending else {
                throw error(.outcomeAt, "is given, but the outcome is pending")
            }
            row.outcomeAt = time
        }
        row.outcomeSequence = try sequence(.outcomeSequence)
    }

    private func readLabel(into row: inout TableRow) throws(TableError) {
        if let range = field(.label) {
            row.isFraud = try word(.label, range, TableWords.labels)
        }
        if let time = try time(.labelKnownAt) {
            guard !(time < row.occurredAt) else {
                throw error(.labelKnownAt, "is before occurred_at")
            }
            row.labelKnownAt = time
        }
        row.labelSequence = try sequence(.labelSequence)
    }
}

/// The words that columns with few values know.
private enum TableWords {
    static let kinds: [(text: StaticString, value: TransferKind)] = [
        ("payment", .payment), ("authorization", .authorization),
    ]
    static let outcomes: [(text: StaticString, value: Transaction.Outcome)] = [
        ("posted", .posted), ("voided", .voided), ("pending", .pending),
    ]
    static let labels: [(text: StaticString, value: Bool)] = [("0", false), ("1", true)]
}

extension RecordReader {
    /// A part of the text for people to read.
    func string(_ range: Range<Int>) -> String {
        let shown = range.prefix(80)
        let text = String(decoding: self.text[shown.startIndex..<shown.endIndex], as: UTF8.self)
        return range.count > 80 ? text + "…" : text
    }
}

/// The currencies that a table has had so far, so that each is looked up by its text once.
struct KnownCurrencies: Sendable {
    private var known: [(code: UInt64, currency: Currency)] = []

    /// The currency whose code stands in a part of `bytes`; nil if it is not known.
    mutating func currency(_ range: Range<Int>, in bytes: [UInt8]) -> Currency? {
        let text = bytes.span.extracting(range)
        guard text.count <= 8 else { return nil }
        var code: UInt64 = 0
        for index in text.indices { code = code << 8 | UInt64(text[index]) }
        for entry in known where entry.code == code { return entry.currency }
        guard
            let currency = Currency(
                code: String(decoding: text.indices.map { text[$0] }, as: UTF8.self))
        else { return nil }
        known.append((code, currency))
        return currency
    }
}
