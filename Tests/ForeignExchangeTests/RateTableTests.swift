import Cryptography
import EventLog
import Testing

@testable import ForeignExchange

@Suite struct RateTableTests {
    private static func mid(_ table: RateTable, _ from: String, _ to: String) throws -> MidRate {
        try table.midRate(from: Sample.currency(from), to: Sample.currency(to))
    }

    @Test func `a text becomes the table that it says`() throws {
        let table = try RateTable(text: Sample.text)
        #expect(table.source == "Test Desk")
        #expect(table.observedAt == Sample.observed)
        #expect(table.maximumAgeSeconds == 3_600)
        #expect(table.pivot?.code == "USD")
        #expect(table.rates.count == 6)
        #expect(table.rates[try Sample.pair("EUR", "USD")]?.mantissa == 10_853)
    }

    @Test func `the hash is of the meaning, not of the order of lines`() throws {
        let table = try RateTable(text: Sample.text)
        let lines = Sample.text.split(separator: "\n").reversed().joined(separator: "\r\n")
        let other = try RateTable(text: lines.replacing("1.0853", with: "1.08530"))
        #expect(other.hash == table.hash)
        #expect(other == table)
        #expect(
            table.canonicalText == """
                source,Test Desk
                observed_at,2026-07-01T14:15:00.000000Z
                maximum_age_seconds,3600
                pivot,USD
                BTC,USD,64250.5
                ETH,USD,3412.07
                EUR,USD,1.0853
                USD,GBP,0.7871
                USD,JPY,155.83
                USD,KWD,0.3065

                """)
        #expect(try RateTable(text: table.canonicalText).hash == table.hash)
        #expect(table.hash == SHA256.hash(Array(table.canonicalText.utf8)))
        #expect(
            try RateTable(text: Sample.text.replacing("1.0853", with: "1.0854")).hash != table.hash)
        let withoutPivot = try RateTable(text: Sample.text.replacing("pivot,USD\n", with: ""))
        #expect(withoutPivot.hash != table.hash)
    }

    @Test func `rates are stated, the exact inverse of it, or through the pivot`() throws {
        let table = try RateTable(text: Sample.text)
        let stated = try Self.mid(table, "EUR", "USD")
        #expect((stated.origin, stated.ratio.description) == (.stated, "10853/10000"))
        let inverse = try Self.mid(table, "USD", "EUR")
        #expect((inverse.origin, inverse.ratio.description) == (.inverse, "10000/10853"))
        let cross = try Self.mid(table, "EUR", "JPY")
        #expect(cross.origin == .cross(pivot: try Sample.currency("USD")))
        #expect(cross.ratio.description == "169122299/1000000")
        #expect(try Self.mid(table, "JPY", "EUR").ratio == cross.ratio.inverse)
        #expect(try Self.mid(table, "GBP", "EUR").ratio.description == "100000000/85423963")
    }

    @Test func `a rate that is stated comes before one through the pivot`() throws {
        let table = try Sample.table(
            [("EUR", "USD", "1.1"), ("USD", "JPY", "150"), ("JPY", "EUR", "0.005")], pivot: "USD")
        #expect(try Self.mid(table, "EUR", "JPY").ratio == Ratio(200))
        #expect(try Self.mid(table, "EUR", "JPY").origin == .inverse)
    }

    @Test func `a rate goes through one pivot at most`() throws {
        let rates = [("EUR", "USD", "1.1"), ("USD", "JPY", "150"), ("GBP", "EUR", "1.2")]
        let table = try Sample.table(rates, pivot: "USD")
        #expect(Sample.error { try Self.mid(table, "GBP", "JPY") }?.code == .noRate)
        #expect(Sample.error { try Self.mid(table, "GBP", "USD") }?.code == .noRate)
        #expect(
            Sample.error { try Self.mid(try Sample.table(rates), "EUR", "JPY") }?.code == .noRate)
        #expect(Sample.error { try Self.mid(table, "USD", "USD") }?.code == .sameCurrency)
    }

    @Test func `rates of very many digits overflow by name`() throws {
        let table = try Sample.table(
            [
                ("EUR", "USD", "0.000000000000000001"), ("USD", "JPY", "0.000000000000000003"),
                ("USD", "GBP", "0.999999999999999"), ("CHF", "USD", "0.000999999999999998"),
            ], pivot: "USD")
        #expect(try Self.mid(table, "EUR", "JPY").ratio.denominator > 0)
        let error = Sample.error {
            try Sample.sell(Sample.money("100.00", "EUR"), for: "JPY", table, spread: 1)
        }
        #expect(error?.code == .rateOverflow)
    }

    @Test(arguments: [
        ("EUR,USD", "unknown_setting", 13), ("EUR", "malformed_line", 13),
        ("EUR,USD,1,2", "malformed_line", 13), ("EUR,USD,1.2", "duplicate_pair", 13),
        ("USD,EUR,0.9", "duplicate_pair", 13), ("EUR,EUR,1", "same_currency", 13),
        ("EUR,XXX,1", "unknown_currency", 13), ("usd,CHF,1", "unknown_currency", 13),
        ("EUR,CHF,-1", "malformed_rate", 13), ("EUR,CHF,0", "out_of_range", 13),
        ("EUR,CHF, 1", "malformed_line", 13), ("EUR,CHF,", "malformed_line", 13),
        ("\"EUR\",CHF,1", "unknown_currency", 13), ("\u{feff}EUR,CHF,1", "malformed_line", 13),
        ("source,Other", "duplicate_setting", 13), ("pivot,EUR", "duplicate_setting", 13),
        ("observed_at,today", "out_of_range", 13), ("maximum_age_seconds,1h", "malformed_line", 13),
        ("colour,red", "unknown_setting", 13),
    ])
    func `what is wrong with a line is named by code and line`(
        last: String, code: String, line: Int
    ) {
        let error = Sample.error { try RateTable(text: Sample.text + "\n" + last) }
        #expect(error?.code.rawValue == code)
        #expect(error?.line == line)
    }

    @Test(arguments: ["source", "observed_at", "maximum_age_seconds"])
    func `a setting that is missing is named`(name: String) {
        let lines = Sample.text.split(separator: "\n").filter { !$0.hasPrefix(name) }
        let error = Sample.error { try RateTable(text: lines.joined(separator: "\n")) }
        #expect(error?.code == .missingSetting)
        #expect(error?.detail.contains(name) == true)
    }

    @Test func `a table has limits`() throws {
        let rates = [try Sample.pair("EUR", "USD"): try Rate("1.1")]
        func code(
            source: String = "a", at: Timestamp = Sample.observed, age: Int64 = 1,
            rates: [CurrencyPair: Rate]
        ) -> FXError.Code? {
            Sample.error {
                try RateTable(source: source, observedAt: at, maximumAgeSeconds: age, rates: rates)
            }?.code
        }
        #expect(code(rates: rates) == nil)
        #expect(code(rates: [:]) == .missingSetting)
        for source in ["", " a", "a ", "a,b", "a\nb", "ä", String(repeating: "a", count: 65)] {
            #expect(code(source: source, rates: rates) == .outOfRange)
        }
        #expect(code(at: .none, rates: rates) == .outOfRange)
        #expect(code(at: Timestamp(.max), rates: rates) == .outOfRange)
        for age in [0, -1, RateTable.longestAgeSeconds + 1, .max] {
            #expect(code(age: age, rates: rates) == .outOfRange)
        }
        var both = rates
        both[try Sample.pair("USD", "EUR")] = try Rate("0.9")
        #expect(code(rates: both) == .duplicatePair)
        let large = String(repeating: "#", count: 1 << 20 + 1)
        #expect(Sample.error { try RateTable(text: large) }?.code == .tooLarge)
    }

    @Test func `old rates and rates of the future are refused by name`() throws {
        let table = try RateTable(text: Sample.text)
        let observed = Sample.observed.rawValue
        func code(_ micros: Int64) -> FXError.Code? {
            Sample.error { try table.checkAge(at: Timestamp(micros)) }?.code
        }
        #expect(code(observed) == nil)
        #expect(code(observed + 3_600_000_000) == nil)
        #expect(code(observed + 3_600_000_001) == .staleRates)
        #expect(code(.max) == .staleRates)
        #expect(code(observed - 1) == .ratesFromFuture)
        #expect(code(.min) == .ratesFromFuture)
        let late = Timestamp(observed + 7_200_000_000)
        let error = Sample.error {
            try Sample.sell(Sample.money("1.00", "EUR"), for: "USD", table, at: late)
        }
        #expect(
            error?.description
                == "stale_rates: the rates of Test Desk are of 2026-07-01T14:15:00.000000Z, and may "
                + "be 3600 s old: they are 7200 s old")
    }
}
