/// JSON (RFC 8259) that grows member by member, in the order given and without white space.
struct JSONText {
    private(set) var bytes: [UInt8] = []
    private var followsValue = false

    // MARK: - Structure

    mutating func object(_ members: (inout JSONText) -> Void) {
        open("{")
        members(&self)
        close("}")
    }

    /// An array; the closure writes one value an element.
    mutating func array<Element>(
        _ elements: [Element], _ write: (inout JSONText, Element) -> Void
    ) {
        open("[")
        for element in elements {
            separate()
            write(&self, element)
            followsValue = true
        }
        close("]")
    }

    /// A member's name; its value follows.
    mutating func name(_ name: String) {
        separate()
        quote(name)
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func open(_ bracket: Unicode.Scalar) {
        bytes.append(UInt8(ascii: bracket))
        followsValue = false
    }

    private mutating func close(_ bracket: Unicode.Scalar) {
        bytes.append(UInt8(ascii: bracket))
        followsValue = true
    }

    private mutating func separate() {
        if followsValue { bytes.append(UInt8(ascii: ",")) }
        followsValue = false
    }

    // MARK: - Members

    mutating func member(_ name: String, _ text: String?) {
        self.name(name)
        if let text { string(text) } else { null() }
    }

    mutating func member(_ name: String, _ number: Int64) {
        self.name(name)
        value(String(number))
    }

    mutating func member(_ name: String, _ flag: Bool) {
        self.name(name)
        value(flag ? "true" : "false")
    }

    // MARK: - Values

    mutating func null() { value("null") }

    mutating func string(_ text: String) {
        quote(text)
        followsValue = true
    }

    private mutating func value(_ literal: String) {
        bytes.append(contentsOf: literal.utf8)
        followsValue = true
    }

    /// Besides what RFC 8259 demands, DEL and the line separators that JavaScript once took for
    /// line ends are escaped: the text is then harmless inside a script, too.
    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\":
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            case "\n": bytes.append(contentsOf: "\\n".utf8)
            case "\r": bytes.append(contentsOf: "\\r".utf8)
            case "\t": bytes.append(contentsOf: "\\t".utf8)
            case "\u{0}"..."\u{1f}", "\u{7f}", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                let zeros = String(repeating: "0", count: 4 - digits.utf8.count)
                bytes.append(contentsOf: "\\u\(zeros)\(digits)".utf8)
            default: bytes.append(contentsOf: scalar.utf8)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
