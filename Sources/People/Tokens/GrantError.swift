/// Why no token is given (RFC 6749, section 5.2, and RFC 7009).
public struct GrantError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A word of the standard's.
    public let code: String
    /// A sentence for whoever writes the client.
    public let detail: String
    /// Seconds to wait, where too much was asked.
    public var retryAfterSeconds: Int64?
    /// What only the audit log is to know of it.
    package var facts = RefusalFacts()

    private init(_ code: String, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    init(_ error: PeopleError) {
        code = "temporarily_unavailable"
        detail = error.detail
        retryAfterSeconds = error.retryAfterSeconds ?? 1
    }

    /// Whether whoever is refused is told the same.
    public static func == (one: GrantError, other: GrantError) -> Bool {
        one.code == other.code && one.detail == other.detail
            && one.retryAfterSeconds == other.retryAfterSeconds
    }

    /// The word and the sentence.
    public var description: String { "\(code): \(detail)" }

    /// Something is missing, or given twice, or not what it must be.
    public static func request(_ detail: String) -> GrantError {
        GrantError("invalid_request", detail)
    }
    /// A code is exchanged without what shows that it is its owner who does it.
    public static let missingVerifier = request("the parameter code_verifier is missing")
        .noting(because: "no_pkce")
    static let client = GrantError(
        "invalid_client", "the client is not known, or its secret is wrong")
    static let grant = GrantError(
        "invalid_grant",
        "the code or token is not known, has expired, was used, or was given to another client")
    /// What is granted for is not known here.
    public static let grantType = GrantError(
        "unsupported_grant_type",
        "known are authorization_code, refresh_token and client_credentials")
    static let responseType = GrantError(
        "unsupported_response_type", "the one response type of OAuth 2.1 is code")
    static let unauthorizedClient = GrantError(
        "unauthorized_client", "this client may not ask for this grant")
    static let scope = GrantError(
        "invalid_scope", "a scope is not known, or more than this client or person may have")
    static let signIn = GrantError("login_required", "no sign-in is complete: sign in first")

    /// Whether the client could not show who it is.
    public var isOfClient: Bool { code == "invalid_client" }
}
