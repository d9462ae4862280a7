public import EventLog
public import Ledger
internal import PostgreSQL

/// With what engines decide, and who is on lists.
extension Wallet {
    /// Has engines decide with a policy from the next event on. Returns the event's sequence.
    ///
    /// - Throws: `WalletError.refused` with ``Refusal/unusablePolicy`` if engines could not.
    public func activate(
        _ policy: PolicyDetail, note: String, actor: String, key: IdempotencyKey?
    ) async throws(WalletError) -> Sequence {
        if let fault = configuration.fault(policy) { throw .refused(.unusablePolicy, fault) }
        return try await recorded(.activatePolicy(policy, note: note, actor: actor), key)
    }

    /// Policies, the newest first, before an event. The first is in force; none if none was ever activated.
    public func policies(
        before: Sequence? = nil, limit: Int
    ) async throws(WalletError) -> [PolicyView] {
        try await reading { () throws(PostgreSQLError) in
            try await self.queries.policies(before: before, limit: limit)
        }
    }

    /// Who or what a list names: an account by its identifier, or a device, an instrument or an address as payments
    /// name it, of which the ledger keeps a keyed token only.
    public enum Listed: Sendable {
        case account(PublicAccountID)
        case identifier(String)
    }

    /// Puts somebody or something on a list, or takes it off. Returns the event's sequence.
    public func change(
        _ list: ListName, _ subject: ListSubject, _ listed: Listed, until: Timestamp,
        isRemoved: Bool, note: String, actor: String, key: IdempotencyKey?
    ) async throws(WalletError) -> Sequence {
        let number: UInt64
        switch listed {
        case .account(let id):
            number = UInt64(bitPattern: try await entry(id).id.rawValue)
        case .identifier(let text):
            number = Token(configuration.tokenKey.token(of: text)).rawValue
        }
        let entry = ListEntry(
            list: list, subject: subject, key: number, until: until, isRemoved: isRemoved)
        return try await recorded(.changeList(entry, note: note, actor: actor), key)
    }

    /// Entries of a list, those put there last first, before an event, with the accounts' identifiers.
    public func entries(
        of list: ListName, before: Sequence? = nil, limit: Int
    ) async throws(WalletError) -> [(view: ListEntryView, account: PublicAccountID?)] {
        let views = try await reading { () throws(PostgreSQLError) in
            try await self.queries.entries(of: list, before: before, limit: limit)
        }
        let accounts = views.filter { $0.entry.subject.isAccount }
            .map { AccountID(Int64(bitPattern: $0.entry.key)) }
        let ids = try await publicIDs(Set(accounts))
        return views.map { view in
            let isAccount = view.entry.subject.isAccount
            return (view, isAccount ? ids[AccountID(Int64(bitPattern: view.entry.key))] : nil)
        }
    }

    private func recorded(
        _ command: Command, _ key: IdempotencyKey?
    ) async throws(WalletError) -> Sequence {
        guard case .recorded(let sequence) = try await submit(command, key) else {
            throw .outOfReach
        }
        return sequence
    }
}

extension ListSubject {
    /// Whether an account is named, rather than what a payment tells of its circumstances.
    public var isAccount: Bool { self == .payer || self == .payee }
}
