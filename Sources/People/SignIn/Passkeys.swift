internal import Cryptography
internal import EventLog
internal import Identity
internal import PostgreSQL
internal import WebAuthn

/// Asks passkeys, and looks at what they answer, in the name of this service.
struct Passkeys: Sendable {
    private let party: RelyingParty

    /// nil if the service's address has no domain: passkeys are made for one.
    init?(issuer: String, origins: [String]) {
        guard let start = issuer.range(of: "://")?.upperBound else { return nil }
        let host = issuer[start...].prefix { $0 != ":" && $0 != "/" }
        guard
            let party = try? RelyingParty(
                id: String(host), name: "Holdfast", origins: [issuer] + origins)
        else { return nil }
        self.party = party
    }

    static func challenge() -> Challenge {
        guard let challenge = try? Challenge(randomBytes(32)) else {
            preconditionFailure("32 bytes are a challenge")
        }
        return challenge
    }

    /// How a person is known to authenticators: by their identifier alone.
    static func handle(of person: PersonID) -> UserHandle? {
        var bytes: [UInt8] = []
        for half in [person.uuid.high, person.uuid.low] {
            withUnsafeBytes(of: half.bigEndian) { bytes.append(contentsOf: $0) }
        }
        return try? UserHandle(bytes)
    }

    /// JSON for `navigator.credentials.create`.
    func creationOptions(
        for person: PersonID, name: String, _ challenge: Challenge, excluding: [PasskeyRow]
    ) -> [UInt8]? {
        guard let handle = Self.handle(of: person),
            let user = try? UserEntity(handle: handle, name: name, displayName: name)
        else { return nil }
        return party.creationOptions(
            for: user, challenge: challenge, excluding: excluding.map(\.credential.descriptor),
            timeoutMilliseconds: 300_000
        ).json
    }

    /// JSON for `navigator.credentials.get`.
    func requestOptions(_ challenge: Challenge, allowing: [PasskeyRow]) -> [UInt8] {
        party.requestOptions(
            challenge: challenge, allowing: allowing.map(\.credential.descriptor),
            timeoutMilliseconds: 300_000
        ).json
    }

    /// What a right answer registers.
    func registered(
        _ answer: [UInt8], _ challenge: Challenge
    ) throws(WebAuthnError) -> RegisteredCredential {
        try party.verify(
            registration: try RegistrationResponse(json: answer), challenge: challenge,
            requiresUserVerification: true)
    }

    /// The passkey that answered rightly; what it now says of itself is kept. Or why it did not.
    func answered(
        _ answer: [UInt8], _ challenge: Challenge, by person: PersonID?, at now: Timestamp,
        on connection: inout Connection
    ) throws(PostgreSQLError) -> Result<PasskeyRow, PeopleError> {
        let response: AuthenticationResponse
        do throws(WebAuthnError) { response = try AuthenticationResponse(json: answer) } catch {
            return .failure(.refusedPasskey(error))
        }
        guard let row = try PasskeyRow.find(response.id, on: &connection),
            person.map({ $0 == row.person }) ?? true, let handle = Self.handle(of: row.person)
        else { return .failure(.wrongPasskey) }
        let assertion: Assertion
        do throws(WebAuthnError) {
            assertion = try party.verify(
                assertion: response, challenge: challenge, credential: row.credential,
                expectedUserHandle: handle, requiresUserVerification: true)
        } catch { return .failure(.refusedPasskey(error)) }
        try PasskeyRow.use(assertion.credential, at: now, on: &connection)
        return .success(row)
    }
}

extension PeopleError {
    /// What is wrong with an answer, in WebAuthn's words.
    static func refusedPasskey(_ error: WebAuthnError) -> PeopleError {
        PeopleError(.unauthenticated, "wrong_passkey", "\(error.code.rawValue): \(error.reason)")
            .noting(because: error.code.rawValue)
    }
}
