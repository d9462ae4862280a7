internal import EventLog

/// What this process's own commits left of accounts and waiting transfers, so that it need not be read again.
///
/// Never trusted by itself: it is used only in a commit that has locked the ledger's head and found there the running
/// hash of the commit that this memory was filled by. Then no event has come since, whoever might have written one, and
/// nothing in it can differ from the tables. Otherwise it is forgotten and the tables are read. Bounded.
struct VerifiedMemory {
    struct KnownAccount {
        var account: Account
        var hasCaps: Bool
    }

    private static let accountLimit = 262_144
    private static let transferLimit = 65_536

    /// The running hash after the commit that filled the memory.
    private var hash: [UInt8] = []
    private var accounts: [AccountID: KnownAccount] = [:]
    private var transfers: [TransferID: Transfer] = [:]
    /// What the last commit opened or changed, whether it is remembered or not.
    private(set) var lastTransfers: Set<TransferID> = []

    func mayKnow(_ id: AccountID) -> Bool { accounts[id] != nil }
    /// A transfer as it was, if nothing has come since: for finding out what else will be needed.
    func guess(_ id: TransferID) -> Transfer? { transfers[id] }

    /// Whether nothing was committed since this memory was filled; if something was, it is forgotten.
    mutating func isCurrent(at head: [UInt8]) -> Bool {
        if head == hash { return true }
        forget()
        return false
    }

    mutating func forget() {
        hash = []
        accounts.removeAll(keepingCapacity: true)
        transfers.removeAll(keepingCapacity: true)
    }

    /// Puts what is known of accounts and transfers into a plan.
    func recall(
        accounts wanted: Set<AccountID>, transfers wantedTransfers: Set<TransferID>,
        into plan: inout CommitPlan
    ) {
        for id in wanted {
            guard let known = accounts[id] else { continue }
            plan.accounts[id] = known.account
            if known.hasCaps { plan.cappedAccounts.insert(id) }
        }
        for id in wantedTransfers {
            if let transfer = transfers[id] { plan.transfers[id] = transfer }
        }
    }

    /// Remembers what a commit read and what it left, under the running hash it ended with.
    mutating func remember(_ plan: CommitPlan, _ hash: [UInt8]) {
        if accounts.count + plan.accounts.count > Self.accountLimit
            || transfers.count + plan.openedTransfers.count > Self.transferLimit
        {
            forget()
        }
        self.hash = hash
        for (id, account) in plan.accounts {
            accounts[id] = KnownAccount(
                account: account, hasCaps: plan.cappedAccounts.contains(id))
        }
        lastTransfers = plan.changedTransfers
        for id in plan.openedTransfers {
            lastTransfers.insert(id)
            keep(id, plan)
        }
        for id in plan.changedTransfers { keep(id, plan) }
    }

    private mutating func keep(_ id: TransferID, _ plan: CommitPlan) {
        guard let transfer = plan.transfers[id] else { return }
        if transfer.state.isFinal {
            transfers[id] = nil
        } else {
            transfers[id] = transfer
        }
    }
}
