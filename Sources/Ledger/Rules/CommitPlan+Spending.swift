internal import EventLog

extension CommitPlan {
    /// Refuses what a spender may not spend, and says what the counters become if all else is right.
    func checked(
        _ check: SpendingCheck?
    ) throws(Refusal) -> [(key: SpendingKey, count: SpendingCount)] {
        guard let check else { return [] }
        let amount = check.spending.amount
        guard amount >= 0 else { throw .invalidAmount }
        var counts: [(key: SpendingKey, count: SpendingCount)] = []
        for (key, limit) in zip(check.spending.keys, [check.ofKind, check.inAll]) {
            let count = spendingCounts[key].map { $0.at(now) } ?? SpendingCount(at: now)
            if let refusal = count.refusal(limit, amount) { throw refusal }
            guard let after = count.adding(amount) else { throw .balanceOverflow }
            counts.append((key, after))
        }
        return counts
    }

    mutating func keep(_ counts: [(key: SpendingKey, count: SpendingCount)]) {
        for (key, count) in counts {
            spendingCounts[key] = count
            changedSpendings.insert(key)
        }
    }

    /// What was reserved and is given back was not spent: it counts no more in the day and the month it was counted in.
    mutating func giveBackSpending(of transfer: Transfer, rest: Int64) {
        guard let spending = transfer.spending, rest > 0 else { return }
        // Of an authorization captured in part, its part, rounded down.
        let part = Int128(spending.amount) * Int128(rest) / Int128(transfer.amount)
        for key in spending.keys {
            guard var count = spendingCounts[key] else { continue }
            count.giveBack(Int64(part), countedAt: transfer.createdAt)
            spendingCounts[key] = count
            changedSpendings.insert(key)
        }
    }
}
