import PostgreSQL
import Testing

@testable import People
@testable import PersonalWallets
@testable import WalletAPI

/// Pockets, links, favourites, standing payments, and the history over all.
@Suite struct PayeeTests {
    @Test func `money is put aside and taken out again, and only an empty pocket is closed`()
        async throws
    {
        try await TestAPI.withTwo { api, ann, bob in
            let body = #"{"name":"Holidays","currency":"USD","goal":\#(usd("500.00"))}"#
            let opened = try await api.mine(ann, "pockets", body, key: "p")
            #expect(opened.status == 201, "\(opened.text)")
            let again = try await api.mine(ann, "pockets", body, key: "p")
            #expect(again["id"] == opened["id"])
            let id = try #require(opened["id"].text)
            let put = try await api.mine(
                ann, "pockets/\(id)/deposit", #"{"amount":\#(usd("40.00"))}"#)
            #expect(put.status == 201 && put["kind"].text == "book", "\(put.text)")
            #expect(try await api.available(ann.token) == "60.00")
            let pockets = try await api.ask(ann, "pockets")
            #expect(pockets["pockets"].elements.count == 1)
            #expect(pockets["pockets"][0]["balance"]["value"].text == "40.00")
            #expect(pockets["pockets"][0]["name"].text == "Holidays")
            #expect(
                try await api.mine(
                    bob, "pockets/\(id)/withdraw", #"{"amount":\#(usd("1.00"))}"#
                ).code
                    == "unknown_pocket")
            let full = try await api.send(.delete, "/v1/me/pockets/\(id)", bearer: ann.token)
            #expect(full.status == 409 && full.code == "pocket_not_empty")
            _ = try await api.mine(
                ann, "pockets/\(id)/withdraw", #"{"amount":\#(usd("40.00"))}"#)
            let closed = try await api.send(.delete, "/v1/me/pockets/\(id)", bearer: ann.token)
            #expect(closed.status == 204)
            #expect(try await api.ask(ann, "pockets")["pockets"].elements.isEmpty)
            #expect(try await api.available(ann.token) == "100.00")
        }
    }

    @Test func `pockets that were closed count, too, towards how many there can ever be`()
        async throws
    {
        try await TestAPI.withTwo { api, ann, _ in
            // As if they had been opened and closed.
            let person = ann.id
            try await api.personalWallets.transact {
                connection throws(PostgreSQLError) -> People.Answer<Void> in
                _ = try connection.query(
                    Statement(
                        "test.pockets",
                        """
                        INSERT INTO pocket (account, person_id, currency, name, opened_at, closed_at)
                        SELECT gen_random_uuid(), $1, 'USD', '', 1, 2 FROM generate_series(1, 499)
                        """), Parameters { $0.add(person) })
                return .success(())
            }
            let body = #"{"name":"P","currency":"USD"}"#
            let last = try await api.mine(ann, "pockets", body)
            #expect(last.status == 201, "\(last.text)")
            let id = try #require(last["id"].text)
            let closed = try await api.send(.delete, "/v1/me/pockets/\(id)", bearer: ann.token)
            #expect(closed.status == 204)
            let more = try await api.mine(ann, "pockets", body)
            #expect(more.status == 409 && more.code == "too_many_pockets", "\(more.text)")
        }
    }

    @Test func `the history over all goes through wallets and pockets, page by page`() async throws
    {
        try await TestAPI.withTwo { api, ann, _ in
            try await api.fund(ann, "5", "EUR")
            let opened = try await api.mine(ann, "pockets", #"{"name":"P","currency":"USD"}"#)
            let id = try #require(opened["id"].text)
            for _ in 0..<6 {
                _ = try await api.mine(
                    ann, "pockets/\(id)/deposit", #"{"amount":\#(usd("1.00"))}"#)
                _ = try await api.pay(ann.token, "@bob", "1.00")
            }
            let whole = try await api.ask(ann, "history?limit=200")
            let all = whole["entries"].elements.map {
                [$0["sequence"].text, $0["account"].text, $0["posted"]["value"].text]
            }
            var pages: [[String?]] = []
            var before = ""
            repeat {
                let page = try await api.ask(ann, "history?limit=3\(before)")
                pages += page["entries"].elements.map {
                    [$0["sequence"].text, $0["account"].text, $0["posted"]["value"].text]
                }
                before = page["next"].text.map { "&before=\($0)" } ?? ""
            } while !before.isEmpty
            #expect(pages == all)
            #expect(Set(all.map { $0[1] }).count == 3)
            let numbers = all.compactMap { $0[0].flatMap { Int($0) } }
            #expect(numbers == numbers.sorted(by: >))
        }
    }

    @Test func `a link is paid at as often as it may be, and no more`() async throws {
        try await TestAPI.withTwo { api, ann, bob in
            let made = try await api.mine(
                bob, "links", #"{"amount":\#(usd("5.00")),"note":"Cake","maximum_uses":2}"#)
            #expect(made.status == 201, "\(made.text)")
            let url = try #require(made["url"].text)
            #expect(url.hasPrefix("\(TestAPI.issuer)/pay/pay_"))
            let secret = try #require(url.split(separator: "/").last.map(String.init))
            let seen = try await api.mine(ann, "links/look", #"{"link":"\#(secret)"}"#)
            #expect(seen["payee"]["handle"].text == "bob" && seen["note"].text == "Cake")
            #expect(seen["url"] == .null)
            func pay(_ more: String = "") async throws -> Reply {
                try await api.mine(ann, "payments", #"{"link":"\#(secret)"\#(more)}"#)
            }
            #expect(try await pay(#","amount":\#(usd("4.00"))"#).code == "wrong_amount")
            let replies = try await withThrowingTaskGroup(of: Reply.self) { group in
                for _ in 0..<6 { group.addTask { try await pay() } }
                return try await group.reduce(into: [Reply]()) { $0.append($1) }
            }
            #expect(replies.filter { $0.status == 201 }.count == 2)
            #expect(replies.filter { $0.code == "link_ended" }.count == 4)
            #expect(try await api.available(bob.token) == "10.00")
            let id = try #require(made["id"].text)
            let code = try await api.ask(bob, "links/\(id)/qr")
            #expect(code.status == 200 && code.headers[.contentType] == "image/svg+xml")
            #expect(code.text.hasPrefix("<svg"))
            #expect(try await api.ask(ann, "links/\(id)/qr").code == "unknown_link")
        }
    }

    @Test func `a payment that is refused uses up no link`() async throws {
        try await TestAPI.withTwo { api, ann, bob in
            let made = try await api.mine(bob, "links", #"{"currency":"USD","maximum_uses":1}"#)
            let secret = try #require(
                made["url"].text?.split(separator: "/").last.map(String.init))
            func pay(_ value: String) async throws -> Reply {
                try await api.mine(
                    ann, "payments", #"{"link":"\#(secret)","amount":\#(usd(value))}"#)
            }
            #expect(try await pay("900.00").code == "insufficient_funds")
            #expect(try await pay("9.00").status == 201)
            #expect(try await pay("9.00").code == "link_ended")
            let id = try #require(made["id"].text)
            let ended = try await api.send(.delete, "/v1/me/links/\(id)", bearer: bob.token)
            #expect(ended.status == 204)
        }
    }

    @Test func `favourites are remembered under names of one's own`() async throws {
        try await TestAPI.withTwo { api, ann, _ in
            let added = try await api.mine(
                ann, "favourites", #"{"payee":"@bob","name":"Bobby"}"#)
            #expect(added.status == 201, "\(added.text)")
            _ = try await api.mine(ann, "favourites", #"{"payee":"@bob","name":"Rob"}"#)
            let list = try await api.ask(ann, "favourites")
            #expect(list["favourites"].elements.map { $0["name"].text } == ["Rob"])
            #expect(list["favourites"][0]["payee"]["handle"].text == "bob")
            let id = try #require(list["favourites"][0]["id"].text)
            #expect(
                try await api.send(.delete, "/v1/me/favourites/\(id)", bearer: ann.token).status
                    == 204)
            #expect(
                try await api.send(.delete, "/v1/me/favourites/\(id)", bearer: ann.token).code
                    == "unknown_favourite")
        }
    }

    private static func order(
        _ api: TestAPI, _ ann: TestAPI.Somebody, _ value: String, every: String, in seconds: Int64,
        more: String = ""
    ) async throws -> Reply {
        let first = api.clock.now.adding(seconds: seconds).rfc3339()
        return try await api.mine(
            ann, "standing-payments",
            #"{"to":"@bob","amount":\#(usd(value)),"every":"\#(every)","first_at":"\#(first)"\#(more)}"#
        )
    }

    @Test func `what is ordered for later is paid when it is due, each time once`() async throws {
        try await TestAPI.withTwo { api, ann, bob in
            let ordered = try await Self.order(
                api, ann, "10.00", every: "day", in: 60, more: #","occurrences":2"#)
            #expect(ordered.status == 201, "\(ordered.text)")
            await api.personalWallets.doChores()
            #expect(try await api.available(bob.token) == nil)
            api.clock.shift(seconds: 61)
            async let one: Void = api.personalWallets.doChores()
            async let other: Void = api.personalWallets.doChores()
            _ = await (one, other)
            #expect(try await api.personalWallets.all(of: bob.id)[0].account.available == 1_000)
            api.clock.shift(seconds: 86_400)
            await api.personalWallets.doChores()
            await api.personalWallets.doChores()
            #expect(try await api.personalWallets.all(of: bob.id)[0].account.available == 2_000)
            let list = try await api.personalWallets.standingPayments(of: ann.id)
            #expect(list.map(\.done) == [2] && list[0].endedAt != nil && list[0].dueAt == nil)
        }
    }

    @Test func `what cannot be paid is tried again, and says why`() async throws {
        try await TestAPI.withTwo { api, ann, _ in
            let ordered = try await Self.order(api, ann, "900.00", every: "once", in: 60)
            let id = try #require(ordered["id"].text)
            api.clock.shift(seconds: 61)
            await api.personalWallets.doChores()
            var list = try await api.personalWallets.standingPayments(of: ann.id)
            #expect(list[0].lastError == "insufficient_funds" && list[0].dueAt != nil)
            for _ in 0..<3 {
                api.clock.shift(seconds: 6 * 3_600 + 1)
                await api.personalWallets.doChores()
            }
            list = try await api.personalWallets.standingPayments(of: ann.id)
            #expect(list[0].endedAt != nil && list[0].lastError == "insufficient_funds")
            let ended = try await api.personalWallets.standingPayments(of: ann.id)[0].id
            #expect("\(ended)" == id)
        }
    }

    @Test func `it is called off by its owner alone`() async throws {
        try await TestAPI.withTwo { api, ann, bob in
            let ordered = try await Self.order(api, ann, "1.00", every: "month", in: 60)
            let id = try #require(ordered["id"].text)
            let path = "/v1/me/standing-payments/\(id)"
            #expect(
                try await api.send(.delete, path, bearer: bob.token).code
                    == "unknown_standing_payment")
            #expect(try await api.send(.delete, path, bearer: ann.token).status == 204)
            api.clock.shift(seconds: 61)
            await api.personalWallets.doChores()
            #expect(try await api.personalWallets.all(of: bob.id).isEmpty)
        }
    }
}
