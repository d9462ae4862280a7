internal import Foundation
internal import Hummingbird
internal import Identity
internal import People

/// `/oauth`: OAuth 2.1 (draft-ietf-oauth-v2-1), revocation (RFC 7009) and introspection (RFC 7662).
struct OAuthController {
    let people: People
    let cookie: SignInCookie

    var routes: APIRoutes {
        APIRoutes()
            .get(.open, "authorize", use: authorize)
            .post(.open, "token", use: token)
            .post(.open, "revoke", use: revoke)
            .post(.open, "introspect", use: introspect)
            .refusing(by: Self.refused)
    }

    /// A refusal that the client is told by way of the browser.
    struct SentBack: Error {
        /// Where the browser is sent.
        var location: String
        var error: GrantError
    }

    /// Refusals in OAuth's form.
    @Sendable private static func refused(_ error: any Error) -> Response? {
        switch error {
        case let error as SentBack: .sent(to: error.location)
        case let error as GrantError: .grantError(.grant(error))
        case let problem as Problem: .grantError(problem)
        default: nil
        }
    }

    @Sendable private func authorize(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let fields = try FormFields(query: request)
        var asked = People.AuthorizationRequest(client: try fields.required("client_id"))
        asked.responseType = fields["response_type"]
        asked.redirectURI = fields["redirect_uri"]
        asked.scope = fields["scope"]
        asked.state = fields["state"]
        asked.challenge = fields["code_challenge"]
        asked.challengeMethod = fields["code_challenge_method"]
        switch try await people.authorize(asked, signIn: cookie.secret(of: request)) {
        case .redirect(let location): return .sent(to: location)
        case .refusedTo(let location, let error): throw SentBack(location: location, error: error)
        case .refused(let error): throw error
        }
    }

    @Sendable private func token(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let fields = try await FormFields(body: request)
        let client = try Self.client(request, fields)
        switch try fields.required("grant_type") {
        case "authorization_code":
            guard let verifier = fields["code_verifier"] else { throw GrantError.missingVerifier }
            return .granted(
                try await people.exchange(
                    code: try fields.required("code"),
                    redirectURI: try fields.required("redirect_uri"), verifier: verifier,
                    by: client))
        case "refresh_token":
            return .granted(
                try await people.refresh(
                    try fields.required("refresh_token"), scope: fields["scope"], by: client))
        case "client_credentials":
            return .granted(try await people.grant(scope: fields["scope"], to: client))
        default: throw GrantError.grantType
        }
    }

    @Sendable private func revoke(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let fields = try await FormFields(body: request)
        try await people.revoke(
            try fields.required("token"), by: try Self.client(request, fields))
        return Response(status: .ok, headers: [.cacheControl: "no-store"])
    }

    @Sendable private func introspect(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let fields = try await FormFields(body: request)
        let bearer = try await people.introspect(
            try fields.required("token"), by: try Self.client(request, fields))
        var response = Response.object { writer in
            writer.member("active", bearer != nil)
            guard let bearer else { return }
            writer.member("scope", bearer.scopes.text)
            writer.member("client_id", bearer.client)
            writer.member("token_type", "Bearer")
            writer.member("sub", bearer.person.map { "\($0)" } ?? bearer.client)
            writer.member("exp", bearer.expiresAt.rawValue / 1_000_000)
        }
        response.headers[.cacheControl] = "no-store"
        return response
    }

    /// The client, by `Authorization: Basic` or by parameters, not by both (RFC 6749, section 2.3).
    private static func client(
        _ request: Request, _ fields: FormFields
    ) throws(Problem) -> People.ClientCredentials {
        guard let header = request.headers[.authorization] else {
            return People.ClientCredentials(
                id: try fields.required("client_id"), secret: fields["client_secret"])
        }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "basic",
            let data = Data(base64Encoded: String(parts[1])),
            let text = String(validating: data, as: UTF8.self)
        else { throw .grant(.request("Authorization must be Basic, with an id and a secret")) }
        let pair = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard pair.count == 2, let id = FormFields.decoded(pair[0]),
            let secret = FormFields.decoded(pair[1]), fields["client_secret"] == nil,
            fields["client_id"].map({ $0 == id }) ?? true
        else { throw .grant(.request("the client shows who it is in one way, not in two")) }
        return People.ClientCredentials(id: id, secret: secret)
    }
}

extension Response {
    /// To another address, where the browser goes on.
    fileprivate static func sent(to location: String) -> Response {
        Response(status: .found, headers: [.location: location, .cacheControl: "no-store"])
    }

    /// RFC 6749, section 5.1.
    fileprivate static func granted(_ granted: People.Granted) -> Response {
        var response = Response.object { writer in
            writer.member("access_token", granted.accessToken)
            writer.member("token_type", "Bearer")
            writer.member("expires_in", granted.expiresInSeconds)
            if let refresh = granted.refreshToken { writer.member("refresh_token", refresh) }
            writer.member("scope", granted.scopes.text)
            if let device = granted.device { writer.member("device", "\(device)") }
        }
        response.headers[.cacheControl] = "no-store"
        return response
    }
}
