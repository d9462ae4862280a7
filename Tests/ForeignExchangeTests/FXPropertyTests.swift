import EventLog
import SplitMix
import TestSeed
import Testing

@testable import ForeignExchange

/// Random rates, spreads and amounts between currencies of scales 0, 2, 3, 8 and 9, through a pivot
/// or not, against fractions of any size that are made from the rates' digits.
@Suite struct FXPropertyTests {
    private static let codes = ["USD", "JPY", "KWD", "BTC", "ETH", "EUR"]

    private static func rate(_ random: inout SplitMix64) throws -> Rate {
        let digits = 1 + random.below(12)
        var text = String(1 + random.below(9))
        for _ in 1..<max(digits, 2) { text += String(random.below(10)) }
        let decimals = random.below(13)
        guard decimals > 0 else { return try Rate(text) }
        let padded = String(repeating: "0", count: max(0, decimals + 1 - text.count)) + text
        return try Rate(padded.dropLast(decimals) + "." + padded.suffix(decimals))
    }

    /// Each currency against the pivot, in a random direction, and with luck two of the others
    /// directly.
    private static func table(
        _ random: inout SplitMix64, withDirect: Bool = true
    ) throws -> RateTable {
        let pivot = codes[random.below(codes.count)]
        let others = codes.filter { $0 != pivot }
        var rates: [CurrencyPair: Rate] = [:]
        for code in others {
            let pair = try Sample.pair(code, pivot)
            rates[random.below(2) == 0 ? pair : pair.inverse] = try rate(&random)
        }
        if withDirect, random.below(2) == 0 {
            rates[try Sample.pair(others[0], others[1])] = try rate(&random)
        }
        return try RateTable(
            source: "Random", observedAt: Sample.observed, maximumAgeSeconds: 60,
            pivot: Sample.currency(pivot), rates: rates)
    }

    private static func amount(_ currency: Currency, _ random: inout SplitMix64) -> Money {
        Money(
            minor: max(1, Int64(random.next() >> UInt64(1 + random.below(63)))), currency: currency)
    }

    /// The rate by the table's digits, for minor units.
    private static func exact(_ table: RateTable, _ sell: Currency, _ buy: Currency) throws
        -> Fraction
    {
        func leg(_ from: Currency, _ to: Currency) throws -> Fraction? {
            let pair = try CurrencyPair(base: from, quote: to)
            if let rate = table.rates[pair] { return fraction(rate) }
            return table.rates[pair.inverse].map { fraction($0).inverse }
        }
        func fraction(_ rate: Rate) -> Fraction {
            Fraction(
                Natural(rate.mantissa) * Natural.powerOfTen(max(rate.exponent, 0)),
                Natural.powerOfTen(max(-rate.exponent, 0)))
        }
        let scale = Fraction(Natural.powerOfTen(buy.scale), Natural.powerOfTen(sell.scale))
        if let direct = try leg(sell, buy) { return direct * scale }
        let pivot = try #require(table.pivot)
        let (first, second) = (try leg(sell, pivot), try leg(pivot, buy))
        return try #require(first) * #require(second) * scale
    }

    private static func two(_ random: inout SplitMix64) throws -> (Currency, Currency) {
        let first = random.below(codes.count)
        let second = (first + 1 + random.below(codes.count - 1)) % codes.count
        return (try Sample.currency(codes[first]), try Sample.currency(codes[second]))
    }

    private static func spread(_ random: inout SplitMix64) -> Int64 {
        [0, 1, 2_500, Int64(random.below(50_000)), Int64(random.below(1_000_000))][random.below(5)]
    }

    @Test func `every quote is exact to the last fraction, and its legs sum to zero`() throws {
        var random = SplitMix64(seed: TestSeed.choose("FXPropertyTests.exact"))
        var (sold, bought) = (0, 0)
        for _ in 0..<1_500 {
            let table = try Self.table(&random)
            for _ in 0..<4 {
                let (sell, buy) = try Self.two(&random)
                let mid = try Self.exact(table, sell, buy)
                let parts = Self.spread(&random)
                if let quote = try Self.quote({
                    try Sample.sell(Self.amount(sell, &random), for: buy.code, table, spread: parts)
                }) {
                    try Self.checkSold(quote, mid, parts)
                    sold += 1
                }
                if let quote = try Self.quote({
                    try Sample.buy(Self.amount(buy, &random), with: sell.code, table, spread: parts)
                }) {
                    try Self.checkBought(quote, mid, parts)
                    bought += 1
                }
            }
        }
        #expect(sold > 1_500 && bought > 1_500)
    }

    /// Nil for what is refused because of its size, which is as it should be.
    private static func quote(_ make: () throws -> FXQuote) throws -> FXQuote? {
        do {
            return try make()
        } catch let error as FXError {
            #expect([.zeroResult, .amountOverflow, .rateOverflow].contains(error.code))
            return nil
        }
    }

    private static func factor(_ parts: Int64) -> Fraction {
        Fraction(Natural(1_000_000 - parts), Natural(1_000_000 as Int64))
    }

    private static func checkSold(_ quote: FXQuote, _ mid: Fraction, _ parts: Int64) throws {
        let (sell, buy) = (Fraction(quote.sell.minor), Fraction(quote.buy.minor))
        #expect(buy + Fraction(quote.rounding) == sell * mid * factor(parts))
        let kept = Fraction(quote.kept.minor) + Fraction(quote.keptRemainder)
        #expect(buy + kept == sell * mid)
        try checkShape(quote)
    }

    private static func checkBought(_ quote: FXQuote, _ mid: Fraction, _ parts: Int64) throws {
        let (sell, buy) = (Fraction(quote.sell.minor), Fraction(quote.buy.minor))
        let exact = buy * (mid * factor(parts)).inverse
        #expect(exact + Fraction(quote.rounding) == sell)
        let kept = Fraction(quote.kept.minor) + Fraction(quote.keptRemainder)
        #expect(buy * mid.inverse + kept == sell)
        try checkShape(quote)
    }

    private static func checkShape(_ quote: FXQuote) throws {
        #expect(quote.sell.minor > 0 && quote.buy.minor > 0 && quote.kept.minor >= 0)
        #expect(quote.rounding < Ratio(1) && quote.keptRemainder < Ratio(1))
        #expect(quote.appliedRate <= quote.midRate.ratio)
        for legs in [quote.legs, quote.marginLegs, quote.legs + quote.marginLegs] {
            var sums: [Currency: Int128] = [:]
            for leg in legs { sums[leg.amount.currency, default: 0] += Int128(leg.amount.minor) }
            #expect(sums.values.allSatisfy { $0 == 0 })
        }
        #expect(
            Set(quote.legs.map(\.amount.currency)) == [quote.sell.currency, quote.buy.currency])
    }

    @Test func `nobody gains by going back and forth, in whichever way`() throws {
        var random = SplitMix64(seed: TestSeed.choose("FXPropertyTests.roundTrip"))
        var trips = 0
        for _ in 0..<6_000 {
            let table = try Self.table(&random)
            let (home, abroad) = try Self.two(&random)
            let parts = Self.spread(&random)
            let start = Self.amount(home, &random)
            guard
                let out = try Self.quote({
                    try Sample.sell(start, for: abroad.code, table, spread: parts)
                })
            else { continue }
            if let back = try Self.quote({
                try Sample.sell(out.buy, for: home.code, table, spread: parts)
            }) {
                #expect(back.buy.minor <= start.minor)
                trips += 1
            }
            // Buying back what was given must cost at least what was got for it.
            if let back = try Self.quote({
                try Sample.buy(start, with: abroad.code, table, spread: parts)
            }) {
                #expect(back.sell.minor >= out.buy.minor)
            }
            // And what was bought is worth at most what it cost.
            if let bought = try Self.quote({
                try Sample.buy(out.buy, with: home.code, table, spread: parts)
            }) {
                #expect(bought.sell.minor <= start.minor)
                let sold = try Self.quote {
                    try Sample.sell(bought.buy, for: home.code, table, spread: parts)
                }
                #expect(sold.map { $0.buy.minor <= bought.sell.minor } ?? true)
            }
        }
        #expect(trips > 1_500)
    }

    @Test func `nobody gains by going around in rates against the pivot alone`() throws {
        var random = SplitMix64(seed: TestSeed.choose("FXPropertyTests.around"))
        var trips = 0
        for _ in 0..<6_000 {
            let table = try Self.table(&random, withDirect: false)
            let parts = Self.spread(&random)
            let stops = Array(Self.codes.shuffled(using: &random).prefix(2 + random.below(4)))
            let start = Self.amount(try Sample.currency(stops[0]), &random)
            var held: Money? = start
            for stop in stops.dropFirst() + [stops[0]] {
                guard let amount = held else { break }
                held = try Self.quote {
                    try Sample.sell(amount, for: stop, table, spread: parts)
                }?.buy
            }
            guard let held else { continue }
            #expect(held.minor <= start.minor)
            trips += 1
        }
        #expect(trips > 500)
    }

    @Test func `refusals of size are right`() throws {
        var random = SplitMix64(seed: TestSeed.choose("FXPropertyTests.refusals"))
        for _ in 0..<2_000 {
            let table = try Self.table(&random)
            let (sell, buy) = try Self.two(&random)
            let amount = Self.amount(sell, &random)
            let exact = Fraction(amount.minor) * (try Self.exact(table, sell, buy))
            switch Sample.error({ try Sample.sell(amount, for: buy.code, table) })?.code {
            case nil: break
            case .zeroResult: #expect(exact.above < exact.below)
            case .amountOverflow:
                #expect(exact.above >= exact.below * Natural(UInt128(Int64.max) + 1))
            case .rateOverflow:
                let mid = try Self.exact(table, sell, buy)
                let limit = Natural(UInt128.max)
                #expect(mid.above > limit || mid.below > limit)
            case .some(let code): Issue.record("\(code)")
            }
        }
    }

    @Test func `canonical text reads back to the same table`() throws {
        var random = SplitMix64(seed: TestSeed.choose("FXPropertyTests.canonical"))
        for _ in 0..<500 {
            let table = try Self.table(&random)
            let lines = table.canonicalText.split(separator: "\n").shuffled(using: &random)
            let again = try RateTable(text: lines.joined(separator: "\n"))
            #expect(again == table)
            #expect(again.hash == table.hash)
        }
    }
}
