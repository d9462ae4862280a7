internal import Cryptography
internal import EventLog
public import Identity
internal import Notices
internal import PostgreSQL
internal import Vault

extension People {
    /// Who asks for a token: a client, and its secret if it has one.
    public struct ClientCredentials: Sendable {
        /// The client's identifier.
        public var id: String
        /// Its secret; nil if none was shown.
        public var secret: String?

        /// - Parameter secret: nil for a public client.
        public init(id: String, secret: String?) {
            self.id = id
            self.secret = secret
        }
    }

    /// What a client gets (RFC 6749, section 5.1).
    public struct Granted: Sendable {
        /// A token of RFC 9068.
        public let accessToken: String
        /// Seconds that it is good for.
        public let expiresInSeconds: Int64
        /// Nil for a program that acts for itself.
        public let refreshToken: String?
        /// What it allows.
        public let scopes: Scopes
        /// Which device the person signed in with; nil as before.
        public let device: DeviceID?
    }

    /// Exchanges a code (RFC 6749, section 4.1.3). A code that is shown again ends what it was exchanged for.
    public func exchange(
        code: String, redirectURI: String, verifier: String, by credentials: ClientCredentials
    ) async throws(GrantError) -> Granted {
        let now = now
        let digest = SecretToken.digest(code)
        let refresh = SecretToken(prefix: "hfr_")
        let idle = configuration.sessionIdleSeconds
        let keyring = configuration.keyring
        let done = try await granting {
            connection, acts throws(PostgreSQLError) -> Granting<Outcome> in
            let client: Client
            switch try Self.client(credentials, on: &connection) {
            case .success(let known): client = known
            case .failure(let error): return .failure(error)
            }
            guard let row = try AuthorizationCodeRow.find(digest, on: &connection) else {
                return .failure(.grant.noting(because: "unknown_code", client: client))
            }
            let refused = GrantError.grant.noting(client: client, of: row.person)
            if let session = row.session {
                return try Self.reused(
                    session, of: row.person, by: client, "used_code", at: now, &acts, &connection)
            }
            if let cause = Self.cause(
                against: row, by: client, redirectURI: redirectURI, verifier: verifier, at: now)
            {
                return .failure(refused.noting(because: cause))
            }
            if let name = row.newDeviceName,
                try DeviceRow.isKnown(row.device, of: row.person, on: &connection) == nil
            {
                try DeviceRow.insert(
                    row.device, of: row.person, name: name, at: now, on: &connection)
                acts.add(.deviceAdded, by: row.person, on: "\(row.device)")
                let opened = try PersonRow.find(row.person, on: &connection)
                    .flatMap { try? $0.dataKey(keyring) }.flatMap {
                        try? $0.open(name, as: "device")
                    }
                acts.tell(
                    row.person,
                    .newDevice(opened.map { String(decoding: $0, as: UTF8.self) } ?? ""),
                    once: "device \(row.device)")
            }
            let session = SessionRow(
                id: SessionID(at: now), person: row.person, device: row.device, client: client.id,
                scopes: row.scopes, methods: row.methods, authenticatedAt: row.authenticatedAt,
                createdAt: now, lastUsedAt: now, expiresAt: now.adding(seconds: idle), endedAt: nil)
            try session.insert(on: &connection)
            acts.add(
                .sessionStarted, by: row.person, on: "\(session.id)", .succeeded,
                [
                    ("device", "\(row.device)"), ("client", client.id),
                    ("methods", row.methods.references.joined(separator: " ")),
                ])
            try AuthorizationCodeRow.exchanged(digest, for: session.id, on: &connection)
            try RefreshTokenRow.insert(refresh.digest, of: session.id, at: now, on: &connection)
            return .success(.session(session))
        }
        switch done {
        case .session(let session):
            return try await grant(session, refresh, scopes: session.scopes)
        case .ended(let session):
            tokens.end([session])
            throw .grant.recorded
        }
    }

    /// Why a code is not exchanged; nil if it is.
    private static func cause(
        against row: AuthorizationCodeRow, by client: Client, redirectURI: String,
        verifier: String, at now: Timestamp
    ) -> String? {
        if row.client != client.id { return "code_of_another_client" }
        if row.redirectURI != redirectURI { return "redirect_mismatch" }
        if row.expiresAt <= now { return "expired_code" }
        if ProofKey(challenge: row.challenge)?.isMet(by: verifier) != true {
            return "wrong_verifier"
        }
        return nil
    }

    /// A code or token was shown a second time: somebody else has it, so its session ends.
    private static func reused(
        _ session: SessionID, of person: PersonID, by client: Client, _ cause: String,
        at now: Timestamp, _ acts: inout Acts, _ connection: inout Connection
    ) throws(PostgreSQLError) -> Granting<Outcome> {
        guard try SessionRow.end(session, of: person, .reuse, at: now, on: &connection) else {
            return .failure(
                .grant.noting(because: cause, client: client, of: person, session: session))
        }
        acts.add(
            .tokenReused, by: client.id, on: "\(session)", .refused,
            [("cause", cause), ("person", "\(person)")])
        acts.tell(person, .sessionEndedForReuse(), once: "session \(session)")
        return .success(.ended(session))
    }

    /// Gives a new pair of tokens for a refresh token (OAuth 2.1, section 4.3). One that was used before ends the session:
    /// somebody else has it.
    ///
    /// - Parameter scope: no more than the session has; nil for all of it.
    public func refresh(
        _ token: String, scope: String?, by credentials: ClientCredentials
    ) async throws(GrantError) -> Granted {
        let now = now
        let digest = SecretToken.digest(token)
        let refresh = SecretToken(prefix: "hfr_")
        let idle = configuration.sessionIdleSeconds
        guard let asked = Scopes(scope ?? "") else { throw .scope }
        let done = try await granting {
            connection, acts throws(PostgreSQLError) -> Granting<Outcome> in
            let client: Client
            switch try Self.client(credentials, on: &connection) {
            case .success(let known): client = known
            case .failure(let error): return .failure(error)
            }
            guard let row = try RefreshTokenRow.find(digest, on: &connection),
                let session = try SessionRow.find(row.session, on: &connection)
            else { return .failure(.grant.noting(because: "unknown_token", client: client)) }
            let refused = GrantError.grant.noting(
                client: client, of: session.person, session: session.id)
            guard session.client == client.id else {
                return .failure(refused.noting(because: "token_of_another_client"))
            }
            if row.usedAt != nil {
                return try Self.reused(
                    session.id, of: session.person, by: client, "used_token", at: now, &acts,
                    &connection)
            }
            guard session.endedAt == nil,
                let person = try PersonRow.find(session.person, on: &connection),
                person.key != nil
            else { return .failure(refused.noting(because: "session_ended")) }
            guard session.expiresAt > now else {
                return .failure(refused.noting(because: "session_expired"))
            }
            guard asked.isSubset(of: session.scopes) else {
                return .failure(
                    .scope.noting(client: client, of: session.person, session: session.id))
            }
            try RefreshTokenRow.use(digest, at: now, on: &connection)
            try RefreshTokenRow.insert(refresh.digest, of: session.id, at: now, on: &connection)
            try session.use(at: now, until: now.adding(seconds: idle), on: &connection)
            return .success(.session(session))
        }
        switch done {
        case .session(let session):
            return try await grant(
                session, refresh, scopes: scope == nil ? session.scopes : asked)
        case .ended(let session):
            tokens.end([session])
            throw .grant.recorded
        }
    }

    /// Gives a token to a program that acts for itself (RFC 6749, section 4.4).
    ///
    /// - Parameter scope: no more than the client has; nil for all of it.
    public func grant(
        scope: String?, to credentials: ClientCredentials
    ) async throws(GrantError) -> Granted {
        guard let asked = Scopes(scope ?? "") else { throw .scope }
        let client = try await granting {
            connection, acts throws(PostgreSQLError) -> Granting<Client> in
            let client: Client
            switch try Self.client(credentials, on: &connection) {
            case .success(let known): client = known
            case .failure(let error): return .failure(error)
            }
            return client.isConfidential
                ? .success(client) : .failure(.unauthorizedClient.noting(client: client))
        }
        let most = client.scopes.intersection(Role.service.scopes)
        let scopes = scope == nil ? most : asked
        guard !scopes.isEmpty, scopes.isSubset(of: most) else {
            throw .scope.noting(client: client)
        }
        do throws(PeopleError) {
            let issued = try await tokens.issue(
                subject: client.id, client: client.id, scopes: scopes, session: nil)
            return Granted(
                accessToken: issued.token, expiresInSeconds: issued.expiresInSeconds,
                refreshToken: nil, scopes: scopes, device: nil)
        } catch { throw GrantError(error) }
    }

    /// Ends the session of a refresh or access token (RFC 7009). Tokens that are not known are none of the caller's
    /// business, and no error.
    public func revoke(
        _ token: String, by credentials: ClientCredentials
    ) async throws(GrantError) {
        let now = now
        let digest = SecretToken.digest(token)
        let bearer: Bearer?
        do throws(PeopleError) { bearer = try await tokens.bearer(of: token) } catch {
            throw GrantError(error)
        }
        let ended = try await granting {
            connection, acts throws(PostgreSQLError) -> Granting<[SessionID]> in
            let client: Client
            switch try Self.client(credentials, on: &connection) {
            case .success(let known): client = known
            case .failure(let error): return .failure(error)
            }
            var asked = bearer?.session
            if asked == nil {
                asked = try RefreshTokenRow.find(digest, on: &connection)?.session
            }
            guard let asked, let session = try SessionRow.find(asked, on: &connection),
                session.client == client.id
            else { return .success([SessionID]()) }
            let ended = try SessionRow.end(
                session.id, of: session.person, .signedOut, at: now, on: &connection)
            if ended { acts.add(.sessionEnded, by: client.id, on: "\(session.id)") }
            return .success(ended ? [session.id] : [])
        }
        tokens.end(ended)
    }

    /// What a token is good for, told to a program that has to know (RFC 7662); nil for one that is good for nothing.
    public func introspect(
        _ token: String, by credentials: ClientCredentials
    ) async throws(GrantError) -> Bearer? {
        _ = try await granting { connection, acts throws(PostgreSQLError) -> Granting<Void> in
            let client: Client
            switch try Self.client(credentials, on: &connection) {
            case .success(let known): client = known
            case .failure(let error): return .failure(error)
            }
            return client.isConfidential
                ? .success(()) : .failure(.unauthorizedClient.noting(client: client))
        }
        do throws(PeopleError) { return try await tokens.bearer(of: token) } catch {
            throw GrantError(error)
        }
    }

    // MARK: - Inside

    private typealias Granting<Value> = Result<Value, GrantError>

    private enum Outcome: Sendable {
        case session(SessionRow)
        /// Because of what was shown.
        case ended(SessionID)
    }

    /// A transaction of which refusals are words of OAuth's.
    private func granting<Value: Sendable>(
        _ body:
            @escaping @Sendable (inout Connection, inout Acts) throws(PostgreSQLError) ->
            Granting<Value>
    ) async throws(GrantError) -> Value {
        let result: Granting<Value>
        do throws(PeopleError) {
            result = try await enact {
                connection, acts throws(PostgreSQLError) -> Answer<Granting<Value>> in
                .success(try body(&connection, &acts))
            }
        } catch { throw GrantError(error) }
        return try result.get()
    }

    /// The client, if it has shown who it is.
    private static func client(
        _ credentials: ClientCredentials, on connection: inout Connection
    ) throws(PostgreSQLError) -> Granting<Client> {
        guard let row = try ClientRow.find(credentials.id, on: &connection) else {
            return .failure(.client.noting(because: "unknown_client"))
        }
        let wrong = GrantError.client.noting(because: "wrong_secret", client: row.client)
        guard let secret = row.secret else {
            return credentials.secret == nil ? .success(row.client) : .failure(wrong)
        }
        guard let shown = credentials.secret,
            constantTimeEqual(SecretToken.digest(shown), secret)
        else { return .failure(wrong) }
        return .success(row.client)
    }

    private func grant(
        _ session: SessionRow, _ refresh: SecretToken, scopes: Scopes
    ) async throws(GrantError) -> Granted {
        do throws(PeopleError) {
            let issued = try await tokens.issue(
                subject: "\(session.person)", client: session.client, scopes: scopes,
                session: session)
            return Granted(
                accessToken: issued.token, expiresInSeconds: issued.expiresInSeconds,
                refreshToken: refresh.text, scopes: scopes, device: session.device)
        } catch { throw GrantError(error) }
    }
}
