import EventLog
import Testing

@testable import Fees

@Suite struct FeeMatchingTests {
    private static func match(
        _ schedule: FeeSchedule, _ amount: String, _ currency: String, kind: String = "p2p",
        tier: String? = nil
    ) throws -> String? {
        let payment = try Sample.payment(amount, currency, kind: kind, tier: tier)
        return schedule.rule(for: payment)?.id.rawValue
    }

    @Test func `the narrowest rule wins, in whatever order they are written`() throws {
        let rules = [
            try Sample.rule("any"), try Sample.rule("p2p", kind: "p2p"),
            try Sample.rule("p2p-usd", kind: "p2p", currency: "USD"),
            try Sample.rule("p2p-usd-gold", kind: "p2p", currency: "USD", tier: "gold"),
            try Sample.rule("p2p-usd-large", kind: "p2p", currency: "USD", from: 100_000),
            try Sample.rule(
                "p2p-usd-gold-large", kind: "p2p", currency: "USD", tier: "gold", from: 100_000),
        ]
        for rules in [rules, rules.reversed()] {
            let schedule = try Sample.schedule(rules)
            #expect(try Self.match(schedule, "1.00", "USD", kind: "card") == "any")
            #expect(try Self.match(schedule, "1.00", "EUR") == "p2p")
            #expect(try Self.match(schedule, "999.99", "USD") == "p2p-usd")
            #expect(try Self.match(schedule, "999.99", "USD", tier: "silver") == "p2p-usd")
            #expect(try Self.match(schedule, "999.99", "USD", tier: "gold") == "p2p-usd-gold")
            #expect(try Self.match(schedule, "1000.00", "USD") == "p2p-usd-large")
            #expect(
                try Self.match(schedule, "1000.00", "USD", tier: "gold") == "p2p-usd-gold-large")
        }
    }

    @Test func `a range holds its lower end and not its upper one`() throws {
        let schedule = try Sample.schedule([
            Sample.rule("small", currency: "USD", below: 1_000),
            Sample.rule("middle", currency: "USD", from: 1_000, below: 5_000),
            Sample.rule("large", currency: "USD", from: 5_000),
        ])
        #expect(try Self.match(schedule, "9.99", "USD") == "small")
        #expect(try Self.match(schedule, "10.00", "USD") == "middle")
        #expect(try Self.match(schedule, "49.99", "USD") == "middle")
        #expect(try Self.match(schedule, "50.00", "USD") == "large")
        #expect(try Self.match(schedule, "92233720368547758.07", "USD") == "large")
        #expect(try Self.match(schedule, "10.000", "KWD") == nil)
    }

    @Test func `a rule for one tier is not for who has none`() throws {
        let schedule = try Sample.schedule([Sample.rule("gold", tier: "gold")])
        #expect(try Self.match(schedule, "1.00", "USD", tier: "gold") == "gold")
        #expect(try Self.match(schedule, "1.00", "USD") == nil)
    }

    @Test func `rules that tie are refused, and the error says for which payments`() throws {
        let kind = try Sample.rule("p2p", kind: "p2p")
        let tier = try Sample.rule("gold", tier: "gold")
        let error = Sample.error { try Sample.schedule([kind, tier]) }
        #expect(error?.code == .tiedRules)
        #expect(error?.path == "rules[1]")
        #expect(error?.detail.contains("gold and p2p both match p2p payments of tier gold") == true)
        let decides = try Sample.rule("p2p-gold", kind: "p2p", tier: "gold")
        let schedule = try Sample.schedule([kind, tier, decides])
        #expect(try Self.match(schedule, "1.00", "USD", tier: "gold") == "p2p-gold")
        #expect(try Self.match(schedule, "1.00", "USD", kind: "card", tier: "gold") == "gold")
    }

    @Test func `ranges that overlap tie, and a rule for what they share decides`() throws {
        let low = try Sample.rule("low", currency: "USD", below: 1_001)
        let high = try Sample.rule("high", currency: "USD", from: 1_000)
        let error = Sample.error { try Sample.schedule([low, high]) }
        #expect(error?.code == .tiedRules)
        #expect(error?.detail.contains("payments in USD from 10.00 below 10.01") == true)
        let shared = try Sample.rule("both", currency: "USD", from: 1_000, below: 1_001)
        let schedule = try Sample.schedule([low, shared, high])
        #expect(try Self.match(schedule, "10.00", "USD") == "both")
        #expect(
            Sample.error { try Sample.schedule([low, Sample.rule("eur", currency: "EUR")]) } == nil)
    }

    @Test func `two rules for the same payments tie`() throws {
        let error = Sample.error {
            try Sample.schedule([
                Sample.rule("a", kind: "card"), Sample.rule("b", kind: "p2p"),
                Sample.rule("c", kind: "card"),
            ])
        }
        #expect(error?.code == .tiedRules)
        #expect(error?.path == "rules[2]")
        let names = Sample.error {
            try Sample.schedule([Sample.rule("a", kind: "card"), Sample.rule("a", kind: "p2p")])
        }
        #expect(names?.code == .duplicateRule)
        #expect(names?.path == "rules[1].id")
    }

    @Test(arguments: ["p2p", "a", "bill-payment_2", String(repeating: "x", count: 32)])
    func `kinds, tiers and names are open words`(text: String) {
        #expect(PaymentKind(rawValue: text)?.rawValue == text)
        #expect(Tier(rawValue: text)?.rawValue == text)
        #expect(FeeRuleID(rawValue: text)?.rawValue == text)
    }

    @Test(arguments: [
        "", "P2P", "2p", "-a", "_a", "a b", "a.b", "ä", "a\n", String(repeating: "x", count: 33),
    ])
    func `other text is no word`(text: String) {
        #expect(PaymentKind(rawValue: text) == nil)
        #expect(Tier(rawValue: text) == nil)
        #expect(FeeRuleID(rawValue: text) == nil)
    }

    @Test func `a schedule has limits`() throws {
        let many = try (0...FeeSchedule.maximumRules).map {
            try Sample.rule("r\($0)", kind: "k\($0)")
        }
        #expect(Sample.error { try Sample.schedule(many) }?.code == .tooLarge)
        #expect(Sample.error { try Sample.schedule([], version: 0) }?.path == "version")
        #expect(Sample.error { try Sample.schedule([], from: 0) }?.path == "valid_from")
        #expect(
            Sample.error { try Sample.schedule([], from: 253_402_300_800) }?.code == .outOfRange)
    }
}
