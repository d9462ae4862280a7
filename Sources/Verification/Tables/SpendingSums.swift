internal import EventLog
internal import Ledger

/// What transfers say was spent, by spender, currency and kind: in the last day and the last month of each.
struct SpendingSums {
    private struct Key: Hashable {
        var spender: TransferID
        var currency: UInt16
        var kind: UInt8
    }
    private var counts: [Key: SpendingCount] = [:]

    /// Adds what a transfer counts: all of it, but for what was given back.
    mutating func add(_ spending: Spending, of transfer: Transfer) {
        let rest = transfer.state.isFinal ? transfer.amount - transfer.captured : 0
        let part = Int128(spending.amount) * Int128(rest) / Int128(max(transfer.amount, 1))
        let amount = spending.amount - Int64(part)
        let (day, month) = (transfer.createdAt.utcDay, transfer.createdAt.utcMonth)
        for kind in [spending.kind, 0] {
            let key = Key(spender: spending.spender, currency: spending.currency, kind: kind)
            var count =
                counts[key] ?? SpendingCount(day: day, daySum: 0, month: month, monthSum: 0)
            if day > count.day { (count.day, count.daySum) = (day, 0) }
            if month > count.month { (count.month, count.monthSum) = (month, 0) }
            if day == count.day { count.daySum &+= amount }
            if month == count.month { count.monthSum &+= amount }
            counts[key] = count
        }
    }

    /// What a counter must be; it is not asked for again.
    mutating func take(_ row: LedgerAudit.SpendingRow) -> SpendingCount? {
        counts.removeValue(
            forKey: Key(spender: row.spender, currency: row.currency, kind: row.kind))
    }

    /// Spenders of counters that were not taken.
    var rest: [TransferID] { counts.keys.map(\.spender).sorted() }
}
