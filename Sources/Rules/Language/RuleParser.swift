/// Reads rules by recursive descent:
///
/// ```
/// rules      = { rule }
/// rule       = [ "shadow" ] condition "->" action "name"
/// condition  = conjunction { "or" conjunction }
/// conjunction = negation { "and" negation }
/// negation   = "not" negation | comparison
/// comparison = sum [ ("<" | "<=" | ">" | ">=" | "==" | "!=") sum ]
/// sum        = product { ("+" | "-") product }
/// product    = unary { ("*" | "/") unary }
/// unary      = "-" unary | number | duration | feature | "score" | "(" condition ")"
///            | "missing" "(" feature ")" | ("min" | "max" | "abs") "(" sum { "," sum } ")"
/// ```
struct RuleParser {
    private let tokens: [Token]
    private var position = 0
    private var depth = 0
    /// Nesting that no rule needs, and no stack minds.
    private static let maximumDepth = 64

    init(_ text: String) throws(RuleError) { tokens = try Token.all(of: text) }

    private var current: Token { tokens[position] }

    private mutating func advance() -> Token {
        let token = tokens[position]
        if position + 1 < tokens.count { position += 1 }
        return token
    }

    private mutating func take(sign: String) -> Bool {
        guard current.kind == .sign(sign) else { return false }
        _ = advance()
        return true
    }

    private mutating func take(word: String) -> Bool {
        guard current.kind == .word(word) else { return false }
        _ = advance()
        return true
    }

    private mutating func expect(sign: String, _ what: String) throws(RuleError) {
        guard take(sign: sign) else {
            throw RuleError(current.place, "\(current.description) stands where \(what) should")
        }
    }

    mutating func rules() throws(RuleError) -> [WrittenRule] {
        var rules: [WrittenRule] = []
        while current.kind != .end { rules.append(try rule()) }
        return rules
    }

    private mutating func rule() throws(RuleError) -> WrittenRule {
        let isShadow = take(word: "shadow")
        let condition = try condition()
        try expect(sign: "->", "“->” and an action, or “and” or “or”,")
        let action = advance()
        guard case .word(let actionName) = action.kind else {
            throw RuleError(
                action.place,
                "\(action.description) is no action: approve, challenge, hold or decline")
        }
        let name = advance()
        guard case .text(let text) = name.kind, !text.isEmpty else {
            throw RuleError(
                name.place,
                "\(name.description) stands where the rule's name should, such as \"velocity\"")
        }
        return WrittenRule(
            isShadow: isShadow, condition: condition, action: actionName,
            actionPlace: action.place, name: text, namePlace: name.place)
    }

    private mutating func condition() throws(RuleError) -> Expression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else {
            throw RuleError(current.place, "more than \(Self.maximumDepth) levels of parentheses")
        }
        var left = try conjunction()
        while case let place = current.place, take(word: "or") {
            left = .junction(isAnd: false, left, try conjunction(), place)
        }
        return left
    }

    private mutating func conjunction() throws(RuleError) -> Expression {
        var left = try negation()
        while case let place = current.place, take(word: "and") {
            left = .junction(isAnd: true, left, try negation(), place)
        }
        return left
    }

    private mutating func negation() throws(RuleError) -> Expression {
        let place = current.place
        guard take(word: "not") else { return try comparison() }
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else {
            throw RuleError(place, "more than \(Self.maximumDepth) times “not”")
        }
        return .not(try negation(), place)
    }

    private mutating func comparison() throws(RuleError) -> Expression {
        let left = try sum()
        let place = current.place
        for comparison in Expression.Comparison.allCases where take(sign: comparison.rawValue) {
            return .comparison(comparison, left, try sum(), place)
        }
        return left
    }

    private mutating func sum() throws(RuleError) -> Expression {
        var left = try product()
        while true {
            let place = current.place
            if take(sign: "+") {
                left = .arithmetic(.add, left, try product(), place)
            } else if take(sign: "-") {
                left = .arithmetic(.subtract, left, try product(), place)
            } else {
                return left
            }
        }
    }

    private mutating func product() throws(RuleError) -> Expression {
        var left = try unary()
        while true {
            let place = current.place
            if take(sign: "*") {
                left = .arithmetic(.multiply, left, try unary(), place)
            } else if take(sign: "/") {
                left = .arithmetic(.divide, left, try unary(), place)
            } else {
                return left
            }
        }
    }

    private mutating func unary() throws(RuleError) -> Expression {
        let token = advance()
        switch token.kind {
        case .sign("-"):
            depth += 1
            defer { depth -= 1 }
            guard depth <= Self.maximumDepth else {
                throw RuleError(token.place, "more than \(Self.maximumDepth) signs")
            }
            return .negated(try unary(), token.place)
        case .sign("("):
            let inner = try condition()
            try expect(sign: ")", "“)”")
            return inner
        case .number(let value): return .number(value, token.place)
        case .duration(let seconds): return .duration(seconds: seconds, token.place)
        case .word("missing"):
            try expect(sign: "(", "“(” and a feature")
            let feature = advance()
            guard case .word(let name) = feature.kind else {
                throw RuleError(feature.place, "\(feature.description) is no feature")
            }
            try expect(sign: ")", "“)”")
            return .isMissing(name, feature.place)
        case .word(let name):
            guard let function = Expression.Function(rawValue: name), take(sign: "(") else {
                return .input(name, token.place)
            }
            var arguments = [try sum()]
            while take(sign: ",") { arguments.append(try sum()) }
            try expect(sign: ")", "“)” or “,”")
            return .call(function, arguments, token.place)
        case .text, .sign, .end:
            throw RuleError(
                token.place,
                "\(token.description) stands where a number, a feature or a condition should")
        }
    }
}
