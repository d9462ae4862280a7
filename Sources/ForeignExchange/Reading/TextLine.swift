internal import EventLog

/// A line of comma-separated fields, without quoting: nothing that is written here has a comma in
/// it.
struct TextLine {
    /// Largest text, in bytes.
    static let maximumBytes = 1 << 20

    /// From 1.
    let number: Int
    let fields: [String]

    /// The lines of a text that say something: neither empty ones, nor those that begin with `#`.
    static func all(of text: String) throws(FXError) -> [TextLine] {
        guard text.utf8.count <= maximumBytes else {
            throw FXError(
                .tooLarge, "\(text.utf8.count) bytes: a text has at most \(maximumBytes)")
        }
        var lines: [TextLine] = []
        let written = text.utf8.split(separator: 0x0a, omittingEmptySubsequences: false)
        for (index, bytes) in written.enumerated() {
            let bytes = bytes.last == 0x0d ? bytes.dropLast() : bytes
            guard let first = bytes.first, first != 0x23 else { continue }
            let fields = bytes.split(separator: 0x2c, omittingEmptySubsequences: false)
            let line = TextLine(
                number: index + 1, fields: fields.map { String(decoding: $0, as: UTF8.self) })
            try line.checkFields()
            lines.append(line)
        }
        return lines
    }

    private func checkFields() throws(FXError) {
        for (index, field) in fields.enumerated() {
            guard !field.isEmpty, field.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }),
                field.utf8.first != 0x20, field.utf8.last != 0x20
            else {
                throw failure(
                    .malformedLine,
                    "field \(index + 1) is empty, has a space around it, or a character that is "
                        + "not printable ASCII")
            }
        }
    }

    func failure(_ code: FXError.Code, _ detail: String) -> FXError {
        FXError(code, detail, line: number)
    }

    func currency(_ code: String) throws(FXError) -> Currency {
        guard let currency = Currency(code: code) else {
            throw failure(
                .unknownCurrency,
                "“\(code)” is no currency that is known: codes are three capitals, such as USD")
        }
        return currency
    }

    /// The two currencies that the line begins with.
    func pair() throws(FXError) -> CurrencyPair {
        let (base, quote) = (try currency(fields[0]), try currency(fields[1]))
        do throws(FXError) { return try CurrencyPair(base: base, quote: quote) } catch {
            throw error.at(line: number)
        }
    }

    /// Digits, without a sign.
    func integer(_ text: String) throws(FXError) -> Int64 {
        guard text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let value = Int64(text) else {
            throw failure(.malformedLine, "“\(text)” stands where a whole number should")
        }
        return value
    }
}
