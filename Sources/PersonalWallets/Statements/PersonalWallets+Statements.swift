public import EventLog
public import Identity
public import Ledger
internal import People
public import Statements
internal import Wallet

extension PersonalWallets {
    /// What happened on a wallet or pocket of a person's in a period. It can be made again at any time, and is the same
    /// once the period is over.
    public func statement(
        of account: PublicAccountID, in period: StatementPeriod, for person: PersonID
    ) async throws(PersonalWalletError) -> Statement {
        guard try await isTheirs(account, person) else { throw .unknownWallet }
        return try await statement(account, period, try await holder(of: person))
    }

    /// The books of all wallets and pockets of a person in a period.
    public func journal(
        in period: StatementPeriod, of person: PersonID
    ) async throws(PersonalWalletError) -> Journal {
        let holder = try await holder(of: person)
        var accounts = try await rows(of: person).map(\.account)
        accounts += try await pocketRows(of: person).map(\.account)
        var statements: [Statement] = []
        for account in accounts {
            statements.append(try await statement(PublicAccountID(uuid: account), period, holder))
        }
        return try Self.stated { () throws(StatementError) in try Journal(statements) }
    }

    private func statement(
        _ account: PublicAccountID, _ period: StatementPeriod, _ holder: Holder
    ) async throws(PersonalWalletError) -> Statement {
        let view = try await view(account)
        guard let currency = Currency(number: view.account.currency) else { throw .unknownWallet }
        let before = Timestamp(period.from.rawValue - 1)
        let opening = try await ofWallet { () throws(WalletError) in
            try await self.wallet.balance(account, at: nil, time: before)
        }
        let entries = try await movements(of: account, in: period)
        let names = try await names(of: Set(entries.map(\.counterparty)))
        return try Self.stated { () throws(StatementError) in
            var builder = StatementBuilder(
                account: try StatementAccount(
                    id: "\(account)", holder: holder, currency: currency), period: period,
                openingMinor: opening.posted)
            for entry in entries.reversed() {
                try builder.append(
                    StatementLine(
                        sequence: entry.sequence, time: entry.recordedAt,
                        kind: entry.transferKind.lineKind, transfer: entry.transfer,
                        counterparty: names[entry.counterparty] ?? "",
                        amountMinor: entry.postedChange, balanceMinor: entry.posted))
            }
            return try builder.finish(closingMinor: entries.first?.posted ?? opening.posted)
        }
    }

    /// What moved money in a period, the newest first.
    private func movements(
        of account: PublicAccountID, in period: StatementPeriod
    ) async throws(PersonalWalletError) -> [EntryView] {
        var found: [EntryView] = []
        var before: Sequence?
        while true {
            let (from, page) = (before, 1_000)
            let entries = try await ofWallet { () throws(WalletError) in
                try await self.wallet.history(account, before: from, limit: page).entries
            }
            found += entries.filter { period.contains($0.recordedAt) && $0.postedChange != 0 }
            guard found.count <= StatementBuilder.maximumLines else {
                throw .refused(
                    .invalid, "too_many_lines",
                    "a statement has at most \(StatementBuilder.maximumLines) lines: ask for a shorter period"
                )
            }
            guard let last = entries.last, entries.count == page, last.recordedAt >= period.from
            else { return found }
            before = last.sequence
        }
    }

    // MARK: - Receipts

    /// What can be shown of a payment of a person's.
    public func receipt(
        of id: TransferID, for person: PersonID
    ) async throws(PersonalWalletError) -> Receipt {
        let answer = try await payment(id, of: person)
        let transfer = answer.transfer
        guard let currency = Currency(number: transfer.currency) else { throw .unknownPayment }
        let names = try await names(of: [transfer.payer, transfer.payee])
        let posting = try await ofWallet { () throws(WalletError) in
            try await self.wallet.postedAt(transfer)
        }
        return try Self.stated { () throws(StatementError) in
            func party(
                _ account: AccountID, _ shown: PublicAccountID
            ) throws(StatementError) -> ReceiptParty {
                try ReceiptParty(
                    holder: Holder(name: names[account] ?? "", handle: ""), account: "\(shown)")
            }
            var fees: [ReceiptFee] = []
            for leg in transfer.extraLegs where leg.role == .fee {
                fees.append(
                    try ReceiptFee(
                        bearer: leg.from == transfer.payee ? .payee : .payer,
                        amount: Money(minor: leg.amount, currency: currency)))
            }
            return try Receipt(
                transfer: id, sequence: transfer.lastSequence,
                payer: try party(transfer.payer, answer.payer),
                payee: try party(transfer.payee, answer.payee),
                amount: Money(minor: transfer.amount, currency: currency), fees: fees,
                reservedAt: transfer.createdAt, postedAt: posting,
                decision: transfer.action?.description ?? "none")
        }
    }

    // MARK: - Names

    private func holder(of person: PersonID) async throws(PersonalWalletError) -> Holder {
        let card = try await ofPeople { () throws(PeopleError) in
            try await self.people.cards(of: [person])[person]
        }
        return try Self.stated { () throws(StatementError) in
            try Holder(
                name: card?.name ?? "", handle: card?.handle.map { "@\($0)" } ?? "")
        }
    }

    /// What owners of accounts are called: handle or else name; accounts of nobody's have none.
    private func names(
        of accounts: Set<AccountID>
    ) async throws(PersonalWalletError) -> [AccountID: String] {
        let shown = try await ofWallet { () throws(WalletError) in
            try await self.wallet.shownIDs(accounts)
        }
        var owners: [AccountID: PersonID] = [:]
        for (account, id) in shown {
            let owner = try await ofPeople { () throws(PeopleError) in
                try await self.people.owner(of: id.uuid)
            }
            if let owner { owners[account] = owner }
        }
        let people = Set(owners.values)
        let cards = try await ofPeople { () throws(PeopleError) in
            try await self.people.cards(of: people)
        }
        return owners.compactMapValues { owner in
            cards[owner].flatMap { card in card.handle.map { "@\($0)" } ?? card.name }
        }
    }

    private static func stated<Value>(
        _ body: () throws(StatementError) -> Value
    ) throws(PersonalWalletError) -> Value {
        do throws(StatementError) { return try body() } catch {
            throw .refused(.invalid, error.code.rawValue, "\(error)")
        }
    }
}

extension TransferKind {
    /// What a line of a statement is for.
    var lineKind: LineKind {
        switch self {
        case .payment, .none: .payment
        case .authorization: .capture
        case .refund: .refund
        case .funding: .funding
        case .fee: .fee
        case .exchange: .exchange
        case .book: .payment
        }
    }
}
