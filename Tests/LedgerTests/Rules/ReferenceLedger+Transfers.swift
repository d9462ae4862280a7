import EventLog

@testable import Ledger

extension ReferenceLedger {
    // MARK: - Opening

    mutating func open(_ opening: Command.OpenTransfer) throws(Refusal) -> Effect {
        if papers[opening.id] != nil { throw .duplicate }
        if opening.validUntil != .none, now >= opening.validUntil.rawValue { throw .tooLate }
        var paper = Paper(order: opening, createdAt: now)
        try allow(paper)
        let isAsked = opening.kind == .payment || opening.kind == .authorization
        if isAsked { try allowByCaps(opening) }
        try allowByLimits(opening)
        switch opening.mode {
        case .immediate:
            let changes = paper.legs.map { Change($0.from, $0.to, move: $0.amount) }
            try representable(changes)
            if isAsked { try count(opening) }
            spend(opening)
            move(changes)
            paper.state = .posted
            paper.captured = opening.amount
            papers[opening.id] = paper
            happen(.posted, .request, opening.id, amount: opening.amount)
            let place = sequence
            papers[opening.id]?.firstAnswer = (.posted, nil, place)
            papers[opening.id]?.createdSequence = place
        case .askEngine(let milliseconds), .failAtOnce(_, let milliseconds):
            try representable(
                paper.legs.map { leg in
                    Change(
                        leg.from, leg.to,
                        lock: paper.isOutOfReceipt(leg.from, leg.role) ? 0 : leg.amount)
                })
            try count(opening)
            spend(opening)
            paper.state = .reserved
            paper.decideBy = now + milliseconds * 1_000
            paper.expiresAt = paper.decideBy
            papers[opening.id] = paper
            happen(.reserved, .request, opening.id, amount: opening.amount)
            let place = sequence
            papers[opening.id]?.createdSequence = place
            if case .failAtOnce(let cause, _) = opening.mode {
                policyDecides(opening.id, cause)
            } else if undecided > policy.undecidedLimit {
                policyDecides(opening.id, .engineOverloaded)
            }
        }
        return effect(opening.id)
    }

    private func allow(_ paper: Paper) throws(Refusal) {
        if paper.order.extraLegs.count > 15 { throw .tooManyLegs }
        for (index, leg) in paper.legs.enumerated() {
            if leg.amount < 1 { throw .invalidAmount }
            if leg.from == leg.to { throw .samePayerAndPayee }
            guard let from = holders[leg.from], let to = holders[leg.to] else {
                throw .unknownAccount
            }
            if from.currency != to.currency { throw .currencyMismatch }
            if leg.role == .principal, from.currency != paper.order.currency {
                throw .currencyMismatch
            }
            if paper.isOutOfReceipt(leg.from, leg.role) {
                let fees = paper.legs[...index].filter { paper.isOutOfReceipt($0.from, $0.role) }
                    .reduce(Int128(0)) { $0 + Int128($1.amount) }
                if fees > Int128(paper.order.amount) { throw .invalidAmount }
                if to.creditsFrozen { throw .creditsFrozen }
                continue
            }
            if from.debitsFrozen { throw .debitsFrozen }
            if to.creditsFrozen { throw .creditsFrozen }
            let needed = paper.legs[...index]
                .filter { $0.from == leg.from && !paper.isOutOfReceipt($0.from, $0.role) }
                .reduce(Int128(0)) { $0 + Int128($1.amount) }
            if needed > Int128(Int64.max) { throw .insufficientFunds }
            let spendable = posted(leg.from) - reserved(leg.from) + Int128(from.overdraft)
            if from.kind == .wallet, needed > spendable { throw .insufficientFunds }
        }
        if wouldOverflow(paper.legs.map { ($0.to, $0.amount) }) { throw .balanceOverflow }
    }

    private func wouldOverflow(_ incoming: [(to: AccountID, amount: Int64)]) -> Bool {
        incoming.contains { item in
            let sum = incoming.filter { $0.to == item.to }
                .reduce(Int128(0)) { $0 + Int128($1.amount) }
            return sum > Int128(Int64.max) || posted(item.to) + sum > Int128(Int64.max)
        }
    }

    private func allowByCaps(_ opening: Command.OpenTransfer) throws(Refusal) {
        guard let caps = holders[opening.payer]?.caps else { return }
        let hour = debits(of: opening.payer, after: now - 3_600_000_000)
        let day = debits(of: opening.payer, after: now - now % 86_400_000_000 - 1)
        if let cap = caps.hourCount, hour.count >= Int128(cap) { throw .hourCountCap }
        if let cap = caps.hourSum, hour.sum + Int128(opening.amount) > Int128(cap) {
            throw .hourSumCap
        }
        if let cap = caps.dayCount, day.count >= Int128(cap) { throw .dayCountCap }
        if let cap = caps.daySum, day.sum + Int128(opening.amount) > Int128(cap) {
            throw .daySumCap
        }
    }

    private func allowByLimits(_ opening: Command.OpenTransfer) throws(Refusal) {
        guard let check = opening.spending else { return }
        let (day, month) = (Self.midnight(now), Self.monthStart(now))
        let amount = Int128(check.spending.amount)
        if amount < 0 { throw .invalidAmount }
        for (kind, limit) in [(check.spending.kind, check.ofKind), (0, check.inAll)] {
            let (spender, currency) = (check.spending.spender, check.spending.currency)
            let today = spent(by: spender, currency, kind: kind, since: day)
            let thisMonth = spent(by: spender, currency, kind: kind, since: month)
            if let most = limit.payment, amount > Int128(most) { throw .paymentLimit }
            if let most = limit.day, today + amount > Int128(most) { throw .dayLimit }
            if let most = limit.month, thisMonth + amount > Int128(most) { throw .monthLimit }
            if thisMonth + amount > Int128(Int64.max) { throw .balanceOverflow }
        }
    }

    static func midnight(_ moment: Int64) -> Int64 { moment - moment % 86_400_000_000 }

    /// Looked for day by day, without any formula of a calendar.
    static func monthStart(_ moment: Int64) -> Int64 {
        var day = midnight(moment)
        while !Timestamp(day).rfc3339().contains("-01T") { day -= 86_400_000_000 }
        return day
    }

    private mutating func spend(_ opening: Command.OpenTransfer) {
        guard let spending = opening.spending?.spending else { return }
        spendings.append((opening.id, spending, now, Int128(spending.amount)))
    }

    private mutating func giveBackSpending(_ id: TransferID, rest: Int64) {
        guard let place = spendings.firstIndex(where: { $0.transfer == id }), let paper = papers[id]
        else { return }
        spendings[place].amount -=
            Int128(spendings[place].spending.amount) * Int128(rest) / Int128(paper.order.amount)
    }

    private mutating func count(_ opening: Command.OpenTransfer) throws(Refusal) {
        let total = debits(of: opening.payer, after: .min)
        if total.sum + Int128(opening.amount) > Int128(Int64.max) { throw .balanceOverflow }
        debits.append((opening.payer, now, opening.amount))
    }

    // MARK: - Money

    struct Change {
        var from: AccountID
        var to: AccountID
        var lock: Int64
        var unlock: Int64
        var move: Int64
        init(
            _ from: AccountID, _ to: AccountID, lock: Int64 = 0, unlock: Int64 = 0, move: Int64 = 0
        ) {
            self.from = from
            self.to = to
            self.lock = lock
            self.unlock = unlock
            self.move = move
        }
    }

    /// Refuses what no 64-bit balance could show, at any step.
    private func representable(_ changes: [Change]) throws(Refusal) {
        let range = Int128(Int64.min)...Int128(Int64.max)
        var balances: [AccountID: (posted: Int128, reserved: Int128)] = [:]
        func step(_ id: AccountID, _ posted: Int128, _ reserved: Int128) -> Bool {
            var balance = balances[id] ?? (self.posted(id), self.reserved(id))
            balance.posted += posted
            balance.reserved += reserved
            balances[id] = balance
            return range.contains(balance.posted) && balance.reserved >= 0
                && range.contains(balance.reserved)
                && range.contains(balance.posted - balance.reserved)
        }
        for change in changes {
            guard
                step(
                    change.from, -Int128(change.move), Int128(change.lock) - Int128(change.unlock)),
                step(change.to, Int128(change.move), 0)
            else { throw .balanceOverflow }
        }
        for (id, balance) in balances where !range.contains(balance.posted - posted(id)) {
            throw .balanceOverflow
        }
    }

    private mutating func move(_ changes: [Change]) {
        moves += changes.map { ($0.from, $0.to, $0.move) }
    }

    mutating func happen(
        _ kind: EventKind, _ cause: EventCause, _ id: TransferID, amount: Int64,
        decision: Decision? = nil, isAlert: Bool = false
    ) {
        happenings.append(
            Happening(
                kind: kind, cause: cause, transfer: id, state: papers[id]!.state, amount: amount,
                expiresAt: papers[id]!.expiresAt, isAlert: isAlert))
        let place = sequence
        papers[id]?.lastSequence = place
        if let decision {
            papers[id]?.decisions.append((decision.action, decision.scoreBits, place))
        }
    }

    func blockade(_ paper: Paper, part: Int64? = nil) -> Refusal? {
        for leg in paper.legs {
            if holders[leg.from]!.debitsFrozen, !paper.isOutOfReceipt(leg.from, leg.role) {
                return .debitsFrozen
            }
            if holders[leg.to]!.creditsFrozen { return .creditsFrozen }
        }
        var incoming = paper.legs.map { ($0.to, $0.amount) }
        if let part { incoming[0].1 = part }
        return wouldOverflow(incoming) ? .balanceOverflow : nil
    }

    // MARK: - Deciding

    mutating func decide(_ command: Command.EngineDecision) throws(Refusal) -> Effect {
        let (id, decision) = (command.transfer, command.decision)
        if decision.epoch != epoch { throw .staleEpoch }
        if command.leaseToken != leaseToken { throw .staleLease }
        guard let paper = papers[id] else { throw .unknownTransfer }
        if decision.sequence.rawValue != paper.createdSequence || decision.action == .notEvaluated {
            throw .alreadyDecided
        }
        if paper.state == .reserved {
            settle(id, decision, .decision)
        } else {
            if paper.decisions.last?.action != .notEvaluated { throw .alreadyDecided }
            let canMove = paper.state == .held && paper.isPolicyHold
            let approves =
                decision.action == .approve && now < paper.expiresAt && blockade(paper) == nil
            if canMove, approves || decision.action == .decline {
                settle(id, decision, .lateDecision)
            } else {
                papers[id]?.isPolicyHold = false
                happen(
                    .decided, .lateDecision, id, amount: paper.order.amount, decision: decision,
                    isAlert: decision.action != .approve)
            }
        }
        return effect(id)
    }

    private mutating func settle(_ id: TransferID, _ decision: Decision, _ cause: EventCause) {
        switch decision.action {
        case .approve:
            if blockade(papers[id]!) == nil {
                letPass(id, cause, decision)
            } else {
                hold(id, .held, cause, decision)
            }
        case .hold, .notEvaluated: hold(id, .held, cause, decision)
        case .challenge: hold(id, .challenged, cause, decision)
        case .decline: giveBack(id, cause, decision)
        }
    }

    mutating func policyDecides(_ id: TransferID, _ cause: EventCause) {
        let paper = papers[id]!
        let decision = Decision(
            action: .notEvaluated, scoreBits: 0, featureDigest: 0,
            sequence: Sequence(paper.createdSequence), epoch: epoch, elapsedMicros: 0)
        var passes = false
        if case .postSmall(let maximum, let hourly) = policy.onFailure,
            let most = maximum[paper.order.currency], let total = hourly[paper.order.currency]
        {
            passes =
                paper.order.amount <= most && paper.createdAt > now - 3_600_000_000
                && passed(by: paper.order.payer) + Int128(paper.order.amount) <= Int128(total)
                && blockade(paper) == nil
        }
        if passes {
            passed.append((paper.order.payer, paper.createdAt, paper.order.amount))
            letPass(id, cause, decision, isAlert: true)
        } else {
            hold(id, .held, cause, decision)
        }
    }

    private mutating func leave(_ id: TransferID, _ wasReserved: Bool) {
        guard wasReserved, let paper = papers[id] else { return }
        papers[id]?.firstAnswer = (paper.state, paper.decisions.last?.action, paper.lastSequence)
    }

    mutating func letPass(
        _ id: TransferID, _ cause: EventCause, _ decision: Decision? = nil, isAlert: Bool = false
    ) {
        let paper = papers[id]!
        papers[id]?.isPolicyHold = false
        if paper.order.kind == .authorization {
            papers[id]?.state = .authorized
            papers[id]?.expiresAt = now + policy.authorizationSeconds * 1_000_000
        } else {
            papers[id]?.state = .posted
            papers[id]?.captured = paper.order.amount
            papers[id]?.expiresAt = 0
            move(paper.legs.map { Change($0.from, $0.to, move: $0.amount) })
        }
        happen(
            paper.order.kind == .authorization ? .authorized : .posted, cause, id,
            amount: paper.order.amount, decision: decision, isAlert: isAlert)
        leave(id, paper.state == .reserved)
    }

    private mutating func hold(
        _ id: TransferID, _ state: TransferState, _ cause: EventCause, _ decision: Decision
    ) {
        let paper = papers[id]!
        papers[id]?.state = state
        papers[id]?.isPolicyHold = decision.action == .notEvaluated
        let seconds = state == .held ? policy.holdSeconds : policy.challengeSeconds
        papers[id]?.expiresAt = now + seconds * 1_000_000
        happen(
            state == .held ? .held : .challenged, cause, id, amount: paper.order.amount,
            decision: decision, isAlert: true)
        leave(id, paper.state == .reserved)
    }

    mutating func giveBack(
        _ id: TransferID, _ cause: EventCause, _ decision: Decision? = nil
    ) {
        let paper = papers[id]!
        giveBackSpending(id, rest: paper.order.amount - paper.captured)
        papers[id]?.state = paper.captured == 0 ? .voided : .posted
        papers[id]?.expiresAt = 0
        papers[id]?.isPolicyHold = false
        happen(
            .voided, cause, id, amount: paper.order.amount - paper.captured, decision: decision,
            isAlert: decision != nil)
        leave(id, paper.state == .reserved)
    }

    // MARK: - Capture and refund

    mutating func capture(
        _ id: TransferID, _ amount: Int64?, _ final: Bool
    ) throws(Refusal) -> Effect {
        let paper = try find(id, .authorized)
        let rest = paper.order.amount - paper.captured
        let part = amount ?? rest
        if part < 1 { throw .invalidAmount }
        if part > rest { throw .overCapture }
        if now >= paper.expiresAt { throw .wrongState }
        if let reason = blockade(paper, part: part) { throw reason }
        papers[id]?.captured += part
        let after = papers[id]!
        if final || part == rest {
            giveBackSpending(id, rest: rest - part)
            papers[id]?.state = .posted
            papers[id]?.expiresAt = 0
        }
        move(
            paper.legs.enumerated().map { index, leg in
                Change(
                    leg.from, leg.to, move: Int64(after.moved(index) - paper.moved(index)))
            })
        happen(.captured, .request, id, amount: part)
        return effect(id)
    }

    mutating func refund(
        _ id: TransferID, _ amount: Int64?, _ newID: TransferID
    ) throws(Refusal) -> Effect {
        guard let paper = papers[id] else { throw .unknownTransfer }
        if paper.order.kind != .payment, paper.order.kind != .authorization {
            throw .notRefundable
        }
        if paper.captured == 0 || ![.posted, .authorized].contains(paper.state) {
            throw .wrongState
        }
        let rest = paper.captured - paper.refunded
        if let amount, amount < 1 { throw .invalidAmount }
        if rest == 0 || (amount ?? rest) > rest { throw .overRefund }
        if papers[newID] != nil { throw .duplicate }
        var back = Paper(
            order: Command.OpenTransfer(
                id: newID, kind: .refund, currency: paper.order.currency, payer: paper.order.payee,
                payee: paper.order.payer, amount: amount ?? rest, mode: .immediate),
            related: id, createdAt: now)
        try allow(back)
        let change = Change(paper.order.payee, paper.order.payer, move: amount ?? rest)
        try representable([change])
        back.state = .posted
        back.captured = amount ?? rest
        papers[newID] = back
        papers[id]?.refunded += amount ?? rest
        move([change])
        happen(.posted, .request, newID, amount: amount ?? rest)
        let place = sequence
        papers[newID]?.createdSequence = place
        papers[newID]?.firstAnswer = (.posted, nil, place)
        return effect(newID)
    }
}
