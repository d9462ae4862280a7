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
            guard let client = try Self.client(credentials, on: &connection) else {
                return .failure(.client)
            }
            guard let row = try AuthorizationCodeRow.find(digest, on: &connection) else {
                return .failure(.grant)
            }
            if let session = row.session {
                let ended = try SessionRow.end(
                    session, of: row.person, .reuse, at: now, on: &connection)
                acts.add(.tokenReused, by: client.id, on: "\(session)", .refused)
                if ended {
                    acts.tell(row.person, .sessionEndedForReuse(), once: "session \(session)")
                }
                return .success(.ended(ended ? [session] : []))
            }
            guard row.client == client.id, row.redirectURI == redirectURI, row.expiresAt > now,
                ProofKey(challenge: row.challenge)?.isMet(by: verifier) == true
            else { return .failure(.grant) }
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
        case .ended(let sessions):
            tokens.end(sessions)
            throw .grant
        }
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
            guard let client = try Self.client(credentials, on: &connection) else {
                return .failure(.client)
            }
            guard let row = try RefreshTokenRow.find(digest, on: &connection),
                let session = try SessionRow.find(row.session, on: &connection),
                session.client == client.id
            else { return .failure(.grant) }
            if row.usedAt != nil {
                let ended = try SessionRow.end(
                    session.id, of: session.person, .reuse, at: now, on: &connection)
                acts.add(.tokenReused, by: client.id, on: "\(session.id)", .refused)
                if ended {
                    acts.tell(
                        session.person, .sessionEndedForReuse(), once: "session \(session.id)")
                }
                return .success(.ended(ended ? [session.id] : []))
            }
            guard session.endedAt == nil, session.expiresAt > now,
                let person = try PersonRow.find(session.person, on: &connection),
                person.key != nil
            else { return .failure(.grant) }
            guard asked.isSubset(of: session.scopes) else { return .failure(.scope) }
            try RefreshTokenRow.use(digest, at: now, on: &connection)
            try RefreshTokenRow.insert(refresh.digest, of: session.id, at: now, on: &connection)
            try session.use(at: now, until: now.adding(seconds: idle), on: &connection)
            return .success(.session(session))
        }
        switch done {
        case .session(let session):
            return try await grant(
                session, refresh, scopes: scope == nil ? session.scopes : asked)
        case .ended(let sessions):
            tokens.end(sessions)
            throw .grant
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
            guard let client = try Self.client(credentials, on: &connection) else {
                return .failure(.client)
            }
            guard client.isConfidential else { return .failure(.unauthorizedClient) }
            return .success(client)
        }
        let most = client.scopes.intersection(Role.service.scopes)
        let scopes = scope == nil ? most : asked
        guard !scopes.isEmpty, scopes.isSubset(of: most) else { throw .scope }
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
            guard let client = try Self.client(credentials, on: &connection) else {
                return .failure(.client)
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
            guard let client = try Self.client(credentials, on: &connection) else {
                return .failure(.client)
            }
            return client.isConfidential ? .success(()) : .failure(.unauthorizedClient)
        }
        do throws(PeopleError) { return try await tokens.bearer(of: token) } catch {
            throw GrantError(error)
        }
    }

    // MARK: - Inside

    private typealias Granting<Value> = Result<Value, GrantError>

    private enum Outcome: Sendable {
        case session(SessionRow)
        case ended([SessionID])
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
    ) throws(PostgreSQLError) -> Client? {
        guard let row = try ClientRow.find(credentials.id, on: &connection) else { return nil }
        guard let secret = row.secret else { return credentials.secret == nil ? row.client : nil }
        guard let shown = credentials.secret,
            constantTimeEqual(SecretToken.digest(shown), secret)
        else { return nil }
        return row.client
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
