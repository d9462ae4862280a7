/// A person's text on one line, for formats in which line ends and invisible characters would mean
/// something.
enum PlainText {
    /// White space and control characters become single spaces, none at the ends. Characters that
    /// show nothing, such as marks of writing direction, are left out. Beyond `limit` scalars it
    /// is cut and ends in an ellipsis.
    static func line(of text: String, limit: Int = 200) -> String {
        var line = String.UnicodeScalarView()
        var (count, needsSpace) = (0, false)
        for scalar in text.unicodeScalars {
            let properties = scalar.properties
            if properties.isWhitespace || properties.generalCategory == .control {
                needsSpace = count > 0
                continue
            }
            if properties.generalCategory == .format || properties.isDefaultIgnorableCodePoint {
                continue
            }
            guard count + (needsSpace ? 1 : 0) < limit else {
                line.append("\u{2026}")
                break
            }
            if needsSpace {
                line.append(" ")
                count += 1
            }
            line.append(scalar)
            count += 1
            needsSpace = false
        }
        return String(line)
    }
}
