import Cryptography
import EventLog
import Foundation
import Identity
import JWTKit
import Testing

@testable import People

@Suite struct TokenTests {
    @Test func `tokens say who, with which device, and what they allow`() async throws {
        try await TestPeople.run { test in
            let ann = try await test.register("ann@example.org")
            let signIn = try await test.signIn("ann@example.org")
            let granted = try await test.exchange(
                try await test.authorize(signIn, scope: "profile wallet:read"))
            #expect(granted.scopes == [.profile, .walletRead] && granted.device == signIn.device)
            let bearer = try #require(try await test.people.tokens.bearer(of: granted.accessToken))
            #expect(bearer.person == ann && bearer.client == "app")
            #expect(bearer.scopes == [.profile, .walletRead])
            #expect(test.people.tokens.known(granted.accessToken) == bearer)
            #expect(
                try await test.people.devices(of: ann).map(\.name) == ["Phone"])
            // A customer gets no more than a customer may have, whatever the application may.
            let all = try await test.tokens("ann@example.org")
            #expect(all.scopes == .ofPeople)
            // The device is known by then, if it says so.
            let same = try await test.signIn("ann@example.org", device: signIn.device)
            #expect(same.device == signIn.device)
            _ = try await test.exchange(try await test.authorize(same))
            #expect(try await test.people.devices(of: ann).count == 2)
            // Somebody else's device is none of theirs.
            _ = try await test.register("bob@example.org")
            #expect(
                try await test.signIn("bob@example.org", device: signIn.device).device
                    != signIn.device)
        }
    }

    @Test func `what a client asks for wrongly is told it, and nowhere else`() async throws {
        try await TestPeople.run { test in
            _ = try await test.register("ann@example.org")
            let signIn = try await test.signIn("ann@example.org")
            func error(_ change: (inout People.AuthorizationRequest) -> Void) async throws -> String
            {
                var request = TestPeople.request()
                change(&request)
                switch try await test.people.authorize(request, signIn: signIn.secret) {
                case .refused(let error): return "refused \(error.code)"
                case .redirect(let location), .refusedTo(let location, _):
                    #expect(location.hasPrefix(TestPeople.redirectURI + "?"))
                    let parameters = TestPeople.parameters(location)
                    #expect(parameters["state"] == "xyz")
                    #expect(parameters["iss"] == "https%3A%2F%2Fwallet.test")
                    return parameters["error"] ?? "code"
                }
            }
            #expect(try await error { _ in } == "code")
            #expect(try await error { $0.client = "nobody" } == "refused invalid_client")
            for uri in [nil, "https://evil.test/cb", "https://app.test/cb/x", "http://app.test/cb"]
            {
                #expect(try await error { $0.redirectURI = uri } == "refused invalid_request")
            }
            #expect(try await error { $0.responseType = "token" } == "unsupported_response_type")
            #expect(try await error { $0.challenge = nil } == "invalid_request")
            #expect(try await error { $0.challengeMethod = "plain" } == "invalid_request")
            #expect(try await error { $0.challengeMethod = nil } == "invalid_request")
            #expect(try await error { $0.scope = "everything" } == "invalid_scope")
            #expect(try await error { $0.scope = "funds:write" } == "invalid_scope")
            let without = try await test.people.authorize(TestPeople.request(), signIn: nil)
            guard case .refusedTo(let location, let told) = without else {
                Issue.record("no redirect")
                return
            }
            #expect(TestPeople.parameters(location)["error"] == "login_required")
            #expect(told.code == "login_required")
            test.clock.advance(601)
            #expect(try await error { _ in } == "login_required")
        }
    }

    @Test func `a code is exchanged by its client, with its verifier, in time, and once`()
        async throws
    {
        try await TestPeople.run { test in
            let ann = try await test.register("ann@example.org")
            _ = try await test.people.registerClient(
                "other", name: "Other",
                redirectURIs: [try #require(RedirectURI(TestPeople.redirectURI))],
                scopes: .ofPeople, isConfidential: false, by: "operator")
            let signIn = try await test.signIn("ann@example.org")
            func refused(
                _ code: String, redirectURI: String = TestPeople.redirectURI,
                verifier: String = TestPeople.verifier, client: String = "app",
                secret: String? = nil
            ) async -> String? {
                await refusal {
                    _ = try await test.people.exchange(
                        code: code, redirectURI: redirectURI, verifier: verifier,
                        by: .init(id: client, secret: secret))
                }
            }
            let code = try await test.authorize(signIn)
            #expect(await refused(code + "x") == "invalid_grant")
            #expect(await refused(code, redirectURI: "https://app.test/cb2") == "invalid_grant")
            #expect(
                await refused(code, verifier: String(repeating: "a", count: 43)) == "invalid_grant")
            #expect(await refused(code, verifier: TestPeople.challenge) == "invalid_grant")
            #expect(await refused(code, client: "other") == "invalid_grant")
            #expect(await refused(code, client: "nobody") == "invalid_client")
            #expect(await refused(code, secret: "guess") == "invalid_client")
            let granted = try await test.exchange(code)
            #expect(try await test.people.tokens.bearer(of: granted.accessToken) != nil)
            // Shown again, it is somebody else's: what it was exchanged for ends.
            #expect(await refused(code) == "invalid_grant")
            #expect(try await test.people.tokens.bearer(of: granted.accessToken) == nil)
            #expect(try await test.people.sessions(of: ann).isEmpty)
            let late = try await test.authorize(signIn)
            test.clock.advance(61)
            #expect(await refused(late) == "invalid_grant")
        }
    }

    @Test func `a refresh token is used once; a second time ends the session`() async throws {
        try await TestPeople.run { test in
            let ann = try await test.register("ann@example.org")
            let first = try await test.tokens("ann@example.org")
            let stolen = try #require(first.refreshToken)
            let second = try await test.people.refresh(stolen, scope: nil, by: TestPeople.app)
            let less = try await test.people.refresh(
                try #require(second.refreshToken), scope: "profile", by: TestPeople.app)
            #expect(less.scopes == .profile)
            let more = await refusal {
                _ = try await test.people.refresh(
                    try #require(less.refreshToken), scope: "reviews:write", by: TestPeople.app)
            }
            #expect(more == "invalid_scope")
            #expect(try await test.people.tokens.bearer(of: less.accessToken) != nil)
            let reused = await refusal {
                _ = try await test.people.refresh(stolen, scope: nil, by: TestPeople.app)
            }
            #expect(reused == "invalid_grant")
            for token in [first, second, less] {
                #expect(try await test.people.tokens.bearer(of: token.accessToken) == nil)
            }
            let rest = await refusal {
                _ = try await test.people.refresh(
                    try #require(less.refreshToken), scope: nil, by: TestPeople.app)
            }
            #expect(rest == "invalid_grant")
            #expect(try await test.people.sessions(of: ann).isEmpty)
            for _ in 0..<200
            where !test.sender.all.contains(where: { $0.content.kind == .sessionEndedForReuse }) {
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(test.sender.all.contains { $0.content.kind == .sessionEndedForReuse })
        }
    }

    @Test func `of two who refresh at once, one is refused and both lose the session`() async throws
    {
        try await TestPeople.run { test in
            let ann = try await test.register("ann@example.org")
            let token = try #require(try await test.tokens("ann@example.org").refreshToken)
            async let one = refusal {
                _ = try await test.people.refresh(token, scope: nil, by: TestPeople.app)
            }
            async let other = refusal {
                _ = try await test.people.refresh(token, scope: nil, by: TestPeople.app)
            }
            let codes = await [one, other]
            #expect(codes.filter { $0 == "invalid_grant" }.count == 1)
            #expect(try await test.people.sessions(of: ann).isEmpty)
        }
    }

    @Test func `a session that is not used ends, and one that is ended is known to all processes`()
        async throws
    {
        try await TestPeople.run { test in
            let ann = try await test.register("ann@example.org")
            let idle = try #require(try await test.tokens("ann@example.org").refreshToken)
            test.clock.advance(30 * 86_400)
            let late = await refusal {
                _ = try await test.people.refresh(idle, scope: nil, by: TestPeople.app)
            }
            #expect(late == "invalid_grant")

            let granted = try await test.tokens("ann@example.org")
            var configuration = try TestPeople.configuration(test.database)
            let clock = test.clock
            configuration.clock = { clock.now }
            let other = People(configuration, logger: test.people.logger)
            let bearer = try #require(try await other.tokens.bearer(of: granted.accessToken))
            try await test.people.end(try #require(bearer.session), of: ann)
            #expect(test.people.tokens.known(granted.accessToken) == nil)
            for _ in 0..<500 where other.tokens.known(granted.accessToken) != nil {
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(other.tokens.known(granted.accessToken) == nil)
            await other.stop()
        }
    }

    @Test func `with a new password, sign-ins and codes of before become no sessions`() async throws
    {
        try await TestPeople.run { test in
            let ann = try await test.register("ann@example.org")
            let granted = try await test.tokens("ann@example.org")
            let session = try #require(
                try await test.people.tokens.bearer(of: granted.accessToken)?.session)
            let stolen = try await test.signIn("ann@example.org")
            let code = try await test.authorize(stolen)
            try await test.people.changePassword(
                to: "another horse battery", of: ann, keeping: session)
            #expect(await refusal { _ = try await test.exchange(code) } == "invalid_grant")
            let answer = try await test.people.authorize(
                TestPeople.request(), signIn: stolen.secret)
            guard case .refusedTo(let location, _) = answer else {
                Issue.record("no redirect")
                return
            }
            #expect(TestPeople.parameters(location)["error"] == "login_required")
            #expect(try await test.people.tokens.bearer(of: granted.accessToken) != nil)
        }
    }

    @Test func `a program gets what it is registered for, and no person's`() async throws {
        try await TestPeople.run { test in
            let registered = try await test.people.registerClient(
                "shop", name: "Shop", redirectURIs: [],
                scopes: [.authorizationsWrite, .paymentsRead, .profile, .peopleWrite],
                isConfidential: true, by: "operator")
            let secret = try #require(registered.secret)
            let shop = People.ClientCredentials(id: "shop", secret: secret)
            let granted = try await test.people.grant(scope: nil, to: shop)
            #expect(granted.scopes == [.authorizationsWrite, .paymentsRead])
            #expect(granted.refreshToken == nil)
            let bearer = try #require(try await test.people.tokens.bearer(of: granted.accessToken))
            #expect(bearer.person == nil && bearer.client == "shop" && bearer.session == nil)
            for scope in ["profile", "people:write", "alerts:read", "nonsense"] {
                let refused = await refusal {
                    _ = try await test.people.grant(scope: scope, to: shop)
                }
                #expect(refused == "invalid_scope", "\(scope)")
            }
            for wrong in [nil, secret + "x", ""] {
                let refused = await refusal {
                    _ = try await test.people.grant(
                        scope: nil, to: .init(id: "shop", secret: wrong))
                }
                #expect(refused == "invalid_client")
            }
            let publicClient = await refusal {
                _ = try await test.people.grant(scope: nil, to: TestPeople.app)
            }
            #expect(publicClient == "unauthorized_client")
            #expect(
                try await test.people.introspect(granted.accessToken, by: shop)?.client == "shop")
            #expect(try await test.people.introspect("nonsense", by: shop) == nil)
            try await test.people.endClient("shop", by: "operator")
            let ended = await refusal { _ = try await test.people.grant(scope: nil, to: shop) }
            #expect(ended == "invalid_client")
        }
    }

    @Test func `a token of another key, algorithm, audience, kind or time is none`() async throws {
        try await TestPeople.run { test in
            _ = try await test.register("ann@example.org")
            let granted = try await test.tokens("ann@example.org")
            let parts = granted.accessToken.split(separator: ".").map(String.init)
            let payload = try #require(Base64URL.decode(parts[1]))
            let header = try #require(Base64URL.decode(parts[0]))
            func isTaken(_ token: String) async throws -> Bool {
                try await test.people.tokens.bearer(of: token) != nil
            }
            #expect(try await isTaken(granted.accessToken))
            // Any bit of it changed.
            for place in stride(from: 0, to: granted.accessToken.utf8.count, by: 7) {
                var bytes = Array(granted.accessToken.utf8)
                bytes[place] =
                    bytes[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
                let changed = String(decoding: bytes, as: UTF8.self)
                #expect(try await !isTaken(changed) || changed == granted.accessToken)
            }
            // Without a signature, and as if there were none to make.
            let none = Base64URL.encode(Array(#"{"alg":"none","typ":"at+jwt"}"#.utf8))
            #expect(try await !isTaken("\(none).\(parts[1])."))
            #expect(try await !isTaken("\(parts[0]).\(parts[1])."))
            #expect(try await !isTaken(none + "." + parts[1] + "." + parts[2]))
            // Signed by the public key as if it were a shared secret.
            let key = try await test.people.tokens.keySet()[0]
            let text = String(decoding: header, as: UTF8.self).replacing("ES256", with: "HS256")
            let signed = Base64URL.encode(Array(text.utf8)) + "." + parts[1]
            let secret = try #require(Base64URL.decode(key.x))
            let collection = JWTKeyCollection()
            await collection.add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256)
            struct Forged: JWTPayload {
                var scope: String
                func verify(using algorithm: some JWTAlgorithm) async throws {}
            }
            let forged = try await collection.sign(Forged(scope: "funds:write"))
            #expect(try await !isTaken(forged))
            #expect(
                try await !isTaken(
                    signed + "." + (forged.split(separator: ".").last.map(String.init) ?? "")))
            // By a key of somebody's own, under our key's name.
            let own = JWTKeyCollection()
            await own.add(ecdsa: ES256PrivateKey(), kid: JWKIdentifier(string: key.id))
            let claims = try JSONDecoder().decode(AccessClaims.self, from: Data(payload))
            #expect(try await !isTaken(try await own.sign(claims, header: ["typ": "at+jwt"])))
            for rubbish in ["", ".", "..", "a.b.c", String(repeating: "e", count: 5_000)] {
                #expect(try await !isTaken(rubbish))
            }
            // Too late.
            test.clock.advance(900)
            #expect(try await !isTaken(granted.accessToken))
        }
    }

    @Test
    func `tokens for another audience, or of another kind, are refused though we signed them`()
        async throws
    {
        try await TestPeople.run { test in
            _ = try await test.register("ann@example.org")
            let granted = try await test.tokens("ann@example.org")
            var other = try TestPeople.configuration(test.database)
            other.issuer = "https://other.test"
            let clock = test.clock
            other.clock = { clock.now }
            // The same keys, another service.
            let people = People(other, logger: test.people.logger)
            #expect(try await people.tokens.bearer(of: granted.accessToken) == nil)
            await people.stop()
        }
    }

    @Test func `keys are announced before they sign, and kept while their tokens are good`()
        async throws
    {
        try await TestPeople.run { test in
            _ = try await test.register("ann@example.org")
            let old = try await test.tokens("ann@example.org")
            let first = try await test.people.tokens.keySet().map(\.id)
            #expect(first.count == 1)
            test.clock.advance(30 * 86_400)
            let both = try await test.people.tokens.keySet().map(\.id)
            #expect(both.count == 2 && both.first == first.first)
            func kid(_ token: String) throws -> String? {
                let encoded = try #require(token.split(separator: ".").first)
                let header = try #require(Base64URL.decode(encoded))
                return try JSONDecoder().decode([String: String].self, from: Data(header))["kid"]
            }
            let announced = try await test.tokens("ann@example.org")
            #expect(try kid(announced.accessToken) == both[0])
            test.clock.advance(601)
            let rotated = try await test.tokens("ann@example.org")
            #expect(try kid(rotated.accessToken) == both[1])
            // What the old key signed is still good.
            #expect(try await test.people.tokens.bearer(of: announced.accessToken) != nil)
            test.clock.advance(961)
            _ = try await test.tokens("ann@example.org")
            #expect(try await test.people.tokens.keySet().map(\.id) == [both[1]])
            #expect(try await test.people.tokens.bearer(of: old.accessToken) == nil)
        }
    }

    @Test func `a role given takes effect with the next sign-in, and the old sessions end`()
        async throws
    {
        try await TestPeople.run { test in
            let ann = try await test.register("ann@example.org")
            let before = try await test.tokens("ann@example.org")
            try await test.people.setRole(.supervisor, of: ann, by: "operator")
            #expect(try await test.people.tokens.bearer(of: before.accessToken) == nil)
            let after = try await test.tokens("ann@example.org")
            #expect(after.scopes == Role.supervisor.scopes)
        }
    }
}
