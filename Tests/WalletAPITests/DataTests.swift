import Identity
import People
import Testing

@testable import WalletAPI

/// What people are given of theirs, and how they leave.
@Suite struct DataTests {
    @Test func `a person gets all that is kept of them, and nothing of others`() async throws {
        try await TestAPI.withTwo { api, ann, bob in
            _ = try await api.pay(ann.token, "@bob", "30.00")
            let pocket = try await api.mine(ann, "pockets", #"{"currency":"USD","name":"Holiday"}"#)
            #expect(pocket.status == 201, "\(pocket.text)")
            let asked = try await api.mine(
                ann, "requests",
                #"{"total":\#(usd("5.00")),"shares":[{"from":"@bob"}],"note":"Taxi home"}"#)
            #expect(asked.status == 201, "\(asked.text)")
            let data = try await api.mine(ann, "data")
            #expect(data.status == 200, "\(data.text)")
            for text in ["ann@example.org", "Holiday", "Taxi home"] {
                #expect(data.text.contains(text), "\(text): \(data.text)")
            }
            #expect(!data.text.contains("bob@example.org"))
            let ofBob = try await api.mine(bob, "data")
            #expect(!ofBob.text.contains("ann@example.org") && !ofBob.text.contains("Holiday"))
        }
    }

    @Test func `who has money cannot be erased; who is erased is gone, and the books are not`()
        async throws
    {
        try await TestAPI.withTwo { api, ann, bob in
            let refused = try await api.mine(ann, "erasure")
            #expect(refused.status == 409 && refused.code == "erasure_refused", "\(refused.text)")
            #expect(try await api.available(ann.token) == "100.00")
            let paid = try await api.pay(ann.token, "@bob", "100.00")
            #expect(paid.status == 201, "\(paid.text)")
            let account = try #require(
                try await api.ask(ann, "wallets")["wallets"][0]["id"].text)
            let erased = try await api.mine(ann, "erasure")
            #expect(erased.status == 204, "\(erased.text)")
            let after = try await api.send(.get, "/v1/me", bearer: ann.token)
            #expect(after.status == 401, "\(after.text)")
            #expect(try await api.available(bob.token) == "100.00")
            let nobody = try await api.pay(bob.token, "@ann", "1.00")
            #expect(nobody.status != 201, "\(nobody.text)")
            let funded = try await api.post(
                "/v1/accounts/\(account)/fund", #"{"amount":\#(usd("1.00"))}"#)
            #expect(funded.status == 422 || funded.status == 409, "\(funded.text)")
            // Whoever has the address now may come anew.
            _ = try await api.register("ann@example.org", handle: "anna")
            #expect(try await api.people.checkSealedData().isWhole)
        }
    }
}
