import Identity
import Testing

@testable import People
@testable import PersonalWallets
@testable import WalletAPI

/// Paying somebody who is not registered.
@Suite struct ClaimTests {
    @Test func `money for an address waits until somebody shows that it is theirs`() async throws {
        try await TestAPI.withTwo { api, ann, bob in
            let paid = try await api.pay(ann.token, "cleo@example.org", "30.00", key: "one")
            #expect(paid.status == 201 && paid["state"].text == "posted", "\(paid.text)")
            #expect(paid["claim"]["state"].text == "open")
            #expect(paid["claim"]["to"].text == "cleo@example.org")
            let again = try await api.pay(ann.token, "cleo@example.org", "30.00", key: "one")
            #expect(again["claim"]["id"] == paid["claim"]["id"], "\(again.text)")
            #expect(try await api.available(ann.token) == "70.00")
            let id = try #require(paid["claim"]["id"].text)
            // Who is somebody else learns not even that it is there.
            let foreign = try await api.mine(bob, "claims/\(id)/accept")
            #expect(foreign.status == 404 && foreign.code == "unknown_claim")
            let own = try await api.mine(ann, "claims/\(id)/accept")
            #expect(own.code == "unknown_claim")

            let cleo = try await api.somebody("cleo")
            let waiting = try await api.ask(cleo, "claims")
            #expect(waiting["waiting"].elements.map { $0["id"].text } == [id], "\(waiting.text)")
            #expect(waiting["waiting"][0]["to"] == .null)
            let taken = try await api.mine(cleo, "claims/\(id)/accept")
            #expect(taken.status == 200 && taken["kind"].text == "book", "\(taken.text)")
            #expect(try await api.available(cleo.token) == "30.00")
            #expect(try await api.mine(cleo, "claims/\(id)/accept").code == "claim_ended")
            #expect(try await api.mine(ann, "claims/\(id)/cancel").code == "claim_ended")
            let made = try await api.ask(ann, "claims")
            #expect(made["made"][0]["state"].text == "claimed")
            // From now on the address is a person's.
            let direct = try await api.pay(ann.token, "cleo@example.org", "1.00")
            #expect(direct["claim"] == .null)
            #expect(try await api.available(cleo.token) == "31.00")
        }
    }

    @Test func `what nobody claims in time goes back, once, and can be taken back before`()
        async throws
    {
        try await TestAPI.withTwo { api, ann, _ in
            let first = try await api.pay(ann.token, "cleo@example.org", "30.00")
            let second = try await api.pay(ann.token, "+49 30 901820", "20.00")
            let id = try #require(first["claim"]["id"].text)
            let cancelled = try await api.mine(ann, "claims/\(id)/cancel")
            #expect(cancelled["state"].text == "returned", "\(cancelled.text)")
            #expect(try await api.available(ann.token) == "80.00")
            await api.personalWallets.doChores()
            #expect(try await api.available(ann.token) == "80.00")
            api.clock.shift(seconds: 15 * 86_400)
            await api.personalWallets.doChores()
            await api.personalWallets.doChores()
            let payment = try #require(second["id"].text)
            let returned = try await api.get("/v1/transfers/\(payment)")
            #expect(returned["refunded"]["value"].text == "20.00", "\(returned.text)")
            let account = try await api.personalWallets.all(of: ann.id)[0]
            #expect(account.account.available == 10_000)
        }
    }

    @Test func `of a claim and its return at the same time one takes place`() async throws {
        try await TestAPI.withTwo { api, ann, _ in
            for round in 0..<6 {
                let name = "pia\(round)"
                let paid = try await api.pay(ann.token, "\(name)@example.org", "5.00")
                let id = try #require(paid["claim"]["id"].text.flatMap { ClaimID($0) })
                let pia = try await api.somebody(name)
                async let taken = try? api.personalWallets.take(id, by: pia.id)
                async let back = try? api.personalWallets.cancel(id, by: ann.id)
                let results = (await taken != nil, await back != nil)
                #expect(results.0 != results.1, "\(results)")
                let got = try await api.personalWallets.all(of: pia.id).first?.account.available
                #expect((got ?? 0) == (results.0 ? 500 : 0))
            }
        }
    }

    @Test func `a payment that is declined leaves nothing to claim`() async throws {
        try await TestAPI.withTwo { api, ann, _ in
            api.engine.decide(700, .decline)
            let paid = try await api.pay(ann.token, "cleo@example.org", "7.00")
            #expect(paid["state"].text == "voided", "\(paid.text)")
            let cleo = try await api.somebody("cleo")
            #expect(try await api.ask(cleo, "claims")["waiting"].elements.isEmpty)
            let id = try #require(paid["claim"]["id"].text)
            #expect(try await api.mine(cleo, "claims/\(id)/accept").code == "unknown_claim")
            let poor = try await api.pay(ann.token, "dan@example.org", "500.00")
            #expect(poor.code == "insufficient_funds")
            api.clock.shift(seconds: 15 * 86_400)
            await api.personalWallets.doChores()
            let made = try await api.personalWallets.claims(paidBy: ann.id)
            #expect(made.map(\.state) == ["unpaid"])
        }
    }

    @Test func `of a payment whose payee pays the fee the rest is claimed, or returned`()
        async throws
    {
        let prices = [
            "fees/1.json": """
            {"version": 1, "valid_from": "2020-01-01T00:00:00Z", "rules": [
              {"id": "p2p", "kind": "p2p", "currency": "USD", "fixed": "1.00", "paid_by": "payee"}]}
            """
        ]
        try await TestAPI.withTwo(prices: prices) { api, ann, _ in
            let paid = try await api.pay(ann.token, "cleo@example.org", "30.00")
            let id = try #require(paid["claim"]["id"].text, "\(paid.text)")
            let other = try await api.pay(ann.token, "cleo@example.org", "20.00")
            let otherID = try #require(other["claim"]["id"].text)
            let cleo = try await api.somebody("cleo")
            let taken = try await api.mine(cleo, "claims/\(id)/accept")
            #expect(taken.status == 200, "\(taken.text)")
            #expect(try await api.available(cleo.token) == "29.00")
            let cancelled = try await api.mine(ann, "claims/\(otherID)/cancel")
            #expect(cancelled["state"].text == "returned", "\(cancelled.text)")
            #expect(try await api.available(ann.token) == "69.00")
        }
    }

    @Test func `a claim that cannot go back keeps nothing else from it`() async throws {
        try await TestAPI.withTwo { api, ann, bob in
            try await api.fund(bob, "50")
            let stuck = try await api.pay(ann.token, "cleo@example.org", "30.00")
            let other = try await api.pay(bob.token, "dan@example.org", "20.00")
            #expect(stuck.status == 201 && other.status == 201, "\(other.text)")
            let account = try await api.personalWallets.all(of: ann.id)[0]
            let frozen = try await api.post(
                "/v1/accounts/\(account.publicID)/freeze", #"{"credits":true}"#)
            #expect(frozen.status == 200, "\(frozen.text)")
            api.clock.shift(seconds: 15 * 86_400)
            await api.personalWallets.doChores()
            let returned = try await api.personalWallets.all(of: bob.id)[0]
            #expect(returned.account.available == 5_000)
            let free = try await api.post(
                "/v1/accounts/\(account.publicID)/unfreeze", #"{"credits":true}"#)
            #expect(free.status == 200, "\(free.text)")
            api.clock.shift(seconds: 601)
            await api.personalWallets.doChores()
            let later = try await api.personalWallets.all(of: ann.id)[0]
            #expect(later.account.available == 10_000)
        }
    }
}
