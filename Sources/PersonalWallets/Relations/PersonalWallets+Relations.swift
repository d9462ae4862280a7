internal import AuditTrail
public import EventLog
public import Identity
public import People
internal import PostgreSQL

extension PersonalWallets {
    // MARK: - Whom a person wants nothing from

    /// Blocks somebody: neither can pay or ask the other.
    public func block(_ payee: Payee, by person: PersonID) async throws(PersonalWalletError) {
        let now = now
        let other = try await known(payee)
        guard other != person else { throw .ownWallet }
        try await enact { connection, acts throws(PostgreSQLError) -> People.Answer<Void> in
            acts.add(.personBlocked, by: person, on: "\(other)")
            return .success(
                try RelationRows.block(other, by: person, at: now, on: &connection))
        }
    }

    /// No longer minds somebody.
    public func unblock(
        _ other: PersonID, by person: PersonID
    ) async throws(PersonalWalletError) {
        try await enact { connection, acts throws(PostgreSQLError) -> People.Answer<Void> in
            guard try RelationRows.unblock(other, by: person, on: &connection) else {
                return .failure(.unknownPerson)
            }
            acts.add(.personUnblocked, by: person, on: "\(other)")
            return .success(())
        }
    }

    /// Whom a person has blocked, the longest ago first.
    public func blocked(
        by person: PersonID
    ) async throws(PersonalWalletError) -> [(card: People.Card, since: Timestamp)] {
        let rows = try await transact { connection throws(PostgreSQLError) in
            .success(try RelationRows.blocked(by: person, on: &connection))
        }
        let cards = try await ofPeople { () throws(PeopleError) in
            try await self.people.cards(of: Set(rows.map(\.person)))
        }
        return rows.map { (cards[$0.person] ?? People.Card(id: $0.person), $0.since) }
    }

    /// Who is named, whether blocked or not.
    private func known(_ payee: Payee) async throws(PersonalWalletError) -> PersonID {
        let found = try await ofPeople { () throws(PeopleError) -> PersonID? in
            switch payee {
            case .person(let other): return other
            case .handle(let handle): return try await self.people.person(called: handle)
            // Who only knows an address does not learn by blocking whose it is.
            case .contact: return nil
            }
        }
        guard let found else { throw .unknownPayee }
        return found
    }

    // MARK: - Who is paid often

    /// Somebody whom a person pays often.
    public struct Favourite: Sendable {
        /// Names the entry.
        public let id: FavouriteID
        /// Who it is.
        public let payee: People.Card
        /// What the person calls them.
        public let name: String
    }

    private static let insert = Statement(
        "favourite.insert",
        """
        INSERT INTO favourite (id, person_id, payee_id, name, created_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (person_id, payee_id) DO UPDATE SET name = excluded.name RETURNING id
        """)
    private static let all = Statement(
        "favourite.all",
        """
        SELECT id, payee_id, name FROM favourite WHERE person_id = $1 ORDER BY created_at, id LIMIT 500
        """)
    private static let remove = Statement(
        "favourite.remove", "DELETE FROM favourite WHERE id = $1 AND person_id = $2 RETURNING true")

    /// Remembers somebody under a name of the person's own; somebody who is remembered already is renamed.
    public func remember(
        _ payee: Payee, as name: String, of person: PersonID
    ) async throws(PersonalWalletError) -> Favourite {
        guard case .person(let other) = try await find(payee, for: person) else {
            throw .unknownPayee
        }
        if case .contact = payee {
            // Who only knows an address does not learn by remembering whose it is.
            let areAcquainted = try await transact { connection throws(PostgreSQLError) in
                .success(try RelationRows.areAcquainted(person, other, on: &connection))
            }
            guard areAcquainted else { throw .unknownPayee }
        }
        let now = now
        let id = try await transact {
            connection throws(PostgreSQLError) -> People.Answer<FavouriteID> in
            guard let key = try self.people.key(of: person, on: &connection) else {
                return .failure(.unknownPerson)
            }
            let rows = try connection.query(
                Self.insert,
                Parameters {
                    $0.add(FavouriteID(at: now))
                    $0.add(person)
                    $0.add(other)
                    $0.add(key.seal(Array(name.utf8), as: "favourite"))
                    $0.add(now)
                })
            return .success(rows.identifier(0, 0))
        }
        let cards = try await ofPeople { () throws(PeopleError) in
            try await self.people.cards(of: [other])
        }
        return Favourite(id: id, payee: cards[other] ?? People.Card(id: other), name: name)
    }

    /// Whom a person pays often, the first remembered first.
    public func favourites(of person: PersonID) async throws(PersonalWalletError) -> [Favourite] {
        let rows = try await transact {
            connection throws(PostgreSQLError)
                -> People.Answer<[(id: FavouriteID, payee: PersonID, name: String)]> in
            guard let key = try self.people.key(of: person, on: &connection) else {
                return .failure(.unknownPerson)
            }
            let rows = try connection.query(Self.all, Parameters { $0.add(person) })
            return .success(
                (0..<rows.count).map { row in
                    let name = (try? key.open(rows.bytes(row, 2), as: "favourite")) ?? []
                    return (
                        rows.identifier(row, 0), rows.identifier(row, 1),
                        String(decoding: name, as: UTF8.self)
                    )
                })
        }
        let cards = try await ofPeople { () throws(PeopleError) in
            try await self.people.cards(of: Set(rows.map(\.payee)))
        }
        return rows.map {
            Favourite(id: $0.id, payee: cards[$0.payee] ?? People.Card(id: $0.payee), name: $0.name)
        }
    }

    /// Forgets a favourite.
    public func forget(
        _ id: FavouriteID, of person: PersonID
    ) async throws(PersonalWalletError) {
        try await transact { connection throws(PostgreSQLError) -> People.Answer<Void> in
            let rows = try connection.query(
                Self.remove,
                Parameters {
                    $0.add(id)
                    $0.add(person)
                })
            return rows.isEmpty ? .failure(.unknownFavourite) : .success(())
        }
    }
}

extension PeopleError {
    static let unknownFavourite = PeopleError(
        .notFound, "unknown_favourite", "there is no such favourite of yours")
}
