public import Identity
internal import Notices
internal import PostgreSQL
internal import Vault

extension People {
    /// Sends a code to an address or number that a person says is theirs, too. The answer is the same whether somebody
    /// has it already; who has it is told.
    public func addContact(
        _ contact: ContactPoint, of person: PersonID, from address: String
    ) async throws(PeopleError) -> Sent {
        try await countAttempt(at: "contact", account: "\(person)", from: address)
        var verification = Verification(.contact, index(contact), at: now)
        let code = OneTimeCode()
        let key = DataKey()
        verification.person = person
        verification.code = code
        verification.payload = key.seal(Array(contact.text.utf8), as: "new contact")
        verification.key = try wrap(key, for: "\(verification.id)")
        let prepared = verification
        try await enact { connection, acts throws(PostgreSQLError) -> Answer<Void> in
            var verification = prepared
            let owner = try PersonRow.find(contact: prepared.lookup, on: &connection)?.id
            if owner != nil { verification.code = nil }
            guard try verification.insert(on: &connection) else {
                return .failure(.tooManyAttempts(3_600))
            }
            acts.tell(
                NewNotice(
                    to: .contact(contact, of: owner),
                    owner == nil
                        ? .verification(code.digits, verification.id) : .alreadyRegistered,
                    occasion: "verification \(verification.id)"))
            return .success(())
        }
        return Sent(verification: verification.id, expiresAt: verification.expiresAt)
    }

    /// The contact whose code came back is the person's from now on.
    public func confirmContact(
        _ id: VerificationID, code: String, of person: PersonID
    ) async throws(PeopleError) -> OwnContact {
        let now = now
        let keyring = configuration.keyring
        return try await enact { connection, acts throws(PostgreSQLError) -> Answer<OwnContact> in
            let opened: Verification.Opened
            switch try Verification.take(id, for: .contact, code, at: now, on: &connection) {
            case .success(let right): opened = right
            case .failure(let error): return .failure(error)
            }
            guard opened.person == person else {
                return .failure(.wrongCode.noting(because: "not_theirs", on: "\(id)"))
            }
            guard
                let wrapped = opened.key, let payload = opened.payload,
                let key = try? keyring.unwrap(wrapped, for: "\(id)"),
                let plain = try? key.open(payload, as: "new contact"),
                let contact = ContactPoint(String(decoding: plain, as: UTF8.self))
            else { return .failure(.wrongCode) }
            guard let row = try PersonRow.find(person, on: &connection, locked: true),
                let own = try? row.dataKey(keyring)
            else { return .failure(.unknownPerson) }
            let added = ContactRow(
                id: ContactID(at: now), person: person, kind: contact.kind, lookup: opened.lookup,
                sealed: own.seal(Array(contact.text.utf8), as: "contact"), verifiedAt: now)
            guard try added.insert(on: &connection) else { return .failure(.contactTaken) }
            acts.add(.contactAdded, by: person, on: "\(added.id)")
            acts.tell(person, .contactChanged(contact), once: "contact \(added.id)")
            return .success(OwnContact(id: added.id, point: contact, verifiedAt: now))
        }
    }

    /// Takes a contact away, which must not be the last one.
    public func removeContact(_ id: ContactID, of person: PersonID) async throws(PeopleError) {
        let keyring = configuration.keyring
        try await enact { connection, acts throws(PostgreSQLError) -> Answer<Void> in
            guard let row = try PersonRow.find(person, on: &connection, locked: true),
                let key = try? row.dataKey(keyring)
            else { return .failure(.unknownPerson) }
            let contacts = try ContactRow.all(of: person, on: &connection)
            guard let contact = contacts.first(where: { $0.id == id }) else {
                return .failure(.unknownContact)
            }
            guard contacts.count > 1 else { return .failure(.lastContact) }
            // Whoever can read there is told that it is there no more.
            if let point = try? contact.open(key) {
                acts.tell(
                    NewNotice(
                        to: .contact(point, of: person), .contactChanged(point),
                        occasion: "contact \(id) removed"))
                acts.tell(person, .contactChanged(point), once: "contact \(id) removed")
            }
            _ = try ContactRow.remove(id, of: person, on: &connection)
            acts.add(.contactRemoved, by: person, on: "\(id)")
            return .success(())
        }
    }
}

extension PeopleError {
    static let unknownContact = PeopleError(
        .notFound, "unknown_contact", "there is no such address or number of yours")
    static let lastContact = PeopleError(
        .conflict, "last_contact",
        "this is the only address or number you have: add another one before")
}
