internal import EventLog
internal import Ledger

/// What transfers say was spent, in the last day and the last month of each counter, beside what is kept of it.
struct SpendingSums {
    private struct Key: Hashable {
        var currency: UInt16
        var kind: UInt8
    }
    private struct Sum {
        var day: Int64
        var month: Int64
        var count = SpendingCount()
    }
    private var sums: [TransferID: [Key: Sum]] = [:]
    private var kept: [TransferID: LedgerAudit.SpendingRow] = [:]

    /// Adds what a transfer counts: all of it, but for what was given back.
    mutating func add(_ spending: Spending, of transfer: Transfer) {
        let rest = transfer.state.isFinal ? transfer.amount - transfer.captured : 0
        let part = Int128(spending.amount) * Int128(rest) / Int128(max(transfer.amount, 1))
        let amount = spending.amount - Int64(part)
        let (day, month) = (transfer.createdAt.utcDay, transfer.createdAt.utcMonth)
        for kind in [spending.kind, 0] {
            let key = Key(currency: spending.currency, kind: kind)
            var sum = sums[spending.spender]?[key] ?? Sum(day: day, month: month)
            if day > sum.day { (sum.day, sum.count.daySum) = (day, 0) }
            if month > sum.month { (sum.month, sum.count.monthSum) = (month, 0) }
            if day == sum.day { sum.count.daySum &+= amount }
            if month == sum.month { sum.count.monthSum &+= amount }
            sums[spending.spender, default: [:]][key] = sum
        }
    }

    /// Adds a row of what is kept: the newest of a spender's counts.
    mutating func add(_ row: LedgerAudit.SpendingRow) {
        // As the ledger reads them: of two of the same event, that of the transfer, which comes first.
        if let known = kept[row.spender], known.sequence >= row.sequence { return }
        kept[row.spender] = row
    }

    /// Each spender with what is kept, and what it has to be in the day and the month of what is kept.
    func compared() -> [(spender: TransferID, kept: SpendingTally?, due: SpendingTally)] {
        Set(sums.keys).union(kept.keys).sorted().map { spender in
            // A row of no commit counts for nothing, whatever it says.
            guard let row = kept[spender], let writtenAt = row.writtenAt else {
                return (spender, nil, due(to: spender, day: -1, month: -1))
            }
            // One that is later than its commit would begin anew before its time.
            let day = min(row.tally?.day ?? -1, writtenAt.utcDay)
            let month = min(row.tally?.month ?? -1, writtenAt.utcMonth)
            return (spender, row.tally, due(to: spender, day: day, month: month))
        }
    }

    private func due(to spender: TransferID, day: Int64, month: Int64) -> SpendingTally {
        let sums = sums[spender] ?? [:]
        // What was spent later is missing in what is kept: then this is of another day.
        let day = max(day, sums.values.map(\.day).max() ?? -1)
        let month = max(month, sums.values.map(\.month).max() ?? -1)
        let counters = sums.map { key, sum in
            SpendingTally.Counter(
                currency: key.currency, kind: key.kind,
                count: SpendingCount(
                    daySum: sum.day == day ? sum.count.daySum : 0,
                    monthSum: sum.month == month ? sum.count.monthSum : 0))
        }
        return SpendingTally(
            day: day, month: month,
            counters: counters.filter { $0.count != SpendingCount() }
                .sorted { ($0.currency, $0.kind) < ($1.currency, $1.kind) })
    }
}
