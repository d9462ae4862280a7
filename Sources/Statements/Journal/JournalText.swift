/// Texts as a journal can have them.
enum JournalText {
    /// A person's text within a description or a heading: on one line, without invisible
    /// characters, and without those that begin a comment or part a payee from a note.
    static func line(of text: String) -> String {
        var line = String.UnicodeScalarView()
        for scalar in PlainText.line(of: text).unicodeScalars {
            switch scalar {
            case ";": line.append(",")
            case "|": line.append("/")
            default: line.append(scalar)
            }
        }
        return String(line)
    }

    /// A decimal number of the other sign. Of text, because the least `Int64` has no opposite.
    static func negated(_ decimal: String) -> String {
        if decimal.utf8.first == UInt8(ascii: "-") { return String(decimal.dropFirst()) }
        let isZero = decimal.utf8.allSatisfy { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: ".") }
        return isZero ? decimal : "-" + decimal
    }
}
