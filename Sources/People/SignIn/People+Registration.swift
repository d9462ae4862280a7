public import EventLog
internal import Foundation
public import Identity
internal import Notices
internal import PostgreSQL
internal import Vault

extension People {
    /// What somebody who registers says of themselves.
    public struct Registration: Sendable {
        /// Where a code is sent to.
        public var contact: ContactPoint
        /// What they will sign in with.
        public var password: String
        /// What others see them called.
        public var name: String?
        /// The name by which they are found.
        public var handle: Handle?

        /// - Parameters:
        ///   - contact: where a code is sent to.
        ///   - name: what others see them called.
        public init(contact: ContactPoint, password: String, name: String?, handle: Handle?) {
            self.contact = contact
            self.password = password
            self.name = name
            self.handle = handle
        }
    }

    /// That a code was sent, perhaps.
    public struct Sent: Sendable, Equatable {
        /// What the code is given back with.
        public let verification: VerificationID
        /// Until when it is taken.
        public let expiresAt: Timestamp
    }

    /// What waits, sealed, for its code.
    private struct Pending: Codable {
        var contact: String
        var password: String
        var name: String?
        var handle: String?
    }

    /// Sends a code to a contact. The answer, and how long it takes, is the same whether somebody has it already; who has
    /// it is told.
    ///
    /// - Throws: ``PeopleError`` for a weak password, a taken handle, and too many attempts.
    public func register(
        _ registration: Registration, from address: String
    ) async throws(PeopleError) -> Sent {
        let contact = registration.contact
        let personal =
            [contact.text, registration.name, registration.handle?.text].compactMap { $0 }
        if let weakness = PasswordRule.weakness(of: registration.password, personal: personal) {
            throw .weak(weakness)
        }
        try await countAttempt(at: "register", account: nil, from: address)
        let hash = try await hashing.hash(registration.password)
        var verification = Verification(.registration, index(contact), at: now)
        let code = OneTimeCode()
        let key = DataKey()
        verification.code = code
        let pending = Pending(
            contact: contact.text, password: hash.encoded, name: registration.name,
            handle: registration.handle?.text)
        verification.payload = key.seal(Self.encode(pending), as: "registration")
        verification.key = try wrap(key, for: "\(verification.id)")
        let handleIndex = registration.handle.map { index($0) }
        let prepared = verification
        try await enact { connection, acts throws(PostgreSQLError) -> Answer<Void> in
            if let handleIndex,
                try PersonRow.find(handle: handleIndex, on: &connection) != nil
            {
                return .failure(.handleTaken)
            }
            let known = try PersonRow.find(contact: prepared.lookup, on: &connection)?.id
            var verification = prepared
            if known != nil { verification.code = nil }
            guard try verification.insert(on: &connection) else {
                return .failure(.tooManyAttempts(3_600))
            }
            acts.tell(
                NewNotice(
                    to: .contact(contact, of: known),
                    known == nil
                        ? .verification(code.digits, verification.id) : .alreadyRegistered,
                    occasion: "verification \(verification.id)"))
            return .success(())
        }
        return Sent(verification: verification.id, expiresAt: verification.expiresAt)
    }

    /// Makes the person whose code came back.
    ///
    /// - Throws: ``PeopleError`` if the code is not right, or contact or handle were taken meanwhile.
    public func confirmRegistration(
        _ id: VerificationID, code: String
    ) async throws(PeopleError) -> PersonID {
        let now = now
        let person = PersonID(at: now)
        let keyring = configuration.keyring
        let lookupKey = configuration.lookupKey
        return try await enact { connection, acts throws(PostgreSQLError) -> Answer<PersonID> in
            let opened: Verification.Opened
            switch try Verification.take(id, for: .registration, code, at: now, on: &connection) {
            case .success(let right): opened = right
            case .failure(let error): return .failure(error)
            }
            guard
                let wrapped = opened.key, let payload = opened.payload,
                let key = try? keyring.unwrap(wrapped, for: "\(id)"),
                let plain = try? key.open(payload, as: "registration"),
                let pending = try? JSONDecoder().decode(Pending.self, from: Data(plain)),
                let contact = ContactPoint(pending.contact)
            else { return .failure(.wrongCode) }
            let own = DataKey()
            guard let ownWrapped = try? keyring.wrap(own, for: "\(person)") else {
                return .failure(.outOfReach)
            }
            let handle = pending.handle.map { lookupKey.index(of: $0, kind: "handle") }
            let profile = Profile(name: pending.name, handle: pending.handle)
            let newPerson = NewPerson(
                id: person, key: ownWrapped, profile: profile.sealed(under: own), handle: handle,
                password: pending.password)
            guard try newPerson.insert(at: now, on: &connection) else {
                return .failure(.handleTaken)
            }
            let row = ContactRow(
                id: ContactID(at: now), person: person, kind: contact.kind, lookup: opened.lookup,
                sealed: own.seal(Array(contact.text.utf8), as: "contact"), verifiedAt: now)
            guard try row.insert(on: &connection) else {
                try newPerson.withdraw(on: &connection)
                return .failure(.contactTaken)
            }
            acts.add(.personRegistered, by: person)
            return .success(person)
        }
    }

    static func encode(_ value: some Encodable) -> [UInt8] {
        // Structures of strings encode always.
        (try? JSONEncoder().encode(value)).map { [UInt8]($0) } ?? []
    }

    func wrap(_ key: DataKey, for owner: String) throws(PeopleError) -> WrappedKey {
        do throws(VaultError) { return try configuration.keyring.wrap(key, for: owner) } catch {
            logger.error("a key cannot be wrapped", metadata: ["error": "\(error)"])
            throw .outOfReach
        }
    }

    /// Counts an attempt that has no right and wrong, or whose right ones count, too.
    func countAttempt(
        at act: String, account: String?, from address: String
    ) async throws(PeopleError) {
        let attempts = Attempts(
            act, account: account, address: address, configuration.lookupKey)
        let now = now
        try await transact { connection throws(PostgreSQLError) in
            let wait = try attempts.begin(at: now, on: &connection)
            return wait > 0 ? .failure(.tooManyAttempts(wait)) : .success(())
        }
    }
}
