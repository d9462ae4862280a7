public import EventLog

/// How often decisions named each list and each rule.
public struct PolicyHits: Sendable {
    /// Somebody or something of a kind on a list.
    public struct Listing: Hashable, Sendable {
        /// Which list.
        public var list: ListName
        /// What was on it.
        public var subject: ListSubject

        /// A pair of both.
        public init(list: ListName, subject: ListSubject) {
            self.list = list
            self.subject = subject
        }
    }

    /// Names beyond these are counted together: rules come and go, and a name once counted is kept.
    static let ruleLimit = 1_000

    /// As decisions name them.
    private static let listings: [String: Listing] = {
        var listings: [String: Listing] = [:]
        for list in ListName.allCases {
            for subject in ListSubject.allCases {
                listings[RuleMark.listed(list, subject)] = Listing(list: list, subject: subject)
            }
        }
        return listings
    }()

    /// Decisions by list and subject; every pair is there.
    public private(set) var lists = Dictionary(
        uniqueKeysWithValues: listings.values.map { ($0, 0) })
    /// Decisions by the rules that matched, whoever had the last word.
    public private(set) var rules: [String: Int] = [:]
    /// Decisions by the rules in shadow that matched.
    public private(set) var shadowRules: [String: Int] = [:]
    /// Matches of all rules that are not counted by name.
    public private(set) var unnamed = 0

    mutating func count(_ detail: DecisionDetail) {
        for name in detail.rules {
            if let listing = Self.listings[name] {
                lists[listing, default: 0] += 1
            } else if name.hasPrefix(RuleMark.shadow) {
                count(String(name.dropFirst(RuleMark.shadow.count)), in: \.shadowRules)
            } else {
                count(name, in: \.rules)
            }
        }
    }

    private mutating func count(_ name: String, in path: WritableKeyPath<Self, [String: Int]>) {
        if self[keyPath: path][name] == nil, rules.count + shadowRules.count >= Self.ruleLimit {
            unnamed += 1
        } else {
            self[keyPath: path][name, default: 0] += 1
        }
    }
}
