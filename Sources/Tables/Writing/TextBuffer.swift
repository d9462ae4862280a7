/// Comma-separated text (RFC 4180) that grows field by field.
public struct TextBuffer: Sendable {
    /// What was written so far, UTF-8.
    public private(set) var bytes: [UInt8] = []

    /// Nothing yet.
    public init() {}

    /// Number of bytes.
    public var count: Int { bytes.count }

    /// Forgets what was written and keeps the room.
    public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    /// Ends a field.
    public mutating func comma() { bytes.append(UInt8(ascii: ",")) }
    /// Ends a record.
    public mutating func newline() { bytes.append(UInt8(ascii: "\n")) }

    /// A text, in quotes if it needs them.
    public mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append(quoting: $0.span) }
    }

    /// Text in UTF-8, in quotes if it needs them.
    public mutating func append(quoting text: Span<UInt8>) {
        var isPlain = true
        for index in text.indices {
            switch text[index] {
            case UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                isPlain = false
            default: break
            }
        }
        if isPlain {
            for index in text.indices { bytes.append(text[index]) }
            return
        }
        bytes.append(UInt8(ascii: "\""))
        for index in text.indices {
            if text[index] == UInt8(ascii: "\"") { bytes.append(UInt8(ascii: "\"")) }
            bytes.append(text[index])
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// A whole number.
    public mutating func append(_ value: Int64) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        append(digitsOf: value.magnitude)
    }

    private mutating func append(digitsOf magnitude: UInt64) {
        let start = bytes.count
        var rest = magnitude
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }

    /// The fewest digits from which the same double is read again; nothing for NaN, which is a missing value. Whole
    /// numbers are written without a point.
    public mutating func append(_ value: Double) {
        if value.magnitude < 1e15, value == value.rounded(.towardZero),
            value != 0 || value.sign == .plus
        {
            return append(Int64(value))
        }
        guard !value.isNaN else { return }
        var text = value.description
        text.withUTF8 { bytes.append(contentsOf: $0) }
    }
}
