import EventLog
import Testing

@testable import ForeignExchange

@Suite struct RateTests {
    @Test(arguments: [
        ("1.0853", 10_853, -4, "1.0853"), ("157", 157, 0, "157"),
        ("64250.50", 642_505, -1, "64250.5"),
        ("0.00000002", 2, -8, "0.00000002"), ("1000", 1, 3, "1000"), ("1.000", 1, 0, "1"),
        ("0.1", 1, -1, "0.1"), ("999999999999.999", 999_999_999_999_999, -3, "999999999999.999"),
        ("0.000000000000000001", 1, -18, "0.000000000000000001"), ("120.00", 12, 1, "120"),
        ("100000000000.000000000000000000", 1, 11, "100000000000"),
    ])
    func `rates are exact decimals`(text: String, mantissa: Int64, exponent: Int, shortest: String)
        throws
    {
        let rate = try Rate(text)
        #expect(rate.mantissa == mantissa)
        #expect(rate.exponent == exponent)
        #expect(rate.description == shortest)
        #expect(try Rate(shortest) == rate)
        let power = Fraction(
            Natural.powerOfTen(max(exponent, 0)), Natural.powerOfTen(max(-exponent, 0)))
        #expect(Fraction(rate.ratio) == Fraction(mantissa) * power)
    }

    @Test(arguments: [
        "", ".", "1.", ".5", "1.2.3", "-1", "+1", "1e3", " 1", "1 ", "1,5", "01", "00.5", "１",
        "0x1", "1_0", "inf",
    ])
    func `other text is no rate`(text: String) {
        #expect(Sample.error { try Rate(text) }?.code == .malformedRate)
    }

    @Test(arguments: [
        "0", "0.000", "1234567890123", "0.0000000000000000001", "1.000000000000001",
        "1234567890123456",
    ])
    func `rates have limits`(text: String) {
        let code = Sample.error { try Rate(text) }?.code
        #expect(code == .outOfRange)
    }

    @Test func `spreads have limits, and are of both directions`() throws {
        #expect(Sample.error { try Spread(partsPerMillion: -1) }?.code == .outOfRange)
        #expect(Sample.error { try Spread(partsPerMillion: 1_000_000) }?.code == .outOfRange)
        let spreads = try Spreads(text: "# ours\r\ndefault,5000\r\nEUR,USD,2500\r\n")
        #expect(spreads.spread(of: try Sample.pair("EUR", "USD")).partsPerMillion == 2_500)
        #expect(spreads.spread(of: try Sample.pair("USD", "EUR")).partsPerMillion == 2_500)
        #expect(spreads.spread(of: try Sample.pair("USD", "JPY")).partsPerMillion == 5_000)
        let pair = (try Sample.pair("EUR", "USD"), Spread.none)
        let inverse = (try Sample.pair("USD", "EUR"), Spread.none)
        #expect(
            Sample.error { try Spreads(standard: .none, pairs: [pair, inverse]) }?.code
                == .duplicatePair)
    }

    @Test(arguments: [
        ("EUR,USD,2500", "missing_setting", nil), ("default,5\ndefault,6", "duplicate_setting", 2),
        ("default,5\nEUR,USD,1\nUSD,EUR,1", "duplicate_pair", 3),
        ("default,-1", "malformed_line", 1),
        ("default,1000000", "out_of_range", 1), ("standard,5", "malformed_line", 1),
        ("default,5\nEUR,EUR,5", "same_currency", 2),
        ("default,5\nEUR,XXX,5", "unknown_currency", 2),
        ("default,5\nEUR,USD,2.5", "malformed_line", 2),
    ])
    func `what is wrong with spreads is named by code and line`(
        text: String, code: String, line: Int?
    ) {
        let error = Sample.error { try Spreads(text: text) }
        #expect(error?.code.rawValue == code)
        #expect(error?.line == line)
    }
}
