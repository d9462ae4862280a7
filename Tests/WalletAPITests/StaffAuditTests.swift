import AuditTrail
import Identity
import PostgreSQL
import Testing

@testable import WalletAPI

/// What staff does is in the audit log; large releases need two of them.
@Suite struct StaffAuditTests {
    private static func acts(_ api: TestAPI) async throws -> [String] {
        try await api.wallet.queries.transaction { connection throws(PostgreSQLError) in
            let rows = try connection.query(
                Statement(
                    "test.acts",
                    "SELECT actor || ' ' || act || ' ' || outcome FROM audit_entry ORDER BY index"))
            return (0..<rows.count).map { rows.text($0, 0) }
        }
    }

    @Test func `reviews, freezes, lists and refused scopes are recorded with who did them`()
        async throws
    {
        try await TestAPI.run { api in
            api.engine.decide(700, .hold)
            let payer = try await api.openAccount("payer", funds: "100")
            let payee = try await api.openAccount("payee")
            let held = try await api.post(
                "/v1/transfers",
                #"{"payer":"\#(payer)","payee":"\#(payee)","amount":\#(usd("7.00"))}"#)
            let id = try #require(held["id"].text)
            _ = try await api.post("/v1/reviews/\(id)/release", #"{"note":"known"}"#)
            _ = try await api.post("/v1/accounts/\(payer)/freeze", #"{"debits":true}"#)
            let missing = "00000000-0000-7000-8000-000000000001"
            _ = try await api.post("/v1/reviews/\(missing)/release", "{}")
            try await api.registerApplication()
            _ = try await api.register("ann@example.org")
            let token = try await api.token("ann@example.org")
            let refused = try await api.send(.get, "/v1/reviews", bearer: token)
            #expect(refused.status == 403)
            let acts = try await Self.acts(api)
            for expected in [
                "operator account.funded 1", "operator payment.reviewed 1",
                "operator limits.changed 1", "operator payment.reviewed 2",
            ] { #expect(acts.contains(expected), "\(expected): \(acts)") }
            #expect(acts.contains { $0.hasSuffix("scope.refused 2") })
        }
    }

    @Test func `staff acts are recorded before they are done, and not done if they cannot be`()
        async throws
    {
        try await TestAPI.run { api in
            let account = try await api.openAccount("a")
            let path = "/v1/accounts/\(account)/freeze"
            #expect(try await api.post(path, #"{"debits":true}"#).status == 200)
            let acts = try await Self.acts(api)
            #expect(acts.suffix(2) == ["operator staff.asked 1", "operator limits.changed 1"])
            try await api.wallet.queries.transaction { connection throws(PostgreSQLError) in
                try connection.execute("ALTER TABLE audit_head RENAME TO audit_head_gone")
            }
            let refused = try await api.post(path, #"{"credits":true}"#)
            #expect(refused.status == 503, "\(refused.text)")
            let view = try await api.get("/v1/accounts/\(account)")
            #expect(view["debits_frozen"] == .bool(true) && view["credits_frozen"] == .bool(false))
        }
    }

    @Test func `above the limit a release needs two, below it one`() async throws {
        try await TestAPI.run(fourEyes: [840: 10_000]) { api in
            api.engine.decide(20_000, .hold)
            api.engine.decide(5_000, .hold)
            let payer = try await api.openAccount("payer", funds: "1000")
            let payee = try await api.openAccount("payee")
            func hold(_ value: String) async throws -> String {
                let held = try await api.post(
                    "/v1/transfers",
                    #"{"payer":"\#(payer)","payee":"\#(payee)","amount":\#(usd(value))}"#)
                #expect(held["state"].text == "held", "\(held.text)")
                return try #require(held["id"].text)
            }
            let large = try await hold("200.00")
            for _ in 0..<2 {
                let first = try await api.post("/v1/reviews/\(large)/release", #"{"note":"a"}"#)
                #expect(first.status == 202 && first["state"].text == "held", "\(first.text)")
            }
            let second = try await api.send(
                .post, "/v1/reviews/\(large)/release", #"{"note":"b"}"#, bearer: TestAPI.otherKey)
            #expect(second.status == 200 && second["state"].text == "posted", "\(second.text)")
            let small = try await hold("50.00")
            let alone = try await api.post("/v1/reviews/\(small)/release", "{}")
            #expect(alone.status == 200 && alone["state"].text == "posted")
            // To decline one is enough.
            let other = try await hold("200.00")
            let declined = try await api.post("/v1/reviews/\(other)/decline", "{}")
            #expect(declined.status == 200 && declined["state"].text == "voided")
        }
    }

    @Test func `who says that a payer passed a challenge is recorded, and large ones need two`()
        async throws
    {
        try await TestAPI.run(fourEyes: [840: 10_000]) { api in
            api.engine.decide(20_000, .challenge)
            api.engine.decide(5_000, .challenge)
            let payer = try await api.openAccount("payer", funds: "1000")
            let payee = try await api.openAccount("payee")
            func challenged(_ value: String) async throws -> String {
                let paid = try await api.post("/v1/transfers", api.payment(payer, payee, value))
                #expect(paid["state"].text == "challenged", "\(paid.text)")
                return try #require(paid["id"].text)
            }
            func answer(
                _ id: String, _ passed: Bool = true, bearer: String = TestAPI.key
            ) async throws -> Reply {
                try await api.send(
                    .post, "/v1/transfers/\(id)/challenge", #"{"passed":\#(passed)}"#, key: id,
                    bearer: bearer)
            }
            let large = try await challenged("200.00")
            for _ in 0..<2 {
                let alone = try await answer(large)
                #expect(alone.status == 202 && alone["state"].text == "challenged", "\(alone.text)")
            }
            let second = try await answer(large, bearer: TestAPI.otherKey)
            #expect(second.status == 200 && second["state"].text == "posted", "\(second.text)")
            // To ask for its release and to say that the payer passed are two who let it through, too.
            let mixed = try await challenged("200.00")
            #expect(try await answer(mixed, bearer: TestAPI.otherKey).status == 202)
            let released = try await api.post("/v1/reviews/\(mixed)/release", "{}")
            #expect(released.status == 200 && released["state"].text == "posted")
            let small = try await challenged("50.00")
            let posted = try await answer(small)
            #expect(posted.status == 200 && posted["state"].text == "posted", "\(posted.text)")
            let again = try await answer(small)
            #expect(again.status == 200 && again["id"] == posted["id"], "\(again.text)")
            let failed = try await answer(try await challenged("200.00"), false)
            #expect(failed.status == 200 && failed["state"].text == "voided", "\(failed.text)")
            let acts = try await Self.acts(api)
            #expect(acts.contains("operator payment.challenge_answered 1"), "\(acts)")
            #expect(acts.contains("partner payment.challenge_answered 1"), "\(acts)")
        }
    }

    @Test func `a program and who registered it are one of the two`() async throws {
        try await TestAPI.run(fourEyes: [840: 10_000]) { api in
            api.engine.decide(20_000, .hold)
            try await api.registerApplication()
            func staff(_ name: String) async throws -> String {
                let id = try await api.register("\(name)@example.org")
                let given = try await api.send(
                    .put, "/v1/people/\(id)/role", #"{"role":"operator"}"#)
                #expect(given.status == 204, "\(given.text)")
                return try await api.token("\(name)@example.org")
            }
            /// A program that somebody registers, with a token.
            func program(_ id: String, by bearer: String) async throws -> String {
                let registered = try await api.send(
                    .post, "/v1/clients",
                    #"{"id":"\#(id)","name":"P","scope":"reviews:write"}"#,
                    bearer: bearer)
                let secret = try #require(registered["secret"].text, "\(registered.text)")
                let granted = try await api.form(
                    "/oauth/token",
                    [
                        ("grant_type", "client_credentials"), ("client_id", id),
                        ("client_secret", secret),
                    ])
                return try #require(granted["access_token"].text, "\(granted.text)")
            }
            let (ann, bob) = (try await staff("ann"), try await staff("bob"))
            let hers = try await program("hers", by: ann)
            // One that her program registered would be hers as well.
            _ = try await api.people.registerClient(
                "further", name: "P", redirectURIs: [], scopes: .reviewsWrite, isConfidential: true,
                by: "client:hers")
            let behind = try await api.people.principal(of: "client:further")
            #expect(behind == (try await api.people.principal(of: "client:hers")))
            #expect(behind.hasPrefix("person:"))
            #expect(try await api.people.principal(of: "operator") == "operator")
            #expect(try await api.people.principal(of: "client:nobody") == "client:nobody")
            let payer = try await api.openAccount("payer", funds: "1000")
            let payee = try await api.openAccount("payee")
            let held = try await api.post("/v1/transfers", api.payment(payer, payee, "200.00"))
            let id = try #require(held["id"].text)
            func release(_ bearer: String) async throws -> Reply {
                try await api.send(.post, "/v1/reviews/\(id)/release", "{}", bearer: bearer)
            }
            for bearer in [ann, hers] {
                let alone = try await release(bearer)
                #expect(alone.status == 202, "\(alone.text)")
            }
            let second = try await release(bob)
            #expect(second.status == 200 && second["state"].text == "posted", "\(second.text)")
        }
    }

    @Test func `an identifier that is far too long is refused, and the act is recorded without it`()
        async throws
    {
        try await TestAPI.run { api in
            let long = String(repeating: "a", count: 201)
            let declined = try await api.post("/v1/reviews/\(long)/decline", "{}")
            #expect(declined.status == 400, "\(declined.text)")
            let ended = try await api.send(
                .delete, "/v1/me/standing-payments/\(long)", bearer: TestAPI.key)
            #expect(ended.status == 403, "\(ended.text)")
            let acts = try await Self.acts(api)
            #expect(acts.contains("operator payment.reviewed 2"), "\(acts)")
            #expect(acts.contains("operator scope.refused 2"), "\(acts)")
        }
    }
}
