internal import EventLog
internal import Ledger

/// The ledger once more, from the postings alone: what every account and transfer must be after every event.
///
/// Balances that events show are compared, never believed. Memory: about 250 bytes a transfer and 270 an account.
struct Derivation {
    struct DerivedAccount {
        var account: Account
        /// Exact, whatever a damaged log says; `account` holds what fits.
        var posted: Int128 = 0
        var reserved: Int128 = 0
        var debitCount: Int64 = 0
        var debitSum: Int128 = 0
        /// How many lines its history must have.
        var entryCount: Int64 = 0
        var lastEntry = Sequence.zero
        var digest = EntryDigest()

        /// The event left a line in the account's history.
        mutating func addEntry(at sequence: Sequence) {
            entryCount += 1
            lastEntry = sequence
            digest.add(posted: posted, reserved: reserved, debitSum: debitSum, at: sequence)
        }
    }

    var findings: Findings
    var accounts: [AccountID: DerivedAccount] = [:]
    var transfers: [TransferID: Transfer] = [:]
    private var sums: [UInt16: Int128] = [:]
    private(set) var epoch: UInt32 = 0
    private(set) var engines: [UInt32: EngineDetail] = [:]
    /// All that were ever activated, by their events.
    private(set) var policies: [Sequence: LedgerAudit.PolicyRow] = [:]
    /// Who is on lists, entries that ended by themselves included.
    private(set) var listEntries: [LedgerAudit.ListPlace: LedgerAudit.ListRow] = [:]
    /// By account, the events that erased what risk knew of its payments, ascending.
    private(set) var erasures: [AccountID: [Sequence]] = [:]
    /// Events from which on the engine's state is without what was erased before them.
    private(set) var rebases: [Sequence] = []
    /// Number of reserved transfers.
    var undecided: Int64 = 0

    init(findings: Findings) { self.findings = findings }

    /// Applies one event of a batch.
    mutating func apply(_ batch: EventBatch, at index: Int) {
        let event = batch.event(at: index)
        switch event.kind {
        case .accountOpened, .accountFrozen, .accountLimited:
            applyAccount(event, batch.accounts.value(at: index))
        case .engineActivated:
            guard let engine = batch.engines.value(at: index) else {
                return findings.breach(.decidedOnce, "\(event.place) activates no engine")
            }
            findings.expect(
                engine.epoch == epoch + 1, .decidedOnce,
                "\(event.place) opens epoch \(engine.epoch) after \(epoch)")
            epoch = engine.epoch
            engines[epoch] = engine
        case .policyActivated:
            guard let policy = batch.policies.value(at: index) else {
                return findings.breach(.reproduction, "\(event.place) activates no policy")
            }
            policies[event.sequence] = LedgerAudit.PolicyRow(
                sequence: event.sequence, recordedAt: event.recordedAt, policy: policy)
        case .listChanged:
            guard let entry = batch.listEntries.value(at: index) else {
                return findings.breach(.reproduction, "\(event.place) changes no list")
            }
            let place = LedgerAudit.ListPlace(entry)
            listEntries[place] =
                entry.isRemoved
                ? nil
                : LedgerAudit.ListRow(
                    place: place, until: entry.until, sequence: event.sequence,
                    recordedAt: event.recordedAt)
        case .erased:
            findings.expect(
                accounts[event.payer]?.account.debitsFrozen == true, .erasure,
                "\(event.place) erases what is known of account \(event.payer.rawValue), which "
                    + (accounts[event.payer] == nil ? "is unknown" : "may pay"))
            erasures[event.payer, default: []].append(event.sequence)
        case .rebased:
            rebases.append(event.sequence)
        case .labelled:
            findings.expect(
                transfers[event.transfer]?.state == event.state, .transfers,
                "\(event.place) labels \(event.transfer), which is not \(event.state)")
        default:
            applyTransfer(
                event, legs: Array(batch.legs[batch.legRange(of: index)]),
                decision: batch.decisions.value(at: index),
                related: batch.related.value(at: index))
        }
    }

    // MARK: - Accounts

    private mutating func applyAccount(_ event: Event, _ detail: AccountDetail?) {
        findings.checked(.accounts)
        guard let detail else {
            return findings.breach(.accounts, "\(event.place) does not say what the account is")
        }
        let isNew = accounts[event.payer] == nil
        guard isNew == (event.kind == .accountOpened) else {
            return findings.breach(
                .accounts,
                "\(event.place) (\(event.kind)) of account \(event.payer.rawValue), which is "
                    + (isNew ? "unknown" : "open already"))
        }
        let account = Account(
            id: event.payer, kind: detail.kind, currency: event.currency,
            overdraft: detail.overdraft, debitsFrozen: detail.debitsFrozen,
            creditsFrozen: detail.creditsFrozen, caps: detail.caps, owner: detail.owner)
        if let before = accounts[event.payer]?.account {
            findings.expect(
                before.kind == account.kind && before.currency == account.currency
                    && before.owner == account.owner, .accounts,
                "\(event.place) changes what account \(event.payer.rawValue) is")
        }
        accounts[event.payer, default: DerivedAccount(account: account)].account = account
        accounts[event.payer]?.addEntry(at: event.sequence)
        checkLimit(event.payer, event)
    }

    // MARK: - Money

    /// What one leg does: gives back, locks, moves.
    struct Change {
        var from: AccountID
        var to: AccountID
        var unlock: Int64 = 0
        var lock: Int64 = 0
        var move: Int64 = 0
    }

    /// Applies the changes of an event and compares what its legs show.
    mutating func change(
        _ changes: [Change], debit: Int64?, _ event: Event, shownBy legs: [Leg]
    ) {
        var touched: [AccountID: DerivedAccount] = [:]
        for change in changes {
            for id in [change.from, change.to] {
                guard let account = accounts[id] else {
                    return findings.breach(
                        .balances, "\(event.place) moves money of account \(id.rawValue): unknown")
                }
                touched[id] = touched[id] ?? account
            }
        }
        for (index, change) in changes.enumerated() {
            accounts[change.from]?.posted -= Int128(change.move)
            accounts[change.from]?.reserved += Int128(change.lock) - Int128(change.unlock)
            accounts[change.to]?.posted += Int128(change.move)
            if index == 0, let debit {
                accounts[change.from]?.debitCount += 1
                accounts[change.from]?.debitSum += Int128(debit)
            }
            move(change, event)
        }
        for (id, before) in touched {
            guard let now = accounts[id] else { continue }
            if now.posted != before.posted || now.reserved != before.reserved
                || now.debitCount != before.debitCount
            {
                accounts[id]?.addEntry(at: event.sequence)
            }
            checkLimit(id, event)
        }
        for leg in legs {
            compare(leg.from, leg.fromPosted, leg.fromReserved, event)
            compare(leg.to, leg.toPosted, leg.toReserved, event)
        }
    }

    private mutating func move(_ change: Change, _ event: Event) {
        guard change.move != 0, let from = accounts[change.from]?.account.currency,
            let to = accounts[change.to]?.account.currency
        else { return }
        findings.checked(.currencies)
        sums[from, default: 0] -= Int128(change.move)
        sums[to, default: 0] += Int128(change.move)
        findings.expect(
            from == to, .currencies,
            "\(event.place) moves \(change.move) of currency \(from) into currency \(to)")
    }

    private mutating func compare(
        _ id: AccountID, _ posted: Int64, _ reserved: Int64, _ event: Event
    ) {
        findings.checked(.balances)
        guard let account = accounts[id] else {
            return findings.breach(
                .balances, "\(event.place) shows account \(id.rawValue): unknown")
        }
        findings.expect(
            account.posted == Int128(posted) && account.reserved == Int128(reserved), .balances,
            "\(event.place) shows account \(id.rawValue) with \(posted) posted and \(reserved) "
                + "reserved, not \(account.posted) and \(account.reserved)")
    }

    private mutating func checkLimit(_ id: AccountID, _ event: Event) {
        guard let account = accounts[id] else { return }
        findings.checked(.limits)
        let available = account.posted - account.reserved
        findings.expect(
            account.account.kind.isHouse || available + Int128(account.account.overdraft) >= 0,
            .limits,
            "\(event.place) leaves account \(id.rawValue) with \(available) available and an "
                + "overdraft of \(account.account.overdraft)")
    }

    /// At the end of the walk.
    mutating func checkSums() {
        for (currency, sum) in sums.sorted(by: { $0.key < $1.key }) where sum != 0 {
            findings.breach(.currencies, "currency \(currency) sums to \(sum) in the log")
        }
    }
}

extension Event {
    /// How reports call it.
    var place: String { "event \(sequence.rawValue)" }
}
