import EventLog
import SplitMix
import TestSeed
import Testing

@testable import Fees

/// Random schedules over a small world, in which every scope can be told by the payments that it
/// holds.
@Suite struct FeePropertyTests {
    private static let kinds = ["p2p", "card", "other"]
    private static let tiers: [String?] = [nil, "gold", "silver"]
    private static let codes = ["USD", "JPY", "ETH", "EUR"]
    private static let edges: [Int64] = [0, 1, 100, 500, 501]
    private static let amounts: [Int64] = [1, 99, 100, 499, 500, 501, 1_000_000]

    private static let world: [FeePayment] = kinds.flatMap { kind in
        tiers.flatMap { tier in
            codes.flatMap { code in
                amounts.map { amount in
                    FeePayment(
                        kind: PaymentKind(rawValue: kind)!,
                        tier: tier.flatMap(Tier.init(rawValue:)),
                        amount: Money(minor: amount, currency: Currency(code: code)!))
                }
            }
        }
    }

    /// Rules never name the last kind, tier or currency, so that “any” is more than all that are
    /// named.
    private static func scope(_ random: inout SplitMix64) -> FeeScope {
        var scope = FeeScope(
            kind: random.below(2) == 0 ? nil : PaymentKind(rawValue: kinds[random.below(2)]),
            currency: random.below(3) == 0 ? nil : Currency(code: codes[random.below(3)]),
            tier: random.below(2) == 0 ? nil : Tier(rawValue: "gold"))
        guard scope.currency != nil, random.below(2) == 0 else { return scope }
        let from = random.below(edges.count)
        // From 0 and from 1 would hold the same payments, but not be the same scope.
        scope.fromMinor = edges[from] == 1 ? 0 : edges[from]
        if random.below(2) == 0, from + 1 < edges.count {
            scope.belowMinor = edges[from + 1 + random.below(edges.count - from - 1)]
            if scope.belowMinor == 1 { scope.belowMinor = nil }
        }
        return scope
    }

    private static func terms(_ scope: FeeScope, _ random: inout SplitMix64) -> FeeTerms {
        let parts = Int64(random.below(2) == 0 ? random.below(1_000_001) : random.below(50_000))
        guard scope.currency != nil else { return FeeTerms(partsPerMillion: parts) }
        let minimum = Int64(random.below(4) == 0 ? random.below(300) : 0)
        return FeeTerms(
            fixedMinor: Int64(random.below(3) == 0 ? random.below(200) : 0), partsPerMillion: parts,
            minimumMinor: minimum,
            maximumMinor: random.below(3) == 0 ? minimum + Int64(random.below(1_000)) : nil)
    }

    private static func rules(_ random: inout SplitMix64) throws -> [FeeRule] {
        try (0..<1 + random.below(5)).map { index in
            let scope = scope(&random)
            let bearer: [FeeBearer] = [
                .payer, .payee,
                .split(payerPartsPerMillion: Int64(1 + random.below(999_999))),
            ]
            return try FeeRule(
                id: FeeRuleID(rawValue: "r\(index)")!, scope: scope,
                terms: terms(scope, &random), bearer: bearer[random.below(3)])
        }
    }

    /// The payments of the world that a rule is for, by their indices.
    private static func held(_ rule: FeeRule) -> Set<Int> {
        Set(world.indices.filter { rule.scope.contains(world[$0]) })
    }

    /// Whether two rules share payments without being nested and without a third rule for just
    /// these, or are for the same payments: by enumeration.
    private static func isTied(_ held: [Set<Int>]) -> Bool {
        for (index, one) in held.enumerated() {
            for other in held[..<index] {
                let shared = one.intersection(other)
                if shared.isEmpty { continue }
                if one == other { return true }
                if shared != one, shared != other, !held.contains(shared) { return true }
            }
        }
        return false
    }

    @Test func `schedules are refused exactly if rules tie, and else the narrowest rule wins`()
        throws
    {
        var random = SplitMix64(seed: TestSeed.choose("FeePropertyTests.ties"))
        var (accepted, refused) = (0, 0)
        for _ in 0..<3_000 {
            let rules = try Self.rules(&random)
            let held = rules.map(Self.held)
            guard let schedule = try? Sample.schedule(rules) else {
                #expect(Self.isTied(held))
                refused += 1
                continue
            }
            #expect(!Self.isTied(held))
            accepted += 1
            for index in Self.world.indices where random.below(12) == 0 {
                let matching = rules.indices.filter { held[$0].contains(index) }
                let narrowest = matching.min { held[$0].count < held[$1].count }
                let found = schedule.rule(for: Self.world[index])
                #expect(found == narrowest.map { rules[$0] })
                #expect(matching.allSatisfy { held[$0].isSuperset(of: held[narrowest!]) })
            }
        }
        #expect(accepted > 500 && refused > 500)
    }

    @Test func `every quote balances, bounds the payee's share, and rounds by half a minor unit`()
        throws
    {
        var random = SplitMix64(seed: TestSeed.choose("FeePropertyTests.quotes"))
        var quotes = 0
        while quotes < 5_000 {
            guard let schedule = try? Sample.schedule(Self.rules(&random)) else { continue }
            for _ in 0..<10 {
                var payment = Self.world[random.below(Self.world.count)]
                payment.amount.minor = Int64(1 + random.next() >> UInt64(2 + random.below(61)))
                quotes += 1
                try Self.check(payment, schedule)
            }
        }
    }

    private static func check(_ payment: FeePayment, _ schedule: FeeSchedule) throws {
        let amount = payment.amount.minor
        let rule = schedule.rule(for: payment)
        let quote: FeeQuote
        do {
            quote = try schedule.quote(payment)
        } catch {
            let rule = try #require(rule)
            let fee = rule.terms.feeMinor(ofMinor: amount)
            let share = Int64(exactly: fee).map { $0 - rule.bearer.payerShareMinor(ofMinor: $0) }
            switch error.code {
            case .feeExceedsAmount: #expect(share.map { $0 > amount } == true)
            case .overflow: #expect(Int128(amount) + fee > Int128(Int64.max))
            default: Issue.record(error)
            }
            return
        }
        #expect(quote.payerTotal.minor == quote.payeeNet.minor + quote.fee.minor)
        #expect(quote.payerShare.minor >= 0 && quote.payeeShare.minor >= 0)
        #expect(quote.payeeNet.minor >= 0 && quote.payeeShare.minor <= amount)
        #expect(quote.fee.minor == quote.payerShare.minor + quote.payeeShare.minor)
        guard let rule else {
            #expect(quote.basis == .noRule && quote.fee.minor == 0)
            return
        }
        #expect(quote.basis == .rule(rule.id))
        checkRounding(quote, rule)
    }

    /// By inequalities, so that nothing is divided: a whole number is another one rounded half up
    /// if the difference is below one half, and not below minus one half.
    private static func checkRounding(_ quote: FeeQuote, _ rule: FeeRule) {
        let (amount, terms) = (Int128(quote.payment.amount.minor), rule.terms)
        let exact = Int128(terms.fixedMinor) * 1_000_000 + amount * Int128(terms.partsPerMillion)
        let fee = Int128(quote.fee.minor)
        let isRaised = fee == Int128(terms.minimumMinor) && exact < fee * 1_000_000 + 500_000
        let isLowered =
            terms.maximumMinor.map { fee == Int128($0) && exact >= fee * 1_000_000 - 500_000 }
            ?? false
        let isNearest =
            exact - fee * 1_000_000 < 500_000 && exact - fee * 1_000_000 >= -500_000
        #expect(isNearest || isRaised || isLowered)
        #expect(fee >= Int128(terms.minimumMinor))
        #expect(fee <= terms.maximumMinor.map { Int128($0) } ?? Int128.max)
        if case .split(let parts) = rule.bearer {
            let rest = fee * Int128(parts) - Int128(quote.payerShare.minor) * 1_000_000
            #expect(rest < 500_000 && rest >= -500_000)
        }
    }

    @Test func `canonical text reads back to the same schedule`() throws {
        var random = SplitMix64(seed: TestSeed.choose("FeePropertyTests.canonical"))
        var read = 0
        while read < 500 {
            let rules = try Self.rules(&random)
            guard let schedule = try? Sample.schedule(rules, version: Int64(1 + random.below(99)))
            else { continue }
            let again = try FeeSchedule(json: Array(schedule.canonicalText.utf8))
            #expect(again.hash == schedule.hash)
            #expect(again.rules == schedule.rules)
            let shuffled = try Sample.schedule(
                rules.shuffled(using: &random), version: schedule.version)
            #expect(shuffled.hash == schedule.hash)
            #expect(shuffled.rules == schedule.rules)
            read += 1
        }
    }

    @Test func `damaged documents are refused or read, and never trap`() throws {
        var random = SplitMix64(seed: TestSeed.choose("FeePropertyTests.damage"))
        let rule = try Sample.rule(
            "merchant-usd", kind: "merchant", currency: "USD", tier: "gold", from: 1_000,
            below: 50_000, terms: FeeTerms(fixedMinor: 30, minimumMinor: 50, maximumMinor: 1_200),
            bearer: .split(payerPartsPerMillion: 500_000))
        let text = Array(try Sample.schedule([rule]).canonicalText.utf8)
        let pool = Array("{}[]\",:\\u0019.-e tn".utf8)
        for _ in 0..<5_000 {
            var damaged = text
            for _ in 0...random.below(3) {
                let position = random.below(damaged.count)
                switch random.below(3) {
                case 0: damaged[position] = pool[random.below(pool.count)]
                case 1: damaged.insert(pool[random.below(pool.count)], at: position)
                default: damaged.remove(at: position)
                }
            }
            if let schedule = try? FeeSchedule(json: damaged) {
                #expect(try FeeSchedule(json: Array(schedule.canonicalText.utf8)) == schedule)
            }
        }
    }
}
