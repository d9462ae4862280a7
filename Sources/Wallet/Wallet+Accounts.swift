public import EventLog
public import Ledger
internal import PostgreSQL

extension Wallet {
    /// Opens an account for an opaque owner.
    public func openAccount(
        owner: String, currency: Currency, key: IdempotencyKey?
    ) async throws(WalletError) -> AccountView {
        let effect = try await submit(
            .openAccount(
                .init(
                    publicID: PublicAccountID(uuid: WallClock.newID()), owner: owner,
                    ownerToken: Token(configuration.tokenKey.token(of: owner)),
                    currency: currency.number)), key)
        guard case .account(let account, let publicID?, _) = effect else { throw .outOfReach }
        directory.remember(
            .init(
                id: account.id, publicID: publicID, kind: .wallet, currency: currency,
                spender: Spender.id(of: owner)))
        // A repeated key is answered as the first time, whatever moved since.
        var view = try await view(publicID)
        view.account = account
        return view
    }

    /// The account with a public identifier.
    public func view(_ id: PublicAccountID) async throws(WalletError) -> AccountView {
        let found = try await reading { () throws(PostgreSQLError) in
            try await self.queries.account(id)
        }
        guard let view = found, view.account.kind == .wallet else {
            throw .refused(.unknownAccount, "there is no account \(id)")
        }
        return view
    }

    private static let askFreeze = Statement(
        "wallet.freeze.ask",
        """
        UPDATE erasure_freeze SET debits_frozen = coalesce($2, debits_frozen),
            credits_frozen = coalesce($3, credits_frozen)
        WHERE account = $1
        """)

    /// Freezes or unfreezes debits and credits; nil leaves one as it is. Of an account that is frozen for a while, as
    /// while its owner is erased, it also says how it is to be afterwards.
    public func freeze(
        _ id: PublicAccountID, debits: Bool?, credits: Bool?, key: IdempotencyKey?
    ) async throws(WalletError) -> AccountView {
        let account = try await entry(id)
        // Before and after: whoever thaws the account sees one of them, or had thawed it by then.
        try await ask(id, debits: debits, credits: credits)
        let view = try await view(
            after: .freeze(account.id, debits: debits, credits: credits), account, key)
        try await ask(id, debits: debits, credits: credits)
        return view
    }

    private func ask(
        _ id: PublicAccountID, debits: Bool?, credits: Bool?
    ) async throws(WalletError) {
        try await reading { () throws(PostgreSQLError) in
            try await self.queries.transaction { connection throws(PostgreSQLError) in
                var parameters = Parameters()
                parameters.add(uuidHigh: id.uuid.high, low: id.uuid.low)
                for flag in [debits, credits] {
                    if let flag { parameters.add(flag) } else { parameters.add(null: ()) }
                }
                _ = try connection.query(Self.askFreeze, parameters)
            }
        }
    }

    /// Freezes an account for a while, or thaws it afterwards: what was asked for otherwise stays known.
    public func freezeForNow(
        _ id: PublicAccountID, debits: Bool, credits: Bool
    ) async throws(WalletError) -> AccountView {
        let account = try await entry(id)
        return try await view(
            after: .freeze(account.id, debits: debits, credits: credits), account, nil)
    }

    /// Sets the overdraft and the caps of an account, in minor units.
    public func limit(
        _ id: PublicAccountID, overdraft: Int64, caps: Caps, key: IdempotencyKey?
    ) async throws(WalletError) -> AccountView {
        let account = try await entry(id)
        return try await view(
            after: .limit(account.id, overdraft: overdraft, caps: caps), account, key)
    }

    /// Credits an account from the house's funding account, at once.
    public func fund(
        _ id: PublicAccountID, amount: Money, key: IdempotencyKey?
    ) async throws(WalletError) -> TransferAnswer {
        let account = try await entry(id)
        // Before a house account is opened for nothing.
        guard account.currency == amount.currency else {
            throw WalletError(.refused(.currencyMismatch))
        }
        let house = try await house(.funding, amount.currency)
        let effect = try await submit(
            .transfer(
                .init(
                    id: WallClock.newID(), kind: .funding, currency: amount.currency.number,
                    payer: house, payee: account.id, amount: amount.minor, mode: .immediate)), key)
        return try await answer(effect)
    }

    /// An account's history, newest first, before an event.
    public func history(
        _ id: PublicAccountID, before: Sequence?, limit: Int
    ) async throws(WalletError) -> (
        entries: [EntryView], counterparties: [AccountID: PublicAccountID]
    ) {
        let account = try await entry(id)
        let entries = try await reading { () throws(PostgreSQLError) in
            try await self.queries.history(of: account.id, before: before, limit: limit)
        }
        return (entries, try await publicIDs(Set(entries.map(\.counterparty))))
    }

    /// What risk knows of payments out of some accounts, newest first, before an event; what was erased is left out.
    public func contexts(
        of payers: [PublicAccountID], before: Sequence?, limit: Int
    ) async throws(WalletError) -> [ContextView] {
        try await reading { () throws(PostgreSQLError) in
            try await self.queries.contexts(of: payers, before: before, limit: limit)
        }
    }

    /// An account's balance right after an event, or at a moment.
    public func balance(
        _ id: PublicAccountID, at sequence: Sequence?, time: Timestamp?
    ) async throws(WalletError) -> BalanceView {
        let account = try await entry(id)
        return try await reading { () throws(PostgreSQLError) in
            var place = sequence ?? Sequence(Int64.max)
            if let time { place = try await self.queries.sequence(at: time) }
            return try await self.queries.balance(of: account.id, at: place)
        }
    }

    /// The identifiers that accounts are shown under; unknown ones are left out.
    public func shownIDs(
        _ accounts: Set<AccountID>
    ) async throws(WalletError) -> [AccountID: PublicAccountID] { try await publicIDs(accounts) }

    /// When the first money of a transfer moved; nil if none has.
    public func postedAt(_ transfer: Transfer) async throws(WalletError) -> Timestamp? {
        guard transfer.captured > 0 else { return nil }
        if transfer.firstState == .posted {
            return try await reading { () throws(PostgreSQLError) in
                try await self.queries.alert(at: transfer.firstSequence)?.event.recordedAt
            }
        }
        return try await reading { () throws(PostgreSQLError) in
            try await self.queries.alert(at: transfer.lastSequence)?.event.recordedAt
        }
    }

    // MARK: - Inside

    func entry(_ id: PublicAccountID) async throws(WalletError) -> AccountDirectory.Entry {
        let found = try await reading { () throws(PostgreSQLError) in
            try await self.directory.find(id)
        }
        guard let found, found.kind == .wallet else {
            throw .refused(.unknownAccount, "there is no account \(id)")
        }
        return found
    }

    func publicIDs(_ ids: Set<AccountID>) async throws(WalletError) -> [AccountID: PublicAccountID]
    {
        try await reading { () throws(PostgreSQLError) in try await self.directory.find(ids) }
            .mapValues(\.publicID)
    }

    private func view(
        after command: Command, _ entry: AccountDirectory.Entry, _ key: IdempotencyKey?
    ) async throws(WalletError) -> AccountView {
        let effect = try await submit(command, key)
        guard case .account(let account, _, _) = effect else { throw .outOfReach }
        var view = try await view(entry.publicID)
        view.account = account
        return view
    }

    /// The house's account of a kind, opened when it is first needed.
    func house(
        _ kind: AccountKind, _ currency: Currency
    ) async throws(WalletError) -> AccountID {
        let house = AccountDirectory.House(kind: kind, currency: currency.number)
        if let known = directory.find(house) { return known }
        let effect = try await submit(
            .openAccount(
                .init(
                    publicID: PublicAccountID(uuid: WallClock.newID()), owner: "house",
                    ownerToken: .none, kind: kind, currency: currency.number)), nil)
        guard case .account(let account, _, _) = effect else { throw .outOfReach }
        directory.remember(house, account.id)
        return account.id
    }

    func submit(_ command: Command, _ key: IdempotencyKey?) async throws(WalletError) -> Effect {
        do throws(LedgerError) { return try await commit.submit(command, key: key) } catch {
            throw WalletError(error)
        }
    }

    func reading<Value: Sendable>(
        _ body: @Sendable () async throws(PostgreSQLError) -> Value
    ) async throws(WalletError) -> Value {
        do throws(PostgreSQLError) { return try await body() } catch {
            logger.warning("a read failed", metadata: ["error": "\(error)"])
            throw error.isOutcomeUnknown ? .outcomeUnknown : .outOfReach
        }
    }
}
