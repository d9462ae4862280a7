internal import EventLog

extension CommitPlan {
    mutating func open(_ opening: Command.OpenAccount) throws(Refusal) -> Effect {
        guard Currency(number: opening.currency) != nil else { throw .currencyMismatch }
        guard opening.overdraft >= 0, opening.caps.isValid else { throw .invalidLimit }
        let house = House(kind: opening.kind, currency: opening.currency)
        if opening.kind.isHouse, let existing = houses[house], let account = accounts[existing] {
            return .account(account, publicID: nil, isReplay: true)
        }
        let account = Account(
            id: AccountID(head.nextAccount), kind: opening.kind, currency: opening.currency,
            overdraft: opening.overdraft, caps: opening.caps, owner: opening.ownerToken)
        head.nextAccount += 1
        if !account.caps.isNone { cappedAccounts.insert(account.id) }
        change(account, .accountOpened)
        if opening.kind.isHouse { houses[house] = account.id }
        openedAccounts.append((account.id, opening))
        return .account(account, publicID: opening.publicID, isReplay: false)
    }

    mutating func freeze(_ id: AccountID, debits: Bool?, credits: Bool?) throws(Refusal) -> Effect {
        var account = try wallet(id)
        account.debitsFrozen = debits ?? account.debitsFrozen
        account.creditsFrozen = credits ?? account.creditsFrozen
        change(account, .accountFrozen)
        return .account(account, publicID: nil, isReplay: false)
    }

    mutating func limit(_ id: AccountID, overdraft: Int64, caps: Caps) throws(Refusal) -> Effect {
        var account = try wallet(id)
        guard overdraft >= 0, caps.isValid else { throw .invalidLimit }
        account.overdraft = overdraft
        account.caps = caps
        guard account.covers(0) else { throw .limitBelowUse }
        changedCaps.insert(id)
        if caps.isNone { cappedAccounts.remove(id) } else { cappedAccounts.insert(id) }
        change(account, .accountLimited)
        return .account(account, publicID: nil, isReplay: false)
    }

    /// Only an account that pays nothing any more: what its payments tell from then on would be lost, too.
    mutating func eraseContext(of id: AccountID) throws(Refusal) -> Effect {
        let account = try wallet(id)
        guard account.debitsFrozen else { throw .accountActive }
        let sequence = append(Event(kind: .erased, payer: id, currency: account.currency))
        erasedContexts.append((id, sequence))
        return .account(account, publicID: nil, isReplay: false)
    }

    mutating func rebase() -> Effect {
        let sequence = append(Event(kind: .rebased))
        rebases.append(sequence)
        return .recorded(sequence)
    }

    private func wallet(_ id: AccountID) throws(Refusal) -> Account {
        guard let account = accounts[id] else { throw .unknownAccount }
        guard !account.kind.isHouse else { throw .houseAccount }
        return account
    }

    private mutating func change(_ account: Account, _ kind: EventKind) {
        let event = Event(kind: kind, payer: account.id, currency: account.currency)
        let sequence = append(event, account: account.detail)
        accounts[account.id] = account
        addEntry(account, event, at: sequence)
    }
}

extension Caps {
    var isValid: Bool {
        [hourCount, hourSum, dayCount, daySum].allSatisfy { ($0 ?? 0) >= 0 }
    }
}
