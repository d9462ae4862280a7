import EventLog
import Testing

@testable import ForeignExchange

@Suite struct FXQuoteTests {
    /// A fixed amount, and what is made of it.
    struct Worked: Sendable {
        let side: FXQuote.Side
        let amount, currency, other: String
        let spread: Int64
        let counter, rounding, kept, keptRemainder: String

        init(
            _ side: FXQuote.Side, _ amount: String, _ currency: String, _ other: String,
            _ spread: Int64, _ counter: String, _ rounding: String, _ kept: String,
            _ keptRemainder: String
        ) {
            (self.side, self.amount, self.currency) = (side, amount, currency)
            (self.other, self.spread, self.counter) = (other, spread, counter)
            (self.rounding, self.kept, self.keptRemainder) = (rounding, kept, keptRemainder)
        }
    }

    /// Expected amounts are those of Python's `fractions`, by the rates of the sample.
    @Test(arguments: [
        Worked(.sell, "100.00", "EUR", "USD", 0, "108.53", "0", "0.00", "0"),
        Worked(.sell, "100.00", "EUR", "USD", 2500, "108.25", "347/400", "0.28", "0"),
        Worked(.sell, "100.00", "USD", "EUR", 2500, "91.91", "77/10853", "0.23", "458/10853"),
        Worked(
            .sell, "10000", "JPY", "EUR", 5000, "58.83", "53514983/169122299", "0.29",
            "148968312/169122299"),
        Worked(
            .sell, "1.00000000", "BTC", "JPY", 10000, "9912033", "17217/20000", "100122", "83/200"),
        Worked(
            .sell, "0.123456789", "ETH", "BTC", 1500, "0.00654642", "116604833031/128501000000",
            "0.00000984", "22291323/64250500"),
        Worked(
            .sell, "0.01", "USD", "ETH", 5000, "0.000002916", "40388/341207", "0.000000014",
            "263490/341207"),
        Worked(.sell, "1.005", "KWD", "USD", 3000, "3.26", "559/613", "0.01", "549/613"),
        Worked(
            .sell, "999999999.99", "GBP", "EUR", 1234, "1169187151.84", "14569208/85423963",
            "1444559.53", "30244069/85423963"),
        Worked(.buy, "100.00", "USD", "EUR", 0, "92.15", "10395/10853", "0.00", "10395/10853"),
        Worked(
            .buy, "100.00", "USD", "EUR", 2500, "92.38", "3745586/4330347", "0.23", "10395/10853"),
        Worked(.buy, "1", "JPY", "USD", 5000, "0.01", "1101017/3101017", "0.00", "5583/15583"),
        Worked(
            .buy, "0.00000001", "BTC", "USD", 5000, "0.01", "1861499/1990000", "0.00",
            "1871499/2000000"),
        Worked(
            .buy, "2.000000000", "ETH", "JPY", 10000, "1074148", "3919/4950", "10742", "1319/5000"),
        Worked(
            .buy, "0.01", "USD", "BTC", 0, "0.00000016", "56016/128501", "0.00000000",
            "56016/128501"),
        Worked(.buy, "1.005", "KWD", "GBP", 3000, "2.59", "83599/611161", "0.00", "5599/6130"),
        Worked(.buy, "108.53", "USD", "EUR", 0, "100.00", "0", "0.00", "0"),
    ])
    func `what the customer gets is rounded down, what the customer gives is rounded up`(
        _ worked: Worked
    ) throws {
        let table = try RateTable(text: Sample.text)
        let amount = try Sample.money(worked.amount, worked.currency)
        let quote =
            switch worked.side {
            case .sell: try Sample.sell(amount, for: worked.other, table, spread: worked.spread)
            case .buy: try Sample.buy(amount, with: worked.other, table, spread: worked.spread)
            }
        let (fixed, counter) =
            switch worked.side {
            case .sell: (quote.sell, quote.buy)
            case .buy: (quote.buy, quote.sell)
            }
        #expect(quote.fixedSide == worked.side)
        #expect(fixed == amount)
        #expect(counter.decimal == worked.counter)
        #expect(counter.currency.code == worked.other)
        #expect(quote.counterCurrency.code == worked.other)
        #expect(quote.rounding.description == worked.rounding)
        #expect(quote.kept.decimal == worked.kept)
        #expect(quote.kept.currency.code == worked.other)
        #expect(quote.keptRemainder.description == worked.keptRemainder)
        #expect(quote.tableHash == table.hash)
        #expect(quote.spread.partsPerMillion == worked.spread)
    }

    @Test(arguments: [("0.00000001", "BTC", "USD", 0), ("1", "JPY", "USD", 5_000)])
    func `an exchange for nothing is refused by name`(
        amount: String, from: String, to: String, spread: Int64
    ) throws {
        let table = try RateTable(text: Sample.text)
        let error = Sample.error {
            try Sample.sell(Sample.money(amount, from), for: to, table, spread: spread)
        }
        #expect(error?.code == .zeroResult)
    }

    @Test(arguments: [0, -1, Int64.min])
    func `nothing and less are not exchanged`(minor: Int64) throws {
        let table = try RateTable(text: Sample.text)
        let amount = Money(minor: minor, currency: try Sample.currency("USD"))
        #expect(Sample.error { try Sample.sell(amount, for: "EUR", table) }?.code == .invalidAmount)
        #expect(Sample.error { try Sample.buy(amount, with: "EUR", table) }?.code == .invalidAmount)
    }

    @Test func `results beyond 64 bits are refused by name`() throws {
        let table = try RateTable(text: Sample.text)
        let all = Money(minor: .max, currency: try Sample.currency("BTC"))
        #expect(Sample.error { try Sample.sell(all, for: "JPY", table) } == nil)
        #expect(Sample.error { try Sample.sell(all, for: "ETH", table) }?.code == .amountOverflow)
        let dollars = Money(minor: .max, currency: try Sample.currency("USD"))
        #expect(Sample.error { try Sample.sell(dollars, for: "EUR", table) } == nil)
        #expect(
            Sample.error { try Sample.sell(dollars, for: "ETH", table) }?.code == .amountOverflow)
        #expect(
            Sample.error { try Sample.buy(dollars, with: "ETH", table) }?.code == .amountOverflow)
        #expect(Sample.error { try Sample.buy(dollars, with: "EUR", table) } == nil)
        let same = try Sample.table([("EUR", "USD", "1")])
        #expect(
            Sample.error { try Sample.buy(dollars, with: "EUR", same, spread: 1) }?.code
                == .amountOverflow)
    }

    @Test func `a quote is good for its lifetime, which has limits`() throws {
        let table = try RateTable(text: Sample.text)
        let amount = try Sample.money("1.00", "EUR")
        let quote = try Sample.sell(amount, for: "USD", table, lifetimeSeconds: 30)
        #expect(quote.createdAt == Sample.observed)
        #expect(quote.expiresAt == Sample.observed.adding(seconds: 30))
        #expect(!quote.isExpired(at: quote.createdAt))
        #expect(!quote.isExpired(at: Timestamp(quote.expiresAt.rawValue - 1)))
        #expect(quote.isExpired(at: quote.expiresAt))
        for seconds in [0, -1, 86_401, .max] as [Int64] {
            let error = Sample.error {
                try Sample.sell(amount, for: "USD", table, lifetimeSeconds: seconds)
            }
            #expect(error?.code == .outOfRange)
        }
    }

    @Test func `the spread of a pair is that of both directions, and of a cross its own`() throws {
        let table = try RateTable(text: Sample.text)
        let spreads = try Spreads(text: "default,5000\nJPY,EUR,100\nUSD,EUR,2500")
        func spread(_ from: String, _ to: String) throws -> Int64 {
            try table.quote(
                selling: Money(minor: 1_000_000, currency: Sample.currency(from)),
                for: Sample.currency(to), spreads: spreads, id: FXQuoteID(high: 0, low: 1),
                at: Sample.observed, lifetimeSeconds: 1
            ).spread.partsPerMillion
        }
        #expect(try spread("EUR", "USD") == 2_500)
        #expect(try spread("USD", "EUR") == 2_500)
        #expect(try spread("EUR", "JPY") == 100)
        #expect(try spread("USD", "JPY") == 5_000)
    }

    @Test func `legs move what is sold to the house and what is bought to the customer`() throws {
        let table = try RateTable(text: Sample.text)
        let quote = try Sample.sell(Sample.money("100.00", "EUR"), for: "USD", table, spread: 2_500)
        let (eur, usd) = (try Sample.currency("EUR"), try Sample.currency("USD"))
        #expect(
            quote.legs == [
                FXLeg(role: .customerSell, amount: Money(minor: -10_000, currency: eur)),
                FXLeg(role: .houseSell, amount: Money(minor: 10_000, currency: eur)),
                FXLeg(role: .houseBuy, amount: Money(minor: -10_825, currency: usd)),
                FXLeg(role: .customerBuy, amount: Money(minor: 10_825, currency: usd)),
            ])
        #expect(
            quote.marginLegs == [
                FXLeg(role: .houseBuy, amount: Money(minor: -28, currency: usd)),
                FXLeg(role: .houseMargin, amount: Money(minor: 28, currency: usd)),
            ])
        let bought = try Sample.buy(
            Sample.money("100.00", "USD"), with: "EUR", table, spread: 2_500)
        #expect(bought.marginLegs.map(\.role) == [.houseSell, .houseMargin])
        #expect(bought.marginLegs.map(\.amount.minor) == [-23, 23])
        let exact = try Sample.sell(Sample.money("100.00", "EUR"), for: "USD", table)
        #expect(exact.marginLegs.isEmpty)
    }

    @Test func `identifiers are of version 7, in the order of time, and read back`() throws {
        var random = SystemRandomNumberGenerator()
        let early = FXQuoteID(at: Timestamp(1_000_000), random: &random)
        let late = FXQuoteID(at: Timestamp(2_000_000), random: &random)
        #expect(early < late)
        #expect(FXQuoteID(early.description) == early)
        #expect(early.high >> 12 & 15 == 7)
        #expect(FXQuoteID("no identifier") == nil)
    }
}
