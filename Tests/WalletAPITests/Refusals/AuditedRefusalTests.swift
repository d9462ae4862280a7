import AuditTrail
import Cryptography
import Identity
import PostgreSQL
import Testing

@testable import People
@testable import WalletAPI

/// Every refusal of the list is answered with its code and stands in the audit log, and nothing has moved.
@Suite struct AuditedRefusalTests {
    /// One line of the table.
    struct Line {
        var what: String
        var status: Int
        var code: String
        var act: String
        var cause: String
        /// Who the entry says it was.
        var by: Actor
        var refused: (RefusalScene) async throws -> Reply

        init(
            _ what: String, _ status: Int, _ code: String, _ act: String, _ cause: String,
            by: Actor, _ refused: @escaping (RefusalScene) async throws -> Reply
        ) {
            self.what = what
            self.status = status
            self.code = code
            self.act = act
            self.cause = cause
            self.by = by
            self.refused = refused
        }
    }

    enum Actor { case nobody, ann, bob, partner, app }

    private static func check(_ lines: [Line], _ scene: RefusalScene) async throws {
        for line in lines {
            try await scene.begin()
            let reply = try await line.refused(scene)
            let added = try await scene.entries().dropFirst(scene.entriesBefore)
            #expect(
                reply.status == line.status && scene.code(of: reply) == line.code,
                "\(line.what): \(reply.status) \(reply.text) \(reply.headers)")
            let found = added.filter { $0.record.outcome == .refused }
            #expect(found.count == 1, "\(line.what): \(added.map(\.json))")
            guard let record = found.last?.record else { continue }
            #expect(record.act.rawValue == line.act, "\(line.what): \(record)")
            #expect(record.detail("cause") == line.cause, "\(line.what): \(record)")
            let actor =
                switch line.by {
                case .nobody: "nobody"
                case .ann: "\(scene.ann.id)"
                case .bob: "\(scene.bob.id)"
                case .partner: "partner"
                case .app: "app"
                }
            #expect(record.actor == actor, "\(line.what): \(record)")
            for secret in scene.secrets {
                #expect(!(found.last?.json.contains(secret) ?? true), "\(line.what): \(secret)")
            }
            #expect(
                try await scene.balances() == scene.balancesBefore, "\(line.what) moved something")
        }
    }

    @Test func `codes, grants and tokens`() async throws {
        try await RefusalScene.run { scene in
            try await Self.check(Self.grants, scene)
            try await Self.check(Self.tokens, scene)
        }
    }

    @Test func `sign-ins, codes that were sent, and passkeys`() async throws {
        try await RefusalScene.run { scene in
            try await Self.check(Self.signIns, scene)
            try await Self.check(Self.sentCodes, scene)
            try await Self.check(Self.passkeys, scene)
        }
    }

    @Test func `payments, requests, claims and offers`() async throws {
        try await RefusalScene.run { scene in try await Self.check(Self.money, scene) }
    }

    @Test func `of many who pay one request at once, each who is refused is in the log`()
        async throws
    {
        try await RefusalScene.run { scene in
            let id = try await scene.request(of: scene.ann, by: scene.bob, "20.00")
            let before = try await scene.entries().count
            let api = scene.api
            let ann = scene.ann
            let replies = try await withThrowingTaskGroup(of: Reply.self) { group in
                for _ in 0..<8 {
                    group.addTask { try await api.mine(ann, "requests/\(id)/pay") }
                }
                return try await group.reduce(into: [Reply]()) { $0.append($1) }
            }
            #expect(replies.filter { $0.status == 201 }.count == 1)
            #expect(replies.filter { $0.status == 409 }.count == 7)
            #expect(try await api.available(ann.token) == "80.00")
            let refused = try await scene.entries().dropFirst(before)
                .filter { $0.record.outcome == .refused }
            #expect(refused.count == 7, "\(refused.map(\.json))")
            for entry in refused {
                #expect(entry.record.act.rawValue == "request.paid")
                #expect(entry.record.actor == "\(ann.id)" && entry.record.subject == id)
                #expect(
                    ["request_paid", "payment_under_way"].contains(entry.record.detail("cause")))
                #expect(entry.record.detail("session") != nil)
            }
        }
    }

    @Test func `of many who accept one claim at once, each who is refused is in the log`()
        async throws
    {
        try await RefusalScene.run { scene in
            let id = try await scene.claim("+49 30 901820")
            try await scene.addContact("+49 30 901820", to: scene.bob)
            let before = try await scene.entries().count
            let (api, bob) = (scene.api, scene.bob)
            let replies = try await withThrowingTaskGroup(of: Reply.self) { group in
                for _ in 0..<6 {
                    group.addTask { try await api.mine(bob, "claims/\(id)/accept") }
                }
                return try await group.reduce(into: [Reply]()) { $0.append($1) }
            }
            #expect(replies.filter { $0.status == 200 }.count == 1)
            #expect(replies.filter { $0.code == "claim_ended" }.count == 5)
            #expect(try await api.available(bob.token) == "3.00")
            let refused = try await scene.entries().dropFirst(before)
                .filter { $0.record.outcome == .refused }
            #expect(refused.count == 5, "\(refused.map(\.json))")
            #expect(refused.allSatisfy { $0.record.act.rawValue == "claim.taken" })
            #expect(refused.allSatisfy { $0.record.detail("cause") == "claim_ended" })
        }
    }

    @Test func `what was signed for one payment confirms no other, and that is in the log`()
        async throws
    {
        try await RefusalScene.run { scene in
            scene.api.engine.decide(2_000, .challenge)
            let (first, answer) = try await scene.challenged()
            let (second, _) = try await scene.challenged()
            try await scene.begin()
            let voided = try await scene.api.mine(
                scene.ann, "payments/\(second)/confirm", answer)
            #expect(voided["state"].text == "voided", "\(voided.text)")
            #expect(try await scene.api.available(scene.bob.token) == "0.00")
            let added = try await scene.entries().dropFirst(scene.entriesBefore)
            let record = try #require(added.last?.record)
            #expect(added.count == 1 && record.act.rawValue == "payment.confirmed")
            #expect(record.outcome == .refused && record.subject == second)
            #expect(record.detail("cause") == "wrong_challenge")
            // The question was answered, and is none any more.
            try await scene.begin()
            let again = try await scene.api.mine(scene.ann, "payments/\(first)/confirm", answer)
            #expect(again["state"].text == "voided", "\(again.text)")
            let last = try await scene.entries().last?.record
            #expect(last?.detail("cause") == "no_such_question")
            #expect(try await scene.api.available(scene.ann.token) == "100.00")
        }
    }

    @Test func `the log stays whole, and slips are not in it`() async throws {
        try await RefusalScene.run { scene in
            let before = try await scene.entries().count
            let api = scene.api
            #expect(try await api.send(.get, "/v1/me", bearer: nil).status == 401)
            #expect(try await api.send(.get, "/nowhere").status == 404)
            #expect(try await api.mine(scene.ann, "payments", "{}").status == 400)
            #expect(try await api.pay(scene.ann.token, "@bob", "1000.00").status == 422)
            #expect(try await api.get("/v1/transfers/\(RefusalScene.missing)").status == 404)
            #expect(try await scene.entries().count == before)
            _ = try await api.send(.get, "/v1/me", bearer: "hf_nobody")
            #expect(try await scene.entries().count == before + 1)
            #expect(try await scene.isWhole())
        }
    }

    // MARK: - The table

    private static var grants: [Line] {
        [
            Line("PKCE missing", 302, "invalid_request", "grant.refused", "no_pkce", by: .nobody) {
                try await $0.authorize { $0["code_challenge"] = nil }
            },
            Line("PKCE plain", 302, "invalid_request", "grant.refused", "weak_pkce", by: .nobody) {
                try await $0.authorize { $0["code_challenge_method"] = "plain" }
            },
            Line(
                "an address that is not registered", 400, "invalid_request", "grant.refused",
                "redirect_mismatch", by: .nobody
            ) { try await $0.authorize { $0["redirect_uri"] = "https://evil.test/cb" } },
            Line(
                "an unknown client", 401, "invalid_client", "grant.refused", "unknown_client",
                by: .nobody
            ) { try await $0.authorize { $0["client_id"] = "nobody" } },
            Line("no verifier", 400, "invalid_request", "grant.refused", "no_pkce", by: .nobody) {
                try await $0.exchange { $0["code_verifier"] = nil }
            },
            Line(
                "a wrong verifier", 400, "invalid_grant", "grant.refused", "wrong_verifier",
                by: .ann
            ) { try await $0.exchange { $0["code_verifier"] = String(repeating: "a", count: 43) } },
            Line(
                "another address than before", 400, "invalid_grant", "grant.refused",
                "redirect_mismatch", by: .ann
            ) { try await $0.exchange { $0["redirect_uri"] = "https://app.test/cb2" } },
            Line(
                "another client's code", 400, "invalid_grant", "grant.refused",
                "code_of_another_client", by: .ann
            ) { try await $0.exchange { $0["client_id"] = "other" } },
            Line(
                "no code of ours", 400, "invalid_grant", "grant.refused", "unknown_code",
                by: .nobody
            ) { try await $0.exchange { $0["code"] = "hfc_nothing" } },
            Line("a code too late", 400, "invalid_grant", "grant.refused", "expired_code", by: .ann)
            {
                scene in try await scene.exchange(after: 61) { _ in }
            },
            Line("a code twice", 400, "invalid_grant", "token.reused", "used_code", by: .app) {
                try await $0.exchangeTwice()
            },
            Line(
                "a code a third time", 400, "invalid_grant", "grant.refused", "used_code", by: .ann
            ) { try await $0.exchangeAgain() },
            Line(
                "a refresh token twice", 400, "invalid_grant", "token.reused", "used_token",
                by: .app
            ) { try await $0.refreshTwice() },
            Line(
                "the newer refresh token of that session", 400, "invalid_grant", "grant.refused",
                "session_ended", by: .ann
            ) { try await $0.refresh($0.newestRefreshToken) },
            Line(
                "no refresh token of ours", 400, "invalid_grant", "grant.refused", "unknown_token",
                by: .nobody
            ) { try await $0.refresh("hfr_nothing") },
            Line(
                "a scope beyond the session's", 400, "invalid_scope", "grant.refused",
                "invalid_scope",
                by: .ann
            ) { try await $0.refresh(try await $0.freshRefreshToken(), scope: "funds:write") },
            Line(
                "a wrong secret", 401, "invalid_client", "grant.refused", "wrong_secret",
                by: .nobody
            ) { try await $0.grant(secret: "hfk_guess") },
        ]
    }

    private static var tokens: [Line] {
        [
            Line("an unknown key", 401, "unauthorized", "token.refused", "unknown_key", by: .nobody)
            {
                try await $0.show("hf_guess_guess_guess_guess")
            },
            Line("no token", 401, "unauthorized", "token.refused", "malformed_token", by: .nobody) {
                try await $0.show("eyJhbGciOiJFUzI1NiJ9.e30")
            },
            Line("alg none", 401, "unauthorized", "token.refused", "wrong_algorithm", by: .nobody) {
                try await $0.show(
                    $0.token(header: #"{"alg":"none","typ":"at+jwt"}"#, signature: ""))
            },
            Line("alg HS256", 401, "unauthorized", "token.refused", "wrong_algorithm", by: .nobody)
            {
                try await $0.show($0.token(header: #"{"alg":"HS256","typ":"at+jwt","kid":"x"}"#))
            },
            Line("another kind", 401, "unauthorized", "token.refused", "wrong_type", by: .nobody) {
                try await $0.show($0.token(header: #"{"alg":"ES256","typ":"JWT","kid":"x"}"#))
            },
            Line("an unknown kid", 401, "unauthorized", "token.refused", "unknown_key", by: .nobody)
            {
                try await $0.show($0.token(header: #"{"alg":"ES256","typ":"at+jwt","kid":"x"}"#))
            },
            Line("unsigned", 401, "unauthorized", "token.refused", "wrong_signature", by: .nobody) {
                try await $0.show($0.token(signature: ""))
            },
            Line(
                "signed otherwise", 401, "unauthorized", "token.refused", "wrong_signature",
                by: .nobody
            ) { try await $0.show($0.token(signature: String(repeating: "A", count: 86))) },
            Line(
                "another audience", 401, "unauthorized", "token.refused", "wrong_audience",
                by: .nobody
            ) { try await $0.show(try await $0.tokenOfAnotherIssuer()) },
            Line(
                "an ended session", 401, "unauthorized", "token.refused", "session_ended", by: .ann
            ) { try await $0.show(try await $0.tokenOfAnEndedSession()) },
            Line("an old token", 401, "unauthorized", "token.refused", "expired_token", by: .ann) {
                scene in
                let token = scene.ann.token
                scene.api.clock.shift(seconds: 901)
                let reply = try await scene.show(token)
                try await scene.signInAgain()
                return reply
            },
            Line(
                "staff's scope", 403, "insufficient_scope", "scope.refused", "insufficient_scope",
                by: .ann
            ) { try await $0.api.send(.get, "/v1/reviews", bearer: $0.ann.token) },
        ]
    }

    private static var signIns: [Line] {
        [
            Line(
                "a wrong password", 401, "wrong_credentials", "session.sign_in_refused",
                "wrong_credentials", by: .ann
            ) { try await $0.api.signIn("@ann", password: "wrong horse battery").reply },
            Line(
                "nobody's name", 401, "wrong_credentials", "session.sign_in_refused",
                "wrong_credentials", by: .nobody
            ) { try await $0.api.signIn("@nobody").reply },
            Line(
                "a wrong password to step up", 401, "wrong_credentials", "session.proved",
                "wrong_credentials", by: .ann
            ) { try await $0.api.mine($0.ann, "step-up", #"{"password":"wrong horse battery"}"#) },
            Line(
                "a change long after the sign-in", 403, "step_up_required", "request.refused",
                "step_up_required", by: .ann
            ) { scene in
                scene.api.clock.shift(seconds: 601)
                let reply = try await scene.api.mine(scene.ann, "totp", "{}")
                try await scene.signInAgain()
                return reply
            },
        ]
    }

    private static var sentCodes: [Line] {
        [
            Line(
                "a wrong code to register", 422, "wrong_code", "request.refused", "wrong_code",
                by: .nobody
            ) { try await $0.confirmRegistration(code: nil) },
            Line(
                "a code to register, twice", 422, "wrong_code", "request.refused", "used_code",
                by: .nobody
            ) { try await $0.confirmRegistrationTwice() },
            Line(
                "a wrong code to set a password", 422, "wrong_code", "request.refused",
                "wrong_code",
                by: .ann
            ) { try await $0.confirmReset(after: 0) },
            Line(
                "a code to set a password, too late", 422, "wrong_code", "request.refused",
                "expired_code", by: .ann
            ) { try await $0.confirmReset(after: 601) },
            Line(
                "a wrong code for an address", 422, "wrong_code", "request.refused", "wrong_code",
                by: .ann
            ) { try await $0.confirmContact(by: $0.ann, isRight: false) },
            Line(
                "somebody else's code for an address", 422, "wrong_code", "request.refused",
                "not_theirs", by: .bob
            ) { try await $0.confirmContact(by: $0.bob, isRight: true) },
            Line(
                "a code for no address", 422, "wrong_code", "request.refused", "unknown_code",
                by: .ann
            ) {
                try await $0.api.mine(
                    $0.ann, "contacts/\(RefusalScene.missing)/confirm", #"{"code":"123456"}"#)
            },
            Line(
                "a wrong code of an application", 422, "wrong_code", "request.refused",
                "wrong_code",
                by: .ann
            ) { try await $0.confirmTimeBasedCodes() },
        ]
    }

    private static var passkeys: [Line] {
        [
            Line(
                "a passkey's answer twice", 401, "wrong_passkey", "session.sign_in_refused",
                "no_such_question", by: .nobody
            ) { try await $0.signInWithPasskey(.twice) },
            Line(
                "an answer to another question", 401, "wrong_passkey", "session.sign_in_refused",
                "wrong_challenge", by: .nobody
            ) { try await $0.signInWithPasskey(.toAnother) },
            Line(
                "an answer too late", 401, "wrong_passkey", "session.sign_in_refused",
                "no_such_question", by: .nobody
            ) { try await $0.signInWithPasskey(.late) },
            Line(
                "an answer twice to step up", 401, "wrong_passkey", "session.proved",
                "no_such_question", by: .ann
            ) { try await $0.stepUpTwice() },
            Line(
                "a registration twice", 401, "wrong_passkey", "request.refused", "no_such_question",
                by: .ann
            ) { try await $0.registerPasskeyTwice() },
        ]
    }

    private static var money: [Line] {
        [
            Line(
                "a request that was paid", 409, "request_paid", "request.paid", "request_paid",
                by: .ann
            ) { scene in
                let id = try await scene.request(of: scene.ann, by: scene.bob, "20.00")
                #expect(try await scene.api.mine(scene.ann, "requests/\(id)/pay").status == 201)
                return try await scene.last {
                    try await scene.api.mine(scene.ann, "requests/\(id)/pay")
                }
            },
            Line(
                "a request that was declined", 409, "request_declined", "request.paid",
                "request_declined", by: .ann
            ) { scene in
                let id = try await scene.request(of: scene.ann, by: scene.bob, "20.00")
                _ = try await scene.api.mine(scene.ann, "requests/\(id)/decline")
                return try await scene.last {
                    try await scene.api.mine(scene.ann, "requests/\(id)/pay")
                }
            },
            Line(
                "somebody else's request", 404, "unknown_request", "request.refused",
                "unknown_request", by: .bob
            ) { scene in
                let cleo = try await scene.api.somebody("cleo")
                let id = try await scene.request(of: scene.ann, by: cleo, "20.00")
                return try await scene.last {
                    try await scene.api.mine(scene.bob, "requests/\(id)/pay")
                }
            },
            Line(
                "somebody else's claim", 404, "unknown_claim", "claim.taken", "not_theirs", by: .bob
            ) {
                scene in
                let id = try await scene.claim("dan@example.org")
                return try await scene.last {
                    try await scene.api.mine(scene.bob, "claims/\(id)/accept")
                }
            },
            Line("a claim twice", 409, "claim_ended", "claim.taken", "claim_ended", by: .bob) {
                scene in
                let id = try await scene.claim("+49 30 901820")
                try await scene.addContact("+49 30 901820", to: scene.bob)
                let first = try await scene.api.mine(scene.bob, "claims/\(id)/accept")
                #expect(first.status == 200, "\(first.text)")
                return try await scene.last {
                    try await scene.api.mine(scene.bob, "claims/\(id)/accept")
                }
            },
            Line("an offer twice", 409, "quote_used", "quote.used", "quote_used", by: .ann) {
                scene in
                let quote = try await scene.quote()
                let first = try await scene.api.mine(scene.ann, "exchanges", quote)
                #expect(first.status == 201, "\(first.text)")
                return try await scene.last {
                    try await scene.api.mine(scene.ann, "exchanges", quote)
                }
            },
            Line(
                "somebody else's offer", 404, "unknown_quote", "quote.used", "unknown_quote",
                by: .bob
            ) { scene in
                let quote = try await scene.quote()
                return try await scene.last {
                    try await scene.api.mine(scene.bob, "exchanges", quote)
                }
            },
            Line("an offer too late", 422, "too_late", "quote.used", "too_late", by: .ann) {
                scene in
                scene.api.clock.shift(seconds: -40)
                let quote = try await scene.quote()
                scene.api.clock.shift(seconds: 40)
                return try await scene.last {
                    try await scene.api.mine(scene.ann, "exchanges", quote)
                }
            },
            Line(
                "a second capture", 409, "wrong_state", "request.refused", "wrong_state",
                by: .partner
            ) { try await $0.captureTwice() },
            Line(
                "more than was authorized", 422, "over_capture", "request.refused", "over_capture",
                by: .partner
            ) { try await $0.captureTooMuch() },
            Line(
                "a key with another body", 422, "idempotency_key_reused", "request.refused",
                "idempotency_key_reused", by: .ann
            ) { scene in
                _ = try await scene.api.pay(scene.ann.token, "@bob", "1.00", key: "same")
                return try await scene.last {
                    try await scene.api.pay(scene.ann.token, "@bob", "2.00", key: "same")
                }
            },
            Line(
                "an erasure while there is money", 409, "erasure_refused", "person.erased",
                "wallet_not_empty claims_open", by: .ann
            ) { try await $0.api.mine($0.ann, "erasure", "{}") },
        ]
    }
}
