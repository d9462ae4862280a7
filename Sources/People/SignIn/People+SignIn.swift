internal import Cryptography
internal import EventLog
public import Identity
internal import PostgreSQL
internal import Vault

extension People {
    /// The device that somebody signs in with.
    public struct DeviceClaim: Sendable {
        /// As it was told when the person last signed in with it; nil for a device not seen before.
        public var id: DeviceID?
        /// What its owner calls it.
        public var name: String

        /// - Parameter name: up to 64 characters.
        public init(id: DeviceID?, name: String) {
            self.id = id
            self.name = name
        }
    }

    /// How far a sign-in has come.
    public struct SignIn: Sendable {
        /// Stands for it from now on; given to nobody else.
        public let secret: String
        /// Whether nothing more is asked.
        public let isComplete: Bool
        /// What else may be shown, if something is asked.
        public let factors: [String]
        /// The device, known from now on.
        public let device: DeviceID
    }

    /// A hash that no password has, so that somebody who is not known takes as long as somebody who is.
    private func nobodysHash() -> PasswordHash {
        let cost = configuration.passwordCost
        return PasswordHash(
            encoded: "$argon2id$v=19$m=\(cost.memoryKiB),t=\(cost.passes),p=1$"
                + "bm9ib2R5cyBzYWx0IQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
    }

    private enum Name: Sendable {
        case contact([UInt8])
        case handle([UInt8])

        var index: [UInt8] {
            switch self {
            case .contact(let index), .handle(let index): index
            }
        }
    }

    private func name(of text: String) -> Name {
        if let contact = ContactPoint(text) { return .contact(index(contact)) }
        if let handle = Handle(text) { return .handle(index(handle)) }
        // Nobody is called so; it takes as long to find out.
        return .handle(configuration.lookupKey.index(of: text, kind: "nobody"))
    }

    private static func find(
        _ name: Name, on connection: inout Connection
    ) throws(PostgreSQLError) -> PersonRow? {
        switch name {
        case .contact(let index): try PersonRow.find(contact: index, on: &connection)
        case .handle(let index): try PersonRow.find(handle: index, on: &connection)
        }
    }

    /// Begins a sign-in with a password.
    ///
    /// - Parameters:
    ///   - identifier: e-mail address, telephone number or handle.
    ///   - address: of the network, as attempts are counted by it.
    /// - Throws: ``PeopleError``: the same for a wrong password and for somebody who is not known.
    public func signIn(
        _ identifier: String, password: String, device: DeviceClaim, from address: String
    ) async throws(PeopleError) -> SignIn {
        let name = name(of: identifier)
        let attempts = Attempts(
            "sign_in", account: Hexadecimal.encode(name.index), address: address,
            configuration.lookupKey)
        let now = now
        let found = try await transact {
            connection throws(PostgreSQLError) -> Answer<PersonRow?> in
            let wait = try attempts.begin(at: now, on: &connection)
            let person = try Self.find(name, on: &connection)
            if wait > 0 { return .failure(.tooManyAttempts(wait).noting(of: person?.id)) }
            return .success(person)
        }
        let hash = found?.password.map { PasswordHash(encoded: $0) } ?? nobodysHash()
        guard try await hashing.matches(password, hash), let person = found, person.key != nil
        else { throw .wrongCredentials.noting(of: found?.id) }
        var renewed: PasswordHash?
        if hash.differs(from: configuration.passwordCost) {
            renewed = try await hashing.hash(password)
        }
        let secret = SecretToken(prefix: "hfs_")
        let keyring = configuration.keyring
        let (wasCheckedAgainst, isRenewed) = (hash.encoded, renewed?.encoded)
        return try await transact { connection throws(PostgreSQLError) in
            try attempts.succeed(on: &connection)
            guard let person = try PersonRow.find(person.id, on: &connection, locked: true),
                person.password == wasCheckedAgainst, let key = try? person.dataKey(keyring)
            else { return .failure(.wrongCredentials) }
            if let isRenewed {
                try People.setPassword(
                    isRenewed, of: person.id, at: person.passwordAt, on: &connection)
            }
            let row = try SignInRow.begun(
                person.id, key, device, methods: .password, isComplete: !person.hasSecondFactor,
                at: now, on: &connection)
            try row.insert(secret.digest, on: &connection)
            return .success(
                SignIn(
                    secret: secret.text, isComplete: row.isComplete, factors: person.factors,
                    device: row.device))
        }
    }

    /// Goes on with a second factor.
    public func signIn(
        _ secret: String, with factor: SecondFactor
    ) async throws(PeopleError) -> SignIn {
        let now = now
        let (keyring, lookupKey) = (configuration.keyring, configuration.lookupKey)
        let digest = SecretToken.digest(secret)
        return try await transact { connection throws(PostgreSQLError) -> Answer<SignIn> in
            guard let row = try SignInRow.find(digest, at: now, on: &connection),
                let person = try PersonRow.find(row.person, on: &connection, locked: true)
            else { return .failure(.signInExpired.noting(because: "unknown_sign_in")) }
            let expired = PeopleError.signInExpired.noting(of: person.id)
            guard !row.isComplete else { return .failure(expired.noting(because: "is_complete")) }
            guard row.failures < SignInRow.tries else {
                try SignInRow.end(digest, on: &connection)
                return .failure(expired.noting(because: "too_many_attempts"))
            }
            switch try factor.judge(of: person, keyring, lookupKey, at: now, on: &connection) {
            case .success(true): break
            case .success(false):
                try SignInRow.fail(digest, on: &connection)
                return .failure(.wrongCode.noting(of: person.id))
            case .failure(let error): return .failure(error.noting(of: person.id))
            }
            try SignInRow.complete(
                digest, with: row.methods.union(factor.method), on: &connection)
            return .success(
                SignIn(secret: secret, isComplete: true, factors: [], device: row.device))
        }
    }

    /// The sign-in of a secret, if it waits for a second factor.
    static func waiting(
        _ secret: String, at now: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) -> SignInRow? {
        let row = try SignInRow.find(SecretToken.digest(secret), at: now, on: &connection)
        return row.flatMap { $0.isComplete ? nil : $0 }
    }

    private static let setPassword = Statement(
        "people.password",
        """
        UPDATE person SET password = $2, password_at = $3 WHERE id = $1 AND data_key IS NOT NULL
        """)

    static func setPassword(
        _ encoded: String, of person: PersonID, at now: Timestamp,
        on connection: inout Connection
    ) throws(PostgreSQLError) {
        _ = try connection.query(
            setPassword,
            Parameters {
                $0.add(person)
                $0.add(encoded)
                $0.add(now)
            })
    }
}
