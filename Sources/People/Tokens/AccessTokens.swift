internal import Cryptography
internal import EventLog
internal import Foundation
internal import Identity
internal import JWTKit
internal import Logging
internal import PostgreSQL
internal import Synchronization

/// Issues access tokens (RFC 9068, ES256), and says what one that is shown allows. A token that was looked at is known
/// from then on: to verify a signature costs as much as half a payment.
public final class AccessTokens: Sendable {
    private struct State: Sendable {
        var keys: SigningKeys?
        var keysAt = Timestamp.none
        /// Tokens by their text, in two halves: when the younger one is full, the older one is forgotten.
        var young: [String: Bearer] = [:]
        var old: [String: Bearer] = [:]
        /// Sessions that ended while tokens of theirs may still be good.
        var ended: Set<SessionID> = []
    }
    private static let remembered = 20_000
    private static let keysLookedAtSeconds: Int64 = 60

    private let state = Mutex(State())
    private let configuration: PeopleConfiguration
    private let pool: ConnectionPool
    private let logger: Logger
    private let following = Mutex<Task<Void, Never>?>(nil)

    init(_ configuration: PeopleConfiguration, _ pool: ConnectionPool, logger: Logger) {
        self.configuration = configuration
        self.pool = pool
        self.logger = logger
        let task = Task { [weak self] in
            while !Task.isCancelled {
                guard let self else { return }
                await self.lookAtEnded()
                try? await Task.sleep(for: .seconds(1))
            }
        }
        following.withLock { $0 = task }
    }

    func stop() async {
        let task = following.withLock { $0.take() }
        task?.cancel()
        await task?.value
    }

    // MARK: - Showing

    /// What a token allows that was shown before; nil if it must be looked at. Blocks for nothing.
    public func known(_ token: String) -> Bearer? {
        let now = configuration.clock()
        return state.withLock { state in
            guard let bearer = state.young[token] ?? state.old[token], bearer.expiresAt > now,
                bearer.session.map({ !state.ended.contains($0) }) ?? true
            else { return nil }
            return bearer
        }
    }

    /// Whether what a token said when it was taken still holds: it has not expired, and its session goes on. Whoever is
    /// given another role has no session left. Blocks for nothing.
    public func goesOn(_ bearer: Bearer) -> Bool {
        let now = configuration.clock()
        return bearer.expiresAt > now
            && state.withLock { state in bearer.session.map { !state.ended.contains($0) } ?? true }
    }

    /// What a token allows; nil if it is not one of this service's, has expired, or its session has ended.
    public func bearer(of token: String) async throws(PeopleError) -> Bearer? {
        switch try await look(at: token) {
        case .success(let bearer): bearer
        case .failure: nil
        }
    }

    /// What a token allows, or why it is not taken.
    package func look(at token: String) async throws(PeopleError) -> Result<Bearer, TokenRefusal> {
        if let known = known(token) { return .success(known) }
        guard token.utf8.count <= 4_096 else { return .failure(TokenRefusal("malformed_token")) }
        let bearer: Bearer
        switch try await verify(token) {
        case .success(let claims):
            guard let said = Bearer(claims) else {
                return .failure(TokenRefusal("malformed_token"))
            }
            bearer = said
        case .failure(let refusal): return .failure(refusal)
        }
        return state.withLock { state in
            if let session = bearer.session, state.ended.contains(session) {
                return .failure(TokenRefusal("session_ended", of: bearer))
            }
            if state.young.count >= Self.remembered {
                state.old = state.young
                state.young = [:]
            }
            state.young[token] = bearer
            return .success(bearer)
        }
    }

    private func verify(
        _ token: String
    ) async throws(PeopleError) -> Result<AccessClaims, TokenRefusal> {
        // The header is looked at before anything is believed: which algorithm and kind are not the token's to say.
        guard
            let parsed = try? DefaultJWTParser().parse(Array(token.utf8), as: AccessClaims.self)
        else { return .failure(TokenRefusal("malformed_token")) }
        guard parsed.header.alg == "ES256" else {
            return .failure(TokenRefusal("wrong_algorithm"))
        }
        guard parsed.header.typ == "at+jwt" else { return .failure(TokenRefusal("wrong_type")) }
        guard let kid = parsed.header.kid else { return .failure(TokenRefusal("unknown_key")) }
        let keys = try await keys(holding: kid)
        guard keys.keys.contains(where: { $0.id == kid }) else {
            return .failure(TokenRefusal("unknown_key"))
        }
        guard let claims = try? await keys.collection.verify(token, as: AccessClaims.self) else {
            return .failure(TokenRefusal("wrong_signature"))
        }
        return cause(against: claims).map {
            .failure(TokenRefusal($0, of: Bearer(claims)))
        } ?? .success(claims)
    }

    /// Why what a token says, which was signed here, is not taken; nil if it is.
    private func cause(against claims: AccessClaims) -> String? {
        let now = Double(configuration.clock().rawValue) / 1_000_000
        if claims.aud.value != [configuration.issuer] { return "wrong_audience" }
        if claims.iss.value != configuration.issuer { return "wrong_issuer" }
        if claims.exp.value.timeIntervalSince1970 <= now { return "expired_token" }
        if claims.iat.value.timeIntervalSince1970 > now + 60 { return "token_of_the_future" }
        return nil
    }

    /// Its sessions' tokens are good no more.
    func end(_ sessions: [SessionID]) {
        if !sessions.isEmpty { state.withLock { $0.ended.formUnion(sessions) } }
    }

    /// What other processes ended.
    private func lookAtEnded() async {
        let since = configuration.clock().adding(seconds: -configuration.accessTokenSeconds - 60)
        do throws(PostgreSQLError) {
            let ended = try await pool.run { connection throws(PostgreSQLError) in
                try SessionRow.ended(since: since, on: &connection)
            }
            state.withLock { $0.ended = Set(ended) }
        } catch {
            logger.debug("ended sessions were not read", metadata: ["error": "\(error)"])
        }
    }

    // MARK: - Issuing

    /// An access token, and what it says.
    struct Issued: Sendable {
        let token: String
        let expiresInSeconds: Int64
    }

    func issue(
        subject: String, client: String, scopes: Scopes, session: SessionRow?
    ) async throws(PeopleError) -> Issued {
        let now = configuration.clock()
        let keys = try await keys(holding: nil)
        guard let key = keys.signing(at: now) else { throw .outOfReach }
        let seconds = Double(now.rawValue / 1_000_000)
        let life = configuration.accessTokenSeconds
        let claims = AccessClaims(
            iss: IssuerClaim(value: configuration.issuer), sub: SubjectClaim(value: subject),
            aud: AudienceClaim(value: [configuration.issuer]),
            exp: ExpirationClaim(value: Date(timeIntervalSince1970: seconds + Double(life))),
            iat: IssuedAtClaim(value: Date(timeIntervalSince1970: seconds)),
            jti: IDClaim(value: Base64URL.encode(randomBytes(12))), clientID: client,
            scope: scopes.text, sid: session.map { "\($0.id)" },
            did: session.map { "\($0.device)" },
            authTime: session.map { Int($0.authenticatedAt.rawValue / 1_000_000) },
            amr: session?.methods.references)
        do {
            let token = try await keys.collection.sign(
                claims, kid: JWKIdentifier(string: key.id), header: ["typ": "at+jwt"])
            return Issued(token: token, expiresInSeconds: life)
        } catch {
            logger.error("a token cannot be signed", metadata: ["error": "\(error)"])
            throw .outOfReach
        }
    }

    /// The keys as a JSON Web Key Set (RFC 7517), the public halves alone.
    public func keySet() async throws(PeopleError) -> [(id: String, x: String, y: String)] {
        try await keys(holding: nil).keys.map { key in
            let point = Array(key.privateKey.publicKey.rawRepresentation)
            return (
                key.id, Base64URL.encode(point.prefix(32)), Base64URL.encode(point.suffix(32))
            )
        }
    }

    /// The keys there are, looked up when it is time to, or when `id` is not among them.
    private func keys(holding id: String?) async throws(PeopleError) -> SigningKeys {
        let now = configuration.clock()
        let known = state.withLock { state -> SigningKeys? in
            guard let keys = state.keys,
                state.keysAt.adding(seconds: Self.keysLookedAtSeconds) > now,
                id.map({ id in keys.keys.contains { $0.id == id } }) ?? true
                    // Whoever makes up identifiers does not make us ask for each.
                    || state.keysAt.adding(seconds: 1) > now
            else { return nil }
            return keys
        }
        if let known { return known }
        let configuration = configuration
        do {
            let keys = try await pool.run { connection throws(PostgreSQLError) in
                try connection.transaction { connection throws(PostgreSQLError) in
                    try SigningKeys.load(
                        configuration.keyring, life: configuration.signingKeySeconds,
                        tokenLife: configuration.accessTokenSeconds, at: now, on: &connection)
                }
            }
            let signing = try await SigningKeys(keys)
            state.withLock { state in
                state.keys = signing
                state.keysAt = now
            }
            return signing
        } catch {
            logger.warning("signing keys cannot be read", metadata: ["error": "\(error)"])
            throw .outOfReach
        }
    }
}
