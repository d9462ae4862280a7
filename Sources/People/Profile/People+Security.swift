internal import AuditTrail
internal import Cryptography
internal import EventLog
public import Identity
internal import Notices
internal import PostgreSQL
internal import Vault

extension People {
    /// What an authenticator application needs.
    public struct NewTimeBasedCodes: Sendable {
        /// Base32.
        public let secret: String
        /// What a QR code of it holds.
        public let uri: String
    }

    private static let setTOTP = Statement(
        "people.totp",
        "UPDATE person SET totp = $2, totp_confirmed_at = NULL, totp_step = 0 WHERE id = $1")
    private static let confirmTOTP = Statement(
        "people.totp.confirm",
        "UPDATE person SET totp_confirmed_at = $2, totp_step = $3 WHERE id = $1")
    private static let removeCodes = Statement(
        "people.recovery_codes.remove", "DELETE FROM recovery_code WHERE person_id = $1")
    private static let insertCode = Statement(
        "people.recovery_code.insert",
        "INSERT INTO recovery_code (person_id, digest) VALUES ($1, $2)")

    // MARK: - Being sure

    /// Throws unless the person showed who they are a short while ago in this session, with a second factor if there is
    /// one.
    public func requireFresh(_ session: SessionID, of person: PersonID) async throws(PeopleError) {
        let now = now
        let fresh = configuration.freshSeconds
        try await transact { connection throws(PostgreSQLError) -> Answer<Void> in
            guard let row = try SessionRow.find(session, on: &connection), row.endedAt == nil,
                row.person == person,
                let holder = try PersonRow.find(person, on: &connection)
            else { return .failure(.sessionEnded) }
            let needsTwo = holder.hasSecondFactor
            guard row.authenticatedAt.adding(seconds: fresh) > now,
                !needsTwo || row.methods.isMultiFactor
            else {
                return .failure(.stepUpRequired)
            }
            return .success(())
        }
    }

    /// The person shows again who they are: by password, and by a second factor if they have one.
    public func stepUp(
        _ session: SessionID, of person: PersonID, password: String, factor: SecondFactor?,
        from address: String
    ) async throws(PeopleError) {
        let row = try await checkPassword(password, of: person, from: address)
        let now = now
        let (keyring, lookupKey) = (configuration.keyring, configuration.lookupKey)
        let hash = row.password
        try await enact { connection, acts throws(PostgreSQLError) -> Answer<Void> in
            guard let row = try PersonRow.find(person, on: &connection, locked: true),
                row.password == hash
            else { return .failure(.wrongCredentials) }
            var methods: AuthenticationMethods = .password
            if row.hasSecondFactor {
                guard let factor else {
                    return .failure(
                        PeopleError(
                            .invalid, "second_factor_required",
                            "a code is needed, too", field: "code"))
                }
                switch try factor.judge(of: row, keyring, lookupKey, at: now, on: &connection) {
                case .success(true): break
                case .success(false): return .failure(.wrongCode.noting(.sessionProved))
                case .failure(let error): return .failure(error.noting(.sessionProved))
                }
                methods.insert(factor.method)
            }
            try SessionRow.prove(session, methods, at: now, on: &connection)
            acts.add(.sessionProved, by: person, on: "\(session)")
            return .success(())
        }
    }

    /// The person, if the password is theirs; attempts are counted.
    func checkPassword(
        _ password: String, of person: PersonID, from address: String
    ) async throws(PeopleError) -> PersonRow {
        let attempts = Attempts(
            "password", account: "\(person)", address: address, configuration.lookupKey)
        let now = now
        let found = try await transact { connection throws(PostgreSQLError) -> Answer<PersonRow> in
            let wait = try attempts.begin(at: now, on: &connection)
            if wait > 0 { return .failure(.tooManyAttempts(wait).noting(.sessionProved)) }
            guard let row = try PersonRow.find(person, on: &connection) else {
                return .failure(.unknownPerson)
            }
            return .success(row)
        }
        guard let encoded = found.password,
            try await hashing.matches(password, PasswordHash(encoded: encoded))
        else { throw .wrongCredentials.noting(.sessionProved) }
        try await transact { connection throws(PostgreSQLError) in
            try attempts.succeed(on: &connection)
            return .success(())
        }
        return found
    }

    // MARK: - Passwords

    /// Changes a password; all other sessions end.
    public func changePassword(
        to new: String, of person: PersonID, keeping session: SessionID
    ) async throws(PeopleError) {
        let keyring = configuration.keyring
        let personal = try await transact {
            connection throws(PostgreSQLError) -> Answer<[String]> in
            guard let row = try PersonRow.find(person, on: &connection), row.key != nil else {
                return .failure(.unknownPerson)
            }
            return .success(try Self.personal(row, keyring, on: &connection))
        }
        if let weakness = PasswordRule.weakness(of: new, personal: personal) {
            throw .weak(weakness)
        }
        let hash = try await hashing.hash(new)
        let now = now
        let ended = try await enact {
            connection, acts throws(PostgreSQLError) -> Answer<[SessionID]> in
            acts.add(.passwordChanged, by: person)
            acts.tell(person, .passwordChanged, once: "password \(now.rawValue)")
            try Self.setPassword(hash.encoded, of: person, at: now, on: &connection)
            return .success(
                try SessionRow.endAll(
                    of: person, but: session, .passwordChanged, at: now, on: &connection))
        }
        tokens.end(ended)
    }

    /// Sends a code with which a new password can be set. The answer is the same for contacts that nobody has.
    public func beginPasswordReset(
        _ contact: ContactPoint, from address: String
    ) async throws(PeopleError) -> Sent {
        try await countAttempt(at: "reset", account: nil, from: address)
        let code = OneTimeCode()
        let prepared = Verification(.passwordReset, index(contact), at: now)
        try await enact { connection, acts throws(PostgreSQLError) -> Answer<Void> in
            var verification = prepared
            if let person = try PersonRow.find(contact: prepared.lookup, on: &connection) {
                verification.person = person.id
                verification.code = code
            }
            guard try verification.insert(on: &connection) else {
                return .failure(.tooManyAttempts(3_600))
            }
            let isKnown = verification.person != nil
            acts.tell(
                NewNotice(
                    to: .contact(contact, of: verification.person),
                    isKnown ? .verification(code.digits, prepared.id) : .notRegistered,
                    occasion: "verification \(prepared.id)"))
            return .success(())
        }
        return Sent(verification: prepared.id, expiresAt: prepared.expiresAt)
    }

    /// Sets a new password with the code that was sent, and a second factor if the person has one; all sessions end.
    public func resetPassword(
        _ id: VerificationID, code: String, password: String, factor: SecondFactor?
    ) async throws(PeopleError) {
        if let weakness = PasswordRule.weakness(of: password, personal: []) {
            throw .weak(weakness)
        }
        let hash = try await hashing.hash(password)
        let now = now
        let (keyring, lookupKey) = (configuration.keyring, configuration.lookupKey)
        let ended = try await enact {
            connection, acts throws(PostgreSQLError) -> Answer<[SessionID]> in
            let opened: Verification.Opened
            switch try Verification.take(id, for: .passwordReset, code, at: now, on: &connection) {
            case .success(let right): opened = right
            case .failure(let error): return .failure(error)
            }
            guard
                let person = opened.person,
                let row = try PersonRow.find(person, on: &connection, locked: true)
            else { return .failure(.wrongCode) }
            let personal = try Self.personal(row, keyring, on: &connection)
            if let weakness = PasswordRule.weakness(of: password, personal: personal) {
                return .failure(.weak(weakness))
            }
            if row.hasSecondFactor {
                // One that is left out counts as one that is wrong.
                let shown = factor ?? .recoveryCode("")
                switch try shown.judge(of: row, keyring, lookupKey, at: now, on: &connection) {
                case .success(true): break
                case .success(false):
                    return .failure(
                        PeopleError(
                            .invalid, "second_factor_required",
                            "a second factor is needed, too: ask for a new code and give both",
                            field: "second_factor"
                        ).noting(of: person))
                case .failure(let error): return .failure(error.noting(of: person))
                }
            }
            acts.add(.passwordChanged, by: person, on: "", .succeeded, [("by", "code")])
            acts.tell(person, .passwordChanged, once: "password \(now.rawValue)")
            try Self.setPassword(hash.encoded, of: person, at: now, on: &connection)
            return .success(
                try SessionRow.endAll(of: person, .passwordChanged, at: now, on: &connection))
        }
        tokens.end(ended)
    }

    /// What a password of the person must not contain.
    private static func personal(
        _ row: PersonRow, _ keyring: Keyring, on connection: inout Connection
    ) throws(PostgreSQLError) -> [String] {
        guard let key = try? row.dataKey(keyring), let profile = try? row.openProfile(keyring)
        else { return [] }
        let contacts = try ContactRow.all(of: row.id, on: &connection)
            .compactMap { try? $0.open(key).text }
        return contacts + [profile.name, profile.handle].compactMap { $0 }
    }

    // MARK: - Second factors

    /// A secret for an authenticator application, in use once a code of it was shown.
    public func beginTimeBasedCodes(
        of person: PersonID
    ) async throws(PeopleError) -> NewTimeBasedCodes {
        let codes = TimeBasedCodes()
        let keyring = configuration.keyring
        let label = try await transact { connection throws(PostgreSQLError) -> Answer<String> in
            guard let row = try PersonRow.find(person, on: &connection, locked: true),
                let key = try? row.dataKey(keyring), let profile = try? row.openProfile(keyring)
            else { return .failure(.unknownPerson) }
            guard row.totpConfirmedAt == nil else {
                return .failure(
                    PeopleError(
                        .conflict, "totp_in_use",
                        "an authenticator application is in use: take it away first"))
            }
            _ = try connection.query(
                Self.setTOTP,
                Parameters {
                    $0.add(person)
                    $0.add(key.seal(codes.secret, as: "totp"))
                })
            return .success(profile.handle ?? "\(person)")
        }
        return NewTimeBasedCodes(
            secret: Base32.encode(codes.secret), uri: codes.uri(issuer: "Holdfast", account: label))
    }

    /// Puts the secret to use. Returns recovery codes, which are shown this once.
    public func confirmTimeBasedCodes(
        of person: PersonID, code: String
    ) async throws(PeopleError) -> [String] {
        let now = now
        let (keyring, lookupKey) = (configuration.keyring, configuration.lookupKey)
        let recovery = (0..<RecoveryCode.count).map { _ in RecoveryCode() }
        try await enact { connection, acts throws(PostgreSQLError) -> Answer<Void> in
            let attempts = Attempts(secondFactorOf: person, lookupKey)
            let wait = try attempts.begin(at: now, on: &connection)
            guard wait == 0 else { return .failure(.tooManyAttempts(wait)) }
            guard let row = try PersonRow.find(person, on: &connection, locked: true),
                row.totpConfirmedAt == nil, let codes = row.timeBasedCodes(keyring),
                let step = codes.step(of: code, at: now, after: row.totpStep)
            else { return .failure(.wrongCode) }
            try attempts.succeed(on: &connection)
            _ = try connection.query(
                Self.confirmTOTP,
                Parameters {
                    $0.add(person)
                    $0.add(now)
                    $0.add(step)
                })
            acts.add(.factorAdded, by: person, on: "", .succeeded, [("kind", "totp")])
            acts.tell(person, .secondFactorChanged, once: "totp \(now.rawValue)")
            try Self.replaceRecoveryCodes(recovery, of: person, on: &connection)
            return .success(())
        }
        return recovery.map(\.text)
    }

    /// New recovery codes in place of all there were.
    public func newRecoveryCodes(of person: PersonID) async throws(PeopleError) -> [String] {
        let now = now
        let recovery = (0..<RecoveryCode.count).map { _ in RecoveryCode() }
        try await enact { connection, acts throws(PostgreSQLError) -> Answer<Void> in
            guard let row = try PersonRow.find(person, on: &connection, locked: true),
                row.hasSecondFactor
            else {
                return .failure(
                    PeopleError(
                        .conflict, "no_second_factor", "there is no second factor to recover"))
            }
            acts.add(.recoveryCodesReplaced, by: person)
            acts.tell(person, .secondFactorChanged, once: "recovery \(now.rawValue)")
            try Self.replaceRecoveryCodes(recovery, of: person, on: &connection)
            return .success(())
        }
        return recovery.map(\.text)
    }

    /// Takes the authenticator application away, and the recovery codes with it.
    public func removeTimeBasedCodes(of person: PersonID) async throws(PeopleError) {
        let now = now
        try await enact { connection, acts throws(PostgreSQLError) -> Answer<Void> in
            acts.add(.factorRemoved, by: person, on: "", .succeeded, [("kind", "totp")])
            acts.tell(person, .secondFactorChanged, once: "totp \(now.rawValue)")
            _ = try connection.query(
                Self.setTOTP,
                Parameters {
                    $0.add(person)
                    $0.add(null: ())
                })
            try Self.removeCodesOfNothing(of: person, on: &connection)
            return .success(())
        }
    }

    /// Recovery codes go with the last factor that they would stand in for.
    static func removeCodesOfNothing(
        of person: PersonID, on connection: inout Connection
    ) throws(PostgreSQLError) {
        guard let row = try PersonRow.find(person, on: &connection), !row.hasSecondFactor else {
            return
        }
        _ = try connection.query(removeCodes, Parameters { $0.add(person) })
    }

    static func replaceRecoveryCodes(
        _ codes: [RecoveryCode], of person: PersonID, on connection: inout Connection
    ) throws(PostgreSQLError) {
        _ = try connection.query(removeCodes, Parameters { $0.add(person) })
        for code in codes {
            guard let digest = RecoveryCode.digest(code.text) else { continue }
            _ = try connection.query(
                insertCode,
                Parameters {
                    $0.add(person)
                    $0.add(digest)
                })
        }
    }
}
