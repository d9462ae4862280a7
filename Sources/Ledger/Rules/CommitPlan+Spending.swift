internal import EventLog

extension CommitPlan {
    /// Refuses what a spender may not spend, and says what their tally becomes if all else is right.
    func checked(_ check: SpendingCheck?) throws(Refusal) -> SpendingTally? {
        guard let check else { return nil }
        let spending = check.spending
        guard spending.amount >= 0 else { throw .invalidAmount }
        var tally = tally(of: spending.spender)
        for (kind, limit) in [(spending.kind, check.ofKind), (0, check.inAll)] {
            let count = tally.count(of: kind, in: spending.currency)
            if let refusal = count.refusal(limit, spending.amount) { throw refusal }
            guard tally.add(spending.amount, of: kind, in: spending.currency) else {
                throw .balanceOverflow
            }
        }
        return tally
    }

    private func tally(of spender: TransferID) -> SpendingTally {
        tallies[spender]?.at(now) ?? SpendingTally(at: now)
    }

    /// Keeps what a transfer made of its spender's tally.
    mutating func keep(_ tally: SpendingTally?, of transfer: Transfer) {
        guard let tally, let spender = transfer.spending?.spender else { return }
        tallies[spender] = tally
        changedTallies[spender] = transfer.id
    }

    /// What was reserved and is given back was not spent: it counts no more in the day and the month it was counted in.
    mutating func giveBackSpending(of transfer: Transfer, rest: Int64) {
        guard let spending = transfer.spending, rest > 0 else { return }
        // Of an authorization captured in part, its part, rounded down.
        let part = Int128(spending.amount) * Int128(rest) / Int128(transfer.amount)
        var tally = tally(of: spending.spender)
        tally.giveBack(Int64(part), of: spending, countedAt: transfer.createdAt)
        tallies[spending.spender] = tally
        if changedTallies[spending.spender] == nil {
            changedTallies[spending.spender] = TransferID.none
        }
    }
}
