/// Reads a JSON text strictly (RFC 8259): UTF-8 without byte order mark, every name once, no
/// unpaired surrogates, bounded nesting.
struct JSONReader {
    /// Arrays and objects inside one another beyond this are refused.
    static let maximumDepth = 16

    private let text: [UInt8]
    private var position = 0

    /// The value that `text` stands for.
    ///
    /// - Throws: `malformed_json`.
    static func read(_ text: [UInt8]) throws(WebAuthnError) -> JSONValue {
        // Checked once, so that what stands between two quotation marks is known to be UTF-8.
        guard String(validating: text, as: UTF8.self) != nil else {
            throw WebAuthnError(.malformedJSON, "the text is not UTF-8")
        }
        var reader = JSONReader(text: text)
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.next == nil else { throw reader.failure("the end of the text") }
        return value
    }

    private init(text: [UInt8]) { self.text = text }

    private mutating func value(depth: Int) throws(WebAuthnError) -> JSONValue {
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return .object(try members(depth))
        case UInt8(ascii: "["): return .array(try elements(depth))
        case UInt8(ascii: "\""): return .string(try string())
        default:
            if try skipNumber() { return .number }
            if accept("true") { return .bool(true) }
            if accept("false") { return .bool(false) }
            if accept("null") { return .null }
            throw failure("a value")
        }
    }

    // MARK: - Structure

    private mutating func members(_ depth: Int) throws(WebAuthnError) -> [String: JSONValue] {
        try open(depth)
        var members: [String: JSONValue] = [:]
        if accept("}") { return members }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw failure("a name in quotation marks") }
            let name = try string()
            skipSpace()
            guard accept(":") else { throw failure("a colon") }
            let value = try value(depth: depth + 1)
            guard members.updateValue(value, forKey: name) == nil else {
                throw failure("every name once in an object")
            }
            skipSpace()
            if accept("}") { return members }
            guard accept(",") else { throw failure("a comma or a closing brace") }
        }
    }

    private mutating func elements(_ depth: Int) throws(WebAuthnError) -> [JSONValue] {
        try open(depth)
        var elements: [JSONValue] = []
        if accept("]") { return elements }
        while true {
            elements.append(try value(depth: depth + 1))
            skipSpace()
            if accept("]") { return elements }
            guard accept(",") else { throw failure("a comma or a closing bracket") }
        }
    }

    private mutating func open(_ depth: Int) throws(WebAuthnError) {
        guard depth < Self.maximumDepth else {
            throw failure("at most \(Self.maximumDepth) levels of arrays and objects")
        }
        position += 1
        skipSpace()
    }

    // MARK: - Numbers

    /// Whether a number stands next; then it is passed.
    private mutating func skipNumber() throws(WebAuthnError) -> Bool {
        let isNegative = accept("-")
        guard isNegative || isDigitNext else { return false }
        if !accept("0") { try skipDigits() }
        if accept(".") { try skipDigits() }
        if accept("e") || accept("E") {
            if !accept("+") { _ = accept("-") }
            try skipDigits()
        }
        return true
    }

    private mutating func skipDigits() throws(WebAuthnError) {
        guard isDigitNext else { throw failure("a digit") }
        while isDigitNext { position += 1 }
    }

    private var isDigitNext: Bool { next.map { (0x30...0x39).contains($0) } ?? false }

    // MARK: - Strings

    private mutating func string() throws(WebAuthnError) -> String {
        position += 1
        var content: [UInt8] = []
        while let byte = next {
            guard byte >= 0x20 else { throw failure("no control character in a string") }
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: content, as: UTF8.self)
            case UInt8(ascii: "\\"): content.append(contentsOf: String(try escaped()).utf8)
            default: content.append(byte)
            }
        }
        throw failure("a closing quotation mark")
    }

    private mutating func escaped() throws(WebAuthnError) -> Unicode.Scalar {
        let simple: [(StaticString, Unicode.Scalar)] = [
            ("\"", "\""), ("\\", "\\"), ("/", "/"), ("b", "\u{8}"), ("f", "\u{c}"), ("n", "\n"),
            ("r", "\r"), ("t", "\t"),
        ]
        for (letter, meaning) in simple where accept(letter) { return meaning }
        guard accept("u") else { throw failure("an escape that JSON knows") }
        let first = try codeUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        // What is no scalar is half of a surrogate pair, and the high half comes first.
        guard first < 0xdc00, accept("\\u") else { throw failure("a whole surrogate pair") }
        let second = try codeUnit()
        guard (0xdc00...0xdfff).contains(second),
            let scalar = Unicode.Scalar(
                0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
        else { throw failure("a whole surrogate pair") }
        return scalar
    }

    /// Four hexadecimal digits.
    private mutating func codeUnit() throws(WebAuthnError) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next,
                let digit = Character(Unicode.Scalar(byte)).hexDigitValue
            else { throw failure("four hexadecimal digits") }
            unit = unit << 4 | UInt32(digit)
            position += 1
        }
        return unit
    }

    // MARK: - Bytes

    private var next: UInt8? { position < text.count ? text[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || (0x09...0x0a).contains(byte) || byte == 0x0d {
            position += 1
        }
    }

    /// Whether `word` stands next; then it is passed.
    private mutating func accept(_ word: StaticString) -> Bool {
        let word = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard text[position...].starts(with: word) else { return false }
        position += word.count
        return true
    }

    private func failure(_ expected: String) -> WebAuthnError {
        WebAuthnError(.malformedJSON, "byte \(position) of the text should be \(expected)")
    }
}
