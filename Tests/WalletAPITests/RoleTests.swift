import Identity
import Testing

@testable import WalletAPI

/// Every route with a caller of every role: let in exactly where the role's scopes say so.
@Suite struct RoleTests {
    @Test func `each role is let in where its scopes say so, and nowhere else`() async throws {
        try await TestAPI.run { api in
            try await api.registerApplication()
            for role in Role.allCases where role != .service {
                let email = "\(role.word)@example.org"
                let person = try await api.register(email)
                if role != .customer {
                    let given = try await api.send(
                        .put, "/v1/people/\(person)/role", #"{"role":"\#(role.word)"}"#)
                    #expect(given.status == 204)
                }
                let token = try await api.token(email)
                // What ends all sessions ends the walk; the erasure has a walk of its own after it.
                let ending = api.routes.filter {
                    $0.method == .delete && $0.path == "/v1/me/sessions"
                }
                let erasing = api.routes.filter { $0.path == "/v1/me/erasure" }
                #expect(ending.count == 1 && erasing.count == 1)
                let last = (ending + erasing).map { "\($0)" }
                let walked = api.routes.filter { !last.contains("\($0)") }
                for route in walked + ending {
                    try await Self.check(api, route, token, role.scopes, isPerson: true)
                }
                let again = try await api.token(email)
                for route in erasing {
                    try await Self.check(api, route, again, role.scopes, isPerson: true)
                }
            }
            let registered = try await api.post(
                "/v1/clients",
                #"{"id":"shop","name":"Shop","scope":"\#(Scopes.ofStaff.text) profile"}"#)
            let secret = try #require(registered["secret"].text)
            let granted = try await api.form(
                "/oauth/token",
                [
                    ("grant_type", "client_credentials"), ("client_id", "shop"),
                    ("client_secret", secret),
                ])
            let token = try #require(granted["access_token"].text)
            for route in api.routes {
                try await Self.check(api, route, token, Role.service.scopes, isPerson: false)
            }
            for route in api.routes {
                try await Self.check(api, route, TestAPI.key, .ofStaff, isPerson: false)
            }
        }
    }

    private static func check(
        _ api: TestAPI, _ route: TestAPI.TestRoute, _ token: String, _ scopes: Scopes,
        isPerson: Bool
    ) async throws {
        let reply = try await api.send(route.method, route.path, bearer: token)
        let isLetIn =
            switch route.access {
            case .open, .caller: true
            case .scope(let scope): scopes.isSuperset(of: scope)
            case .person(let scope): isPerson && scopes.isSuperset(of: scope)
            }
        let isRefused = ["insufficient_scope", "not_a_person"].contains(reply.code ?? "")
        #expect(isRefused == !isLetIn, "\(route): \(reply.status) \(reply.text)")
        if isRefused { #expect(reply.status == 403) }
        if isLetIn, route.access != .open { #expect(reply.status != 401, "\(route)") }
        #expect(reply.status < 500, "\(route): \(reply.text)")
    }

    @Test func `a token allows no more than was asked for`() async throws {
        try await TestAPI.run { api in
            try await api.registerApplication()
            _ = try await api.register("ann@example.org")
            let token = try await api.token("ann@example.org", scope: "profile")
            let me = try await api.send(.get, "/v1/me", bearer: token)
            #expect(me.status == 200)
            let refused = try await api.send(.delete, "/v1/me/sessions", bearer: token)
            #expect(refused.status == 403 && refused.code == "insufficient_scope")
            #expect(refused.headers[.wwwAuthenticate]?.contains("scope=\"security\"") == true)
        }
    }
}
