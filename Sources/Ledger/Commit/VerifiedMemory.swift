internal import EventLog

/// What this process's own commits left of accounts and waiting transfers, so that it need not be read again.
///
/// Never trusted by itself: it is used only in a commit that has locked the ledger's head and found there the running
/// hash that this memory was filled under. Then no event has come since, whoever might have written one, and nothing in
/// it can differ from the tables. Otherwise it is forgotten and the tables are read. So it may be filled before it is
/// known whether the commit that fills it came to be. Bounded.
struct VerifiedMemory {
    private static let accountLimit = 131_072
    private static let transferLimit = 65_536
    private static let spenderLimit = 131_072

    /// The running hash after the commit that filled the memory.
    private var hash: [UInt8] = []
    private var rows = KnownRows()
    /// What the last commit opened or changed, whether it is remembered or not.
    private(set) var lastTransfers: Set<TransferID> = []

    func mayKnow(_ id: AccountID) -> Bool { rows.accounts[id] != nil }
    /// A transfer as it was, if nothing has come since: for finding out what else will be needed.
    func guess(_ id: TransferID) -> Transfer? { rows.transfers[id] }

    func mayKnowTally(of spender: TransferID) -> Bool { rows.tallies[spender] != nil }

    /// Whether nothing was committed since this memory was filled; if something was, it is forgotten.
    mutating func isCurrent(at head: [UInt8]) -> Bool {
        if head == hash { return true }
        hash = []
        rows = KnownRows()
        lastTransfers = []
        return false
    }

    /// Adds what is remembered of some accounts and transfers to what is known.
    func recall(
        accounts: Set<AccountID>, transfers: Set<TransferID>, spenders: Set<TransferID>,
        into known: inout KnownRows
    ) {
        for spender in spenders {
            if let tally = rows.tallies[spender] { known.tallies[spender] = tally }
        }
        for id in accounts {
            guard let account = rows.accounts[id] else { continue }
            known.add(account, hasCaps: rows.cappedAccounts.contains(id))
        }
        for id in transfers {
            if let transfer = rows.transfers[id] { known.transfers[id] = transfer }
        }
    }

    /// Remembers what a commit read and what it leaves, under the running hash that it will have.
    mutating func remember(_ plan: borrowing CommitPlan, _ hash: [UInt8]) {
        if rows.accounts.count + plan.accounts.count > Self.accountLimit
            || rows.transfers.count + plan.openedTransfers.count > Self.transferLimit
            || rows.tallies.count + plan.tallies.count > Self.spenderLimit
        {
            rows = KnownRows()
        }
        self.hash = hash
        for (id, account) in plan.accounts {
            rows.accounts[id] = account
            if plan.cappedAccounts.contains(id) {
                rows.cappedAccounts.insert(id)
            } else if !rows.cappedAccounts.isEmpty {
                rows.cappedAccounts.remove(id)
            }
        }
        for (spender, tally) in plan.tallies { rows.tallies[spender] = tally }
        lastTransfers.removeAll(keepingCapacity: true)
        for id in plan.openedTransfers { keep(id, plan) }
        for id in plan.changedTransfers { keep(id, plan) }
    }

    private mutating func keep(_ id: TransferID, _ plan: borrowing CommitPlan) {
        lastTransfers.insert(id)
        guard let transfer = plan.transfers[id] else { return }
        rows.transfers[id] = transfer.state.isFinal ? nil : transfer
    }
}
