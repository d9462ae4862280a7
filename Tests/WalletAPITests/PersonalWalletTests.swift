import Cryptography
import EventLog
import Foundation
import Identity
import Testing
import WebAuthn

@testable import People
@testable import TestAuthenticator
@testable import WalletAPI

@Suite struct PersonalWalletTests {
    @Test func `people pay each other by handle, and see their own history alone`() async throws {
        try await TestAPI.withTwo { api, ann, bob in
            let paid = try await api.pay(ann.token, "@bob", "12.50", key: "one")
            #expect(paid.status == 201 && paid["state"].text == "posted", "\(paid.text)")
            let again = try await api.pay(ann.token, "@bob", "12.50", key: "one")
            #expect(again["id"] == paid["id"])
            #expect(try await api.available(ann.token) == "87.50")
            #expect(try await api.available(bob.token) == "12.50")
            let id = try #require(paid["id"].text)
            for token in [ann.token, bob.token] {
                let seen = try await api.send(.get, "/v1/me/payments/\(id)", bearer: token)
                #expect(seen["id"].text == id)
            }
            _ = try await api.register("eve@example.org", handle: "eve")
            let eve = try await api.token("eve@example.org")
            let hidden = try await api.send(.get, "/v1/me/payments/\(id)", bearer: eve)
            #expect(hidden.status == 404 && hidden.code == "unknown_transfer")
            let wallets = try await api.send(.get, "/v1/me/wallets", bearer: ann.token)
            let wallet = try #require(wallets["wallets"][0]["id"].text)
            let history = try await api.send(
                .get, "/v1/me/wallets/\(wallet)/history", bearer: ann.token)
            #expect(history["entries"].elements.count >= 2)
            let foreign = try await api.send(
                .get, "/v1/me/wallets/\(wallet)/history", bearer: bob.token)
            #expect(foreign.status == 404 && foreign.code == "unknown_account")
        }
    }

    @Test func `a wallet is one for each currency, however often and at once it is asked for`()
        async throws
    {
        try await TestAPI.withTwo { api, ann, _ in
            let ids = try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<12 {
                    group.addTask {
                        try await api.send(
                            .post, "/v1/me/wallets", #"{"currency":"BTC"}"#, bearer: ann.token)[
                                "id"
                            ]
                            .text
                    }
                }
                return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
            }
            #expect(ids.count == 1 && !ids.contains(nil))
            let wallets = try await api.send(.get, "/v1/me/wallets", bearer: ann.token)
            #expect(wallets["wallets"].elements.map { $0["currency"].text } == ["USD", "BTC"])
        }
    }

    @Test func `what cannot be paid is said why, and nothing moves`() async throws {
        try await TestAPI.withTwo { api, ann, bob in
            for (to, value, token, status, code) in [
                ("@ann", "1.00", bob.token, 422, "no_wallet"),
                ("@nobody_here", "1.00", ann.token, 404, "unknown_payee"),
                ("@ann", "1.00", ann.token, 422, "same_payer_and_payee"),
                ("@bob", "100.01", ann.token, 422, "insufficient_funds"),
                ("b", "1.00", ann.token, 400, "invalid_payee"),
                ("@bob", "0.00", ann.token, 400, "zero_amount"),
            ] {
                let reply = try await api.pay(token, to, value)
                #expect(reply.status == status && reply.code == code, "\(to): \(reply.text)")
            }
            #expect(try await api.available(ann.token) == "100.00")
        }
    }

    @Test func `a challenged payment is confirmed by a code, once, by its payer alone`()
        async throws
    {
        try await TestAPI.withTwo { api, ann, bob in
            api.engine.decide(2_000, .challenge)
            let secret = try await api.people.beginTimeBasedCodes(of: ann.id).secret
            let codes = TimeBasedCodes(secret: try #require(Base32.decode(secret)))
            let now = api.people.now
            let recovery = try await api.people.confirmTimeBasedCodes(
                of: ann.id, code: codes.code(at: now))
            func challenged() async throws -> String {
                let paid = try await api.pay(ann.token, "@bob", "20.00")
                #expect(paid["state"].text == "challenged", "\(paid.text)")
                return try #require(paid["id"].text)
            }
            func confirm(_ id: String, _ code: String, _ token: String) async throws -> Reply {
                try await api.send(
                    .post, "/v1/me/payments/\(id)/confirm", #"{"code":"\#(code)"}"#, bearer: token)
            }
            let first = try await challenged()
            #expect(try await confirm(first, recovery[0], bob.token).code == "unknown_transfer")
            let posted = try await confirm(
                first, codes.code(at: now.adding(seconds: 30)), ann.token)
            #expect(posted.status == 200 && posted["state"].text == "posted", "\(posted.text)")
            #expect(try await api.available(bob.token) == "20.00")
            // There is nothing left to confirm, and no code is used up by trying.
            #expect(try await confirm(first, recovery[1], ann.token).code == "wrong_state")
            let second = try await challenged()
            let voided = try await confirm(second, "AAAA-AAAA-AAAA-AAAA", ann.token)
            #expect(voided["state"].text == "voided")
            #expect(try await api.available(ann.token) == "80.00")
            let third = try await challenged()
            let used = try await confirm(third, recovery[1], ann.token)
            #expect(used["state"].text == "posted")
        }
    }

    @Test
    func `a confirmation that is repeated has the outcome that it had, with a key or without`()
        async throws
    {
        try await TestAPI.withTwo { api, ann, bob in
            api.engine.decide(2_000, .challenge)
            let secret = try await api.people.beginTimeBasedCodes(of: ann.id).secret
            let codes = TimeBasedCodes(secret: try #require(Base32.decode(secret)))
            let recovery = try await api.people.confirmTimeBasedCodes(
                of: ann.id, code: codes.code(at: api.people.now))
            func challenged() async throws -> String {
                let paid = try await api.pay(ann.token, "@bob", "20.00")
                return try #require(paid["id"].text)
            }
            func confirm(_ id: String, _ code: String, key: String? = nil) async throws -> Reply {
                try await api.mine(
                    ann, "payments/\(id)/confirm", #"{"code":"\#(code)"}"#, key: key)
            }
            let first = try await challenged()
            let posted = try await confirm(first, recovery[0], key: "k")
            #expect(posted["state"].text == "posted", "\(posted.text)")
            for key in ["k", nil, "l"] {
                let again = try await confirm(first, recovery[0], key: key)
                #expect(again.status == 200 && again["state"].text == "posted", "\(again.text)")
            }
            #expect(try await api.available(bob.token) == "20.00")
            // Of another payment it was shown too late.
            let second = try await challenged()
            for _ in 0..<2 {
                let voided = try await confirm(second, recovery[0], key: "m")
                #expect(voided.status == 200 && voided["state"].text == "voided", "\(voided.text)")
            }
            #expect(try await confirm(second, recovery[1]).code == "wrong_state")
            // A process that was killed between looking at the code and telling the ledger.
            let third = try await challenged()
            let terms = PaymentTerms(
                transfer: try #require(TransferID(third)), payee: "", amountMinor: 2_000,
                currency: "USD")
            let proof = PaymentProof.factor(.recoveryCode(recovery[1]))
            #expect(try await api.people.isConfirmed(terms, by: ann.id, proof))
            #expect(try await confirm(third, recovery[1])["state"].text == "posted")
            // Several of them at once.
            let fourth = try await challenged()
            let replies = try await withThrowingTaskGroup(of: Reply.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        try await api.mine(
                            ann, "payments/\(fourth)/confirm", #"{"code":"\#(recovery[2])"}"#)
                    }
                }
                return try await group.reduce(into: [Reply]()) { $0.append($1) }
            }
            #expect(replies.allSatisfy { $0.status == 200 && $0["state"].text == "posted" })
            #expect(try await api.available(bob.token) == "60.00")
        }
    }

    @Test func `a passkey confirms this payment and no other`() async throws {
        try await TestAPI.withTwo { api, ann, _ in
            api.engine.decide(2_000, .challenge)
            var authenticator = SoftwareAuthenticator()
            authenticator.origin = TestAPI.issuer
            authenticator.relyingPartyID = "wallet.test"
            authenticator.userHandle = try #require(Passkeys.handle(of: ann.id)).bytes
            func challenge(_ options: [UInt8]) throws -> [UInt8] {
                let object = try #require(
                    try JSONSerialization.jsonObject(with: Data(options)) as? [String: Any])
                let text = try #require(object["challenge"] as? String)
                return try #require(Base64URL.decode(text))
            }
            let question = try await api.people.beginPasskey(of: ann.id)
            authenticator.challenge = try challenge(question.options)
            _ = try await api.people.addPasskey(
                of: ann.id, question.id, Array(try authenticator.registrationJSON().utf8),
                name: "Key")

            func challenged() async throws -> String {
                let paid = try await api.pay(ann.token, "@bob", "20.00")
                return try #require(paid["id"].text)
            }
            func answer(_ id: String) async throws -> String {
                let asked = try await api.send(
                    .post, "/v1/me/payments/\(id)/confirm/options", bearer: ann.token)
                #expect(asked.status == 200, "\(asked.text)")
                let text = try #require(asked["public_key"]["challenge"].text)
                authenticator.challenge = try #require(Base64URL.decode(text))
                authenticator.signCount += 1
                let question = try #require(asked["challenge"].text)
                return
                    #"{"challenge":"\#(question)","credential":\#(try authenticator.assertionJSON())}"#
            }
            func confirm(_ id: String, _ body: String) async throws -> Reply {
                try await api.send(.post, "/v1/me/payments/\(id)/confirm", body, bearer: ann.token)
            }
            let (first, second) = (try await challenged(), try await challenged())
            let toFirst = try await answer(first)
            // What was signed for one payment voids another.
            #expect(try await confirm(second, toFirst)["state"].text == "voided")
            let anew = try await answer(first)
            let posted = try await confirm(first, anew)
            #expect(posted["state"].text == "posted", "\(posted.text)")
            // The same answer once more has the same outcome, and is worth nothing elsewhere.
            let again = try await confirm(first, anew)
            #expect(again.status == 200 && again["id"] == posted["id"], "\(again.text)")
            let third = try await challenged()
            #expect(try await confirm(third, anew)["state"].text == "voided")
            #expect(try await confirm(first, toFirst).code == "wrong_state")
        }
    }

    @Test func `without a second factor nothing can be confirmed, and that is said`() async throws {
        try await TestAPI.withTwo { api, ann, _ in
            api.engine.decide(2_000, .challenge)
            let paid = try await api.pay(ann.token, "@bob", "20.00")
            let id = try #require(paid["id"].text)
            let reply = try await api.send(
                .post, "/v1/me/payments/\(id)/confirm", #"{"code":"123456"}"#, bearer: ann.token)
            #expect(reply.status == 409 && reply.code == "no_second_factor")
            let seen = try await api.send(.get, "/v1/me/payments/\(id)", bearer: ann.token)
            #expect(seen["state"].text == "challenged")
        }
    }
}
