/// A word of the language.
struct Token: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        case number(Double)
        /// In seconds: `90s`, `10min`, `1h`, `7d`.
        case duration(Double)
        /// A name: of a feature, an action, or a word of the language.
        case word(String)
        case text(String)
        /// `(`, `->`, `<=` and so on.
        case sign(String)
        case end
    }
    var kind: Kind
    var place: Place

    /// As it is written in errors.
    var description: String {
        switch kind {
        case .number(let value): "\(value)"
        case .duration(let seconds): "\(seconds) s"
        case .word(let word): "“\(word)”"
        case .text(let text): "the text \"\(text)\""
        case .sign(let sign): "“\(sign)”"
        case .end: "the end"
        }
    }

    /// All tokens of a text, with ``Kind/end`` last. Comments run from `#` to the end of their line.
    static func all(of text: String) throws(RuleError) -> [Token] {
        var reader = TokenReader(text)
        var tokens: [Token] = []
        while true {
            let token = try reader.next()
            tokens.append(token)
            if token.kind == .end { return tokens }
        }
    }
}

private struct TokenReader {
    private let characters: [Character]
    private var position = 0
    private var place = Place(line: 1, column: 1)

    private static let signs = [
        "->", "<=", ">=", "==", "!=", "<", ">", "+", "-", "*", "/", "(", ")", ",", ":",
    ]
    private static let units: [String: Double] = ["s": 1, "min": 60, "h": 3_600, "d": 86_400]

    init(_ text: String) { characters = Array(text) }

    private var current: Character? { position < characters.count ? characters[position] : nil }

    private mutating func advance() {
        if characters[position] == "\n" || characters[position] == "\r\n" {
            place = Place(line: place.line + 1, column: 1)
        } else {
            place.column += 1
        }
        position += 1
    }

    mutating func next() throws(RuleError) -> Token {
        skipSpace()
        let start = place
        guard let first = current else { return Token(kind: .end, place: start) }
        if first == "\"" { return Token(kind: .text(try text(from: start)), place: start) }
        if first.isASCII, first.isNumber {
            return Token(kind: try number(from: start), place: start)
        }
        if Self.begins(first) {
            return Token(kind: .word(take(while: Self.continues)), place: start)
        }
        for sign in Self.signs where matches(sign) {
            for _ in sign { advance() }
            return Token(kind: .sign(sign), place: start)
        }
        throw RuleError(start, "“\(first)” means nothing here")
    }

    private mutating func skipSpace() {
        while let character = current {
            if character == "#" {
                while let rest = current, !rest.isNewline { advance() }
            } else if character.isWhitespace {
                advance()
            } else {
                return
            }
        }
    }

    private static func begins(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character == "_")
    }

    /// Names of features have dots and digits in them: `payer.count.1h`.
    private static func continues(_ character: Character) -> Bool {
        begins(character) || character.isASCII && character.isNumber || character == "."
    }

    private mutating func take(while isWanted: (Character) -> Bool) -> String {
        var taken = ""
        while let character = current, isWanted(character) {
            taken.append(character)
            advance()
        }
        return taken
    }

    private func matches(_ sign: String) -> Bool {
        let sign = Array(sign)
        return position + sign.count <= characters.count
            && characters[position..<position + sign.count].elementsEqual(sign)
    }

    private mutating func number(from start: Place) throws(RuleError) -> Token.Kind {
        let digits = take { $0.isASCII && $0.isNumber || $0 == "." || $0 == "_" }
        guard let value = Double(digits.filter { $0 != "_" }), value.isFinite else {
            throw RuleError(start, "“\(digits)” is no number")
        }
        let unit = take(while: { $0.isASCII && $0.isLetter })
        if unit.isEmpty { return .number(value) }
        guard let seconds = Self.units[unit] else {
            throw RuleError(
                start, "“\(digits)\(unit)”: a duration is in s, min, h or d, such as 10min")
        }
        return .duration(value * seconds)
    }

    private mutating func text(from start: Place) throws(RuleError) -> String {
        advance()
        let text = take { $0 != "\"" && !$0.isNewline }
        guard current == "\"" else {
            throw RuleError(
                start, "a text that begins here has no closing quotation mark on its line")
        }
        advance()
        return text
    }
}
