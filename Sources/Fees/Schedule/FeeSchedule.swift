public import Cryptography
public import EventLog

/// A price list: rules, in force from some moment on, under a version.
///
/// Of several rules that match a payment the narrowest one wins: a rule is narrower than another if
/// all of its payments are also the other's. The order in which rules are written means nothing. So
/// that there always is one narrowest rule, two rules that share payments must either lie one
/// within the other, or have a third rule for exactly what they share; schedules in which this is
/// not so are refused.
public struct FeeSchedule: Sendable, Equatable {
    /// Most rules of one schedule.
    public static let maximumRules = 1_000

    /// Which version of the price list it is, from 1.
    public let version: Int64
    /// From when on it is in force.
    public let validFrom: Timestamp
    /// The rules: those that are narrower than others come before them, so that the first one that
    /// matches wins.
    public let rules: [FeeRule]
    /// SHA-256 of ``canonicalText``, by which a quote names the schedule that it was made under.
    public let hash: SHA256Digest

    /// A schedule of rules in any order.
    ///
    /// Refused, with the path of the rule where it is about one: versions below 1, moments outside
    /// of the years 1970 to 9999, too many rules, two of one name, and rules that tie. Takes time
    /// in proportion to the square of the number of rules.
    public init(version: Int64, validFrom: Timestamp, rules: [FeeRule]) throws(FeeError) {
        guard version >= 1 else {
            throw FeeError(.outOfRange, "version \(version): versions begin at 1", path: "version")
        }
        guard validFrom > .none, validFrom.rawValue <= Self.lastMoment else {
            throw FeeError(
                .outOfRange, "a schedule is in force from a moment after 1970 and before 10000",
                path: "valid_from")
        }
        guard rules.count <= Self.maximumRules else {
            throw FeeError(
                .tooLarge, "\(rules.count) rules: at most \(Self.maximumRules) are allowed",
                path: "rules")
        }
        try Self.checkNames(rules)
        try Self.checkTies(rules)
        self.version = version
        self.validFrom = validFrom
        self.rules = rules.sorted {
            if FeeScope.isNarrower($0.scope, $1.scope) { return true }
            return !FeeScope.isNarrower($1.scope, $0.scope) && $0.id < $1.id
        }
        let text = Self.canonicalText(version: version, validFrom: validFrom, rules: rules)
        hash = SHA256.hash(Array(text.utf8))
    }

    /// 9999-12-31T23:59:59.999999Z: later ones have no RFC 3339.
    private static let lastMoment: Int64 = 253_402_300_799_999_999

    private static func checkNames(_ rules: [FeeRule]) throws(FeeError) {
        var seen: [FeeRuleID: Int] = [:]
        for (index, rule) in rules.enumerated() {
            if let first = seen[rule.id] {
                throw FeeError(
                    .duplicateRule,
                    "rules[\(first)] is named \(rule.id) already: each rule has its own name",
                    path: "rules[\(index)].id")
            }
            seen[rule.id] = index
        }
    }

    /// If every two rules that share payments are nested or have a third one for what they share,
    /// then of the rules that match a payment the smallest one lies within each of the others.
    private static func checkTies(_ rules: [FeeRule]) throws(FeeError) {
        let scopes = Set(rules.map(\.scope))
        for (index, rule) in rules.enumerated() {
            for other in rules[..<index] {
                guard let shared = rule.scope.intersection(other.scope) else { continue }
                if rule.scope == other.scope {
                    throw FeeError(
                        .tiedRules,
                        "\(rule.id) and \(other.id) are for the same payments, \(shared): one of "
                            + "them must go, or be narrower", path: "rules[\(index)]")
                }
                let isDecided =
                    shared == rule.scope || shared == other.scope || scopes.contains(shared)
                guard isDecided else {
                    throw FeeError(
                        .tiedRules,
                        "\(rule.id) and \(other.id) both match \(shared), and neither is the "
                            + "narrower one: narrow one of them, or add a rule for just these",
                        path: "rules[\(index)]")
                }
            }
        }
    }

    /// Equal contents have equal hashes.
    public static func == (a: FeeSchedule, b: FeeSchedule) -> Bool { a.hash == b.hash }

    /// The rule for a payment; nil if there is none.
    public func rule(for payment: FeePayment) -> FeeRule? {
        rules.first { $0.scope.contains(payment) }
    }
}
