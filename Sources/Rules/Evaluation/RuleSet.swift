public import Cryptography
public import EventLog

/// Rules beside the model: typed, versioned, and the same offline as live.
///
/// A line such as `payer.count.1h > 20 and amount.zscore > 4 -> hold "velocity"` holds what it says. All rules are asked
/// about each payment; the strictest of those that match decides, in the order approve, challenge, hold, decline, and
/// with the model's own decision the stricter of both does. An `approve` rule lets a payment through that no other rule
/// stops, whatever the model says. Rules that begin with `shadow` are told when they match, and change nothing.
public struct RuleSet: Sendable, Equatable {
    /// One rule.
    public struct Rule: Sendable, Equatable {
        /// What analysts call it; no two of a set have one name.
        public let name: String
        /// What it asks for.
        public let action: DecisionAction
        /// It is told when it matches, and changes nothing.
        public let isShadow: Bool
        let program: RuleProgram
    }

    /// In the order of the text.
    public let rules: [Rule]
    /// SHA-256 of the text: the version under which decisions name them.
    public let hash: SHA256Digest
    /// The text itself.
    public let text: String

    /// Most rules of a set.
    public static let maximumCount = 64

    /// No rules.
    public static let none = RuleSet(rules: [], text: "")

    private init(rules: [Rule], text: String) {
        self.rules = rules
        self.text = text
        hash = SHA256.hash(Array(text.utf8))
    }

    /// Reads rules.
    ///
    /// - Parameter inputs: what they can ask about.
    /// - Throws: ``RuleError`` with the place of the first thing that is wrong.
    public init(_ text: String, inputs: RuleInputs) throws(RuleError) {
        var parser = try RuleParser(text)
        var rules: [Rule] = []
        for written in try parser.rules() {
            let action: DecisionAction
            switch written.action {
            case "approve": action = .approve
            case "challenge": action = .challenge
            case "hold": action = .hold
            case "decline": action = .decline
            default:
                throw RuleError(
                    written.actionPlace,
                    "“\(written.action)” is no action: approve, challenge, hold or decline")
            }
            guard !rules.contains(where: { $0.name == written.name }) else {
                throw RuleError(written.namePlace, "there is a rule \"\(written.name)\" already")
            }
            guard rules.count < Self.maximumCount else {
                throw RuleError(written.namePlace, "a set has at most \(Self.maximumCount) rules")
            }
            var compiler = RuleCompiler(inputs)
            try compiler.compile(written.condition)
            rules.append(
                Rule(
                    name: written.name, action: action, isShadow: written.isShadow,
                    program: compiler.program))
        }
        self.init(rules: rules, text: text)
    }

    /// Which rules match, as bits in their order.
    ///
    /// - Parameters:
    ///   - row: the inputs but the score.
    ///   - score: the model's.
    public func matches(_ row: UnsafeBufferPointer<Double>, score: Double) -> UInt64 {
        var bits: UInt64 = 0
        for index in rules.indices where rules[index].program.holds(row, score: score) {
            bits |= 1 << UInt64(index)
        }
        return bits
    }

    /// What is decided, given which rules match and what the model says.
    public func action(matches: UInt64, model: DecisionAction) -> DecisionAction {
        var strictest: DecisionAction?
        var isLetThrough = false
        for index in rules.indices where matches >> UInt64(index) & 1 == 1 {
            let rule = rules[index]
            if rule.isShadow { continue }
            if rule.action == .approve {
                isLetThrough = true
            } else if strictest.map({ $0.strictness < rule.action.strictness }) ?? true {
                strictest = rule.action
            }
        }
        guard let strictest else { return isLetThrough ? .approve : model }
        return strictest.strictness > model.strictness ? strictest : model
    }

    /// Names of the rules that match, shadows marked as such.
    public func names(matches: UInt64) -> [String] {
        rules.indices.filter { matches >> UInt64($0) & 1 == 1 }.map {
            rules[$0].isShadow ? RuleMark.shadow + rules[$0].name : rules[$0].name
        }
    }
}

extension DecisionAction {
    /// approve < challenge < hold < decline.
    fileprivate var strictness: Int {
        switch self {
        case .approve, .notEvaluated: 0
        case .challenge: 1
        case .hold: 2
        case .decline: 3
        }
    }
}
