public import Identity
internal import Ledger
internal import People
internal import Wallet

extension PersonalWallets {
    /// Erases a person, and what risk knows of their payments. Their accounts are frozen first, so that no money comes in meanwhile, and stay so.
    ///
    /// - Parameter actor: who wants it, for the audit log.
    /// - Throws: ``PersonalWalletError`` with the code `erasure_refused` if something stands against it, such as money:
    ///   nothing was changed then.
    public func erase(_ person: PersonID, by actor: String) async throws(PersonalWalletError) {
        let objections = try await ofPeople { () throws(PeopleError) in
            try await self.people.objections(toErasing: person)
        }
        var before: [AccountView] = []
        do throws(PersonalWalletError) {
            // What cannot be done now is refused, and recorded, without touching an account.
            if objections.isEmpty {
                for account in try await accounts(of: person) {
                    let view = try await ofWallet { () throws(WalletError) in
                        try await self.wallet.view(account)
                    }
                    before.append(view)
                    _ = try await ofWallet { () throws(WalletError) in
                        try await self.wallet.freeze(account, debits: true, credits: true, key: nil)
                    }
                }
            }
            try await ofPeople { () throws(PeopleError) in
                try await self.people.erase(person, by: actor)
            }
            await attempt("erased contexts") { () throws(PersonalWalletError) in
                try await self.eraseContexts()
            }
        } catch {
            await unfreeze(before)
            throw error
        }
    }

    private func accounts(
        of person: PersonID
    ) async throws(PersonalWalletError) -> [PublicAccountID] {
        let wallets = try await rows(of: person).map(\.account)
        let pockets = try await pocketRows(of: person).map(\.account)
        return (wallets + pockets).map { PublicAccountID(uuid: $0) }
    }

    /// As accounts were before; whoever stays needs them.
    private func unfreeze(_ accounts: [AccountView]) async {
        for view in accounts {
            do throws(WalletError) {
                _ = try await wallet.freeze(
                    view.publicID, debits: view.account.debitsFrozen,
                    credits: view.account.creditsFrozen, key: nil)
            } catch {
                logger.error("an account stays frozen", metadata: ["account": "\(view.publicID)"])
            }
        }
    }
}
