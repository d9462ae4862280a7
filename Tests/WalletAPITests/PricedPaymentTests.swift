import PostgreSQL
import Testing

@testable import People
@testable import PersonalWallets
@testable import WalletAPI

/// Fees, limits and exchange, from files.
@Suite struct PricedPaymentTests {
    private static let fees = """
        {"version": 3, "valid_from": "2026-01-01T00:00:00Z", "rules": [
          {"id": "p2p", "kind": "p2p", "currency": "USD", "fixed": "0.10", "parts_per_million": 10000,
           "paid_by": "payer"},
          {"id": "shop", "kind": "merchant", "parts_per_million": 29000, "paid_by": "payee"},
          {"id": "fx", "kind": "exchange", "parts_per_million": 5000, "paid_by": "payer"}]}
        """
    private static let limits = """
        currency,EUR
        *,all,50.00,80.00,-
        gold,all,-,-,-
        """
    private static func rates(_ maximumAge: Int = 2_000_000) -> String {
        """
        source,test
        observed_at,\(ShiftedClock().now.adding(seconds: -60).rfc3339())
        maximum_age_seconds,\(maximumAge)
        pivot,EUR
        EUR,USD,1.25
        EUR,JPY,160
        """
    }

    @Test func `a fee is quoted before, and posted as a leg of the payment`() async throws {
        try await TestAPI.withTwo(prices: ["fees/3.json": Self.fees]) { api, ann, bob in
            let quote = try await api.mine(ann, "payments/quote", #"{"amount":\#(usd("10.00"))}"#)
            #expect(quote["fee"]["value"].text == "0.20", "\(quote.text)")
            #expect(quote["payer_total"]["value"].text == "10.20")
            #expect(quote["rule"].text == "p2p" && quote["schedule_version"].text == "3")
            let paid = try await api.pay(ann.token, "@bob", "10.00")
            #expect(paid["amount"]["value"].text == "10.00", "\(paid.text)")
            #expect(paid["fees"][0]["paid_by"].text == "payer")
            #expect(paid["fees"][0]["amount"]["value"].text == "0.20")
            #expect(try await api.available(ann.token) == "89.80")
            #expect(try await api.available(bob.token) == "10.00")
            // All that is left is not enough for its fee.
            let all = try await api.pay(ann.token, "@bob", "89.80")
            #expect(all.code == "insufficient_funds")
        }
    }

    @Test func `a payee's fee comes out of what is captured, in proportion`() async throws {
        try await TestAPI.run(prices: ["fees/3.json": Self.fees]) { api in
            let payer = try await api.openAccount("payer", funds: "200")
            let shop = try await api.openAccount("shop")
            func money(_ account: String) async throws -> [String?] {
                let view = try await api.get("/v1/accounts/\(account)")
                return ["available", "reserved"].map { view[$0]["value"].text }
            }
            let held = try await api.post(
                "/v1/authorizations",
                #"{"payer":"\#(payer)","payee":"\#(shop)","amount":\#(usd("100.00"))}"#)
            #expect(held["state"].text == "authorized", "\(held.text)")
            #expect(held["fees"][0]["paid_by"].text == "payee")
            #expect(try await money(payer) == ["100.00", "100.00"])
            let id = try #require(held["id"].text)
            _ = try await api.post(
                "/v1/authorizations/\(id)/capture", #"{"amount":\#(usd("40.00"))}"#)
            #expect(try await money(shop) == ["38.84", "0.00"])
            _ = try await api.post("/v1/authorizations/\(id)/void")
            #expect(try await money(payer) == ["160.00", "0.00"])
            #expect(try await money(shop) == ["38.84", "0.00"])
        }
    }

    @Test func `limits count over all currencies, and are asked for`() async throws {
        let prices = ["limits.csv": Self.limits, "rates.csv": Self.rates()]
        try await TestAPI.withTwo(prices: prices) { api, ann, bob in
            // 62.50 USD are 50.00 EUR.
            let large = try await api.pay(ann.token, "@bob", "62.51")
            #expect(large.status == 422 && large.code == "payment_limit_exceeded", "\(large.text)")
            #expect(try await api.pay(ann.token, "@bob", "62.50").status == 201)
            try await api.fund(ann, "100000", "JPY")
            let yen = #"{"value":"4801","currency":"JPY"}"#
            let over = try await api.mine(ann, "payments", #"{"to":"@bob","amount":\#(yen)}"#)
            #expect(over.code == "day_limit_exceeded", "\(over.text)")
            let left = try await api.ask(ann, "limits")
            #expect(left["currency"].text == "EUR")
            #expect(left["limits"][0]["day"]["remaining"]["value"].text == "30.00", "\(left.text)")
            #expect(left["limits"][0]["month"]["remaining"] == .null)
            let fits = #"{"value":"4800","currency":"JPY"}"#
            #expect(
                try await api.mine(ann, "payments", #"{"to":"@bob","amount":\#(fits)}"#).status
                    == 201)
            // Another tier has other limits, a moment later.
            let tier = try await api.send(
                .put, "/v1/people/\(ann.id)/tier", #"{"tier":"gold"}"#)
            #expect(tier.status == 204, "\(tier.text)")
            let end = ContinuousClock.now + .seconds(20)
            var status = 0
            while status != 201, ContinuousClock.now < end {
                status = try await api.pay(ann.token, "@bob", "0.01").status
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(status == 201)
            #expect(try await api.available(bob.token, "JPY") == "4800")
        }
    }

    @Test func `many payments at once never exceed the limit together`() async throws {
        try await TestAPI.withTwo(prices: ["limits.csv": "currency,USD\n*,p2p,-,20.00,-\n"]) {
            api, ann, bob in
            let replies = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<30 {
                    group.addTask { try await api.pay(ann.token, "@bob", "1.00").status }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(replies.filter { $0 == 201 }.count == 20)
            #expect(try await api.available(bob.token) == "20.00")
        }
    }

    @Test func `money is exchanged at the rate that was locked, once, and not too late`()
        async throws
    {
        let prices = [
            "rates.csv": Self.rates(), "spreads.csv": "default,20000\n", "fees/3.json": Self.fees,
        ]
        try await TestAPI.withTwo(prices: prices) { api, ann, bob in
            let ask = #"{"sell":\#(usd("10.00")),"currency":"EUR"}"#
            let quote = try await api.mine(ann, "exchanges/quotes", ask)
            #expect(quote.status == 201, "\(quote.text)")
            // 10 / 1.25 = 8.00 at the mid rate; 2 % of it stay with the house.
            #expect(quote["buy"]["value"].text == "7.84")
            #expect(quote["kept"]["value"].text == "0.16")
            let id = try #require(quote["id"].text)
            let foreign = try await api.mine(bob, "exchanges", #"{"quote":"\#(id)"}"#)
            #expect(foreign.status == 404 && foreign.code == "unknown_quote")
            let done = try await api.mine(ann, "exchanges", #"{"quote":"\#(id)"}"#, key: "k")
            #expect(done.status == 201 && done["kind"].text == "exchange", "\(done.text)")
            #expect(done["id"].text == id)
            let again = try await api.mine(ann, "exchanges", #"{"quote":"\#(id)"}"#, key: "k")
            #expect(again["id"] == done["id"], "\(again.text)")
            let used = try await api.mine(ann, "exchanges", #"{"quote":"\#(id)"}"#)
            #expect(used.status == 409 && used.code == "quote_used", "\(used.text)")
            // Half a per cent of 10.00 is its fee.
            #expect(try await api.available(ann.token) == "89.95")
            #expect(try await api.available(ann.token, "EUR") == "7.84")

            api.clock.shift(seconds: -40)
            let old = try await api.mine(ann, "exchanges/quotes", ask)
            let oldID = try #require(old["id"].text)
            let late = try await api.mine(ann, "exchanges", #"{"quote":"\#(oldID)"}"#)
            #expect(late.status == 422 && late.code == "too_late", "\(late.text)")
            api.clock.shift(seconds: 3_000_000)
            let stale = try await api.mine(ann, "exchanges/quotes", ask)
            #expect(stale.status == 400 && stale.code == "stale_rates", "\(stale.text)")
        }
    }

    @Test func `offers go a day after they ended, and what was used stays used`() async throws {
        try await TestAPI.withTwo(prices: ["rates.csv": Self.rates()]) { api, ann, bob in
            func offer() async throws -> String {
                let quote = try await api.mine(
                    ann, "exchanges/quotes", #"{"sell":\#(usd("1.00")),"currency":"EUR"}"#)
                return try #require(quote["id"].text, "\(quote.text)")
            }
            func count() async throws -> Int64 {
                try await api.personalWallets.transact {
                    connection throws(PostgreSQLError) -> People.Answer<Int64> in
                    .success(
                        try connection.query(
                            Statement("test.quotes", "SELECT count(*) FROM fx_quote")
                        ).int(0, 0))
                }
            }
            let (used, unused) = (try await offer(), try await offer())
            let done = try await api.mine(ann, "exchanges", #"{"quote":"\#(used)"}"#)
            #expect(done.status == 201, "\(done.text)")
            api.clock.shift(seconds: 86_400)
            await api.personalWallets.doChores()
            #expect(try await count() == 2)
            api.clock.shift(seconds: 31)
            await api.personalWallets.doChores()
            #expect(try await count() == 0)
            for (id, code) in [(used, "quote_used"), (unused, "unknown_quote")] {
                #expect(
                    try await api.mine(ann, "exchanges", #"{"quote":"\#(id)"}"#).code == code)
            }
            #expect(
                try await api.mine(bob, "exchanges", #"{"quote":"\#(used)"}"#).code
                    == "unknown_quote")
        }
    }

    @Test func `of many who use an offer at once one does`() async throws {
        try await TestAPI.withTwo(prices: ["rates.csv": Self.rates()]) { api, ann, _ in
            let quote = try await api.mine(
                ann, "exchanges/quotes",
                #"{"buy":{"value":"8.00","currency":"EUR"},"currency":"USD"}"#
            )
            #expect(quote["sell"]["value"].text == "10.00", "\(quote.text)")
            let id = try #require(quote["id"].text)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await api.mine(ann, "exchanges", #"{"quote":"\#(id)"}"#).status
                    }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses.filter { $0 == 201 }.count == 1)
            #expect(statuses.filter { $0 == 409 }.count == 7)
            #expect(try await api.available(ann.token) == "90.00")
        }
    }

    @Test func `without rates nothing is exchanged, and that is said`() async throws {
        try await TestAPI.withTwo { api, ann, _ in
            let reply = try await api.mine(
                ann, "exchanges/quotes", #"{"sell":\#(usd("10.00")),"currency":"EUR"}"#)
            #expect(reply.status == 400 && reply.code == "no_rates", "\(reply.text)")
            #expect(try await api.ask(ann, "limits")["limits"].elements.isEmpty)
        }
    }
}
