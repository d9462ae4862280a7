internal import EventLog
public import Identity
internal import People
internal import PostgreSQL

/// Who is to be paid, as the payer names them.
public enum Payee: Sendable, Hashable {
    /// By the name that others find them by.
    case handle(Handle)
    /// By an address, which may be nobody's yet.
    case contact(ContactPoint)
    /// A person that is known already.
    case person(PersonID)

    /// Reads `@handle`, an e-mail address, or a telephone number; nil for anything else. Without `@` it is a handle, too.
    public init?(_ text: String) {
        if !text.hasPrefix("@"), let contact = ContactPoint(text) {
            self = .contact(contact)
        } else if let handle = Handle(text) {
            self = .handle(handle)
        } else {
            return nil
        }
    }
}

extension PersonalWallets {
    /// Somebody, or an address that nobody has shown to be theirs.
    enum Found: Sendable {
        case person(PersonID)
        case nobody(ContactPoint, lookup: [UInt8])
    }

    /// Finds who is named, for a person: nobody is named to whom they are blocked, or who is blocked to them.
    func find(
        _ payee: Payee, for person: PersonID
    ) async throws(PersonalWalletError) -> Found {
        let found = try await ofPeople { () throws(PeopleError) in
            switch payee {
            case .person(let other): Optional(other)
            case .handle(let handle): try await self.people.person(called: handle)
            case .contact(let point): try await self.people.person(at: point)
            }
        }
        guard let found else {
            guard case .contact(let point) = payee else { throw .unknownPayee }
            return .nobody(point, lookup: people.index(point))
        }
        guard found != person else { throw .ownWallet }
        let isBlocked = try await transact { connection throws(PostgreSQLError) in
            .success(try RelationRows.isBlocked(person, found, on: &connection))
        }
        if isBlocked { throw .payeeUnavailable }
        return .person(found)
    }
}

extension TransferID {
    /// A new identifier: a UUID version 7 (RFC 9562).
    static func fresh(at now: Timestamp) -> TransferID { ClaimID(at: now).uuid }
}
