import Foundation
import HTTPTypes
import Identity
import Testing

@testable import WalletAPI

extension TestAPI {
    static let password = "correct horse battery"
    static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    static let redirectURI = "https://app.test/cb"

    struct TestRoute: CustomStringConvertible {
        var method: HTTPRequest.Method
        /// With an identifier in place of each parameter.
        var path: String
        var access: RouteAccess
        var description: String { "\(method) \(path)" }
    }

    /// All routes.
    var routes: [TestRoute] {
        api.routes.flatMap { prefix, routes in
            routes.all.map { route in
                let path = [prefix, route.path].filter { !$0.isEmpty }.joined(separator: "/")
                    .replacing(":id", with: "00000000-0000-7000-8000-000000000001")
                    .replacing(":list", with: "deny")
                return TestRoute(method: route.method, path: "/" + path, access: route.access)
            }
        }
    }

    func register(_ email: String, handle: String? = nil) async throws -> PersonID {
        let handle = handle.map { #","handle":"\#($0)""# } ?? ""
        let sent = try await send(
            .post, "/v1/registrations",
            #"{"email":"\#(email)","password":"\#(Self.password)","name":"Ann"\#(handle)}"#,
            bearer: nil)
        try #require(sent.status == 202, "\(sent.text)")
        let id = try #require(sent["id"].text)
        let confirmed = try await send(
            .post, "/v1/registrations/\(id)/confirm",
            #"{"code":"\#(try await sender.code(of: id))"}"#, bearer: nil)
        try #require(confirmed.status == 201, "\(confirmed.text)")
        let text = try #require(confirmed["id"].text)
        return try #require(PersonID(text))
    }

    /// The application of these tests, once.
    func registerApplication() async throws {
        let words = Scopes.words.map(\.word).joined(separator: " ")
        let reply = try await post(
            "/v1/clients",
            #"{"id":"app","name":"App","scope":"\#(words)","redirect_uris":["\#(Self.redirectURI)"]}"#
        )
        try #require(reply.status == 201, "\(reply.text)")
        try #require(reply["secret"] == .null)
    }

    /// Signs in. Returns the answer, and the cookie that stands for it.
    func signIn(
        _ identifier: String, password: String = TestAPI.password
    ) async throws -> (reply: Reply, cookie: String) {
        let reply = try await send(
            .post, "/v1/sign-in",
            #"{"identifier":"\#(identifier)","password":"\#(password)","device":{"name":"Phone"}}"#,
            bearer: nil)
        let cookie = reply.headers[.setCookie]?.split(separator: ";").first ?? ""
        return (reply, String(cookie))
    }

    /// Where the browser is sent when it comes with a cookie.
    func authorize(_ cookie: String, scope: String? = nil) async throws -> [String: String] {
        let scope = scope.map { "&scope=" + $0.replacing(" ", with: "+") } ?? ""
        let reply = try await send(
            .get,
            "/oauth/authorize?response_type=code&client_id=app&redirect_uri=https%3A%2F%2Fapp.test%2Fcb"
                + "&state=s&code_challenge=\(Self.challenge)&code_challenge_method=S256" + scope,
            bearer: nil, headers: [.cookie: cookie])
        try #require(reply.status == 302, "\(reply.text)")
        let location = try #require(reply.headers[.location])
        let items = URLComponents(string: location)?.queryItems ?? []
        return Dictionary(uniqueKeysWithValues: items.map { ($0.name, $0.value ?? "") })
    }

    func form(
        _ path: String, _ fields: [(String, String)], headers: HTTPFields = [:]
    ) async throws -> Reply {
        var headers = headers
        headers[.contentType] = "application/x-www-form-urlencoded"
        let allowed = CharacterSet.alphanumerics
        let body = fields.map {
            $0.0 + "=" + ($0.1.addingPercentEncoding(withAllowedCharacters: allowed) ?? "")
        }.joined(separator: "&")
        return try await send(.post, path, body, bearer: nil, headers: headers)
    }

    /// Tokens of somebody who signs in now.
    func tokens(_ identifier: String, scope: String? = nil) async throws -> Reply {
        let code = try await authorize(try await signIn(identifier).cookie, scope: scope)["code"]
        let reply = try await form(
            "/oauth/token",
            [
                ("grant_type", "authorization_code"), ("code", try #require(code)),
                ("redirect_uri", Self.redirectURI), ("code_verifier", Self.verifier),
                ("client_id", "app"),
            ])
        try #require(reply.status == 200, "\(reply.text)")
        return reply
    }

    func token(_ identifier: String, scope: String? = nil) async throws -> String {
        try #require(try await tokens(identifier, scope: scope)["access_token"].text)
    }
}
