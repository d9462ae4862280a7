import EventLog
import Testing

@testable import WalletAPI

@Suite struct LifeTests {
    @Test func `a payment that the engine approves is posted, and both balances say so`()
        async throws
    {
        try await TestAPI.run { api in
            let ann = try await api.openAccount("ann", funds: "100.00")
            let bob = try await api.openAccount("bob")
            let context = #"""
                {"device":"d-1","instrument":"card-1","address":"192.0.2.7","place":{"latitude":52.5,
                "longitude":13.4},"merchant_category":"5411","country":"DE","initiated_at":"2026-01-31T23:59:59+01:00"}
                """#
            let paid = try await api.post(
                "/v1/transfers",
                #"{"payer":"\#(ann)","payee":"\#(bob)","amount":\#(usd("12.5")),"context":\#(context)}"#
            )
            #expect(paid.status == 201)
            #expect(paid["state"].text == "posted" && paid["kind"].text == "payment")
            #expect(paid["amount"] == paid["captured"])
            #expect(paid["amount"]["value"].text == "12.50")
            #expect(paid["decision"]["action"].text == "approve")
            #expect(paid["decision"]["decided_by"].text == "engine")
            #expect(paid["decision"]["score"].text == "0.0125")
            #expect(paid["decision"]["reasons"].elements.isEmpty)
            #expect(paid["expires_at"] == .null && paid["refund_of"] == .null)
            #expect(try await api.balance(ann) == ["87.50", "0.00", "87.50"])
            #expect(try await api.balance(bob) == ["12.50", "0.00", "12.50"])
            let again = try await api.get("/v1/transfers/\(try #require(paid["id"].text))")
            #expect(again.status == 200 && again.bytes == paid.bytes)
        }
    }

    @Test func `a held payment keeps its money locked until a person releases or declines it`()
        async throws
    {
        try await TestAPI.run { api in
            api.engine.decide(1_100, .hold)
            let ann = try await api.openAccount("ann", funds: "100.00")
            let bob = try await api.openAccount("bob")
            var held: [String] = []
            for _ in 0..<2 {
                let reply = try await api.post("/v1/transfers", api.payment(ann, bob, "11.00"))
                #expect(reply.status == 201 && reply["state"].text == "held")
                let reason = reply["decision"]["reasons"][0]
                #expect(reason["code"].text == "VELOCITY_1H")
                #expect(reason["sentence"].text == "14 payments in the last hour")
                #expect(reason["contribution"].text == "2.25")
                #expect(reply["decision"]["rules"][0].text == "night \"watch\"")
                held.append(try #require(reply["id"].text))
            }
            #expect(try await api.balance(ann) == ["78.00", "22.00", "100.00"])
            let reviews = try await api.get("/v1/reviews?limit=1")
            #expect(reviews["reviews"][0]["transfer"]["id"].text == held[0])
            let next = try #require(reviews["next"].text)
            let rest = try await api.get("/v1/reviews?after=\(next)")
            #expect(rest["reviews"].elements.map { $0["transfer"]["id"].text } == [held[1]])
            #expect(rest["next"] == .null)

            let released = try await api.post(
                "/v1/reviews/\(held[0])/release", #"{"note":"called the payer"}"#)
            #expect(released.status == 200 && released["state"].text == "posted")
            let declined = try await api.post("/v1/reviews/\(held[1])/decline")
            #expect(declined["state"].text == "voided")
            #expect(try await api.balance(ann) == ["89.00", "0.00", "89.00"])
            let late = try await api.postInVain("/v1/reviews/\(held[1])/release")
            #expect(late.status == 409 && late.code == "wrong_state")
            #expect(try await api.get("/v1/reviews")["reviews"].elements.isEmpty)

            let label = try await api.post(
                "/v1/labels", #"{"transfer":"\#(held[0])","verdict":"confirmed_fraud"}"#)
            #expect(label.status == 201 && label["verdict"].text == "confirmed_fraud")
        }
    }

    @Test func `a challenge is passed or failed, and a decline gives the money back`()
        async throws
    {
        try await TestAPI.run { api in
            api.engine.decide(500, .challenge)
            api.engine.decide(600, .decline)
            let ann = try await api.openAccount("ann", funds: "20.00")
            let bob = try await api.openAccount("bob")
            for (passed, state) in [("true", "posted"), ("false", "voided")] {
                let asked = try await api.post("/v1/transfers", api.payment(ann, bob, "5.00"))
                #expect(asked["state"].text == "challenged" && asked["expires_at"] != .null)
                let id = try #require(asked["id"].text)
                let answered = try await api.post(
                    "/v1/transfers/\(id)/challenge", #"{"passed":\#(passed)}"#)
                #expect(answered.status == 200 && answered["state"].text == state)
            }
            let declined = try await api.post("/v1/transfers", api.payment(ann, bob, "6.00"))
            #expect(declined.status == 201 && declined["state"].text == "voided")
            #expect(declined["decision"]["action"].text == "decline")
            #expect(try await api.balance(ann) == ["15.00", "0.00", "15.00"])
        }
    }

    @Test func `an authorization is captured in parts, the final one gives the rest back`()
        async throws
    {
        try await TestAPI.run { api in
            let ann = try await api.openAccount("ann", funds: "100.00")
            let shop = try await api.openAccount("shop")
            let opened = try await api.post("/v1/authorizations", api.payment(ann, shop, "50.00"))
            #expect(opened.status == 201 && opened["state"].text == "authorized")
            let path = "/v1/authorizations/\(try #require(opened["id"].text))"
            let first = try await api.post("\(path)/capture", #"{"amount":\#(usd("10.00"))}"#)
            #expect(first["state"].text == "authorized")
            #expect(first["captured"]["value"].text == "10.00")
            let over = try await api.postInVain(
                "\(path)/capture", #"{"amount":\#(usd("40.01"))}"#)
            #expect(over.status == 422 && over.code == "over_capture")
            let other = try await api.postInVain(
                "\(path)/capture", #"{"amount":{"value":"1.00","currency":"EUR"}}"#)
            #expect(other.status == 422 && other.code == "currency_mismatch")
            let last = try await api.post(
                "\(path)/capture", #"{"amount":\#(usd("15.00")),"final":true}"#)
            #expect(last["state"].text == "posted" && last["captured"]["value"].text == "25.00")
            #expect(try await api.balance(ann) == ["75.00", "0.00", "75.00"])
            #expect(try await api.get(path).bytes == last.bytes)
            let late = try await api.postInVain("\(path)/void")
            #expect(late.status == 409 && late.code == "wrong_state")

            let second = try await api.post("/v1/authorizations", api.payment(ann, shop, "50.00"))
            let void = try await api.post(
                "/v1/authorizations/\(try #require(second["id"].text))/void")
            #expect(void.status == 200 && void["state"].text == "voided")
            let third = try await api.post("/v1/authorizations", api.payment(ann, shop, "5.00"))
            let whole = try await api.post(
                "/v1/authorizations/\(try #require(third["id"].text))/capture", "{}")
            #expect(whole["state"].text == "posted" && whole["captured"]["value"].text == "5.00")
            #expect(try await api.balance(ann) == ["70.00", "0.00", "70.00"])
        }
    }

    @Test func `a payment is refunded in part, then the rest, and never more`() async throws {
        try await TestAPI.run { api in
            let ann = try await api.openAccount("ann", funds: "30.00")
            let bob = try await api.openAccount("bob")
            let paid = try await api.post("/v1/transfers", api.payment(ann, bob, "20.00"))
            let id = try #require(paid["id"].text)
            let part = try await api.post(
                "/v1/transfers/\(id)/refund", #"{"amount":\#(usd("5.00"))}"#)
            #expect(part.status == 201 && part["kind"].text == "refund")
            #expect(part["refund_of"].text == id && part["payer"].text == bob)
            #expect(part["decision"] == .null)
            let over = try await api.postInVain(
                "/v1/transfers/\(id)/refund", #"{"amount":\#(usd("15.01"))}"#)
            #expect(over.status == 422 && over.code == "over_refund")
            let rest = try await api.post("/v1/transfers/\(id)/refund")
            #expect(rest["amount"]["value"].text == "15.00")
            let nothingLeft = try await api.postInVain("/v1/transfers/\(id)/refund")
            #expect(nothingLeft.status == 422 && nothingLeft.code == "over_refund")
            #expect(
                try await api.get("/v1/transfers/\(id)")["refunded"]["value"].text == "20.00")
            #expect(try await api.balance(ann) == ["30.00", "0.00", "30.00"])
        }
    }

    @Test func `without an engine the fail policy holds at once and says so`() async throws {
        try await TestAPI.run(withEngine: false) { api in
            let ann = try await api.openAccount("ann", funds: "30.00")
            let bob = try await api.openAccount("bob")
            let held = try await api.post("/v1/transfers", api.payment(ann, bob, "20.00"))
            #expect(held.status == 201 && held["state"].text == "held")
            #expect(held["decision"]["action"].text == "not_evaluated")
            #expect(held["decision"]["decided_by"].text == "fail_policy")
            #expect(held["decision"]["score"] == .null)
            let ready = try await api.send(.get, "/health/ready", bearer: nil)
            #expect(ready.status == 200 && ready["engine"].text == "absent")
        }
    }

    @Test func `a silent engine is waited for until the deadline, then the fail policy holds`()
        async throws
    {
        try await TestAPI.run(decideWithinMilliseconds: 100) { api in
            api.engine.beSilent(true)
            let ann = try await api.openAccount("ann", funds: "30.00")
            let bob = try await api.openAccount("bob")
            let held = try await api.post("/v1/transfers", api.payment(ann, bob, "20.00"))
            #expect(held.status == 201 && held["state"].text == "held")
            #expect(held["decision"]["decided_by"].text == "fail_policy")
        }
    }
}
