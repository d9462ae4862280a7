/// Writes JSON (RFC 8259) into bytes: members in the order given, no white space.
///
/// The caller opens, separates and closes by the closures' nesting; a value stands wherever one is asked for.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []
    /// Whether the next member or element follows another one.
    private var needsComma = false

    init(capacity: Int = 1_024) { bytes.reserveCapacity(capacity) }

    // MARK: - Structure

    /// An object; the closure writes its members.
    mutating func object(_ members: (inout JSONWriter) -> Void) {
        bracket(UInt8(ascii: "{"), UInt8(ascii: "}"), members)
    }

    /// An array; the closure writes one value an element.
    mutating func array<Elements: Swift.Sequence>(
        _ elements: Elements, _ write: (inout JSONWriter, Elements.Element) -> Void
    ) {
        bracket(UInt8(ascii: "["), UInt8(ascii: "]")) { writer in
            for element in elements {
                writer.separate()
                write(&writer, element)
            }
        }
    }

    /// A member's name; its value follows. Names are the program's own and need no escapes.
    mutating func name(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        bytes.append(
            contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func bracket(
        _ open: UInt8, _ close: UInt8, _ content: (inout JSONWriter) -> Void
    ) {
        bytes.append(open)
        needsComma = false
        content(&self)
        bytes.append(close)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    // MARK: - Members

    mutating func member(_ name: StaticString, _ value: String?) {
        self.name(name)
        if let value { string(value) } else { null() }
    }
    mutating func member(_ name: StaticString, _ value: Bool) {
        self.name(name)
        raw(value ? "true" : "false")
    }
    mutating func member(_ name: StaticString, _ value: Int64?) {
        self.name(name)
        if let value { integer(value) } else { null() }
    }
    /// Not-a-number and infinities have no JSON and become null.
    mutating func member(_ name: StaticString, _ value: Double?) {
        self.name(name)
        if let value, value.isFinite { raw(value.description) } else { null() }
    }

    // MARK: - Values

    mutating func null() { raw("null") }

    mutating func integer(_ value: Int64) { raw(String(value)) }

    /// Escapes quotation marks, backslashes and control characters; everything else stays UTF-8.
    mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20: escape(byte)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// A text of JSON that was written before.
    mutating func json(_ text: [UInt8]) { bytes.append(contentsOf: text) }

    /// A value as it was read.
    mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let flag): raw(flag ? "true" : "false")
        case .number(let text): raw(text)
        case .string(let text): string(text)
        case .array(let elements): array(elements) { $0.value($1) }
        case .object(let members):
            object { writer in
                for member in members {
                    writer.separate()
                    writer.string(member.name)
                    writer.raw(":")
                    writer.value(member.value)
                }
            }
        }
    }

    private mutating func escape(_ control: UInt8) {
        switch control {
        case 0x0a: raw("\\n")
        case 0x0d: raw("\\r")
        case 0x09: raw("\\t")
        default:
            raw(control < 0x10 ? "\\u000" : "\\u001")
            let digit = control & 15
            bytes.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
        }
    }

    private mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }
}
