internal import Cryptography
public import EventLog
public import Identity
internal import Notices
internal import PostgreSQL
internal import Vault
internal import WebAuthn

extension People {
    /// What a browser hands to its authenticators.
    public struct PasskeyQuestion: Sendable {
        /// What the answer is given back with.
        public let id: PasskeyChallengeID
        /// JSON of the options.
        public let options: [UInt8]
    }

    /// A passkey, as its owner sees it.
    public struct OwnPasskey: Sendable {
        /// Base64url of the credential's identifier.
        public let id: String
        /// What its owner calls it.
        public let name: String
        /// When it was registered.
        public let createdAt: Timestamp
        /// When it last signed.
        public let lastUsedAt: Timestamp
        /// Whether it is in more places than one.
        public let isBackedUp: Bool
    }

    /// A passkey that was just registered.
    public struct NewPasskey: Sendable {
        /// The passkey.
        public let passkey: OwnPasskey
        /// Recovery codes, if it is the first second factor, shown this once.
        public let recoveryCodes: [String]
    }

    /// What asks passkeys. Throws if the service's address has no domain.
    func passkeys() throws(PeopleError) -> Passkeys {
        guard let knownPasskeys else { throw .passkeysUnavailable }
        return knownPasskeys
    }

    // MARK: - Registering

    /// Asks for a new passkey of a person.
    public func beginPasskey(of person: PersonID) async throws(PeopleError) -> PasskeyQuestion {
        let passkeys = try passkeys()
        let (now, keyring) = (now, configuration.keyring)
        return try await transact { connection throws(PostgreSQLError) -> Answer<PasskeyQuestion> in
            guard let row = try PersonRow.find(person, on: &connection),
                let profile = try? row.openProfile(keyring)
            else { return .failure(.unknownPerson) }
            let challenge = Passkeys.challenge()
            guard
                let options = passkeys.creationOptions(
                    for: person, name: profile.handle ?? profile.name ?? "\(person)", challenge,
                    excluding: try PasskeyRow.all(of: person, on: &connection))
            else { return .failure(.unknownPerson) }
            let id = PasskeyChallengeID(at: now)
            try PasskeyChallengeRow.insert(
                id, challenge, for: .registration, of: person, at: now, on: &connection)
            return .success(PasskeyQuestion(id: id, options: options))
        }
    }

    /// Registers the passkey that answered.
    ///
    /// - Parameter answer: JSON of the credential, as browsers write it.
    public func addPasskey(
        of person: PersonID, _ question: PasskeyChallengeID, _ answer: [UInt8], name: String
    ) async throws(PeopleError) -> NewPasskey {
        let passkeys = try passkeys()
        let (now, keyring) = (now, configuration.keyring)
        let recovery = (0..<RecoveryCode.count).map { _ in RecoveryCode() }
        let new = try await enact {
            connection, acts throws(PostgreSQLError) -> Answer<NewPasskey> in
            guard
                let challenge = try PasskeyChallengeRow.take(
                    question, for: .registration, of: person, at: now, on: &connection)
            else { return .failure(.unaskedPasskey) }
            let credential: RegisteredCredential
            do throws(WebAuthnError) {
                credential = try passkeys.registered(answer, challenge)
            } catch { return .failure(.refusedPasskey(error)) }
            guard let row = try PersonRow.find(person, on: &connection, locked: true),
                let key = try? row.dataKey(keyring)
            else { return .failure(.unknownPerson) }
            let passkey = PasskeyRow(
                credential, of: person, name: key.seal(Array(name.utf8), as: "passkey"), at: now)
            guard try passkey.insert(on: &connection) else {
                return .failure(
                    PeopleError(.conflict, "passkey_taken", "this passkey is registered already"))
            }
            acts.add(
                .factorAdded, by: person, on: credential.id.short, .succeeded, [("kind", "passkey")]
            )
            acts.tell(person, .secondFactorChanged, once: "passkey \(credential.id.short)")
            if !row.hasSecondFactor {
                try Self.replaceRecoveryCodes(recovery, of: person, on: &connection)
            }
            return .success(
                NewPasskey(
                    passkey: OwnPasskey(passkey, name: name),
                    recoveryCodes: row.hasSecondFactor ? [] : recovery.map(\.text)))
        }
        return new
    }

    /// A person's passkeys, the oldest first.
    public func passkeys(of person: PersonID) async throws(PeopleError) -> [OwnPasskey] {
        let keyring = configuration.keyring
        return try await transact { connection throws(PostgreSQLError) -> Answer<[OwnPasskey]> in
            guard let row = try PersonRow.find(person, on: &connection),
                let key = try? row.dataKey(keyring)
            else { return .failure(.unknownPerson) }
            return .success(
                try PasskeyRow.all(of: person, on: &connection).map { passkey in
                    let name = (try? key.open(passkey.name, as: "passkey")) ?? []
                    return OwnPasskey(passkey, name: String(decoding: name, as: UTF8.self))
                })
        }
    }

    /// Calls a passkey something else.
    public func renamePasskey(
        _ id: String, of person: PersonID, _ name: String
    ) async throws(PeopleError) {
        let keyring = configuration.keyring
        guard let id = CredentialID(text: id) else { throw .unknownPasskey }
        try await transact { connection throws(PostgreSQLError) -> Answer<Void> in
            guard let row = try PersonRow.find(person, on: &connection),
                let key = try? row.dataKey(keyring),
                try PasskeyRow.rename(
                    id, of: person, key.seal(Array(name.utf8), as: "passkey"), on: &connection)
            else { return .failure(.unknownPasskey) }
            return .success(())
        }
    }

    /// Takes a passkey away, and the recovery codes if it was the last second factor.
    public func removePasskey(_ id: String, of person: PersonID) async throws(PeopleError) {
        guard let id = CredentialID(text: id) else { throw .unknownPasskey }
        try await enact { connection, acts throws(PostgreSQLError) -> Answer<Void> in
            guard try PasskeyRow.remove(id, of: person, on: &connection) else {
                return .failure(.unknownPasskey)
            }
            try Self.removeCodesOfNothing(of: person, on: &connection)
            acts.add(.factorRemoved, by: person, on: id.short, .succeeded, [("kind", "passkey")])
            acts.tell(person, .secondFactorChanged, once: "passkey \(id.short) removed")
            return .success(())
        }
    }

    // MARK: - Signing in

    /// Asks for a passkey of whoever signs in.
    ///
    /// - Parameter secret: of a sign-in that waits for a second factor; nil to begin with the passkey.
    public func askPasskey(signIn secret: String?) async throws(PeopleError) -> PasskeyQuestion {
        let passkeys = try passkeys()
        let now = now
        return try await transact { connection throws(PostgreSQLError) -> Answer<PasskeyQuestion> in
            var person: PersonID?
            if let secret { person = try Self.waiting(secret, at: now, on: &connection)?.person }
            return .success(
                try Self.ask(passkeys, for: .signIn, of: person, at: now, on: &connection))
        }
    }

    private static func ask(
        _ passkeys: Passkeys, for purpose: PasskeyChallengeRow.Purpose, of person: PersonID?,
        at now: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) -> PasskeyQuestion {
        let challenge = Passkeys.challenge()
        var allowed: [PasskeyRow] = []
        if let person { allowed = try PasskeyRow.all(of: person, on: &connection) }
        let id = PasskeyChallengeID(at: now)
        try PasskeyChallengeRow.insert(
            id, challenge, for: purpose, of: person, at: now, on: &connection)
        return PasskeyQuestion(
            id: id, options: passkeys.requestOptions(challenge, allowing: allowed))
    }

    /// Signs in with the passkey that answered: a second factor of a sign-in that waits, or all that is asked.
    ///
    /// - Parameter secret: as when it was asked.
    public func signIn(
        _ secret: String?, _ question: PasskeyChallengeID, passkey answer: [UInt8],
        device: DeviceClaim
    ) async throws(PeopleError) -> SignIn {
        let passkeys = try passkeys()
        let (now, keyring) = (now, configuration.keyring)
        let new = SecretToken(prefix: "hfs_")
        return try await transact { connection throws(PostgreSQLError) -> Answer<SignIn> in
            var waiting: SignInRow?
            if let secret { waiting = try Self.waiting(secret, at: now, on: &connection) }
            guard
                let challenge = try PasskeyChallengeRow.take(
                    question, for: .signIn, of: waiting?.person, at: now, on: &connection)
            else { return .failure(.unaskedPasskey.noting(of: waiting?.person)) }
            let passkey: PasskeyRow
            switch try passkeys.answered(
                answer, challenge, by: waiting?.person, at: now, on: &connection)
            {
            case .success(let answered): passkey = answered
            case .failure(let error): return .failure(error.noting(of: waiting?.person))
            }
            if let secret, let waiting {
                try SignInRow.complete(
                    SecretToken.digest(secret), with: waiting.methods.union(.passkey),
                    on: &connection)
                return .success(
                    SignIn(secret: secret, isComplete: true, factors: [], device: waiting.device))
            }
            guard let person = try PersonRow.find(passkey.person, on: &connection),
                let key = try? person.dataKey(keyring)
            else { return .failure(.wrongPasskey) }
            let row = try SignInRow.begun(
                person.id, key, device, methods: .passkey, isComplete: true, at: now,
                on: &connection)
            try row.insert(new.digest, on: &connection)
            return .success(
                SignIn(secret: new.text, isComplete: true, factors: [], device: row.device))
        }
    }

    // MARK: - Being sure

    /// Asks for a passkey of a person who is to show again who they are.
    public func askPasskey(stepUpOf person: PersonID) async throws(PeopleError) -> PasskeyQuestion {
        let passkeys = try passkeys()
        let now = now
        return try await transact { connection throws(PostgreSQLError) -> Answer<PasskeyQuestion> in
            .success(try Self.ask(passkeys, for: .stepUp, of: person, at: now, on: &connection))
        }
    }

    /// The person shows again who they are, by the passkey that answered.
    public func stepUp(
        _ session: SessionID, of person: PersonID, _ question: PasskeyChallengeID,
        passkey answer: [UInt8]
    ) async throws(PeopleError) {
        let passkeys = try passkeys()
        let now = now
        try await enact { connection, acts throws(PostgreSQLError) -> Answer<Void> in
            guard
                let challenge = try PasskeyChallengeRow.take(
                    question, for: .stepUp, of: person, at: now, on: &connection)
            else { return .failure(.unaskedPasskey.noting(.sessionProved)) }
            switch try passkeys.answered(answer, challenge, by: person, at: now, on: &connection) {
            case .success:
                try SessionRow.prove(session, .passkey, at: now, on: &connection)
                acts.add(.sessionProved, by: person, on: "\(session)")
                return .success(())
            case .failure(let error): return .failure(error.noting(.sessionProved))
            }
        }
    }
}

extension People.OwnPasskey {
    init(_ row: PasskeyRow, name: String) {
        self.init(
            id: row.credential.id.description, name: name, createdAt: row.createdAt,
            lastUsedAt: row.lastUsedAt, isBackedUp: row.credential.isBackedUp)
    }
}

extension CredentialID {
    /// Reads Base64url; nil for what is no identifier.
    init?(text: String) {
        guard let bytes = Base64URL.decode(text), let id = try? CredentialID(bytes) else {
            return nil
        }
        self = id
    }
}

extension CredentialID {
    /// The first 16 bytes of its SHA-256, for logs: authenticators choose identifiers of up to 1,023 bytes.
    fileprivate var short: String { Hexadecimal.encode(SHA256.hash(bytes).bytes.prefix(16)) }
}
