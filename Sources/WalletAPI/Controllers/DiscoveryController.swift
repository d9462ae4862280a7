internal import Hummingbird
internal import Identity
internal import People

/// `/.well-known`: what clients find out by themselves.
struct DiscoveryController {
    let people: People
    let issuer: String

    var routes: APIRoutes {
        APIRoutes()
            .get(.open, "oauth-authorization-server", use: metadata)
            .get(.open, "jwks.json", use: keySet)
    }

    /// RFC 8414.
    @Sendable private func metadata(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        .object { writer in
            func list(_ name: StaticString, _ words: [String]) {
                writer.name(name)
                writer.array(words) { $0.string($1) }
            }
            writer.member("issuer", issuer)
            writer.member("authorization_endpoint", "\(issuer)/oauth/authorize")
            writer.member("token_endpoint", "\(issuer)/oauth/token")
            writer.member("revocation_endpoint", "\(issuer)/oauth/revoke")
            writer.member("introspection_endpoint", "\(issuer)/oauth/introspect")
            writer.member("jwks_uri", "\(issuer)/.well-known/jwks.json")
            list("scopes_supported", Scopes.words.map(\.word))
            list("response_types_supported", ["code"])
            list("response_modes_supported", ["query"])
            list(
                "grant_types_supported",
                ["authorization_code", "refresh_token", "client_credentials"])
            list("code_challenge_methods_supported", ["S256"])
            list(
                "token_endpoint_auth_methods_supported",
                ["none", "client_secret_basic", "client_secret_post"])
            writer.member("authorization_response_iss_parameter_supported", true)
        }
    }

    /// RFC 7517.
    @Sendable private func keySet(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let keys = try await people.tokens.keySet()
        var response = Response.object { writer in
            writer.name("keys")
            writer.array(keys) { writer, key in
                writer.object { writer in
                    writer.member("kty", "EC")
                    writer.member("crv", "P-256")
                    writer.member("x", key.x)
                    writer.member("y", key.y)
                    writer.member("use", "sig")
                    writer.member("alg", "ES256")
                    writer.member("kid", key.id)
                }
            }
        }
        // A new key is announced for longer than this before it signs.
        response.headers[.cacheControl] = "public, max-age=300"
        return response
    }
}
