public import EventLog
public import Identity
internal import PostgreSQL
internal import Vault

extension People {
    /// A contact, as its owner sees it.
    public struct OwnContact: Sendable {
        /// What it is named by.
        public let id: ContactID
        /// The address or number.
        public let point: ContactPoint
        /// When a code that went there came back.
        public let verifiedAt: Timestamp
    }

    /// A person, as they see themselves.
    public struct OwnView: Sendable {
        /// Who it is.
        public let id: PersonID
        /// When they registered.
        public let createdAt: Timestamp
        /// What they are to the service.
        public let role: Role
        /// What they have told of themselves.
        public let profile: Profile
        /// Where they can be written to, the oldest first.
        public let contacts: [OwnContact]
        /// Whether they can sign in with a password.
        public let hasPassword: Bool
        /// When it was set.
        public let passwordAt: Timestamp
        /// Whether an authenticator application is in use.
        public let hasTimeBasedCodes: Bool
        /// Recovery codes that were not used.
        public let recoveryCodes: Int64
    }

    /// A device, as its owner sees it.
    public struct OwnDevice: Sendable {
        /// What it is named by.
        public let id: DeviceID
        /// What its owner calls it.
        public let name: String
        /// When somebody first signed in with it.
        public let createdAt: Timestamp
        /// When a token was last issued to it.
        public let lastUsedAt: Timestamp
    }

    /// A session, as its owner sees it.
    public struct OwnSession: Sendable {
        /// What it is named by.
        public let id: SessionID
        /// The device that it is on.
        public let device: DeviceID
        /// The program that it is of.
        public let client: String
        /// The most that its tokens allow.
        public let scopes: Scopes
        /// How the person showed who they are.
        public let methods: AuthenticationMethods
        /// When they last did.
        public let authenticatedAt: Timestamp
        /// When it began.
        public let createdAt: Timestamp
        /// When a token was last issued for it.
        public let lastUsedAt: Timestamp
        /// When it ends if it is not used.
        public let expiresAt: Timestamp
    }

    private static let unusedCodes = Statement(
        "people.recovery_codes.unused",
        "SELECT count(*) FROM recovery_code WHERE person_id = $1 AND used_at IS NULL")
    private static let setProfile = Statement(
        "people.profile", "UPDATE person SET profile = $2, handle = $3 WHERE id = $1")
    private static let setRole = Statement(
        "people.role",
        """
        UPDATE person SET role = $2::int WHERE id = $1 AND data_key IS NOT NULL RETURNING true
        """)

    /// A person, as they see themselves.
    public func view(_ person: PersonID) async throws(PeopleError) -> OwnView {
        let keyring = configuration.keyring
        return try await transact { connection throws(PostgreSQLError) in
            guard let row = try PersonRow.find(person, on: &connection),
                let key = try? row.dataKey(keyring), let profile = try? row.openProfile(keyring)
            else { return .failure(.unknownPerson) }
            let contacts = try ContactRow.all(of: person, on: &connection).compactMap { contact in
                (try? contact.open(key)).map {
                    OwnContact(id: contact.id, point: $0, verifiedAt: contact.verifiedAt)
                }
            }
            let unused = try connection.query(Self.unusedCodes, Parameters { $0.add(person) })
            return .success(
                OwnView(
                    id: person, createdAt: row.createdAt, role: row.role, profile: profile,
                    contacts: contacts, hasPassword: row.password != nil,
                    passwordAt: row.passwordAt, hasTimeBasedCodes: row.totpConfirmedAt != nil,
                    recoveryCodes: unused.int(0, 0)))
        }
    }

    /// Changes name and handle.
    public func setProfile(
        _ person: PersonID, name: String?, handle: Handle?
    ) async throws(PeopleError) {
        let keyring = configuration.keyring
        let handleIndex = handle.map { index($0) }
        try await transact { connection throws(PostgreSQLError) -> Answer<Void> in
            guard let row = try PersonRow.find(person, on: &connection, locked: true),
                let key = try? row.dataKey(keyring)
            else { return .failure(.unknownPerson) }
            if let handleIndex,
                let other = try PersonRow.find(handle: handleIndex, on: &connection),
                other.id != person
            {
                return .failure(.handleTaken)
            }
            let profile = Profile(name: name, handle: handle?.text)
            _ = try connection.query(
                Self.setProfile,
                Parameters {
                    $0.add(person)
                    $0.add(profile.sealed(under: key))
                    $0.add(handleIndex)
                })
            return .success(())
        }
    }

    /// Gives a person another role. What their sessions may do, they may do until their next token.
    ///
    /// - Parameter actor: who gives it.
    public func setRole(
        _ role: Role, of person: PersonID, by actor: String
    ) async throws(PeopleError) {
        let now = now
        let ended = try await enact {
            connection, acts throws(PostgreSQLError) -> Answer<[SessionID]> in
            let rows = try connection.query(
                Self.setRole,
                Parameters {
                    $0.add(person)
                    $0.add(role.rawValue)
                })
            guard !rows.isEmpty else { return .failure(.unknownPerson) }
            acts.add(.roleChanged, by: actor, on: "\(person)", .succeeded, [("role", role.word)])
            return .success(
                try SessionRow.endAll(of: person, .byOperator, at: now, on: &connection))
        }
        tokens.end(ended)
    }

    // MARK: - Devices and sessions

    /// A person's devices, the last used first.
    public func devices(of person: PersonID) async throws(PeopleError) -> [OwnDevice] {
        let keyring = configuration.keyring
        return try await transact { connection throws(PostgreSQLError) in
            guard let row = try PersonRow.find(person, on: &connection),
                let key = try? row.dataKey(keyring)
            else { return .failure(.unknownPerson) }
            return .success(
                try DeviceRow.all(of: person, on: &connection).map { device in
                    let name = (try? key.open(device.name, as: "device")) ?? []
                    return OwnDevice(
                        id: device.id, name: String(decoding: name, as: UTF8.self),
                        createdAt: device.createdAt, lastUsedAt: device.lastUsedAt)
                })
        }
    }

    /// Calls a device something else.
    public func renameDevice(
        _ device: DeviceID, of person: PersonID, _ name: String
    ) async throws(PeopleError) {
        let keyring = configuration.keyring
        try await transact { connection throws(PostgreSQLError) -> Answer<Void> in
            guard let row = try PersonRow.find(person, on: &connection),
                let key = try? row.dataKey(keyring),
                try DeviceRow.rename(
                    device, of: person, key.seal(Array(name.utf8), as: "device"), on: &connection)
            else {
                return .failure(
                    PeopleError(.notFound, "unknown_device", "there is no such device of yours"))
            }
            return .success(())
        }
    }

    /// A person's sessions that go on, the last used first.
    public func sessions(of person: PersonID) async throws(PeopleError) -> [OwnSession] {
        let now = now
        return try await transact { connection throws(PostgreSQLError) in
            .success(
                try SessionRow.all(of: person, at: now, on: &connection).map {
                    OwnSession(
                        id: $0.id, device: $0.device, client: $0.client, scopes: $0.scopes,
                        methods: $0.methods, authenticatedAt: $0.authenticatedAt,
                        createdAt: $0.createdAt, lastUsedAt: $0.lastUsedAt, expiresAt: $0.expiresAt)
                })
        }
    }

    /// Ends one session of a person.
    public func end(_ session: SessionID, of person: PersonID) async throws(PeopleError) {
        let now = now
        try await enact { connection, acts throws(PostgreSQLError) -> Answer<Void> in
            guard try SessionRow.end(session, of: person, .signedOut, at: now, on: &connection)
            else {
                return .failure(
                    PeopleError(.notFound, "unknown_session", "there is no such session of yours"))
            }
            acts.add(.sessionEnded, by: person, on: "\(session)")
            return .success(())
        }
        tokens.end([session])
    }

    /// Ends all sessions of a person.
    ///
    /// - Parameter actor: who ends them; the person unless it is given.
    public func endSessions(
        of person: PersonID, by actor: String? = nil
    ) async throws(PeopleError) {
        let now = now
        let ended = try await enact {
            connection, acts throws(PostgreSQLError) -> Answer<[SessionID]> in
            let cause: SessionRow.End = actor == nil ? .signedOut : .byOperator
            let ended = try SessionRow.endAll(of: person, cause, at: now, on: &connection)
            for session in ended {
                acts.add(.sessionEnded, by: actor ?? "\(person)", on: "\(session)")
            }
            return .success(ended)
        }
        tokens.end(ended)
    }
}
