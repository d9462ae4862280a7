internal import EventLog
internal import Ledger
internal import PostgreSQL
internal import Synchronization

/// What never changes of accounts: public identifier, number, kind, currency, owner. Kept in memory, bounded; balances are
/// not.
final class AccountDirectory: Sendable {
    struct Entry: Sendable {
        var id: AccountID
        var publicID: PublicAccountID
        var kind: AccountKind
        var currency: Currency
        /// Whose spending it counts to.
        var spender: TransferID
    }
    struct House: Hashable, Sendable {
        var kind: AccountKind
        var currency: UInt16
    }
    private struct State {
        var byPublicID: [PublicAccountID: Entry] = [:]
        var byID: [AccountID: Entry] = [:]
        var houses: [House: AccountID] = [:]
    }
    private static let limit = 1_000_000
    private let state = Mutex(State())
    private let queries: LedgerQueries

    init(_ queries: LedgerQueries) { self.queries = queries }

    /// Nil if there is no such account.
    func find(_ id: PublicAccountID) async throws(PostgreSQLError) -> Entry? {
        if let entry = state.withLock({ $0.byPublicID[id] }) { return entry }
        guard let view = try await queries.account(id) else { return nil }
        return remember(view)
    }

    /// The entries of accounts by number; unknown ones are left out.
    func find(_ ids: Set<AccountID>) async throws(PostgreSQLError) -> [AccountID: Entry] {
        var found = state.withLock { state in
            Dictionary(
                uniqueKeysWithValues: ids.compactMap { id in state.byID[id].map { (id, $0) } })
        }
        let missing = ids.filter { found[$0] == nil }.sorted()
        if missing.isEmpty { return found }
        for view in try await queries.accounts(missing) {
            if let entry = remember(view) { found[entry.id] = entry }
        }
        return found
    }

    @discardableResult
    func remember(_ view: AccountView) -> Entry? {
        guard let currency = Currency(number: view.account.currency) else { return nil }
        let entry = Entry(
            id: view.account.id, publicID: view.publicID, kind: view.account.kind,
            currency: currency, spender: Spender.id(of: view.owner))
        remember(entry)
        return entry
    }

    /// The house's account of a kind, if it is known to be open.
    func find(_ house: House) -> AccountID? { state.withLock { $0.houses[house] } }

    func remember(_ house: House, _ id: AccountID) {
        state.withLock { $0.houses[house] = id }
    }

    func remember(_ entry: Entry) {
        state.withLock { state in
            if state.byID.count >= Self.limit { state = State() }
            state.byPublicID[entry.publicID] = entry
            state.byID[entry.id] = entry
        }
    }
}
