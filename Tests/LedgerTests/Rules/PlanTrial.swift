import EventLog

@testable import Ledger

/// Runs a history through `CommitPlan` and through the reference side by side, batch by batch, and names the first
/// difference. Stands in for the database: keeps what plans write, and answers what they read from history.
struct PlanTrial {
    private var reference: ReferenceLedger
    private var plan: CommitPlan
    private var accounts: [AccountID: Account] = [:]
    private var transfers: [TransferID: Transfer] = [:]
    private var keys: [TransferID: CommitPlan.StoredKey] = [:]
    private var houses: [CommitPlan.House: AccountID] = [:]
    private var lastEntry: [AccountID: CommitPlan.Entry] = [:]
    private var seen = (events: 0, entries: 0)
    /// Notes of earlier batches.
    private var noted = 0
    private let policy: LedgerPolicy
    /// 2023-11-14T22:13:20Z: midnight and many hours' ends are within reach.
    private static let start: Int64 = 1_700_000_000_000_000
    private static let lease: Int64 = 7

    /// The first difference; nil if there is none.
    static func difference(_ steps: [Step], policy: LedgerPolicy) -> String? {
        var trial = PlanTrial(policy)
        return trial.run(steps)
    }

    mutating func run(_ steps: [Step]) -> String? {
        for (index, step) in steps.enumerated() {
            if let difference = take(step) { return "step \(index), \(step): \(difference)" }
        }
        return nextBatch(at: reference.now)
    }

    /// Refusals, and causes of events, that the history came upon.
    private(set) var refusals: Set<Refusal> = []
    var events: [ReferenceLedger.Happening] { reference.happenings }

    init(_ policy: LedgerPolicy) {
        self.policy = policy
        reference = ReferenceLedger(policy: policy, leaseToken: Self.lease, now: Self.start)
        plan = CommitPlan(
            policy: policy, now: Timestamp(Self.start),
            head: .init(sequence: .zero, nextAccount: 1, epoch: 0, undecided: 0))
        plan.leaseToken = Self.lease
    }

    private mutating func take(_ step: Step) -> String? {
        switch step {
        case .later(let microseconds): return nextBatch(at: reference.now + microseconds)
        case .expiry(let number, let early):
            let end = reference.papers[.number(number)]?.expiresAt ?? 0
            return nextBatch(at: max(reference.now, end - early))
                ?? (early == 0 ? apply(.expire(.number(number)), nil) : nil)
        case .decide(let number, let action, let sequenceOff, let epochOff, let leaseOff):
            let created = reference.papers[.number(number)]?.createdSequence ?? 0
            let decision = Decision(
                action: action, scoreBits: UInt64(number) &* 0x9e37_79b9, featureDigest: 1,
                sequence: Sequence(created + sequenceOff), epoch: reference.epoch + epochOff,
                elapsedMicros: 5)
            let detail = action == .approve ? nil : DecisionDetail(features: [1])
            return apply(
                .decide(
                    .init(
                        transfer: .number(number), decision: decision, detail: detail,
                        leaseToken: Self.lease + leaseOff)), nil)
        case .command(let command, let key): return apply(command, key)
        case .goOn(let pick, let draw):
            let waiting = reference.papers.filter { $0.value.isOpen }.keys.sorted()
            guard !waiting.isEmpty else { return nil }
            return take(next(for: waiting[pick % waiting.count], draw))
        }
    }

    private func next(for id: TransferID, _ draw: Int) -> Step {
        switch reference.papers[id]?.state {
        case .reserved where draw % 6 == 0:
            return .later(microseconds: 500_000)
        case .reserved:
            let actions: [DecisionAction] = [.approve, .approve, .hold, .challenge, .decline]
            return .decide(
                number: Int(id.low), actions[draw % 5], sequenceOff: 0, epochOff: 0, leaseOff: 0)
        case .authorized where draw % 5 == 0: return .command(.void(id), nil)
        case .authorized where draw % 5 == 1: return .expiry(number: Int(id.low), early: 0)
        case .authorized:
            return .command(
                .capture(id, amount: Int64(1 + draw / 10), final: draw % 10 == 2), nil)
        case .held where draw % 3 == 0:
            return .decide(
                number: Int(id.low), draw % 2 == 0 ? .approve : .decline, sequenceOff: 0,
                epochOff: 0, leaseOff: 0)
        case .held:
            return .command(.review(id, release: draw % 3 == 1, note: "", actor: "ida"), nil)
        default: return .command(.challenge(id, passed: draw % 2 == 0, actor: "ida"), nil)
        }
    }

    // MARK: - The database's part

    /// What was written is kept, and the next plan reads it.
    private mutating func nextBatch(at now: Int64) -> String? {
        let read = CommitPlan.Head(
            sequence: plan.head.sequence, nextAccount: plan.head.nextAccount,
            epoch: plan.head.epoch, undecided: plan.head.undecided)
        accounts = plan.accounts
        transfers = plan.transfers
        keys = plan.keys
        houses = plan.houses
        // The log keeps what was planned.
        if !plan.batch.isEmpty {
            guard let bytes = try? plan.batch.encoded(),
                let decoded = try? EventBatch(encoded: bytes), decoded == plan.batch
            else { return "the batch does not survive its encoding" }
        }
        reference.now = now
        let tallies = plan.tallies
        plan = CommitPlan(policy: policy, now: Timestamp(now), head: read)
        plan.leaseToken = Self.lease
        plan.accounts = accounts
        plan.cappedAccounts = Set(accounts.values.filter { !$0.caps.isNone }.map(\.id))
        plan.transfers = transfers
        plan.keys = keys
        plan.houses = houses
        plan.tallies = tallies
        for id in accounts.keys {
            let all = reference.debits(of: id, after: .min)
            let hour = reference.debits(of: id, after: now - 3_600_000_000)
            let day = reference.debits(of: id, after: now - now % 86_400_000_000 - 1)
            plan.capUsage[id] = CapUsage(
                hourBaseCount: Int64(all.count - hour.count),
                hourBaseSum: Int64(all.sum - hour.sum), dayBaseCount: Int64(all.count - day.count),
                dayBaseSum: Int64(all.sum - day.sum))
            plan.policyUsage[id] = Int64(reference.passed(by: id))
        }
        seen = (0, 0)
        noted = reference.notes.count
        return nil
    }

    // MARK: - Comparing

    private mutating func apply(_ command: Command, _ key: IdempotencyKey?) -> String? {
        let before = reference.happenings.count
        let isRepeated = key.map { reference.keys[$0.key] != nil } ?? false
        let expected = reference.apply(command, key: key)
        let actual: Result<Effect, Refusal>
        do throws(Refusal) { actual = .success(try plan.apply(command, key: key)) } catch {
            actual = .failure(error)
            refusals.insert(error)
        }
        if let difference = compare(actual, expected, isRepeated: isRepeated) { return difference }
        return compareEvents(from: before) ?? compareNotes() ?? compareEntries() ?? compareState()
    }

    private func compare(
        _ actual: Result<Effect, Refusal>, _ expected: Result<Effect, Refusal>, isRepeated: Bool
    ) -> String? {
        switch (actual, expected) {
        case (.failure(let a), .failure(let e)) where a == e: return nil
        case (.success(.transfer(let a, let isReplay)), .success(.transfer(let e, _))):
            if isReplay != isRepeated { return "replay is \(isReplay), not \(isRepeated)" }
            // The reference has no first answers: they are checked by what it remembers of them.
            if isRepeated {
                let first = reference.papers[a.id]?.firstAnswer
                let state = first?.state ?? e.state
                return a.id == e.id
                    && (a.state == state || transferWasAnswered(a)) ? nil : "answered again as \(a)"
            }
            return a == e ? nil : "\(a)\n  instead of \(e)"
        case (.success(.account(let a, _, _)), .success(.account(let e, _, _))) where a == e:
            return nil
        case (.success(let a), .success(let e)):
            // Sequences of what is only recorded are compared with the events.
            if case .account = a { return "\(a) instead of \(e)" }
            if case .transfer = a { return "\(a) instead of \(e)" }
            if case .recorded(let sequence) = e, !isRepeated {
                return plan.head.sequence == sequence ? nil : "recorded elsewhere"
            }
            return nil
        default: return "\(actual)\n  instead of \(expected)"
        }
    }

    /// Whether a repeated key of a command other than an opening gave the answer that was stored.
    private func transferWasAnswered(_ answer: Transfer) -> Bool {
        reference.keys.values.contains {
            if case .effect(.transfer(let kept, _)) = $0.kept { return kept == answer }
            return false
        }
    }

    private mutating func compareEvents(from first: Int) -> String? {
        let expected = reference.happenings[first...]
        let actual = plan.batch.count - seen.events
        guard actual == expected.count else { return "\(actual) events, not \(expected.count)" }
        for (offset, happening) in expected.enumerated() {
            let event = plan.batch.event(at: seen.events + offset)
            let isAlert = plan.alerts.contains(event.sequence)
            var shown = ReferenceLedger.Happening(
                kind: event.kind, cause: event.cause, transfer: event.transfer, state: event.state,
                amount: event.amount, expiresAt: event.expiresAt.rawValue, isAlert: isAlert)
            if event.transfer == .none { shown.amount = 0 }
            guard shown == happening else { return "event \(shown)\n  instead of \(happening)" }
            guard event.sequence.rawValue == Int64(first + offset + 1) else {
                return "event \(event.sequence.rawValue) is not the next"
            }
        }
        for index in seen.events..<plan.batch.count {
            // The last leg to touch an account shows it as the event left it, whatever comes after in the batch.
            guard index == plan.batch.count - 1 else { continue }
            for leg in plan.batch.legs[plan.batch.legRange(of: index)] {
                guard Int128(leg.fromPosted) == reference.posted(leg.from),
                    Int128(leg.fromReserved) == reference.reserved(leg.from),
                    Int128(leg.toPosted) == reference.posted(leg.to),
                    Int128(leg.toReserved) == reference.reserved(leg.to)
                else { return "the leg \(leg) shows other balances" }
            }
        }
        seen.events = plan.batch.count
        return nil
    }

    /// Notes since the batch began are the reference's newest.
    private func compareNotes() -> String? {
        let expected = Array(reference.notes.suffix(plan.notes.count))
        guard reference.notes.count - noted == plan.notes.count, plan.notes == expected else {
            return "notes \(plan.notes)\n  instead of \(reference.notes[noted...])"
        }
        return nil
    }

    /// Entries chain: each is later than the one before it of its account, and the last one is the account as it is.
    private mutating func compareEntries() -> String? {
        for entry in plan.entries[seen.entries...] {
            let before = lastEntry[entry.account.id]
            guard entry.sequence > before?.sequence ?? .zero else {
                return "\(entry) does not follow \(String(describing: before))"
            }
            lastEntry[entry.account.id] = entry
        }
        for (id, account) in plan.accounts {
            guard let entry = lastEntry[id] else { return "\(account) has no entry" }
            guard entry.account == account, entry.hasCaps == !account.caps.isNone else {
                return "\(entry) is not \(account)"
            }
        }
        seen.entries = plan.entries.count
        return nil
    }

    private func compareState() -> String? {
        var sums: [UInt16: Int128] = [:]
        guard plan.accounts.count == reference.holders.count else { return "other accounts" }
        for (id, account) in plan.accounts {
            guard account == reference.account(id) else {
                return "\(account)\n  instead of \(String(describing: reference.account(id)))"
            }
            sums[account.currency, default: 0] += Int128(account.posted)
            if account.kind == .wallet,
                Int128(account.posted) - Int128(account.reserved) + Int128(account.overdraft) < 0
            {
                return "account \(id.rawValue) is below its limit"
            }
        }
        guard sums.values.allSatisfy({ $0 == 0 }) else { return "currencies sum to \(sums)" }
        guard plan.transfers.count == reference.papers.count else { return "other transfers" }
        for (id, transfer) in plan.transfers where transfer != reference.transfer(id) {
            return "\(transfer)\n  instead of \(String(describing: reference.transfer(id)))"
        }
        for spending in Set(reference.spendings.map(\.spending)) {
            let tally = plan.tallies[spending.spender]?.at(plan.now)
            for kind in [spending.kind, 0] {
                let now = tally?.count(of: kind, in: spending.currency) ?? SpendingCount()
                func due(_ start: Int64) -> Int128 {
                    reference.spent(
                        by: spending.spender, spending.currency, kind: kind, since: start)
                }
                let today = due(ReferenceLedger.midnight(reference.now))
                let thisMonth = due(ReferenceLedger.monthStart(reference.now))
                guard Int128(now.daySum) == today, Int128(now.monthSum) == thisMonth else {
                    return "\(spending) is counted as \(now), not \(today) and \(thisMonth)"
                }
            }
        }
        guard plan.head.undecided == reference.undecided else {
            return "\(plan.head.undecided) undecided, not \(reference.undecided)"
        }
        return nil
    }
}
