import Testing

@testable import WalletAPI

@Suite struct IdempotencyTests {
    @Test func `a repeated key is carried out once and answered alike, whatever moved since`()
        async throws
    {
        try await TestAPI.run { api in
            api.engine.decide(1_100, .hold)
            api.engine.decide(1_300, .challenge)
            let opened = try await api.post(
                "/v1/accounts", #"{"owner":"ann","currency":"USD"}"#, key: "open")
            let ann = try #require(opened["id"].text)
            let bob = try await api.openAccount("bob")
            let fund = #"{"amount":\#(usd("100.00"))}"#
            let funded = try await api.post("/v1/accounts/\(ann)/fund", fund, key: "fund")
            let pay = api.payment(ann, bob, "20.00")
            let paid = try await api.post("/v1/transfers", pay, key: "pay")
            let refund = "/v1/transfers/\(try #require(paid["id"].text))/refund"
            let back = try await api.post(refund, #"{"amount":\#(usd("1.00"))}"#, key: "refund")
            let hold = api.payment(ann, bob, "11.00")
            let held = try await api.post("/v1/transfers", hold, key: "hold")
            let release = "/v1/reviews/\(try #require(held["id"].text))/release"
            let released = try await api.post(release, nil, key: "release")
            let authorized = try await api.post(
                "/v1/authorizations", api.payment(ann, bob, "9.00"), key: "authorize")
            let capture = "/v1/authorizations/\(try #require(authorized["id"].text))/capture"
            let part = #"{"amount":\#(usd("2.00"))}"#
            let captured = try await api.post(capture, part, key: "capture")
            let more = try await api.post(capture, #"{"amount":\#(usd("3.00"))}"#, key: "more")
            #expect(more["captured"]["value"].text == "5.00")
            let another = try await api.post(
                "/v1/authorizations", api.payment(ann, bob, "8.00"))
            let void = "/v1/authorizations/\(try #require(another["id"].text))/void"
            let voided = try await api.post(void, nil, key: "void")
            #expect(voided["state"].text == "voided")
            let asked = try await api.post("/v1/transfers", api.payment(ann, bob, "13.00"))
            let challenge = "/v1/transfers/\(try #require(asked["id"].text))/challenge"
            let passed = #"{"passed":true}"#
            let answered = try await api.post(challenge, passed, key: "challenge")
            #expect(answered["state"].text == "posted")
            let suspect = try await api.post("/v1/transfers", hold)
            let decline = "/v1/reviews/\(try #require(suspect["id"].text))/decline"
            let why = #"{"note":"nobody answers"}"#
            let declined = try await api.post(decline, why, key: "decline")
            #expect(declined["state"].text == "voided")
            let label = #"{"transfer":"\#(try #require(paid["id"].text))","verdict":"cleared"}"#
            let labelled = try await api.post("/v1/labels", label, key: "label")
            #expect(labelled.status == 201)
            let limits = #"{"hour_count":9}"#
            let limited = try await api.send(
                .put, "/v1/accounts/\(ann)/limits", limits, key: "limit")
            _ = try await api.send(.put, "/v1/accounts/\(ann)/limits", "{}")
            let frozen = try await api.post("/v1/accounts/\(ann)/freeze", nil, key: "freeze")
            let unfreeze = "/v1/accounts/\(ann)/unfreeze"
            let unfrozen = try await api.post(unfreeze, nil, key: "unfreeze")
            #expect(unfrozen["debits_frozen"] == .bool(false))
            let head = try await api.wallet.head()
            let balance = try await api.balance(ann)

            let repeats: [(String, String, String?, Reply)] = [
                ("open", "/v1/accounts", #"{"owner":"ann","currency":"USD"}"#, opened),
                ("fund", "/v1/accounts/\(ann)/fund", fund, funded),
                ("pay", "/v1/transfers", pay, paid),
                ("refund", refund, #"{"amount":\#(usd("1.00"))}"#, back),
                ("hold", "/v1/transfers", hold, held),
                ("release", release, nil, released),
                ("authorize", "/v1/authorizations", api.payment(ann, bob, "9.00"), authorized),
                ("capture", capture, part, captured),
                ("void", void, nil, voided),
                ("challenge", challenge, passed, answered),
                ("decline", decline, why, declined),
                ("label", "/v1/labels", label, labelled),
                ("freeze", "/v1/accounts/\(ann)/freeze", nil, frozen),
                ("unfreeze", unfreeze, nil, unfrozen),
            ]
            for (key, path, body, first) in repeats {
                let again = try await api.post(path, body, key: key)
                #expect(again.status == first.status, "\(key): \(again.text)")
                #expect(again.text == first.text, "\(key)")
                #expect(try await api.wallet.head() == head, "\(key) was carried out again")
            }
            let again = try await api.send(
                .put, "/v1/accounts/\(ann)/limits", limits, key: "limit")
            #expect(again.text == limited.text)
            #expect(try await api.wallet.head() == head)
            #expect(try await api.balance(ann) == balance)
        }
    }

    @Test func `a key belongs to its credential and its request`() async throws {
        try await TestAPI.run { api in
            let ann = try await api.openAccount("ann", funds: "100.00")
            let bob = try await api.openAccount("bob")
            let pay = api.payment(ann, bob, "1.00")
            let first = try await api.post("/v1/transfers", pay, key: "k")
            let otherBody = try await api.postInVain(
                "/v1/transfers", api.payment(ann, bob, "2.00"), key: "k")
            #expect(otherBody.status == 422 && otherBody.code == "idempotency_key_reused")
            let otherPath = try await api.postInVain("/v1/authorizations", pay, key: "k")
            #expect(otherPath.code == "idempotency_key_reused")
            let other = try await api.send(
                .post, "/v1/transfers", pay, key: "k", bearer: TestAPI.otherKey)
            #expect(other.status == 201 && other["id"] != first["id"])
            #expect(try await api.balance(ann)[0] == "98.00")
            for key in ["", "a b", "é", String(repeating: "k", count: 256)] {
                let reply = try await api.post("/v1/transfers", pay, key: key)
                #expect(reply.status == 400 && reply.code == "invalid_idempotency_key")
            }
        }
    }

    @Test func `a refusal for want of funds does not burn the key, a decline does`() async throws {
        try await TestAPI.run { api in
            api.engine.decide(600, .decline)
            let ann = try await api.openAccount("ann")
            let bob = try await api.openAccount("bob")
            let pay = api.payment(ann, bob, "5.00")
            #expect(
                try await api.post("/v1/transfers", pay, key: "a").code == "insufficient_funds")
            _ = try await api.post("/v1/accounts/\(ann)/fund", #"{"amount":\#(usd("50.00"))}"#)
            #expect(try await api.post("/v1/transfers", pay, key: "a").status == 201)
            let declined = try await api.post(
                "/v1/transfers", api.payment(ann, bob, "6.00"), key: "b")
            api.engine.decide(600, .approve)
            let again = try await api.post(
                "/v1/transfers", api.payment(ann, bob, "6.00"), key: "b")
            #expect(again.bytes == declined.bytes)
        }
    }

    @Test func `the same key at the same time makes one transfer, and all are told of it`()
        async throws
    {
        try await TestAPI.run { api in
            let ann = try await api.openAccount("ann", funds: "100.00")
            let bob = try await api.openAccount("bob")
            let pay = api.payment(ann, bob, "1.00")
            let ids = try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<20 {
                    group.addTask { try await api.post("/v1/transfers", pay, key: "k")["id"].text }
                }
                return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
            }
            #expect(ids.count == 1 && ids.first != .some(nil))
            #expect(try await api.balance(ann) == ["99.00", "0.00", "99.00"])
        }
    }
}
