/// Comma-separated text (RFC 4180) that grows field by field: records end in CR and LF, fields are
/// quoted where they must be.
struct CSVText {
    private(set) var bytes: [UInt8] = []
    private var isInRecord = false

    mutating func endRecord() {
        bytes.append(contentsOf: "\r\n".utf8)
        isInRecord = false
    }

    /// A field that the program made, such as a number: it may begin with a minus sign.
    mutating func append(_ field: String) {
        if isInRecord { bytes.append(UInt8(ascii: ",")) }
        isInRecord = true
        guard field.utf8.contains(where: { "\",\r\n".utf8.contains($0) }) else {
            bytes.append(contentsOf: field.utf8)
            return
        }
        bytes.append(UInt8(ascii: "\""))
        for byte in field.utf8 {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// A field that a person wrote, which a spreadsheet shall not take for a formula.
    mutating func append(foreign text: String) { append(Self.harmless(text)) }

    /// One apostrophe before a text that a spreadsheet might reckon with: one that begins with
    /// `=`, `+`, `-`, `@`, the full-width forms of these, a tab, CR or LF, be it after apostrophes.
    /// So whoever reads a text of apostrophes and such a character takes one apostrophe away, and
    /// has what the person wrote. Other control characters become U+FFFD: readers trip over them.
    static func harmless(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        scalars.append(
            contentsOf: text.unicodeScalars.map { isUnreadable($0) ? "\u{fffd}" : $0 })
        if let first = scalars.first(where: { $0 != "'" }), beginsFormula(first) {
            scalars.insert("'", at: scalars.startIndex)
        }
        return String(scalars)
    }

    private static func beginsFormula(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "=", "+", "-", "@", "\t", "\r", "\n": true
        case "\u{ff1d}", "\u{ff0b}", "\u{ff0d}", "\u{ff20}": true
        default: false
        }
    }

    private static func isUnreadable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\t", "\r", "\n": false
        case "\u{0}"..."\u{1f}", "\u{7f}": true
        default: false
        }
    }
}
