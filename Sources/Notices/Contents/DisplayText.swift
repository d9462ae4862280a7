/// Text that somebody else wrote, as it may be shown inside a notice: on one line, not longer than so many bytes, and
/// without characters that turn the direction of what is around them, by which a name could pass for the notice's words.
enum DisplayText {
    /// - Parameter maximumBytes: of UTF-8; what is cut off leaves `…` behind.
    static func plain(_ text: String, maximumBytes: Int) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x202a...0x202e, 0x2066...0x2069, 0x200e, 0x200f, 0x061c, 0xfeff: continue
            case 0x00...0x1f, 0x7f...0x9f, 0x2028, 0x2029: scalars.append(" ")
            default: scalars.append(scalar)
            }
        }
        let words = String(scalars).split(separator: " ").joined(separator: " ")
        if words.utf8.count <= maximumBytes { return words }
        var cut = ""
        var count = 3
        for character in words {
            count += character.utf8.count
            if count > maximumBytes { break }
            cut.append(character)
        }
        return cut + "…"
    }
}
