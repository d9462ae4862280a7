internal import EventLog
internal import Identity
internal import PostgreSQL

extension People {
    /// What a client asks for when it sends somebody to sign in (RFC 6749, section 4.1.1; RFC 7636).
    public struct AuthorizationRequest: Sendable {
        /// `response_type`.
        public var responseType: String?
        /// `client_id`.
        public var client: String
        /// `redirect_uri`.
        public var redirectURI: String?
        /// `scope`; nil for all that the client may have.
        public var scope: String?
        /// `state`, given back as it is.
        public var state: String?
        /// `code_challenge`.
        public var challenge: String?
        /// `code_challenge_method`.
        public var challengeMethod: String?

        /// - Parameter client: its identifier; all else as it was given.
        public init(client: String) { self.client = client }
    }

    /// Where the browser is sent.
    public enum Authorized: Sendable, Equatable {
        /// Back to the client, with a code.
        case redirect(String)
        /// Back to the client, with an error that is the client's to deal with.
        case refusedTo(String, GrantError)
        /// Nowhere: the client is not known, or is not at this address.
        case refused(GrantError)
    }

    private static let codeSeconds: Int64 = 60
    private static let insertCode = Statement(
        "people.code.insert",
        """
        INSERT INTO authorization_code (digest, client_id, person_id, device_id, device_name,
            methods, authenticated_at, redirect_uri, challenge, scopes, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6::int, $7, $8, $9, $10, $11)
        """)

    /// Gives a code for a complete sign-in.
    ///
    /// - Parameter signIn: its secret; nil if there is none.
    public func authorize(
        _ request: AuthorizationRequest, signIn: String?
    ) async throws(PeopleError) -> Authorized {
        let now = now
        let digest = signIn.map { SecretToken.digest($0) }
        let code = SecretToken(prefix: "hfc_")
        let issuer = configuration.issuer
        return try await transact { connection throws(PostgreSQLError) in
            guard let client = try ClientRow.find(request.client, on: &connection)?.client else {
                return .success(.refused(.client.noting(because: "unknown_client")))
            }
            guard let text = request.redirectURI, let asked = RedirectURI(text),
                client.redirectURIs.contains(where: { $0.permits(asked) })
            else {
                return .success(
                    .refused(
                        .request("redirect_uri is not one that the client registered")
                            .noting(because: "redirect_mismatch", client: client)))
            }
            func answer(_ parameters: [(name: String, value: String)]) -> String {
                let state = request.state.map { [(name: "state", value: $0)] } ?? []
                return asked.adding(parameters + state + [("iss", issuer)])
            }
            func refuse(_ error: GrantError) -> Result<Authorized, PeopleError> {
                .success(
                    .refusedTo(
                        answer([("error", error.code), ("error_description", error.detail)]),
                        error.noting(client: client)))
            }
            guard request.responseType == "code" else { return refuse(.responseType) }
            guard request.challengeMethod == "S256",
                let proof = request.challenge.flatMap({ ProofKey(challenge: $0) })
            else {
                return refuse(
                    .request("code_challenge is needed, with code_challenge_method S256")
                        .noting(because: request.challenge == nil ? "no_pkce" : "weak_pkce"))
            }
            guard let asksFor = Scopes(request.scope ?? ""), asksFor.isSubset(of: client.scopes)
            else { return refuse(.scope) }
            guard let digest,
                let row = try SignInRow.find(digest, at: now, on: &connection), row.isComplete,
                let person = try PersonRow.find(row.person, on: &connection), person.key != nil
            else { return refuse(.signIn) }
            let most = client.scopes.intersection(person.role.scopes)
            let scopes = request.scope == nil ? most : asksFor.intersection(most)
            guard !scopes.isEmpty else { return refuse(.scope) }
            _ = try connection.query(
                Self.insertCode,
                Parameters {
                    $0.add(code.digest)
                    $0.add(client.id)
                    $0.add(person.id)
                    $0.add(row.device)
                    $0.add(row.newDeviceName)
                    $0.add(row.methods.rawValue)
                    $0.add(row.createdAt)
                    $0.add(asked.text)
                    $0.add(proof.challenge)
                    $0.add(scopes.rawValue)
                    $0.add(now.adding(seconds: Self.codeSeconds))
                })
            return .success(.redirect(answer([("code", code.text)])))
        }
    }
}
