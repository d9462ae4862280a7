import EventLog

@testable import Ledger

/// The ledger's rules once more, as simply as they can be said: nothing is kept that can be added up again from
/// what happened. Slow, and written without a look at `CommitPlan`'s ways.
struct ReferenceLedger {
    struct Holder {
        var kind: AccountKind
        var currency: UInt16
        var owner: Token
        var overdraft: Int64
        var caps: Caps
        var debitsFrozen = false
        var creditsFrozen = false
    }

    struct Paper {
        var order: Command.OpenTransfer
        var related = TransferID.none
        var state = TransferState.none
        var captured: Int64 = 0
        var refunded: Int64 = 0
        var createdAt: Int64
        var createdSequence: Int64 = 0
        var decideBy: Int64 = 0
        var expiresAt: Int64 = 0
        var isPolicyHold = false
        var firstAnswer: (state: TransferState, action: DecisionAction?, sequence: Int64)?
        var decisions: [(action: DecisionAction, scoreBits: UInt64, sequence: Int64)] = []
        var lastSequence: Int64 = 0

        var legs: [(from: AccountID, to: AccountID, amount: Int64, role: LegRole)] {
            [(order.payer, order.payee, order.amount, .principal)]
                + order.extraLegs.map { ($0.from, $0.to, $0.amount, $0.role) }
        }
        /// Of a leg, the part that is captured of the principal.
        func moved(_ index: Int) -> Int128 {
            Int128(legs[index].amount) * Int128(captured) / Int128(order.amount)
        }
        func isOutOfReceipt(_ from: AccountID, _ role: LegRole) -> Bool {
            role == .fee && from == order.payee
        }
        var isOpen: Bool { ![.posted, .voided, .none].contains(state) }
    }

    struct Happening: Equatable {
        var kind: EventKind
        var cause: EventCause
        var transfer = TransferID.none
        var state = TransferState.none
        var amount: Int64 = 0
        var expiresAt: Int64 = 0
        var isAlert = false
    }

    enum Kept {
        case transfer(TransferID)
        case effect(Effect)
    }

    let policy: LedgerPolicy
    let leaseToken: Int64
    var now: Int64
    var epoch: UInt32 = 0
    var holders: [AccountID: Holder] = [:]
    var papers: [TransferID: Paper] = [:]
    var moves: [(from: AccountID, to: AccountID, amount: Int64)] = []
    var debits: [(account: AccountID, at: Int64, amount: Int64)] = []
    /// What the fail policy let pass, by the moment of its reservation.
    var passed: [(payer: AccountID, reservedAt: Int64, amount: Int64)] = []
    var keys: [TransferID: (request: TransferID, kept: Kept)] = [:]
    var happenings: [Happening] = []
    var notes: [CommitPlan.Note] = []
    /// What counts towards limits, and since when; given back in part once it was not spent.
    var spendings: [(transfer: TransferID, spending: Spending, at: Int64, amount: Int128)] = []

    init(policy: LedgerPolicy, leaseToken: Int64, now: Int64) {
        self.policy = policy
        self.leaseToken = leaseToken
        self.now = now
    }

    var sequence: Int64 { Int64(happenings.count) }
    var undecided: Int64 { Int64(papers.values.filter { $0.state == .reserved }.count) }

    // MARK: - Adding up

    func posted(_ id: AccountID) -> Int128 {
        moves.reduce(0) { sum, move in
            sum + (move.to == id ? Int128(move.amount) : 0)
                - (move.from == id ? Int128(move.amount) : 0)
        }
    }

    func reserved(_ id: AccountID) -> Int128 {
        var sum: Int128 = 0
        for paper in papers.values where paper.isOpen {
            for (index, leg) in paper.legs.enumerated()
            where leg.from == id && !paper.isOutOfReceipt(leg.from, leg.role) {
                sum += Int128(leg.amount) - paper.moved(index)
            }
        }
        return sum
    }

    func debits(of id: AccountID, after start: Int64) -> (count: Int128, sum: Int128) {
        debits.reduce((0, 0)) { total, debit in
            debit.account == id && debit.at > start
                ? (total.0 + 1, total.1 + Int128(debit.amount)) : total
        }
    }

    func passed(by id: AccountID) -> Int128 {
        passed.reduce(0) {
            $1.payer == id && $1.reservedAt > now - 3_600_000_000 ? $0 + Int128($1.amount) : $0
        }
    }

    /// What is spent since a moment, of a kind or, if it is 0, of all.
    func spent(
        by spender: TransferID, _ currency: UInt16, kind: UInt8, since start: Int64
    ) -> Int128 {
        spendings.reduce(0) { sum, item in
            item.at >= start && item.spending.spender == spender
                && item.spending.currency == currency
                && (kind == 0 || item.spending.kind == kind) ? sum + item.amount : sum
        }
    }

    // MARK: - Views, to be compared

    func account(_ id: AccountID) -> Account? {
        holders[id].map { holder in
            let total = debits(of: id, after: .min)
            return Account(
                id: id, kind: holder.kind, currency: holder.currency, posted: Int64(posted(id)),
                reserved: Int64(reserved(id)), overdraft: holder.overdraft,
                debitsFrozen: holder.debitsFrozen, creditsFrozen: holder.creditsFrozen,
                caps: holder.caps, owner: holder.owner, debitCount: Int64(total.count),
                debitSum: Int64(total.sum))
        }
    }

    func transfer(_ id: TransferID) -> Transfer? {
        papers[id].map { paper in
            Transfer(
                id: id, kind: paper.order.kind, state: paper.state, currency: paper.order.currency,
                payer: paper.order.payer, payee: paper.order.payee, amount: paper.order.amount,
                captured: paper.captured, refunded: paper.refunded, related: paper.related,
                extraLegs: paper.order.extraLegs, createdAt: Timestamp(paper.createdAt),
                createdSequence: Sequence(paper.createdSequence),
                decideBy: Timestamp(paper.decideBy), expiresAt: Timestamp(paper.expiresAt),
                heldByPolicy: paper.isPolicyHold, firstState: paper.firstAnswer?.state ?? .none,
                firstAction: paper.firstAnswer?.action,
                firstSequence: Sequence(paper.firstAnswer?.sequence ?? 0),
                action: paper.decisions.last?.action,
                scoreBits: paper.decisions.last?.scoreBits ?? 0,
                decisionSequence: Sequence(paper.decisions.last?.sequence ?? 0),
                lastSequence: Sequence(paper.lastSequence), spending: paper.order.spending?.spending
            )
        }
    }

    // MARK: - Commands

    /// Carries a command out, or leaves everything as it was.
    mutating func apply(_ command: Command, key: IdempotencyKey?) -> Result<Effect, Refusal> {
        if let key, let known = keys[key.key] {
            guard known.request == key.request else { return .failure(.idempotencyConflict) }
            switch known.kept {
            case .effect(let effect): return .success(effect)
            case .transfer(let id):
                guard let now = transfer(id) else { return .failure(.unknownTransfer) }
                return .success(.transfer(now, isReplay: true))
            }
        }
        var trial = self
        do throws(Refusal) {
            let effect = try trial.perform(command)
            if let key {
                if case .transfer(let transfer, _) = effect, command.opensTransfer {
                    trial.keys[key.key] = (key.request, .transfer(transfer.id))
                } else {
                    trial.keys[key.key] = (key.request, .effect(effect))
                }
            }
            self = trial
            return .success(effect)
        } catch { return .failure(error) }
    }

    private mutating func perform(_ command: Command) throws(Refusal) -> Effect {
        switch command {
        case .openAccount(let opening): return try open(opening)
        case .freeze(let id, let debits, let credits):
            let holder = try wallet(id)
            holders[id]?.debitsFrozen = debits ?? holder.debitsFrozen
            holders[id]?.creditsFrozen = credits ?? holder.creditsFrozen
            happenings.append(Happening(kind: .accountFrozen, cause: .request))
            return accountEffect(id)
        case .limit(let id, let overdraft, let caps):
            _ = try wallet(id)
            if overdraft < 0 || caps.hasNegative { throw .invalidLimit }
            if posted(id) - reserved(id) + Int128(overdraft) < 0 { throw .limitBelowUse }
            holders[id]?.overdraft = overdraft
            holders[id]?.caps = caps
            happenings.append(Happening(kind: .accountLimited, cause: .request))
            return accountEffect(id)
        case .eraseContext(let id):
            guard try wallet(id).debitsFrozen else { throw .accountActive }
            happenings.append(Happening(kind: .erased, cause: .request))
            return accountEffect(id)
        case .rebase:
            happenings.append(Happening(kind: .rebased, cause: .request))
            return .recorded(Sequence(sequence))
        case .activateEngine:
            epoch += 1
            happenings.append(Happening(kind: .engineActivated, cause: .request))
            return .recorded(Sequence(sequence))
        case .activatePolicy:
            happenings.append(Happening(kind: .policyActivated, cause: .request))
            return .recorded(Sequence(sequence))
        case .changeList:
            happenings.append(Happening(kind: .listChanged, cause: .request))
            return .recorded(Sequence(sequence))
        case .label(let id, _, let actor):
            guard let paper = papers[id] else { throw .unknownTransfer }
            happenings.append(
                Happening(
                    kind: .labelled, cause: .request, transfer: id, state: paper.state,
                    amount: paper.order.amount, expiresAt: paper.expiresAt))
            note(id, actor, "")
            return .recorded(Sequence(sequence))
        case .transfer(let opening): return try open(opening)
        case .decide(let decision): return try decide(decision)
        case .decideByPolicy(let id):
            guard try find(id, .reserved).decideBy <= now else { throw .notDue }
            policyDecides(id, .decisionLate)
            return effect(id)
        case .expire(let id):
            let paper = try find(id, .reserved, .authorized, .held, .challenged)
            guard paper.expiresAt <= now else { throw .notDue }
            if paper.state == .reserved {
                policyDecides(id, .decisionLate)
            } else {
                giveBack(id, .expiry)
            }
            return effect(id)
        case .capture(let id, let amount, let final):
            return try capture(id, amount, final)
        case .void(let id):
            let paper = try find(id, .authorized, .held, .challenged)
            if paper.order.kind != .authorization { throw .wrongState }
            giveBack(id, .request)
            return effect(id)
        case .refund(let id, let amount, let newID): return try refund(id, amount, newID)
        case .challenge(let id, let passed, let actor):
            let paper = try find(id, .challenged)
            if !passed {
                giveBack(id, .challengeFailed)
                note(id, actor, "")
                return effect(id)
            }
            if now >= paper.expiresAt { throw .wrongState }
            if let reason = blockade(paper) { throw reason }
            letPass(id, .challengePassed)
            note(id, actor, "")
            return effect(id)
        case .review(let id, let release, let text, let actor):
            let paper = try find(id, .held, .challenged)
            if release {
                if now >= paper.expiresAt { throw .wrongState }
                if let reason = blockade(paper) { throw reason }
                letPass(id, .review)
            } else {
                giveBack(id, .review)
            }
            note(id, actor, text)
            return effect(id)
        }
    }

    /// Of the newest event.
    private mutating func note(_ id: TransferID, _ actor: String, _ text: String) {
        notes.append(
            .init(sequence: Sequence(sequence), transfer: id, actor: actor, text: text))
    }

    func effect(_ id: TransferID) -> Effect {
        // Called for transfers that were just changed.
        .transfer(transfer(id)!, isReplay: false)
    }
    private func accountEffect(_ id: AccountID) -> Effect {
        .account(account(id)!, publicID: nil, isReplay: false)
    }

    private func wallet(_ id: AccountID) throws(Refusal) -> Holder {
        guard let holder = holders[id] else { throw .unknownAccount }
        if holder.kind != .wallet { throw .houseAccount }
        return holder
    }

    func find(_ id: TransferID, _ states: TransferState...) throws(Refusal) -> Paper {
        guard let paper = papers[id] else { throw .unknownTransfer }
        if !states.contains(paper.state) { throw .wrongState }
        return paper
    }

    private mutating func open(_ opening: Command.OpenAccount) throws(Refusal) -> Effect {
        if !Currency.all.contains(where: { $0.number == opening.currency }) {
            throw .currencyMismatch
        }
        if opening.overdraft < 0 || opening.caps.hasNegative { throw .invalidLimit }
        if opening.kind != .wallet,
            let house = holders.first(where: {
                $0.value.kind == opening.kind && $0.value.currency == opening.currency
            })
        {
            return .account(account(house.key)!, publicID: nil, isReplay: true)
        }
        let id = AccountID(Int64(holders.count) + 1)
        holders[id] = Holder(
            kind: opening.kind, currency: opening.currency, owner: opening.ownerToken,
            overdraft: opening.overdraft, caps: opening.caps)
        happenings.append(Happening(kind: .accountOpened, cause: .request))
        return .account(account(id)!, publicID: opening.publicID, isReplay: false)
    }
}

extension Caps {
    var hasNegative: Bool {
        (hourCount ?? 0) < 0 || (hourSum ?? 0) < 0 || (dayCount ?? 0) < 0 || (daySum ?? 0) < 0
    }
}

extension Command {
    var opensTransfer: Bool {
        switch self {
        case .transfer, .refund: true
        default: false
        }
    }
}
