import Cryptography
import EventLog
import Identity
import PostgreSQL
import SealedNotes
import Testing

@testable import People
@testable import PersonalWallets
@testable import WalletAPI

/// What people are told that is no payment.
@Suite struct AccountNoticeTests {
    /// Somebody's notices of a kind, the newest first, once there are so many.
    private static func notices(
        _ api: TestAPI, _ who: TestAPI.Somebody, _ kind: String, count: Int = 1
    ) async throws -> [JSONValue] {
        var found: [JSONValue] = []
        for _ in 0..<500 {
            let page = try await api.ask(who, "notices?limit=200")
            found = page["notices"].elements.filter { $0["kind"].text == kind }
            if found.count >= count { return found }
            try await Task.sleep(for: .milliseconds(20))
        }
        return found
    }

    /// All of a kind, once nothing waits to be spread any more.
    private static func settled(
        _ api: TestAPI, _ who: TestAPI.Somebody, _ kind: String
    ) async throws -> [JSONValue] {
        // What is told after it has its place after it.
        _ = try await api.mine(who, "data")
        _ = try await notices(api, who, "data_exported")
        return try await notices(api, who, kind, count: 0)
    }

    private static func setKey(
        _ api: TestAPI, _ who: TestAPI.Somebody, _ key: DevicePrivateKey
    ) async throws -> Reply {
        let item =
            #"{"suite":"\#(key.publicKey.suite.name)","key":"\#(Base64URL.encode(key.publicKey.raw))"}"#
        return try await api.send(
            .put, "/v1/me/keys", #"{"keys":[\#(item)]}"#, bearer: who.token)
    }

    @Test func `who changes keys is told, and with whom they shared notes, and nobody else`()
        async throws
    {
        try await TestAPI.withTwo { api, ann, bob in
            let cleo = try await api.somebody("cleo")
            let paid = try await api.pay(ann.token, "@bob", "1.00")
            _ = try await api.pay(ann.token, "@cleo", "1.00")
            let payment = try #require(paid["id"].text.flatMap { TransferID($0) })
            // Bob has written about the payment.
            let (now, writer) = (api.clock.now, bob.id)
            try await api.people.transact {
                connection throws(PostgreSQLError) -> People.Answer<Void> in
                _ = try connection.query(
                    Statement(
                        "test.note",
                        """
                        INSERT INTO sealed_note (id, subject_kind, subject_id, sender_id,
                            sender_version, envelope, created_at)
                        VALUES ('\\x01', 1, $1, $2, 1, '\\x02', $3)
                        """),
                    Parameters {
                        $0.add(uuidHigh: payment.high, low: payment.low)
                        $0.add(uuidHigh: writer.uuid.high, low: writer.uuid.low)
                        $0.add(now.rawValue)
                    })
                return .success(())
            }
            let key = try DevicePrivateKey(suite: .x25519AES256GCM)
            for _ in 0..<2 {
                let set = try await Self.setKey(api, ann, key)
                #expect(set.status == 200, "\(set.text)")
            }
            #expect(try await Self.notices(api, ann, "key_changed").count == 1)
            let told = try await Self.notices(api, bob, "peer_key_changed")
            #expect(told.count == 1 && told.first?["data"]["counterparty"].text == "@ann")
            #expect(try await Self.settled(api, cleo, "peer_key_changed").isEmpty)
            #expect(try await Self.settled(api, bob, "key_changed").isEmpty)
            // What was shared long ago is no reason any more.
            api.clock.shift(seconds: 91 * 86_400)
            _ = try await Self.setKey(api, ann, try DevicePrivateKey(suite: .x25519AES256GCM))
            #expect(try await Self.notices(api, ann, "key_changed", count: 2).count == 2)
            #expect(try await Self.settled(api, bob, "peer_key_changed").count == 1)
        }
    }

    @Test func `a key for notes is brought by who has just shown who they are`() async throws {
        try await TestAPI.run(sharesClock: true) { api in
            try await api.registerApplication()
            let ann = try await api.somebody("ann")
            let key = try DevicePrivateKey(suite: .x25519AES256GCM)
            #expect(try await Self.setKey(api, ann, key).status == 200)
            api.clock.shift(seconds: 601)
            // The same once more changes nothing.
            #expect(try await Self.setKey(api, ann, key).status == 200)
            let other = try DevicePrivateKey(suite: .x25519AES256GCM)
            let refused = try await Self.setKey(api, ann, other)
            #expect(refused.status == 403 && refused.code == "step_up_required", "\(refused.text)")
            let shown = try await api.mine(
                ann, "step-up", #"{"password":"\#(TestAPI.password)"}"#)
            #expect(shown.status == 204, "\(shown.text)")
            #expect(try await Self.setKey(api, ann, other).status == 200)
            // To take one away nobody need show anything.
            let tokens = try await api.tokens("@ann")
            let later: TestAPI.Somebody = (ann.id, try #require(tokens["access_token"].text))
            #expect(try await Self.setKey(api, later, key).status == 200)
            api.clock.shift(seconds: 601)
            let none = try await api.send(
                .put, "/v1/me/keys", #"{"keys":[]}"#, bearer: later.token)
            #expect(none.status == 200, "\(none.text)")
        }
    }

    @Test func `a device not seen before asks for the second factor, and is told of`() async throws
    {
        try await TestAPI.run(sharesClock: true) { api in
            try await api.registerApplication()
            let ann = try await api.somebody("ann")
            #expect(try await Self.notices(api, ann, "new_device").count == 1)
            let secret = try await api.people.beginTimeBasedCodes(of: ann.id).secret
            let codes = TimeBasedCodes(secret: try #require(Base32.decode(secret)))
            _ = try await api.people.confirmTimeBasedCodes(
                of: ann.id, code: codes.code(at: api.clock.now))
            let begun = try await api.signIn("@ann")
            #expect(begun.reply["state"].text == "second_factor_required", "\(begun.reply.text)")
            // Until it is shown there is no code, and so neither session nor device.
            #expect(try await api.authorize(begun.cookie)["error"] == "login_required")
            #expect(try await api.people.devices(of: ann.id).count == 1)
            api.clock.shift(seconds: 31)
            let shown = try await api.send(
                .post, "/v1/sign-in/second-factor",
                #"{"code":"\#(codes.code(at: api.clock.now))"}"#, bearer: nil,
                headers: [.cookie: begun.cookie])
            #expect(shown["state"].text == "complete", "\(shown.text)")
            let code = try #require(try await api.authorize(begun.cookie)["code"])
            let granted = try await api.form(
                "/oauth/token",
                [
                    ("grant_type", "authorization_code"), ("code", code),
                    ("redirect_uri", TestAPI.redirectURI), ("code_verifier", TestAPI.verifier),
                    ("client_id", "app"),
                ])
            #expect(granted.status == 200, "\(granted.text)")
            #expect(try await Self.notices(api, ann, "new_device", count: 2).count == 2)
        }
    }

    @Test func `another tier and other caps are told of, each once`() async throws {
        try await TestAPI.withTwo { api, ann, bob in
            for _ in 0..<2 {
                let set = try await api.send(
                    .put, "/v1/people/\(ann.id)/tier", #"{"tier":"gold"}"#)
                #expect(set.status == 204, "\(set.text)")
            }
            #expect(try await Self.notices(api, ann, "limits_changed").count == 1)
            let account = try await api.personalWallets.all(of: ann.id)[0].publicID
            let limited = try await api.send(
                .put, "/v1/accounts/\(account)/limits", #"{"day_count":3}"#)
            #expect(limited.status == 200, "\(limited.text)")
            for _ in 0..<2 { await api.personalWallets.doChores() }
            #expect(try await Self.notices(api, ann, "limits_changed", count: 2).count == 2)
            #expect(try await Self.settled(api, bob, "limits_changed").isEmpty)
        }
    }

    @Test func `once a month is over, those with movements in it are told that it can be fetched`()
        async throws
    {
        try await TestAPI.withTwo { api, ann, bob in
            let cleo = try await api.somebody("cleo")
            let opened = try await api.mine(cleo, "wallets", #"{"currency":"USD"}"#)
            #expect(opened.status == 200, "\(opened.text)")
            _ = try await api.pay(ann.token, "@bob", "1.00")
            let month = String(api.clock.now.rfc3339().prefix(7))
            await api.personalWallets.doChores()
            #expect(try await Self.settled(api, ann, "statement_ready").isEmpty)
            // Two months on: of the second there is nothing to tell.
            api.clock.shift(seconds: 62 * 86_400)
            async let one: Void = api.personalWallets.doChores()
            async let other: Void = api.personalWallets.doChores()
            _ = await (one, other)
            await api.personalWallets.doChores()
            for person in [ann, bob] {
                let told = try await Self.notices(api, person, "statement_ready")
                #expect(told.map { $0["data"]["period"].text } == [month])
            }
            #expect(try await Self.settled(api, cleo, "statement_ready").isEmpty)
            #expect(try await Self.settled(api, ann, "statement_ready").count == 1)
        }
    }
}
