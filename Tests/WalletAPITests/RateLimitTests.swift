import HTTPTypes
import RateLimits
import Testing

@testable import WalletAPI

/// Each caller is kept within an allowance of their own (draft-ietf-httpapi-ratelimit-headers-11; RFC 6585, section 4).
@Suite struct RateLimitTests {
    private static func web(program: Int? = nil, person: Int? = nil, address: Int? = nil)
        -> WebSettings
    {
        func allowance(_ name: String, _ burst: Int?) -> Allowance? {
            burst.map { Allowance(name, perSecond: 2, burst: $0) }
        }
        var web = WebSettings()
        web.allowances = CallerAllowances(
            program: allowance("program", program), person: allowance("person", person),
            address: allowance("address", address))
        return web
    }

    @Test func `a key that asks too often is told when to ask again, and others are not`()
        async throws
    {
        try await TestAPI.run { api in
            let clock = TickClock()
            let responder = try api.api(Self.web(program: 3), clock: clock).makeResponder()
            for left in [2, 1, 0] {
                let reply = try await responder.ask(.get, "/v1/policies", bearer: TestAPI.key)
                #expect(reply.status == 200)
                #expect(reply.header("RateLimit-Policy") == #""program";q=3;w=2"#)
                #expect(reply.header("RateLimit") == #""program";r=\#(left);t=1"#)
                #expect(reply.header("Retry-After") == nil)
            }
            let refused = try await responder.ask(.get, "/v1/policies", bearer: TestAPI.key)
            #expect(refused.status == 429)
            #expect(refused.code == "too_many_requests")
            #expect(refused.headers[.contentType] == "application/problem+json")
            #expect(refused.header("Retry-After") == "1")
            #expect(refused.header("RateLimit") == #""program";r=0;t=1"#)
            let other = try await responder.ask(.get, "/v1/policies", bearer: TestAPI.otherKey)
            #expect(other.status == 200)
            clock.advance(milliseconds: 499)
            #expect(
                try await responder.ask(.get, "/v1/policies", bearer: TestAPI.key).status == 429)
            clock.advance(milliseconds: 1)
            #expect(
                try await responder.ask(.get, "/v1/policies", bearer: TestAPI.key).status == 200)
        }
    }

    @Test func `refusals tell of what is left, whatever they refuse`() async throws {
        try await TestAPI.run { api in
            let web = Self.web(program: 9, person: 9, address: 9)
            let responder = try api.api(web, clock: TickClock()).makeResponder()
            let id = "00000000-0000-7000-8000-000000000001"
            for (path, bearer, status, field) in [
                ("/v1/accounts/\(id)", TestAPI.key, 404, #""program";r=8;t=1"#),
                ("/v1/accounts/x", TestAPI.key, 400, #""program";r=7;t=1"#),
                ("/v1/me", TestAPI.key, 403, #""program";r=6;t=1"#),
                ("/v1/policies", nil, 401, #""address";r=8;t=1"#),
                ("/v1/policies", "hf_wrong", 401, #""address";r=7;t=1"#),
                ("/nowhere", nil, 404, #""address";r=6;t=1"#),
                ("/v1/transfers", TestAPI.key, 405, #""address";r=5;t=1"#),
                ("/.well-known/jwks.json", nil, 200, #""address";r=4;t=1"#),
            ] as [(String, String?, Int, String)] {
                let reply = try await responder.ask(.get, path, bearer: bearer)
                #expect(reply.status == status, "\(path)")
                #expect(reply.header("RateLimit") == field, "\(path)")
            }
        }
    }

    @Test func `people have an allowance each, on all their devices together`() async throws {
        try await TestAPI.withTwo { api, ann, bob in
            let second = try await api.token("ann@example.org")
            let responder = try api.api(Self.web(person: 2), clock: TickClock()).makeResponder()
            let first = try await responder.ask(.get, "/v1/me", bearer: ann.token)
            #expect(first.header("RateLimit") == #""person";r=1;t=1"#)
            #expect(try await responder.ask(.get, "/v1/me", bearer: second).status == 200)
            #expect(try await responder.ask(.get, "/v1/me", bearer: ann.token).status == 429)
            #expect(try await responder.ask(.get, "/v1/me", bearer: second).status == 429)
            #expect(try await responder.ask(.get, "/v1/me", bearer: bob.token).status == 200)
        }
    }

    @Test func `keys cannot be guessed without end from one address, nor is anybody's own harmed`()
        async throws
    {
        try await TestAPI.run { api in
            let responder = try api.api(Self.web(address: 4), clock: TickClock()).makeResponder()
            var statuses: [Int] = []
            for guess in 0..<6 {
                let reply = try await responder.ask(
                    .get, "/v1/policies", bearer: "hf_guess_\(guess)")
                statuses.append(reply.status)
            }
            #expect(statuses == [401, 401, 401, 401, 429, 429])
            #expect(
                try await responder.ask(.get, "/v1/policies", bearer: TestAPI.key).status == 200)
            #expect(
                try await responder.ask(.get, "/.well-known/jwks.json", from: "10.0.0.2").status
                    == 200)
        }
    }

    @Test func `whoever looks after the service is not counted, and nobody is without limits`()
        async throws
    {
        try await TestAPI.run { api in
            let responder = try api.api(Self.web(address: 1), clock: TickClock()).makeResponder()
            for _ in 0..<5 {
                let reply = try await responder.ask(.get, "/health/live")
                #expect(reply.status == 200)
                #expect(reply.header("RateLimit") == nil)
            }
            for _ in 0..<200 {
                let reply = try await api.get("/v1/policies")
                #expect(reply.status == 200)
                #expect(reply.header("RateLimit-Policy") == nil)
            }
        }
    }

    @Test(
        "Addresses of IPv6 count by network, those of IPv4 by themselves",
        arguments: [
            ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true),
            ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
            ("::ffff:10.0.0.1", "10.0.0.1", true), ("::ffff:10.0.0.1", "::ffff:10.0.0.2", false),
            ("10.0.0.1", "10.0.0.2", false), ("fe80::1%eth0", "fe80::2", true),
            ("::1", "::ffff:0.0.0.1", false), ("", "::", false), (":", "::", false),
        ])
    func addresses(_ one: String, _ other: String, _ same: Bool) {
        #expect((AddressKey(one) == AddressKey(other)) == same)
    }
}
