public import EventLog
public import Identity
internal import PostgreSQL

extension People {
    /// Accounts of a person, by their public identifiers, with the codes of their currencies; the oldest first.
    public func wallets(
        of person: PersonID
    ) async throws(PeopleError) -> [(account: TransferID, currency: String)] {
        try await transact { connection throws(PostgreSQLError) -> Answer<[WalletRow]> in
            .success(try WalletRow.all(of: person, on: &connection))
        }.map { ($0.account, $0.currency) }
    }

    /// Remembers that an account is a person's. A second one of a currency is not.
    public func addWallet(
        _ account: TransferID, _ currency: String, of person: PersonID
    ) async throws(PeopleError) {
        let now = now
        try await transact { connection throws(PostgreSQLError) -> Answer<Void> in
            try WalletRow(account: account, currency: currency)
                .insert(of: person, at: now, on: &connection)
            return .success(())
        }
    }

    /// Whose wallet an account is; nil if it is nobody's.
    public func owner(of account: TransferID) async throws(PeopleError) -> PersonID? {
        try await transact { connection throws(PostgreSQLError) -> Answer<PersonID?> in
            .success(try WalletRow.owner(of: account, on: &connection))
        }
    }

    /// Who has a handle; nil if nobody has.
    public func person(called handle: Handle) async throws(PeopleError) -> PersonID? {
        let index = index(handle)
        return try await transact { connection throws(PostgreSQLError) -> Answer<PersonID?> in
            .success(try PersonRow.find(handle: index, on: &connection)?.id)
        }
    }
}
