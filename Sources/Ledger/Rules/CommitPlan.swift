internal import EventLog

/// One commit in the making: what was read under the ledger's lock, what the commands of the batch did to it in
/// their order of arrival, and what has to be written. Pure: no clock, no I/O. A refused command leaves no trace.
struct CommitPlan: Sendable {
    /// What a stored idempotency key says.
    struct StoredKey: Sendable {
        var request: TransferID
        var subject: TransferID?
        var sequence: Sequence
        var answer: [UInt8]?
    }

    /// What an event left of an account: a line of its history.
    struct Entry: Sendable, Equatable {
        var account: Account
        var hasCaps: Bool
        var sequence: Sequence
        /// `none` for events of the account alone.
        var transfer: TransferID
        var kind: EventKind
        var cause: EventCause
    }

    struct House: Hashable, Sendable {
        var kind: AccountKind
        var currency: UInt16
    }

    /// The last event's place and what is numbered beside it.
    struct Head: Sendable, Equatable {
        var sequence: Sequence
        var nextAccount: Int64
        var epoch: UInt32
        var undecided: Int64
    }

    /// Who did by hand what an event tells of, and what they wrote to it.
    struct Note: Sendable, Equatable {
        var sequence: Sequence
        var transfer: TransferID
        var actor: String
        var text: String
    }

    let policy: LedgerPolicy
    let now: Timestamp
    var head: Head

    // What was read, and then what it became.
    var accounts: [AccountID: Account] = [:]
    /// Those of the accounts that have caps; their ``Account/caps`` may not have been read.
    var cappedAccounts: Set<AccountID> = []
    var transfers: [TransferID: Transfer] = [:]
    var keys: [TransferID: StoredKey] = [:]
    var houses: [House: AccountID] = [:]
    var capUsage: [AccountID: CapUsage] = [:]
    /// What the fail policy let through in the last hour, by payer.
    var policyUsage: [AccountID: Int64] = [:]
    /// What spenders have spent; those that are not there have spent nothing.
    var tallies: [TransferID: SpendingTally] = [:]
    /// The last event that erased contexts before this commit, whoever committed it; nil if none did.
    var lastErasure: Sequence?
    /// Token of the publisher's lease.
    var leaseToken: Int64 = 0

    // What has to be written.
    private(set) var batch: EventBatch
    private(set) var contexts: [EventBatch.Indexed<RiskContext>] = []
    /// Accounts whose contexts are erased, each with the event that says so.
    var erasedContexts: [(account: AccountID, sequence: Sequence)] = []
    /// Events from which on the engine's state is without what was erased.
    var rebases: [Sequence] = []
    var openedAccounts: [(account: AccountID, opening: Command.OpenAccount)] = []
    var changedCaps: Set<AccountID> = []
    /// In the order of their events.
    var openedTransfers: [TransferID] = []
    var changedTransfers: Set<TransferID> = []
    /// Spenders whose tallies changed, each with the last transfer opened here that counts; `none` if there is none.
    var changedTallies: [TransferID: TransferID] = [:]
    private(set) var entries: [Entry] = []
    var newKeys: [TransferID] = []
    var alerts: [Sequence] = []
    var notes: [Note] = []
    var policyNotes: [PolicyNote] = []
    private var scratch: [(before: Account, after: Account)] = []

    mutating func know(_ rows: consuming KnownRows) {
        accounts = rows.accounts
        cappedAccounts = rows.cappedAccounts
        transfers = rows.transfers
        tallies = rows.tallies
    }

    init(policy: LedgerPolicy, now: Timestamp, head: Head) {
        self.policy = policy
        self.now = now
        self.head = head
        batch = EventBatch(firstSequence: head.sequence.advanced(by: 1), recordedAt: now)
    }

    /// Carries out a command, once for each idempotency key.
    mutating func apply(_ command: Command, key: IdempotencyKey?) throws(Refusal) -> Effect {
        if let key, let stored = keys[key.key] {
            guard stored.request == key.request else { throw .idempotencyConflict }
            return try replay(stored)
        }
        let effect = try perform(command)
        if let key {
            var stored = StoredKey(
                request: key.request, subject: nil, sequence: head.sequence, answer: nil)
            switch (command, effect) {
            case (.transfer, .transfer(let transfer, _)), (.refund, .transfer(let transfer, _)):
                stored.subject = transfer.id
            default:
                stored.answer = AnswerCoding.encode(effect)
            }
            keys[key.key] = stored
            newKeys.append(key.key)
        }
        return effect
    }

    private func replay(_ stored: StoredKey) throws(Refusal) -> Effect {
        if let answer = stored.answer {
            guard let effect = AnswerCoding.decode(answer, sequence: stored.sequence) else {
                throw .idempotencyConflict
            }
            return effect
        }
        guard let subject = stored.subject, let transfer = transfers[subject] else {
            throw .unknownTransfer
        }
        return .transfer(transfer.asFirstAnswered, isReplay: true)
    }

    private mutating func perform(_ command: Command) throws(Refusal) -> Effect {
        switch command {
        case .openAccount(let opening): try open(opening)
        case .freeze(let id, let debits, let credits):
            try freeze(id, debits: debits, credits: credits)
        case .limit(let id, let overdraft, let caps):
            try limit(id, overdraft: overdraft, caps: caps)
        case .eraseContext(let id): try eraseContext(of: id)
        case .rebase: rebase()
        case .transfer(let opening): try open(opening)
        case .decide(let decision): try decide(decision)
        case .decideByPolicy(let id): try decideByPolicy(id)
        case .capture(let id, let amount, let final): try capture(id, amount: amount, final: final)
        case .void(let id): try void(id)
        case .refund(let id, let amount, let newID): try refund(id, amount: amount, newID: newID)
        case .challenge(let id, let passed, let actor):
            try challenge(id, passed: passed, actor: actor)
        case .review(let id, let release, let note, let actor):
            try review(id, release: release, note: note, actor: actor)
        case .label(let id, let verdict, let actor): try label(id, verdict, actor: actor)
        case .expire(let id): try expire(id)
        case .activateEngine(let engine): activate(engine)
        case .activatePolicy(let policy, let note, let actor):
            activate(policy, note: note, actor: actor)
        case .changeList(let entry, let note, let actor): change(entry, note: note, actor: actor)
        }
    }

    // MARK: - Recording

    /// What one leg does to its two accounts: gives back `unlock`, locks `lock`, moves `move`.
    struct LegChange {
        var movement: Movement
        var unlock: Int64 = 0
        var lock: Int64 = 0
        var move: Int64 = 0
    }

    /// Changes balances leg by leg, appends the event and the entries of the accounts it touched. Checks
    /// arithmetic, not rules; on overflow nothing has changed.
    @discardableResult
    mutating func record(
        _ event: Event, changes: some Collection<LegChange>, countsAsDebit: Bool = false,
        decision: Decision? = nil, detail: DecisionDetail? = nil, related: TransferID? = nil,
        context: RiskContext? = nil
    ) throws(Refusal) -> Sequence {
        scratch.removeAll(keepingCapacity: true)
        for change in changes {
            let from = try scratchIndex(of: change.movement.from)
            let to = try scratchIndex(of: change.movement.to)
            try adjust(
                &scratch[from].after, posted: -change.move, reserved: change.lock - change.unlock)
            try adjust(&scratch[to].after, posted: change.move, reserved: 0)
        }
        if countsAsDebit, !scratch.isEmpty {
            try count(debit: event.amount, of: &scratch[0].after)
        }
        for (before, after) in scratch {
            guard !after.posted.subtractingReportingOverflow(before.posted).overflow else {
                throw .balanceOverflow
            }
        }
        var legs: [Leg] = []
        legs.reserveCapacity(changes.count)
        for change in changes {
            guard let from = scratch.first(where: { $0.after.id == change.movement.from })?.after,
                let to = scratch.first(where: { $0.after.id == change.movement.to })?.after
            else { throw .unknownAccount }
            let amount =
                switch event.kind {
                // All of it is to move, although what is paid out of the receipt is not locked.
                case .reserved: change.movement.amount
                case .captured: change.move
                default: max(change.move, change.unlock)
                }
            legs.append(
                Leg(
                    role: change.movement.role, from: from.id, to: to.id, amount: amount,
                    fromPosted: from.posted, fromReserved: from.reserved, toPosted: to.posted,
                    toReserved: to.reserved))
        }
        let sequence = append(
            event, legs: legs, decision: decision, detail: detail, related: related)
        if let context {
            contexts.append(EventBatch.Indexed(index: batch.count - 1, value: context))
        }
        for (before, after) in scratch
        where before.posted != after.posted || before.reserved != after.reserved
            || before.debitCount != after.debitCount
        {
            accounts[after.id] = after
            addEntry(after, event, at: sequence)
        }
        return sequence
    }

    /// Appends an event that moves nothing.
    @discardableResult
    mutating func append(
        _ event: Event, legs: [Leg] = [], decision: Decision? = nil, detail: DecisionDetail? = nil,
        related: TransferID? = nil, account: AccountDetail? = nil, engine: EngineDetail? = nil,
        label: TransferLabel? = nil, policy: PolicyDetail? = nil, listEntry: ListEntry? = nil
    ) -> Sequence {
        batch.append(
            event, legs: legs, decision: decision, detail: detail, related: related,
            account: account, engine: engine, label: label, policy: policy, listEntry: listEntry)
        head.sequence = head.sequence.advanced(by: 1)
        return head.sequence
    }

    /// Adds a line to an account's history.
    mutating func addEntry(_ account: Account, _ event: Event, at sequence: Sequence) {
        entries.append(
            Entry(
                account: account, hasCaps: cappedAccounts.contains(account.id), sequence: sequence,
                transfer: event.transfer, kind: event.kind, cause: event.cause))
    }

    private mutating func scratchIndex(of id: AccountID) throws(Refusal) -> Int {
        if let index = scratch.firstIndex(where: { $0.after.id == id }) { return index }
        guard let account = accounts[id] else { throw .unknownAccount }
        scratch.append((account, account))
        return scratch.count - 1
    }

    private func adjust(_ account: inout Account, posted: Int64, reserved: Int64) throws(Refusal) {
        let (newPosted, overflow) = account.posted.addingReportingOverflow(posted)
        let (newReserved, carry) = account.reserved.addingReportingOverflow(reserved)
        guard !overflow, !carry, newReserved >= 0,
            !newPosted.subtractingReportingOverflow(newReserved).overflow
        else { throw .balanceOverflow }
        account.posted = newPosted
        account.reserved = newReserved
    }

    private func count(debit amount: Int64, of account: inout Account) throws(Refusal) {
        let (sum, overflow) = account.debitSum.addingReportingOverflow(amount)
        guard !overflow else { throw .balanceOverflow }
        account.debitCount += 1
        account.debitSum = sum
    }
}
