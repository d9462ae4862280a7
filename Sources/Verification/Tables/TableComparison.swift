internal import EventLog
internal import Ledger
internal import PostgreSQL

/// Compares the tables with the derivation, slice by slice, each slice in a snapshot of its own.
struct TableComparison {
    static let slice = 2_000

    let derivation: Derivation
    let cut: Sequence
    var findings: Findings
    private(set) var later: LaterChanges
    /// What the transfers' rows say was spent, and what is kept of it.
    private var spent = SpendingSums()
    private let report: (String, Int64, Int64) -> Void

    init(
        _ derivation: Derivation, cut: Sequence, report: @escaping (String, Int64, Int64) -> Void
    ) {
        self.derivation = derivation
        self.cut = cut
        self.report = report
        findings = derivation.findings
        later = LaterChanges(after: cut)
    }

    /// All tables. Rows that changed after the cut are left out.
    mutating func run(_ connection: inout Connection) throws(PostgreSQLError) {
        for (currency, sum) in try LedgerAudit.sums(&connection) where sum != "0" {
            findings.breach(.currencies, "the balances of currency \(currency) sum to \(sum)")
        }
        try compareAccounts(&connection)
        try compareTransfers(&connection)
        try compareSpending(&connection)
        try compareWaiting(&connection)
        try compareKeys(&connection)
        try comparePolicies(&connection)
        try compareLists(&connection)
        try compareErasures(&connection)
    }

    // MARK: - Accounts

    private mutating func compareAccounts(_ connection: inout Connection) throws(PostgreSQLError) {
        let due = derivation.accounts.keys.sorted()
        var position = 0
        var after = AccountID.none
        while true {
            let start = after
            let limit = Self.slice
            let cut = cut
            var changes = later
            let (rows, totals) = try LedgerAudit.snapshot(&connection) {
                connection throws(PostgreSQLError) in
                let rows = try LedgerAudit.accounts(after: start, limit: limit, &connection)
                let end = rows.count < limit ? AccountID(.max) : rows[rows.count - 1].account.id
                let totals = try LedgerAudit.entryTotals(
                    of: AccountID(start.rawValue + 1)...end, upTo: cut, &connection)
                try changes.follow(&connection)
                return (rows, totals)
            }
            later = changes
            let entries = Dictionary(totals.map { ($0.account, $0) }) { first, _ in first }
            for row in rows {
                let id = row.account.id
                while position < due.count, due[position] < id {
                    missAccount(due[position], &position)
                }
                if position < due.count, due[position] == id { position += 1 }
                compare(row, entries[id])
            }
            report("accounts", Int64(position), Int64(due.count))
            guard let last = rows.last, rows.count == limit else { break }
            after = last.account.id
        }
        while position < due.count { missAccount(due[position], &position) }
    }

    private mutating func missAccount(_ id: AccountID, _ position: inout Int) {
        position += 1
        findings.breach(.accounts, "account \(id.rawValue) of the log is not in the tables")
    }

    private mutating func compare(
        _ row: LedgerAudit.AccountRow, _ entries: LedgerAudit.EntryTotals?
    ) {
        let id = row.account.id
        guard let derived = derivation.accounts[id] else {
            if !later.accounts.contains(id) {
                findings.breach(.accounts, "account \(id.rawValue) was never opened")
            }
            return
        }
        findings.checked(.balances)
        compareEntries(derived, entries)
        if later.accounts.contains(id) { return }
        var account = row.account
        findings.expect(
            Int128(account.posted) == derived.posted
                && Int128(account.reserved) == derived.reserved
                && account.debitCount == derived.debitCount
                && Int128(account.debitSum) == derived.debitSum, .balances,
            "the balance of account \(id.rawValue) is \(account.posted) posted, \(account.reserved) "
                + "reserved, \(account.debitCount) debits of \(account.debitSum), not "
                + "\(derived.posted), \(derived.reserved), \(derived.debitCount), \(derived.debitSum)"
        )
        (account.posted, account.reserved, account.debitCount, account.debitSum) = (0, 0, 0, 0)
        findings.expect(
            account == derived.account && row.hasCaps == !account.caps.isNone, .accounts,
            "account \(id.rawValue) is \(account), not \(derived.account)")
    }

    /// The history up to the cut, whatever came later.
    private mutating func compareEntries(
        _ derived: Derivation.DerivedAccount, _ entries: LedgerAudit.EntryTotals?
    ) {
        let id = derived.account.id.rawValue
        guard let entries else {
            return findings.expect(
                derived.entryCount == 0, .balances,
                "account \(id) has no history, but \(derived.entryCount) changes")
        }
        findings.expect(
            entries.count == derived.entryCount && entries.lastSequence == derived.lastEntry,
            .balances,
            "the history of account \(id) has \(entries.count) lines up to "
                + "\(entries.lastSequence.rawValue), not \(derived.entryCount) up to "
                + "\(derived.lastEntry.rawValue)")
        findings.expect(
            entries.digest == derived.digest && Int128(entries.posted) == derived.posted
                && Int128(entries.reserved) == derived.reserved
                && entries.debitCount == derived.debitCount
                && Int128(entries.debitSum) == derived.debitSum, .balances,
            "the history of account \(id) ends with \(entries.posted) posted and "
                + "\(entries.reserved) reserved, not \(derived.posted) and \(derived.reserved), or "
                + "has other lines before (\(entries.digest), not \(derived.digest))")
    }

    // MARK: - Transfers

    private mutating func compareTransfers(_ connection: inout Connection) throws(PostgreSQLError) {
        let due = derivation.transfers.keys.sorted()
        var position = 0
        var after = TransferID.none
        func missing(_ id: TransferID) -> String { "\(id) of the log is not among the transfers" }
        while true {
            let rows = try slice(&connection) { connection throws(PostgreSQLError) in
                try LedgerAudit.transfers(after: after, limit: Self.slice, &connection)
            }
            for row in rows {
                let transfer = row.transfer
                while position < due.count, due[position] < transfer.id {
                    findings.breach(.transfers, missing(due[position]))
                    position += 1
                }
                if position < due.count, due[position] == transfer.id { position += 1 }
                if later.transfers.contains(transfer.id) { continue }
                findings.checked(.transfers)
                compare(row)
            }
            report("transfers", Int64(position), Int64(due.count))
            guard let last = rows.last, rows.count == Self.slice else { break }
            after = last.transfer.id
        }
        for id in due[position...] { findings.breach(.transfers, missing(id)) }
    }

    private mutating func compare(_ row: LedgerAudit.TransferRow) {
        // What counts towards limits is not in the log: it is compared with what is kept of it.
        if let spending = row.transfer.spending { spent.add(spending, of: row.transfer) }
        if let kept = row.spent { spent.add(kept) }
        var transfer = row.transfer
        transfer.spending = nil
        let derived = derivation.transfers[transfer.id]
        findings.expect(
            transfer == derived, .transfers,
            "the row of \(transfer.id) is \(transfer), not "
                + (derived.map { "\($0)" } ?? "known to the log"))
    }

    private mutating func compareWaiting(_ connection: inout Connection) throws(PostgreSQLError) {
        let due = derivation.transfers.values.filter(\.state.waits).map(\.id).sorted()
        var position = 0
        var after = TransferID.none
        while true {
            let rows = try slice(&connection) { connection throws(PostgreSQLError) in
                try LedgerAudit.waiting(after: after, limit: Self.slice, &connection)
            }
            for row in rows {
                while position < due.count, due[position] < row.transfer {
                    missWaiting(due[position])
                    position += 1
                }
                if position < due.count, due[position] == row.transfer { position += 1 }
                if later.transfers.contains(row.transfer) { continue }
                let derived = derivation.transfers[row.transfer].flatMap {
                    !$0.state.waits
                        ? nil
                        : LedgerAudit.WaitingRow(
                            transfer: $0.id, state: $0.state, dueAt: $0.expiresAt,
                            since: $0.waitsSince)
                }
                findings.expect(
                    row == derived, .transfers,
                    "\(row.transfer) waits as \(row.state) until \(row.dueAt.rawValue) since "
                        + "\(row.since.rawValue), unlike in the log")
            }
            guard let last = rows.last, rows.count == Self.slice else { break }
            after = last.transfer
        }
        for id in due[position...] { missWaiting(id) }
    }

    private mutating func missWaiting(_ id: TransferID) {
        if later.transfers.contains(id) { return }
        findings.breach(.transfers, "\(id) is not among those that wait")
    }

    // MARK: - Limits

    /// Payments that went on meanwhile have changed tallies: then only those that agree say anything.
    private mutating func compareSpending(_ connection: inout Connection) throws(PostgreSQLError) {
        var after = TransferID.none
        while true {
            let place = after
            let rows = try slice(&connection) { connection throws(PostgreSQLError) in
                try LedgerAudit.spendings(after: place, limit: Self.slice, &connection)
            }
            for row in rows { spent.add(row) }
            guard let last = rows.last, rows.count == Self.slice else { break }
            after = last.spender
        }
        for (spender, kept, due) in spent.compared() {
            findings.checked(.spending)
            if kept == due { continue }
            if !later.transfers.isEmpty {
                findings.leaveOut(.spending)
                continue
            }
            findings.breach(
                .spending,
                "\(spender) spent \(kept.map { "\($0)" } ?? "nothing that can be read"), not \(due)"
            )
        }
    }

    // MARK: - Idempotency keys

    private mutating func compareKeys(_ connection: inout Connection) throws(PostgreSQLError) {
        var after = TransferID.none
        var subjects: Set<TransferID> = []
        var count: Int64 = 0
        while true {
            let rows = try slice(&connection) { connection throws(PostgreSQLError) in
                try LedgerAudit.keys(after: after, limit: Self.slice, &connection)
            }
            for row in rows where row.sequence <= cut { compare(row, &subjects) }
            count += Int64(rows.count)
            report("keys", count, 0)
            guard let last = rows.last, rows.count == Self.slice else { return }
            after = last.key
        }
    }

    private mutating func compare(_ row: LedgerAudit.KeyRow, _ subjects: inout Set<TransferID>) {
        findings.checked(.idempotency)
        guard (row.subject == nil) == row.hasAnswer else {
            return findings.breach(
                .idempotency, "key \(row.key) must have either a transfer or an answer")
        }
        guard let subject = row.subject else {
            let isKnown: Bool
            switch row.answer {
            case .transfer(let transfer, _): isKnown = derivation.transfers[transfer.id] != nil
            case .account(let account, _, _): isKnown = derivation.accounts[account.id] != nil
            case .none: isKnown = false
            default: isKnown = true
            }
            return findings.expect(
                isKnown, .idempotency,
                "the answer kept for key \(row.key) cannot be read, or speaks of what is not there")
        }
        findings.expect(
            subjects.insert(subject).inserted, .idempotency,
            "\(subject) was opened under two keys, one is \(row.key)")
        let created = derivation.transfers[subject]?.createdSequence
        // The fail policy may have decided in the same breath, with the next event.
        let isThere = created.map { $0 == row.sequence || $0.advanced(by: 1) == row.sequence }
        findings.expect(
            isThere ?? false, .idempotency,
            "key \(row.key) opened \(subject) with event \(row.sequence.rawValue), the log has it "
                + "with \(created.map { "\($0.rawValue)" } ?? "none")")
    }

    /// A slice, and what has changed since the cut in the same snapshot.
    mutating func slice<Row>(
        _ connection: inout Connection,
        _ read: (inout Connection) throws(PostgreSQLError) -> [Row]
    ) throws(PostgreSQLError) -> [Row] {
        var changes = later
        let rows = try LedgerAudit.snapshot(&connection) { connection throws(PostgreSQLError) in
            let rows = try read(&connection)
            try changes.follow(&connection)
            return rows
        }
        later = changes
        return rows
    }
}
