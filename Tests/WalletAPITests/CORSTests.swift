import HTTPTypes
import RateLimits
import Testing

@testable import WalletAPI

/// The CORS protocol of the Fetch Standard, for listed origins and nobody else.
@Suite struct CORSTests {
    private static let app = "https://app.example"

    private static func run(_ test: (TestAPI, APIResponder) async throws -> Void) async throws {
        try await TestAPI.run { api in
            var web = WebSettings()
            web.origins = [try WebOrigin(app), try WebOrigin("http://localhost:3000")]
            try await test(api, try api.api(web).makeResponder())
        }
    }

    private static func corsNames(_ reply: Reply) -> [String] {
        reply.headers.map(\.name.rawName).filter { $0.lowercased().hasPrefix("access-control-") }
    }

    private static func asks(_ method: String, from origin: String) throws -> HTTPFields {
        [
            .origin: origin,
            try #require(HTTPField.Name("Access-Control-Request-Method")): method,
            try #require(HTTPField.Name("Access-Control-Request-Headers")): "authorization",
        ]
    }

    @Test func `a listed origin is told what it may ask for`() async throws {
        try await Self.run { _, responder in
            let reply = try await responder.ask(
                .options, "/v1/accounts/7/limits", headers: Self.asks("PUT", from: Self.app))
            #expect(reply.status == 204)
            #expect(reply.bytes.isEmpty)
            #expect(reply.header("Access-Control-Allow-Origin") == Self.app)
            #expect(reply.header("Access-Control-Allow-Methods") == "PUT")
            #expect(
                reply.header("Access-Control-Allow-Headers")
                    == "Authorization, Content-Type, Idempotency-Key, Last-Event-ID")
            #expect(reply.header("Access-Control-Max-Age") == "7200")
            #expect(reply.header("Access-Control-Allow-Credentials") == nil)
            #expect(reply.headers[.vary] == "Origin")
            let both = try await responder.ask(
                .options, "/v1/lists/deny",
                headers: Self.asks("GET", from: "http://localhost:3000"))
            #expect(both.header("Access-Control-Allow-Methods") == "GET, POST")
            #expect(both.header("Access-Control-Allow-Origin") == "http://localhost:3000")
        }
    }

    @Test func `its pages may read answers and refusals, without credentials`() async throws {
        try await Self.run { _, responder in
            for (bearer, status) in [(TestAPI.key, 200), ("hf_wrong", 401)] {
                let reply = try await responder.ask(
                    .get, "/v1/policies", bearer: bearer, headers: [.origin: Self.app])
                #expect(reply.status == status)
                #expect(reply.header("Access-Control-Allow-Origin") == Self.app)
                #expect(
                    reply.header("Access-Control-Expose-Headers")
                        == "Location, Retry-After, RateLimit, RateLimit-Policy, WWW-Authenticate")
                #expect(reply.header("Access-Control-Allow-Credentials") == nil)
                #expect(reply.headers[.vary] == "Origin")
                #expect(reply.header("X-Content-Type-Options") == "nosniff")
            }
        }
    }

    @Test(
        "Every other origin is told nothing, however much it looks like one",
        arguments: [
            "https://evil.example", "https://app.example.evil.example", "https://app.example:444",
            "http://app.example", "https://APP.example", "https://app.example/", "null", "*", "",
            "https://evil.example https://app.example", "https://app.example, https://evil.example",
        ])
    func others(_ origin: String) async throws {
        try await Self.run { _, responder in
            let preflight = try await responder.ask(
                .options, "/v1/policies", headers: Self.asks("GET", from: origin))
            #expect(preflight.status == 405)
            #expect(Self.corsNames(preflight).isEmpty)
            let reply = try await responder.ask(
                .get, "/v1/policies", bearer: TestAPI.key, headers: [.origin: origin])
            #expect(reply.status == 200)
            #expect(Self.corsNames(reply).isEmpty)
            #expect(reply.headers[.vary] == "Origin")
        }
    }

    @Test func `two origins at once are none`() async throws {
        try await Self.run { _, responder in
            var fields = HTTPFields()
            fields.append(HTTPField(name: .origin, value: Self.app))
            fields.append(HTTPField(name: .origin, value: "https://evil.example"))
            let reply = try await responder.ask(
                .get, "/v1/policies", bearer: TestAPI.key, headers: fields)
            #expect(Self.corsNames(reply).isEmpty)
        }
    }

    @Test func `paths that are not there, and what is no preflight, are answered as ever`()
        async throws
    {
        try await Self.run { _, responder in
            let nowhere = try await responder.ask(
                .options, "/nowhere", headers: Self.asks("GET", from: Self.app))
            #expect(nowhere.status == 404)
            let plain = try await responder.ask(
                .options, "/v1/policies", headers: [.origin: Self.app])
            #expect(plain.status == 405)
            #expect(plain.header("Allow") == "GET, POST")
        }
    }

    @Test func `unless origins are listed there are none of these headers`() async throws {
        try await TestAPI.run { api in
            let reply = try await api.send(.get, "/v1/policies", headers: [.origin: Self.app])
            #expect(reply.status == 200)
            #expect(Self.corsNames(reply).isEmpty)
            #expect(reply.headers[.vary] == nil)
            let preflight = try await api.send(
                .options, "/v1/policies", bearer: nil, headers: Self.asks("GET", from: Self.app))
            #expect(preflight.status == 405)
            #expect(Self.corsNames(preflight).isEmpty)
        }
    }

    @Test func `a preflight is not counted: browsers send it without being asked to`()
        async throws
    {
        try await TestAPI.run { api in
            var web = WebSettings()
            web.origins = [try WebOrigin(Self.app)]
            web.allowances.address = Allowance("address", perSecond: 1, burst: 1)
            let responder = try api.api(web, clock: TickClock()).makeResponder()
            for _ in 0..<5 {
                let reply = try await responder.ask(
                    .options, "/v1/policies", headers: Self.asks("GET", from: Self.app))
                #expect(reply.status == 204)
            }
        }
    }

    @Test(
        "An origin is written as browsers write it",
        arguments: [
            "", "*", "null", "app.example", "https://", "https://app.example/",
            "https://App.example", "https://app.example:443", "http://app.example:80",
            "https://app.example:0", "https://app.example:99999", "https://app.example:0443",
            "https://app.example:", "https://*.example", "https://a b", "ftp://app.example",
            "https://user@app.example", "https://[]", "https://.example", "https://app.example.",
        ])
    func malformed(_ text: String) {
        #expect(throws: WebOriginError(text: text)) { try WebOrigin(text) }
    }

    @Test(
        "Origins with and without a port are taken",
        arguments: [
            "https://app.example", "http://localhost:3000", "http://127.0.0.1:8080",
            "https://[::1]:8443", "https://[2001:db8::1]", "https://xn--bcher-kva.example",
        ])
    func wellFormed(_ text: String) throws { #expect(try WebOrigin(text).text == text) }
}
