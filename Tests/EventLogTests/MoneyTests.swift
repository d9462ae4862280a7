import Testing

@testable import EventLog

@Suite struct MoneyTests {
    @Test(arguments: [
        ("12.50", "USD", 1250), ("12.5", "USD", 1250), ("0.01", "USD", 1), ("7", "JPY", 7),
        ("-3", "USD", -300),
        ("0.00000001", "BTC", 1), ("1", "ETH", 1_000_000_000), ("1.234", "KWD", 1234),
        ("92233720368547758.07", "USD", Int64.max),
    ])
    func `amounts are read exactly`(text: String, code: String, minor: Int64) throws {
        let currency = try #require(Currency(code: code))
        #expect(try Money(text, currency: currency).minor == minor)
    }

    @Test(arguments: [
        ("", Money.ParseError.malformed), (".", .malformed), ("1.", .malformed), (".5", .malformed),
        ("1e5", .malformed), ("+1", .malformed), (" 1", .malformed), ("1,000", .malformed),
        ("1.2.3", .malformed),
        ("--1", .malformed), ("NaN", .malformed), ("1.234", .tooManyDecimals(scale: 2)),
        ("1.23x", .malformed),
        ("92233720368547758.08", .overflow), ("99999999999999999999", .overflow),
    ])
    func `what is not an amount is refused by name`(text: String, error: Money.ParseError) throws {
        let dollars = try #require(Currency(code: "USD"))
        #expect(throws: error) { try Money(text, currency: dollars) }
    }

    @Test func `printed amounts read back the same`() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            let currency = try #require(Currency.all.randomElement(using: &random))
            let money = Money(
                minor: Int64.random(in: -Int64.max...Int64.max, using: &random)
                    >> Int64.random(in: 0..<63), currency: currency)
            #expect(try Money(money.decimal, currency: currency) == money)
        }
    }

    @Test func `no currency is finer than nine decimals and numbers are unique`() {
        #expect(Currency.all.allSatisfy { $0.scale <= Currency.maximumScale })
        #expect(Set(Currency.all.map(\.number)).count == Currency.all.count)
        #expect(Currency(code: "USD")?.number == 840)
        #expect(Currency(code: "usd") == nil)
    }
}
