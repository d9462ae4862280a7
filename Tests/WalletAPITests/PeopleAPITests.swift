import Foundation
import HTTPTypes
import Identity
import Testing

@testable import WalletAPI

@Suite struct PeopleAPITests {
    @Test func `a person registers, signs in, and sees and changes what is theirs`() async throws {
        try await TestAPI.run { api in
            try await api.registerApplication()
            let ann = try await api.register("ann@example.org", handle: "ann_lee")
            let (reply, cookie) = try await api.signIn("@ann_lee")
            #expect(reply.status == 200 && reply["state"].text == "complete")
            #expect(cookie.hasPrefix("__Host-holdfast-sign-in=hfs_"))
            let attributes = try #require(reply.headers[.setCookie])
            for attribute in ["Path=/", "HttpOnly", "SameSite=Lax", "Secure"] {
                #expect(attributes.contains("; \(attribute)"))
            }
            let tokens = try await api.tokens("ann@example.org")
            #expect(tokens.headers[.cacheControl] == "no-store")
            #expect(tokens["token_type"].text == "Bearer" && tokens["expires_in"].text == "900")
            let token = try #require(tokens["access_token"].text)
            let me = try await api.send(.get, "/v1/me", bearer: token)
            #expect(me["id"].text == "\(ann)" && me["handle"].text == "ann_lee")
            #expect(me["contacts"][0]["value"].text == "ann@example.org")
            let changed = try await api.send(
                .patch, "/v1/me", #"{"handle":"ann2","name":null}"#, bearer: token)
            #expect(changed["handle"].text == "ann2" && changed["name"] == .null)
            #expect(try await api.signIn("@ann_lee").reply.code == "wrong_credentials")
            #expect(try await api.signIn("@ann2").reply.status == 200)
            let devices = try await api.send(.get, "/v1/me/devices", bearer: token)
            let device = try #require(devices["devices"][0]["id"].text)
            let renamed = try await api.send(
                .patch, "/v1/me/devices/\(device)", #"{"name":"My phone"}"#, bearer: token)
            #expect(renamed.status == 204)
            let after = try await api.send(.get, "/v1/me/devices", bearer: token)
            #expect(after["devices"][0]["name"].text == "My phone")
            let sessions = try await api.send(.get, "/v1/me/sessions", bearer: token)
            let session = try #require(sessions["sessions"][0]["id"].text)
            #expect(sessions["sessions"][0]["is_this"] == .bool(true))
            let ended = try await api.send(
                .delete, "/v1/me/sessions/\(session)", bearer: token)
            #expect(ended.status == 204)
            #expect(try await api.send(.get, "/v1/me", bearer: token).status == 401)
        }
    }

    @Test func `a second factor is set up, asked for, and changes ask who one is`() async throws {
        try await TestAPI.run { api in
            try await api.registerApplication()
            _ = try await api.register("ann@example.org")
            let token = try await api.token("ann@example.org")
            let begun = try await api.send(.post, "/v1/me/totp", bearer: token)
            let secret = try #require(begun["secret"].text)
            let codes = TimeBasedCodes(secret: try #require(Base32.decode(secret)))
            func code(_ later: Double = 0) -> String {
                codes.code(at: .init(Int64((Date().timeIntervalSince1970 + later) * 1_000_000)))
            }
            let confirmed = try await api.send(
                .post, "/v1/me/totp/confirm", #"{"code":"\#(code())"}"#, bearer: token)
            let recovery = confirmed["recovery_codes"].elements.compactMap(\.text)
            #expect(recovery.count == 10)
            let (reply, cookie) = try await api.signIn("ann@example.org")
            #expect(reply["state"].text == "second_factor_required")
            #expect(try await api.authorize(cookie)["error"] == "login_required")
            let factor = try await api.send(
                .post, "/v1/sign-in/second-factor", #"{"code":"\#(code(30))"}"#, bearer: nil,
                headers: [.cookie: cookie])
            #expect(factor.status == 200 && factor["state"].text == "complete")
            #expect(try await api.authorize(cookie)["code"] != nil)
            // The session of before showed no second factor: it may change nothing until it has.
            let stale = try await api.send(.delete, "/v1/me/totp", bearer: token)
            #expect(stale.status == 403 && stale.code == "step_up_required")
            let bare = try await api.send(
                .post, "/v1/me/step-up", #"{"password":"\#(TestAPI.password)"}"#, bearer: token)
            #expect(bare.code == "second_factor_required")
            let stepped = try await api.send(
                .post, "/v1/me/step-up",
                #"{"password":"\#(TestAPI.password)","second_factor":"\#(recovery[0])"}"#,
                bearer: token)
            #expect(stepped.status == 204, "\(stepped.text)")
            #expect(try await api.send(.delete, "/v1/me/totp", bearer: token).status == 204)
            #expect(try await api.signIn("ann@example.org").reply["state"].text == "complete")
        }
    }

    @Test func `a password is changed, and the other sessions end`() async throws {
        try await TestAPI.run { api in
            try await api.registerApplication()
            _ = try await api.register("ann@example.org")
            let other = try await api.token("ann@example.org")
            let token = try await api.token("ann@example.org")
            let weak = try await api.send(
                .put, "/v1/me/password", #"{"password":"1234567890"}"#, bearer: token)
            #expect(weak.status == 422 && weak.code == "password_breached")
            let changed = try await api.send(
                .put, "/v1/me/password", #"{"password":"another horse battery"}"#, bearer: token)
            #expect(changed.status == 204)
            #expect(try await api.send(.get, "/v1/me", bearer: token).status == 200)
            #expect(try await api.send(.get, "/v1/me", bearer: other).status == 401)
        }
    }

    @Test func `pages of other sites do nothing in somebody's name`() async throws {
        try await TestAPI.run { api in
            let body = #"{"identifier":"ann@example.org","password":"whatever it is"}"#
            for headers: HTTPFields in [
                [.origin: "https://evil.test"], [.origin: "null"],
                [HTTPField.Name("Sec-Fetch-Site")!: "cross-site"],
            ] {
                let reply = try await api.send(
                    .post, "/v1/sign-in", body, bearer: nil, headers: headers)
                #expect(reply.status == 403 && reply.code == "foreign_origin")
            }
            let own = try await api.send(
                .post, "/v1/sign-in", body, bearer: nil, headers: [.origin: TestAPI.issuer])
            #expect(own.code == "wrong_credentials")
        }
    }

    @Test func `browsers are told to run nothing, frame nothing and keep nothing`() async throws {
        try await TestAPI.run { api in
            let mode = try #require(HTTPField.Name("Sec-Fetch-Mode"))
            for path in ["/health/live", "/v1/me", "/nowhere"] {
                let reply = try await api.send(.get, path, headers: [mode: "cors"])
                #expect(reply.headers[.xContentTypeOptions] == "nosniff")
                let policy = try #require(reply.headers[.contentSecurityPolicy])
                #expect(policy.hasPrefix("default-src 'none'"))
                #expect(policy.contains("frame-ancestors 'none'"))
                #expect(reply.headers[.strictTransportSecurity]?.contains("max-age") == true)
                #expect(reply.headers[.cacheControl] == "no-store")
            }
            let keys = try await api.send(
                .get, "/.well-known/jwks.json", headers: [mode: "cors"])
            #expect(keys.headers[.cacheControl] == "public, max-age=300")
            let program = try await api.send(.get, "/health/live")
            #expect(program.headers[.contentSecurityPolicy] == nil)
        }
    }

    @Test func `what is wrong with a request for tokens is said in OAuth's words`() async throws {
        try await TestAPI.run { api in
            try await api.registerApplication()
            for (fields, status, code) in [
                ([("client_id", "app")], 400, "invalid_request"),
                (
                    [("grant_type", "password"), ("client_id", "app")], 400,
                    "unsupported_grant_type"
                ),
                (
                    [("grant_type", "authorization_code"), ("client_id", "app")], 400,
                    "invalid_request"
                ),
                (
                    [("grant_type", "client_credentials"), ("client_id", "nobody")], 401,
                    "invalid_client"
                ),
                (
                    [
                        ("grant_type", "refresh_token"), ("refresh_token", "x"),
                        ("client_id", "app"),
                    ],
                    400, "invalid_grant"
                ),
                (
                    [("grant_type", "x"), ("grant_type", "y"), ("client_id", "app")], 400,
                    "invalid_request"
                ),
            ] {
                let reply = try await api.form("/oauth/token", fields)
                #expect(reply.status == status && reply["error"].text == code, "\(fields)")
                #expect(reply["error_description"].text?.isEmpty == false)
                #expect(reply.headers[.cacheControl] == "no-store")
            }
            let json = try await api.send(.post, "/oauth/token", "{}", bearer: nil)
            #expect(json.status == 400 && json["error"].text == "invalid_request")
            let basic = try await api.form(
                "/oauth/token", [("grant_type", "client_credentials")],
                headers: [.authorization: "Basic " + Data("nobody:x".utf8).base64EncodedString()])
            #expect(basic.status == 401)
            #expect(basic.headers[.wwwAuthenticate] == #"Basic realm="holdfast""#)
        }
    }

    @Test func `a program shows its secret either way, and is told what tokens are good for`()
        async throws
    {
        try await TestAPI.run { api in
            try await api.registerApplication()
            _ = try await api.register("ann@example.org")
            let registered = try await api.post(
                "/v1/clients", #"{"id":"shop","name":"Shop","scope":"payments:read"}"#)
            let secret = try #require(registered["secret"].text)
            let basic: HTTPFields = [
                .authorization: "Basic " + Data("shop:\(secret)".utf8).base64EncodedString()
            ]
            let granted = try await api.form(
                "/oauth/token", [("grant_type", "client_credentials")], headers: basic)
            #expect(granted.status == 200 && granted["scope"].text == "payments:read")
            #expect(granted["refresh_token"] == .null)
            let tokens = try await api.tokens("ann@example.org", scope: "profile wallet:read")
            let access = try #require(tokens["access_token"].text)
            let told = try await api.form("/oauth/introspect", [("token", access)], headers: basic)
            #expect(told["active"] == .bool(true) && told["scope"].text == "profile wallet:read")
            let revoked = try await api.form(
                "/oauth/revoke",
                [("token", try #require(tokens["refresh_token"].text)), ("client_id", "app")])
            #expect(revoked.status == 200)
            let after = try await api.form("/oauth/introspect", [("token", access)], headers: basic)
            #expect(after["active"] == .bool(false) && after.json.names == ["active"])
            let unknown = try await api.form(
                "/oauth/revoke", [("token", "nonsense"), ("client_id", "app")])
            #expect(unknown.status == 200)
            let listed = try await api.get("/v1/clients")
            #expect(listed["clients"].elements.map { $0["id"].text } == ["app", "shop"])
            #expect(listed["clients"][1]["secret"] == .null)
            #expect(try await api.send(.delete, "/v1/clients/shop").status == 204)
            #expect(try await api.send(.delete, "/v1/clients/shop").status == 404)
        }
    }

    @Test func `clients find out by themselves where to go and which keys sign`() async throws {
        try await TestAPI.run { api in
            let server = try await api.send(
                .get, "/.well-known/oauth-authorization-server", bearer: nil)
            #expect(server["issuer"].text == TestAPI.issuer)
            #expect(server["token_endpoint"].text == TestAPI.issuer + "/oauth/token")
            #expect(server["code_challenge_methods_supported"].elements.map(\.text) == ["S256"])
            let keys = try await api.send(.get, "/.well-known/jwks.json", bearer: nil)
            #expect(keys["keys"].elements.count == 1 && keys["keys"][0]["alg"].text == "ES256")
            #expect(keys["keys"][0].names.contains("d") == false)
        }
    }

    @Test(arguments: [
        (#"{"password":"correct horse battery"}"#, "missing_field"),
        (
            #"{"email":"ann@example.org","phone":"+4930901820","password":"x"}"#,
            "conflicting_fields"
        ),
        (#"{"email":"ann","password":"correct horse battery"}"#, "invalid_email"),
        (#"{"phone":"12","password":"correct horse battery"}"#, "invalid_phone"),
        (
            #"{"email":"ann@example.org","password":"correct horse battery","handle":"a"}"#,
            "invalid_handle"
        ),
        (
            #"{"email":"ann@example.org","password":"correct horse battery","name":"\u0007"}"#,
            "invalid_name"
        ),
        (
            #"{"email":"ann@example.org","password":"correct horse battery","role":"x"}"#,
            "unknown_field"
        ),
        (#"{"email":"ann@example.org","password":"short"}"#, "password_too_short"),
        (#"{"email":"ann@example.org"}"#, "missing_field"), ("[]", "wrong_type"),
    ])
    func `what cannot be registered is said why`(_ body: String, _ code: String) async throws {
        try await TestAPI.run { api in
            let reply = try await api.send(.post, "/v1/registrations", body, bearer: nil)
            #expect(reply.code == code, "\(reply.text)")
            #expect((400...422).contains(reply.status))
        }
    }
}
