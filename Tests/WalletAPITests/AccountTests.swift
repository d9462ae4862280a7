import Testing

@testable import WalletAPI

@Suite struct AccountTests {
    @Test func `freezes stop debits and credits apart, and unfreezing lets them go again`()
        async throws
    {
        try await TestAPI.run { api in
            let ann = try await api.openAccount("ann", funds: "30.00")
            let bob = try await api.openAccount("bob")
            let pay = api.payment(ann, bob, "1.00")
            let frozen = try await api.post("/v1/accounts/\(ann)/freeze", #"{"debits":true}"#)
            #expect(frozen.status == 200 && frozen["debits_frozen"] == .bool(true))
            #expect(frozen["credits_frozen"] == .bool(false))
            let stopped = try await api.postInVain("/v1/transfers", pay)
            #expect(stopped.status == 422 && stopped.code == "debits_frozen")
            _ = try await api.post("/v1/accounts/\(ann)/unfreeze", #"{"debits":true}"#)
            #expect(try await api.post("/v1/transfers", pay).status == 201)
            let both = try await api.post("/v1/accounts/\(bob)/freeze")
            #expect(both["debits_frozen"] == .bool(true) && both["credits_frozen"] == .bool(true))
            #expect(try await api.postInVain("/v1/transfers", pay).code == "credits_frozen")
            let fund = try await api.postInVain(
                "/v1/accounts/\(bob)/fund", #"{"amount":\#(usd("1.00"))}"#)
            #expect(fund.status == 422 && fund.code == "credits_frozen")
        }
    }

    @Test func `limits allow an overdraft and cap counts and sums; one left out is taken away`()
        async throws
    {
        try await TestAPI.run { api in
            let ann = try await api.openAccount("ann")
            let bob = try await api.openAccount("bob")
            let limits = "/v1/accounts/\(ann)/limits"
            let set = try await api.send(
                .put, limits,
                #"{"overdraft":\#(usd("50")),"hour_count":2,"day_sum":\#(usd("40.00"))}"#)
            #expect(set.status == 200)
            #expect(set["limits"]["overdraft"]["value"].text == "50.00")
            #expect(set["limits"]["hour_count"].text == "2")
            #expect(set["limits"]["hour_sum"] == .null)
            #expect(
                try await api.post("/v1/transfers", api.payment(ann, bob, "40.01")).code
                    == "day_sum_cap_exceeded")
            for _ in 0..<2 {
                #expect(
                    try await api.post("/v1/transfers", api.payment(ann, bob, "10.00")).status
                        == 201)
            }
            #expect(try await api.balance(ann) == ["-20.00", "0.00", "-20.00"])
            #expect(
                try await api.post("/v1/transfers", api.payment(ann, bob, "1.00")).code
                    == "hour_count_cap_exceeded")
            let below = try await api.send(.put, limits, #"{"overdraft":\#(usd("19.99"))}"#)
            #expect(below.status == 422 && below.code == "limit_below_use")
            let lifted = try await api.send(.put, limits, #"{"overdraft":\#(usd("20.00"))}"#)
            #expect(lifted["limits"]["hour_count"] == .null)
            #expect(
                try await api.post("/v1/transfers", api.payment(ann, bob, "0.01")).code
                    == "insufficient_funds")
            let other = try await api.send(
                .put, limits, #"{"overdraft":{"value":"1","currency":"EUR"}}"#)
            #expect(other.status == 422 && other.code == "currency_mismatch")
        }
    }

    @Test func `history is paged by cursor, the newest first, and past balances are known`()
        async throws
    {
        try await TestAPI.run { api in
            let ann = try await api.openAccount("ann", funds: "100.00")
            let bob = try await api.openAccount("bob")
            for _ in 0..<3 {
                _ = try await api.post("/v1/transfers", api.payment(ann, bob, "1.00"))
            }
            var entries: [JSONValue] = []
            var path = "/v1/accounts/\(ann)/history?limit=3"
            while true {
                let page = try await api.get(path)
                #expect(page.status == 200)
                entries += page["entries"].elements
                guard let next = page["next"].text else { break }
                path = "/v1/accounts/\(ann)/history?limit=3&before=\(next)"
            }
            // A payment is two lines: reserved, posted.
            #expect(
                entries.map { $0["event"].text } == [
                    "posted", "reserved", "posted", "reserved", "posted", "reserved", "posted",
                ])
            let sequences = entries.compactMap { $0["sequence"].text.flatMap { Int($0) } }
            #expect(sequences == sequences.sorted(by: >))
            #expect(entries[0]["posted"]["value"].text == "97.00")
            #expect(entries[0]["posted_change"]["value"].text == "-1.00")
            #expect(entries[0]["counterparty"].text == bob)
            #expect(entries[6]["kind"].text == "funding")

            let balance = "/v1/accounts/\(ann)/balance"
            let past = try await api.get("\(balance)?sequence=\(sequences[2])")
            #expect(past["posted"]["value"].text == "98.00")
            #expect(past["sequence"].text == "\(sequences[2])")
            let time = try #require(entries[4]["recorded_at"].text)
            #expect(try await api.get("\(balance)?time=\(time)")["posted"]["value"].text == "99.00")
            #expect(try await api.get(balance)["available"]["value"].text == "97.00")
            let before = try await api.get("\(balance)?sequence=0")
            #expect(before["posted"]["value"].text == "0.00" && before["sequence"].text == "0")
        }
    }
}
