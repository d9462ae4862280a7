import Identity
import Testing

@testable import PersonalWallets
@testable import WalletAPI

@Suite struct MoneyRequestTests {
    private static func ask(
        _ api: TestAPI, _ who: TestAPI.Somebody, _ shares: String, more: String = ""
    ) async throws -> Reply {
        try await api.mine(who, "requests", #"{"shares":[\#(shares)]\#(more)}"#)
    }

    private static func from(_ handle: String, _ value: String) -> String {
        #"{"from":"@\#(handle)","amount":\#(usd(value))}"#
    }

    @Test func `one asks, the other pays, once`() async throws {
        try await TestAPI.withTwo { api, ann, bob in
            let asked = try await Self.ask(
                api, bob, Self.from("ann", "20.00"), more: #","note":"Pizza""#)
            #expect(asked.status == 201, "\(asked.text)")
            let id = try #require(asked["id"].text)
            let seen = try await api.ask(ann, "requests")
            #expect(seen["requests"][0]["id"].text == id)
            #expect(seen["requests"][0]["note"].text == "Pizza")
            #expect(seen["requests"][0]["requester"]["handle"].text == "bob")
            let paid = try await api.mine(ann, "requests/\(id)/pay", key: "k")
            #expect(paid.status == 201 && paid["state"].text == "posted", "\(paid.text)")
            let again = try await api.mine(ann, "requests/\(id)/pay", key: "k")
            #expect(again["id"] == paid["id"], "\(again.text)")
            let twice = try await api.mine(ann, "requests/\(id)/pay")
            #expect(twice.status == 409 && twice.code == "request_paid", "\(twice.text)")
            #expect(try await api.available(ann.token) == "80.00")
            let after = try await api.ask(bob, "requests/\(id)")
            #expect(after["shares"][0]["state"].text == "paid")
            #expect(after["shares"][0]["payment"] == paid["id"])
            let made = try await api.ask(bob, "requests?made=true")
            #expect(made["requests"].elements.count == 1)
        }
    }

    @Test func `of many who pay at once one pays`() async throws {
        try await TestAPI.withTwo { api, ann, bob in
            let asked = try await Self.ask(api, bob, Self.from("ann", "20.00"))
            let id = try #require(asked["id"].text)
            let replies = try await withThrowingTaskGroup(of: Reply.self) { group in
                for _ in 0..<8 {
                    group.addTask { try await api.mine(ann, "requests/\(id)/pay") }
                }
                return try await group.reduce(into: [Reply]()) { $0.append($1) }
            }
            #expect(replies.filter { $0.status == 201 }.count == 1)
            for reply in replies where reply.status != 201 {
                #expect(
                    ["request_paid", "payment_under_way"].contains(reply.code), "\(reply.text)")
            }
            #expect(try await api.available(ann.token) == "80.00")
            #expect(try await api.available(bob.token) == "20.00")
        }
    }

    @Test func `a bill is split by weights to the last cent, and each sees their own share`()
        async throws
    {
        try await TestAPI.withTwo { api, ann, bob in
            let cleo = try await api.somebody("cleo")
            let dan = try await api.somebody("dan")
            let asked = try await api.mine(
                ann, "requests",
                #"{"total":\#(usd("10.00")),"shares":[{"from":"@bob"},{"from":"@cleo"},{"from":"dan@example.org"}]}"#
            )
            #expect(
                asked["shares"].elements.map { $0["amount"]["value"].text } == [
                    "3.34", "3.33", "3.33",
                ], "\(asked.text)")
            let id = try #require(asked["id"].text)
            for (person, amount) in [(bob, "3.34"), (cleo, "3.33"), (dan, "3.33")] {
                let own = try await api.ask(person, "requests/\(id)")
                #expect(own["shares"].elements.map { $0["amount"]["value"].text } == [amount])
            }
            let eve = try await api.somebody("eve")
            #expect(try await api.ask(eve, "requests/\(id)").code == "unknown_request")
            #expect(try await api.mine(eve, "requests/\(id)/pay").code == "unknown_request")
            #expect(try await api.mine(bob, "requests/\(id)/cancel").code == "unknown_request")
        }
    }

    /// Bob asks Ann by an address that is nobody's yet, and by her handle; then the address is hers.
    private static func askTwice(
        _ api: TestAPI, _ bob: TestAPI.Somebody, of ann: TestAPI.Somebody, _ number: String
    ) async throws -> String {
        let asked = try await Self.ask(
            api, bob,
            #"{"from":"\#(number)","amount":\#(usd("7.00"))},"# + Self.from("ann", "5.00"))
        #expect(asked.status == 201, "\(asked.text)")
        let added = try await api.mine(ann, "contacts", #"{"phone":"\#(number)"}"#)
        let contact = try #require(added["id"].text)
        let code = try await api.sender.code(of: contact)
        let confirmed = try await api.mine(
            ann, "contacts/\(contact)/confirm", #"{"code":"\#(code)"}"#)
        #expect(confirmed.status == 201, "\(confirmed.text)")
        return try #require(asked["id"].text)
    }

    @Test func `who is asked twice by one request pays both shares, each once`() async throws {
        try await TestAPI.withTwo { api, ann, bob in
            let id = try await Self.askTwice(api, bob, of: ann, "+4930901820")
            #expect(try await api.ask(ann, "requests/\(id)")["shares"].elements.count == 2)
            let first = try await api.mine(ann, "requests/\(id)/pay", key: "a")
            #expect(first.status == 201, "\(first.text)")
            let again = try await api.mine(ann, "requests/\(id)/pay", key: "a")
            #expect(again["id"] == first["id"], "\(again.text)")
            let second = try await api.mine(ann, "requests/\(id)/pay", key: "b")
            #expect(second.status == 201 && second["id"] != first["id"], "\(second.text)")
            let third = try await api.mine(ann, "requests/\(id)/pay", key: "c")
            #expect(third.status == 409 && third.code == "request_paid", "\(third.text)")
            #expect(try await api.available(bob.token) == "12.00")
            let seen = try await api.ask(bob, "requests/\(id)")
            #expect(seen["shares"].elements.map { $0["state"].text } == ["paid", "paid"])
        }
    }

    @Test func `who is asked twice by one request declines both shares`() async throws {
        try await TestAPI.withTwo { api, ann, bob in
            let id = try await Self.askTwice(api, bob, of: ann, "+4930901820")
            let declined = try await api.mine(ann, "requests/\(id)/decline")
            #expect(
                declined["shares"].elements.map { $0["state"].text } == ["declined", "declined"],
                "\(declined.text)")
            #expect(try await api.mine(ann, "requests/\(id)/pay").code == "request_declined")
        }
    }

    @Test func `it is declined, cancelled or expires, and then nothing is paid`() async throws {
        try await TestAPI.withTwo { api, ann, bob in
            _ = try await api.pay(ann.token, "@bob", "1.00")
            func ask() async throws -> String {
                try #require(
                    try await Self.ask(
                        api, bob, Self.from("ann", "2.00"), more: #","expires_in_seconds":3600"#)[
                            "id"
                        ].text)
            }
            let (declined, cancelled, expired) = (try await ask(), try await ask(), try await ask())
            #expect(
                try await api.mine(ann, "requests/\(declined)/decline")["shares"][0]["state"].text
                    == "declined")
            #expect(
                try await api.mine(bob, "requests/\(cancelled)/cancel")["shares"][0]["state"].text
                    == "cancelled")
            api.clock.shift(seconds: 4_000)
            #expect(
                try await api.mine(ann, "requests/\(expired)/pay").code == "request_expired")
            await api.personalWallets.doChores()
            for (id, code) in [
                (declined, "request_declined"), (cancelled, "request_cancelled"),
                (expired, "request_expired"),
            ] {
                let reply = try await api.mine(ann, "requests/\(id)/pay")
                #expect(reply.status == 409 && reply.code == code, "\(reply.text)")
            }
            #expect(try await api.available(ann.token) == "99.00")
        }
    }

    @Test func `strangers are asked once, those who know each other more often, none who blocks`()
        async throws
    {
        try await TestAPI.withTwo { api, ann, bob in
            #expect(try await Self.ask(api, bob, Self.from("ann", "2.00")).status == 201)
            let second = try await Self.ask(api, bob, Self.from("ann", "2.00"))
            #expect(second.status == 409 && second.code == "request_open", "\(second.text)")
            _ = try await api.pay(ann.token, "@bob", "1.00")
            #expect(try await Self.ask(api, bob, Self.from("ann", "2.00")).status == 201)
            let blocked = try await api.mine(ann, "blocks", #"{"person":"@bob"}"#)
            #expect(blocked.status == 204, "\(blocked.text)")
            for reply in [
                try await Self.ask(api, bob, Self.from("ann", "2.00")),
                try await api.pay(bob.token, "@ann", "0.50"),
                try await api.pay(ann.token, "@bob", "0.50"),
            ] { #expect(reply.status == 403 && reply.code == "payee_unavailable", "\(reply.text)") }
            let list = try await api.ask(ann, "blocks")
            #expect(list["blocks"][0]["person"]["handle"].text == "bob")
            _ = try await api.send(.delete, "/v1/me/blocks/\(bob.id)", bearer: ann.token)
            #expect(try await api.pay(ann.token, "@bob", "0.50").status == 201)
            let twice = try await Self.ask(
                api, bob,
                [Self.from("ann", "1.00"), Self.from("ann", "1.00")].joined(separator: ","))
            #expect(twice.status == 422 && twice.code == "asked_twice")
        }
    }

    @Test func `only so many strangers are asked in a day`() async throws {
        try await TestAPI.withTwo { api, ann, _ in
            for index in 0..<10 {
                let asked = try await api.mine(
                    ann, "requests",
                    #"{"shares":[{"from":"p\#(index)@example.org","amount":\#(usd("1.00"))}]}"#)
                #expect(asked.status == 201, "\(asked.text)")
            }
            let body = #"{"shares":[{"from":"p99@example.org","amount":\#(usd("1.00"))}]}"#
            let last = try await api.mine(ann, "requests", body)
            #expect(last.status == 429 && last.code == "asked_enough", "\(last.text)")
            api.clock.shift(seconds: 86_401)
            #expect(try await api.mine(ann, "requests", body).status == 201)
        }
    }

    @Test func `they are reminded now and then, and no more than three times`() async throws {
        try await TestAPI.withTwo { api, _, bob in
            let asked = try await Self.ask(api, bob, Self.from("ann", "2.00"))
            let id = try #require(asked["id"].text)
            let soon = try await api.mine(bob, "requests/\(id)/remind")
            #expect(soon.status == 429 && soon.code == "reminded_lately")
            #expect(soon.headers[.retryAfter].flatMap(Int.init) ?? 0 > 86_000)
            for _ in 0..<3 {
                api.clock.shift(seconds: 86_401)
                #expect(try await api.mine(bob, "requests/\(id)/remind").status == 200)
            }
            api.clock.shift(seconds: 86_401)
            #expect(
                try await api.mine(bob, "requests/\(id)/remind").code == "nobody_to_remind")
        }
    }

    @Test func `a share whose payment is held is neither paid twice nor lost`() async throws {
        try await TestAPI.withTwo { api, ann, bob in
            api.engine.decide(2_000, .hold)
            let asked = try await Self.ask(api, bob, Self.from("ann", "20.00"))
            let id = try #require(asked["id"].text)
            let held = try await api.mine(ann, "requests/\(id)/pay")
            #expect(held["state"].text == "held")
            #expect(try await api.mine(ann, "requests/\(id)/pay").code == "payment_under_way")
            #expect(try await api.mine(ann, "requests/\(id)/decline").code == "payment_under_way")
            let payment = try #require(held["id"].text)
            let declined = try await api.post(
                "/v1/reviews/\(payment)/decline", #"{"note":"no"}"#)
            #expect(declined.status == 200, "\(declined.text)")
            api.engine.decide(2_000, .approve)
            let paid = try await api.mine(ann, "requests/\(id)/pay")
            #expect(paid["state"].text == "posted" && paid["id"] != held["id"], "\(paid.text)")
            #expect(try await api.available(ann.token) == "80.00")
        }
    }
}
