public import Identity
package import PostgreSQL
package import Vault

extension People {
    /// How others see a person.
    public struct Card: Sendable, Hashable {
        /// Who it is.
        public let id: PersonID
        /// What they are called.
        public let name: String?
        /// The name by which they are found, without `@`.
        public let handle: String?

        /// Nothing is known but who it is, unless it is given.
        public init(id: PersonID, name: String? = nil, handle: String? = nil) {
            self.id = id
            self.name = name
            self.handle = handle
        }
    }

    /// How others see some people; those who are not there any more are left out.
    public func cards(
        of people: Set<PersonID>
    ) async throws(PeopleError) -> [PersonID: Card] {
        if people.isEmpty { return [:] }
        let keyring = configuration.keyring
        return try await transact { connection throws(PostgreSQLError) in
            var cards: [PersonID: Card] = [:]
            for id in people {
                guard let row = try PersonRow.find(id, on: &connection),
                    let profile = try? row.openProfile(keyring)
                else { continue }
                cards[id] = Card(id: id, name: profile.name, handle: profile.handle)
            }
            return .success(cards)
        }
    }

    /// Who has shown that a contact is theirs; nil if nobody has.
    public func person(at contact: ContactPoint) async throws(PeopleError) -> PersonID? {
        let index = index(contact)
        return try await transact { connection throws(PostgreSQLError) in
            .success(try PersonRow.find(contact: index, on: &connection)?.id)
        }
    }

    /// The key that what a person writes is sealed under; nil once they are erased.
    package func key(
        of person: PersonID, on connection: inout Connection
    ) throws(PostgreSQLError) -> DataKey? {
        guard let row = try PersonRow.find(person, on: &connection) else { return nil }
        return try? row.dataKey(configuration.keyring)
    }

    /// Whether there is such a person, and they were not erased.
    package func exists(
        _ person: PersonID, on connection: inout Connection
    ) throws(PostgreSQLError) -> Bool {
        try PersonRow.find(person, on: &connection)?.key != nil
    }

    /// Indexes of a person's contacts.
    package func lookups(
        of person: PersonID, on connection: inout Connection
    ) throws(PostgreSQLError) -> Set<[UInt8]> {
        Set(try ContactRow.all(of: person, on: &connection).map(\.lookup))
    }
}
