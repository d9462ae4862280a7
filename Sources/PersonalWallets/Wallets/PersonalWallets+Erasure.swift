internal import EventLog
public import Identity
internal import Ledger
internal import People
internal import PostgreSQL
internal import Wallet

extension PersonalWallets {
    /// Erases a person, and what risk knows of their payments. Their accounts are frozen first, so that no money comes in
    /// meanwhile, and stay so. That they are about to be is written down before, and goes with the person: what is cut
    /// short is undone.
    ///
    /// - Parameter actor: who wants it, for the audit log.
    /// - Throws: ``PersonalWalletError`` with the code `erasure_refused` if something stands against it, such as money:
    ///   nothing was changed then.
    public func erase(_ person: PersonID, by actor: String) async throws(PersonalWalletError) {
        let objections = try await ofPeople { () throws(PeopleError) in
            try await self.people.objections(toErasing: person)
        }
        do throws(PersonalWalletError) {
            // What cannot be done now is refused, and recorded, without touching an account.
            if objections.isEmpty { try await freezeAccounts(of: person) }
            try await ofPeople { () throws(PeopleError) in
                try await self.people.erase(person, by: actor)
            }
            await attempt("erased contexts") { () throws(PersonalWalletError) in
                try await self.eraseContexts()
            }
        } catch {
            // Whoever undoes it already does it alone.
            if objections.isEmpty, !error.saysErasureIsUndone { await undoErasure(of: person) }
            throw error
        }
    }

    func freezeAccounts(of person: PersonID) async throws(PersonalWalletError) {
        let now = now
        let accounts = try await transact {
            connection throws(PostgreSQLError) -> People.Answer<[TransferID]> in
            try ErasureFreezeRow.lock(person, on: &connection)
            guard try self.people.key(of: person, on: &connection) != nil else {
                return .failure(.unknownPerson)
            }
            guard try !ErasureFreezeRow.isUndone(person, on: &connection) else {
                return .failure(.erasureUndone)
            }
            return .success(try ErasureFreezeRow.begin(person, at: now, on: &connection))
        }
        for account in accounts {
            let id = PublicAccountID(uuid: account)
            let before = try await view(id).account
            let row = ErasureFreezeRow(
                account: account, debitsFrozen: before.debitsFrozen,
                creditsFrozen: before.creditsFrozen)
            let moment = self.now
            try await transact { connection throws(PostgreSQLError) -> People.Answer<Void> in
                try ErasureFreezeRow.lock(person, on: &connection)
                return try row.know(of: person, at: moment, on: &connection)
                    ? .success(()) : .failure(.erasureUndone)
            }
            _ = try await ofWallet { () throws(WalletError) in
                try await self.wallet.freezeForNow(id, debits: true, credits: true)
            }
            // Whoever undid it in between has let the account go before it was frozen.
            guard try await isStillWanted(account) else {
                _ = try await ofWallet { () throws(WalletError) in
                    try await self.wallet.freezeForNow(
                        id, debits: before.debitsFrozen, credits: before.creditsFrozen)
                }
                throw .people(.erasureUndone)
            }
        }
    }

    private func isStillWanted(_ account: TransferID) async throws(PersonalWalletError) -> Bool {
        try await transact { connection throws(PostgreSQLError) in
            .success(try ErasureFreezeRow.isWanted(account, on: &connection))
        }
    }

    /// Makes accounts what they were before, or what staff has asked for since; whoever stays needs them. Nothing is to be
    /// undone of somebody who is erased.
    private func undoErasure(of person: PersonID) async {
        await attempt("the end of an erasure") { () throws(PersonalWalletError) in
            let now = self.now
            let rows = try await self.transact { connection throws(PostgreSQLError) in
                try ErasureFreezeRow.lock(person, on: &connection)
                return .success(try ErasureFreezeRow.undo(person, at: now, on: &connection))
            }
            for row in rows { try await self.letGo(row.account) }
        }
    }

    private func letGo(_ account: TransferID) async throws(PersonalWalletError) {
        // As it is now: another may have let it go since, and staff frozen it again.
        var next = try await transact { connection throws(PostgreSQLError) in
            .success(try ErasureFreezeRow.find(account, on: &connection))
        }
        while let row = next {
            if let debits = row.debitsFrozen, let credits = row.creditsFrozen {
                _ = try await ofWallet { () throws(WalletError) in
                    try await self.wallet.freezeForNow(
                        PublicAccountID(uuid: row.account), debits: debits, credits: credits)
                }
            }
            next = try await transact { connection throws(PostgreSQLError) in
                .success(try row.end(on: &connection))
            }
        }
    }

    /// Undoes erasures whose process was killed.
    func undoErasures() async throws(PersonalWalletError) {
        let now = now
        let abandoned = try await transact { connection throws(PostgreSQLError) in
            .success(try ErasureFreezeRow.abandoned(at: now, on: &connection))
        }
        for person in abandoned { await undoErasure(of: person) }
    }
}

extension PersonalWalletError {
    /// Whether an erasure does not take place because an earlier attempt is being undone.
    fileprivate var saysErasureIsUndone: Bool {
        if case .people(let error) = self {
            error.detail == ErasureObjection.undone.detail
        } else {
            false
        }
    }
}

extension PeopleError {
    static let erasureUndone = PeopleError(
        .conflict, "erasure_refused", ErasureObjection.undone.detail)
}

extension ErasureObjection {
    static let undone = ErasureObjection(
        "erasure_undone", "an attempt that was cut short is being undone: try again in a minute")
}
