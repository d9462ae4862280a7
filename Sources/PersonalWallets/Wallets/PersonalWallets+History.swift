public import EventLog
public import Identity
public import Ledger
internal import Wallet

extension PersonalWallets {
    /// The history of a wallet or pocket of the person's, newest first, before an event.
    public func history(
        _ account: PublicAccountID, of person: PersonID, before: Sequence?, limit: Int
    ) async throws(PersonalWalletError) -> (
        view: AccountView, entries: [EntryView], counterparties: [AccountID: PublicAccountID]
    ) {
        guard try await isTheirs(account, person) else { throw .unknownWallet }
        let view = try await view(account)
        let (entries, counterparties) = try await ofWallet { () throws(WalletError) in
            try await self.wallet.history(account, before: before, limit: limit)
        }
        return (view, entries, counterparties)
    }

    /// One line of a history over all that a person has.
    public struct OwnEntry: Sendable {
        /// The wallet or pocket.
        public let account: AccountView
        /// What the event did to it.
        public let entry: EntryView
        /// Who was on the other side; nil for the house.
        public let counterparty: PublicAccountID?
    }

    /// The history over all wallets and pockets of a person, newest first, before an event. An event that touches two of
    /// them has two lines, which are never on two pages.
    public func history(
        of person: PersonID, before: Sequence?, limit: Int
    ) async throws(PersonalWalletError) -> [OwnEntry] {
        var lines: [OwnEntry] = []
        for account in try await accounts(of: person) {
            let history = try await history(account, of: person, before: before, limit: limit)
            lines += history.entries.map {
                OwnEntry(
                    account: history.view, entry: $0,
                    counterparty: history.counterparties[$0.counterparty])
            }
        }
        lines.sort {
            $0.entry.sequence == $1.entry.sequence
                ? $0.account.account.id < $1.account.account.id
                : $0.entry.sequence > $1.entry.sequence
        }
        guard lines.count > limit else { return lines }
        let last = lines[limit - 1].entry.sequence
        return Array(lines.prefix { $0.entry.sequence >= last })
    }

    /// All wallets and pockets of a person, closed ones too.
    func accounts(of person: PersonID) async throws(PersonalWalletError) -> [PublicAccountID] {
        let wallets = try await rows(of: person).map { PublicAccountID(uuid: $0.account) }
        return try await wallets
            + pockets(of: person, withClosed: true).map(\.account.publicID)
    }

    /// Whether an account is a wallet or a pocket of the person's.
    func isTheirs(
        _ account: PublicAccountID, _ person: PersonID
    ) async throws(PersonalWalletError) -> Bool {
        if try await rows(of: person).contains(where: { $0.account == account.uuid }) {
            return true
        }
        return try await pocketRows(of: person).contains { $0.account == account.uuid }
    }
}
