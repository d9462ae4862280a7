import AuditTrail
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
