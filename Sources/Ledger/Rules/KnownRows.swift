internal import EventLog

/// Accounts and transfers as they are, by identifier: what the rules of a commit look at.
struct KnownRows: Sendable {
    var accounts: [AccountID: Account] = [:]
    /// Those of the accounts that have caps; their ``Account/caps`` may not have been read.
    var cappedAccounts: Set<AccountID> = []
    var transfers: [TransferID: Transfer] = [:]
    /// What spenders have spent; who was looked for and has spent nothing has an empty one.
    var tallies: [TransferID: SpendingTally] = [:]

    mutating func add(_ account: Account, hasCaps: Bool) {
        accounts[account.id] = account
        if hasCaps { cappedAccounts.insert(account.id) }
    }
}
