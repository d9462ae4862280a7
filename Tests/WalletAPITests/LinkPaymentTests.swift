import EventLog
import PostgreSQL
import Testing

@testable import People
@testable import PersonalWallets
@testable import WalletAPI

/// What uses up a payment link, and what does not.
@Suite struct LinkPaymentTests {
    /// A link of somebody's. Returns its secret.
    private static func link(
        _ api: TestAPI, _ somebody: TestAPI.Somebody, _ fields: String
    ) async throws -> String {
        let made = try await api.mine(somebody, "links", "{\(fields)}")
        #expect(made.status == 201, "\(made.text)")
        return try #require(made["url"].text?.split(separator: "/").last.map(String.init))
    }

    private static func uses(
        _ api: TestAPI, _ somebody: TestAPI.Somebody
    ) async throws -> [Int64] {
        try await api.personalWallets.links(of: somebody.id).map(\.uses)
    }

    @Test func `the same request takes one use, and is answered as the first time`() async throws {
        try await TestAPI.withTwo { api, ann, bob in
            let secret = try await Self.link(
                api, bob, #""amount":\#(usd("5.00")),"maximum_uses":1"#)
            let body = #"{"link":"\#(secret)"}"#
            let paid = try await api.mine(ann, "payments", body, key: "k")
            #expect(paid.status == 201 && paid["state"].text == "posted", "\(paid.text)")
            let again = try await api.mine(ann, "payments", body, key: "k")
            #expect(again.status == 201 && again["id"] == paid["id"], "\(again.text)")
            #expect(try await api.mine(ann, "payments", body, key: "l").code == "link_ended")
            #expect(try await api.mine(ann, "payments", body).code == "link_ended")
            // Another request under the key is none that was answered before.
            let other = #"{"link":"\#(secret)","amount":\#(usd("5.00"))}"#
            let reused = try await api.mine(ann, "payments", other, key: "k")
            #expect(reused.status == 422, "\(reused.text)")
            #expect(try await Self.uses(api, bob) == [1])
            #expect(try await api.available(bob.token) == "5.00")
        }
    }

    @Test func `the same request many times at once takes one use`() async throws {
        try await TestAPI.withTwo { api, ann, bob in
            let secret = try await Self.link(
                api, bob, #""amount":\#(usd("5.00")),"maximum_uses":2"#)
            let replies = try await withThrowingTaskGroup(of: Reply.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        try await api.mine(ann, "payments", #"{"link":"\#(secret)"}"#, key: "k")
                    }
                }
                return try await group.reduce(into: [Reply]()) { $0.append($1) }
            }
            #expect(replies.allSatisfy { $0.status == 201 })
            #expect(Set(replies.map { $0["id"].text }).count == 1)
            #expect(try await Self.uses(api, bob) == [1])
        }
    }

    @Test func `what is refused or declined leaves the use, also when it is asked for again`()
        async throws
    {
        try await TestAPI.withTwo { api, ann, bob in
            let secret = try await Self.link(api, bob, #""currency":"USD","maximum_uses":1"#)
            func pay(_ value: String, _ key: String) async throws -> Reply {
                try await api.mine(
                    ann, "payments", #"{"link":"\#(secret)","amount":\#(usd(value))}"#, key: key)
            }
            for _ in 0..<2 {
                #expect(try await pay("150.00", "poor").code == "insufficient_funds")
            }
            api.engine.decide(700, .decline)
            let declined = try await pay("7.00", "no")
            #expect(declined["state"].text == "voided", "\(declined.text)")
            #expect(try await pay("7.00", "no")["id"] == declined["id"])
            #expect(try await Self.uses(api, bob) == [0])
            // What was refused for want of money can be paid once it is there.
            try await api.fund(ann, "100")
            #expect(try await pay("150.00", "poor").status == 201)
            #expect(try await pay("7.00", "no")["id"] == declined["id"])
            #expect(try await pay("1.00", "late").code == "link_ended")
            #expect(try await Self.uses(api, bob) == [1])
        }
    }

    @Test func `a payment that waits has its use until it is declined`() async throws {
        try await TestAPI.withTwo { api, ann, bob in
            let secret = try await Self.link(
                api, bob, #""amount":\#(usd("7.00")),"maximum_uses":1"#)
            let body = #"{"link":"\#(secret)"}"#
            api.engine.decide(700, .hold)
            let held = try await api.mine(ann, "payments", body, key: "k")
            #expect(held["state"].text == "held", "\(held.text)")
            api.clock.shift(seconds: 121)
            await api.personalWallets.doChores()
            #expect(try await api.mine(ann, "payments", body).code == "link_ended")
            let id = try #require(held["id"].text)
            let declined = try await api.post("/v1/reviews/\(id)/decline", "{}")
            #expect(declined.status == 200, "\(declined.text)")
            api.clock.shift(seconds: 121)
            await api.personalWallets.doChores()
            #expect(try await Self.uses(api, bob) == [0])
            api.engine.decide(700, .approve)
            #expect(try await api.mine(ann, "payments", body).status == 201)
            #expect(try await api.mine(ann, "payments", body, key: "k")["id"] == held["id"])
            #expect(try await Self.uses(api, bob) == [1])
        }
    }

    @Test func `a use whose payment never came to be is given back`() async throws {
        try await TestAPI.withTwo { api, ann, bob in
            let secret = try await Self.link(
                api, bob, #""amount":\#(usd("7.00")),"maximum_uses":1"#)
            let row = try await api.personalWallets.row(of: secret)
            // As by a process that was killed before it asked the ledger.
            let now = api.clock.now
            _ = try await api.personalWallets.transact {
                connection throws(PostgreSQLError) -> People.Answer<TransferID?> in
                let taken = try LinkUseRow.take(
                    of: row, key: nil, transfer: .fresh(at: now), at: now, on: &connection)
                return .success(taken)
            }
            let body = #"{"link":"\#(secret)"}"#
            #expect(try await api.mine(ann, "payments", body).code == "link_ended")
            await api.personalWallets.doChores()
            #expect(try await Self.uses(api, bob) == [1])
            api.clock.shift(seconds: 121)
            await api.personalWallets.doChores()
            #expect(try await api.mine(ann, "payments", body).status == 201)
        }
    }
}
