/// Reads a JSON text strictly (RFC 8259): valid UTF-8, one value and nothing after it, no leading
/// zeros, no bare control characters, no lone surrogates, bounded nesting. `JSONDecoder` is less
/// strict: of a name given twice it keeps one, and it takes `1e3` and `1.0` for whole numbers.
struct JSONReader {
    /// A schedule has three levels; a bound keeps hostile text off the stack.
    static let maximumDepth = 8

    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var depth = 0
    private var line = 1
    private var lineStart = 0

    /// The value of a text.
    static func read(_ bytes: [UInt8]) throws(FeeError) -> JSONNode {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw FeeError(.malformedJSON, "the text is not valid UTF-8")
        }
        var reader = JSONReader(scalars: Array(text.unicodeScalars))
        let node = try reader.node()
        reader.skipSpace()
        guard reader.peek == nil else { throw reader.missing("nothing more after the value") }
        return node
    }

    private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

    private var peek: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private var place: FeeError.Place {
        FeeError.Place(line: line, column: position - lineStart + 1)
    }

    private func missing(_ expected: String) -> FeeError {
        let found = peek.map { "“\($0.escaped(asASCII: false))”" } ?? "the end"
        return FeeError(
            .malformedJSON, "\(found) stands where \(expected) should", place: place)
    }

    private mutating func skipSpace() {
        while let scalar = peek {
            switch scalar {
            case "\n":
                position += 1
                line += 1
                lineStart = position
            case " ", "\t", "\r": position += 1
            default: return
            }
        }
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == scalar else { return false }
        position += 1
        return true
    }

    // MARK: - Values

    private mutating func node() throws(FeeError) -> JSONNode {
        skipSpace()
        let start = place
        return JSONNode(value: try value(), place: start)
    }

    private mutating func value() throws(FeeError) -> JSONNode.Value {
        switch peek {
        case "{": return .object(try nested { (reader) throws(FeeError) in try reader.members() })
        case "[": return .array(try nested { (reader) throws(FeeError) in try reader.elements() })
        case "\"": return .string(try string())
        case "-": return .number(try number())
        case .some(let scalar) where Self.isDigit(scalar): return .number(try number())
        case "t": return try word("true", .bool(true))
        case "f": return try word("false", .bool(false))
        case "n": return try word("null", .null)
        default: throw missing("a value")
        }
    }

    private mutating func nested<Content>(
        _ content: (inout JSONReader) throws(FeeError) -> Content
    ) throws(FeeError) -> Content {
        guard depth < Self.maximumDepth else {
            throw FeeError(
                .malformedJSON, "more than \(Self.maximumDepth) levels of nesting", place: place)
        }
        depth += 1
        position += 1
        defer { depth -= 1 }
        return try content(&self)
    }

    private mutating func members() throws(FeeError) -> [JSONNode.Member] {
        var members: [JSONNode.Member] = []
        skipSpace()
        if take("}") { return members }
        repeat {
            skipSpace()
            let start = place
            guard peek == "\"" else { throw missing("a name in quotes") }
            let name = try string()
            skipSpace()
            guard take(":") else { throw missing("a colon") }
            members.append(JSONNode.Member(name: name, place: start, node: try node()))
            skipSpace()
        } while take(",")
        guard take("}") else { throw missing("a comma or “}”") }
        return members
    }

    private mutating func elements() throws(FeeError) -> [JSONNode] {
        var elements: [JSONNode] = []
        skipSpace()
        if take("]") { return elements }
        repeat {
            elements.append(try node())
            skipSpace()
        } while take(",")
        guard take("]") else { throw missing("a comma or “]”") }
        return elements
    }

    private mutating func word(
        _ word: String, _ value: JSONNode.Value
    ) throws(FeeError) -> JSONNode.Value {
        for scalar in word.unicodeScalars {
            guard take(scalar) else { throw missing("the word \(word)") }
        }
        return value
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
        scalar >= "0" && scalar <= "9"
    }

    private mutating func number() throws(FeeError) -> String {
        let start = position
        _ = take("-")
        if !take("0") { try digits() }
        if take(".") { try digits() }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            try digits()
        }
        return text(scalars[start..<position])
    }

    private mutating func digits() throws(FeeError) {
        guard let first = peek, Self.isDigit(first) else { throw missing("a digit") }
        while let scalar = peek, Self.isDigit(scalar) { position += 1 }
    }

    // MARK: - Strings

    private func text(_ scalars: some Swift.Sequence<Unicode.Scalar>) -> String {
        var text = String.UnicodeScalarView()
        for scalar in scalars { text.append(scalar) }
        return String(text)
    }

    private mutating func string() throws(FeeError) -> String {
        position += 1
        var content: [Unicode.Scalar] = []
        while let scalar = peek {
            guard scalar.value >= 0x20 else { throw missing("an escape, such as \\n,") }
            position += 1
            if scalar == "\"" { return text(content) }
            content.append(scalar == "\\" ? try escape() : scalar)
        }
        throw missing("the closing quotation mark")
    }

    private mutating func escape() throws(FeeError) -> Unicode.Scalar {
        let plain: [Unicode.Scalar: Unicode.Scalar] = [
            "\"": "\"", "\\": "\\", "/": "/", "b": "\u{8}", "f": "\u{c}", "n": "\n", "r": "\r",
            "t": "\t",
        ]
        if let scalar = peek, let meant = plain[scalar] {
            position += 1
            return meant
        }
        guard take("u") else { throw missing("one of \" \\ / b f n r t u") }
        let high = try codeUnit()
        if let scalar = Unicode.Scalar(high) { return scalar }
        guard high < 0xdc00, take("\\"), take("u"), case let low = try codeUnit(),
            (0xdc00...0xdfff).contains(low),
            let scalar = Unicode.Scalar(0x1_0000 + (high - 0xd800) << 10 + (low - 0xdc00))
        else { throw missing("the other half of a surrogate pair, before this,") }
        return scalar
    }

    private mutating func codeUnit() throws(FeeError) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let scalar = peek, scalar.isASCII,
                let digit = Character(scalar).hexDigitValue
            else { throw missing("a hexadecimal digit") }
            unit = unit << 4 | UInt32(digit)
            position += 1
        }
        return unit
    }
}
