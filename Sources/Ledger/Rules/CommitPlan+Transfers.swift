internal import EventLog

extension CommitPlan {
    /// More legs than this are refused.
    static let maximumLegs = 16

    mutating func open(_ opening: Command.OpenTransfer) throws(Refusal) -> Effect {
        guard transfers[opening.id] == nil else { throw .duplicate }
        guard opening.validUntil == .none || now < opening.validUntil else { throw .tooLate }
        var transfer = Transfer(opening, at: now)
        try check(transfer)
        let payer = try account(transfer.payer)
        let asksEngine = opening.kind == .payment || opening.kind == .authorization
        if asksEngine, let usage = capUsage[payer.id],
            let refusal = usage.refusal(for: payer, amount: transfer.amount)
        {
            throw refusal
        }
        let tally = try checked(opening.spending)
        switch opening.mode {
        case .immediate:
            transfer.state = .posted
            transfer.captured = transfer.amount
            let event = transfer.event(.posted, cause: .request)
            transfer.note(
                try record(
                    event, changes: transfer.changes { LegChange(movement: $0, move: $0.amount) },
                    countsAsDebit: asksEngine))
            settleFirst(&transfer, action: nil)
        case .askEngine(let milliseconds), .failAtOnce(_, let milliseconds):
            transfer.state = .reserved
            transfer.decideBy = now.adding(milliseconds: milliseconds)
            transfer.expiresAt = transfer.decideBy
            var event = transfer.event(.reserved, cause: .request)
            event.onExpiry = .failPolicy
            transfer.note(
                try record(
                    event,
                    changes: transfer.changes { leg in
                        LegChange(
                            movement: leg, lock: transfer.isOutOfReceipt(leg) ? 0 : leg.amount)
                    },
                    countsAsDebit: true, context: opening.context))
            head.undecided += 1
        }
        transfer.createdSequence = transfer.lastSequence
        transfers[transfer.id] = transfer
        openedTransfers.append(transfer.id)
        keep(tally, of: transfer)
        if case .failAtOnce(let cause, _) = opening.mode {
            transfer = applyFailPolicy(to: transfer, cause: cause)
        } else if transfer.state == .reserved, head.undecided > policy.undecidedLimit {
            transfer = applyFailPolicy(to: transfer, cause: .engineOverloaded)
        }
        return .transfer(transfer, isReplay: false)
    }

    /// Checks every leg, in order, against what the legs before it leave.
    private func check(_ transfer: Transfer) throws(Refusal) {
        guard transfer.extraLegs.count < Self.maximumLegs else { throw .tooManyLegs }
        var locked: [(AccountID, Int64)] = []
        var outOfReceipt: Int128 = 0
        for movement in transfer.movements {
            guard movement.amount > 0 else { throw .invalidAmount }
            guard movement.from != movement.to else { throw .samePayerAndPayee }
            let (from, to) = (try account(movement.from), try account(movement.to))
            guard from.currency == to.currency else { throw .currencyMismatch }
            if movement.role == .principal, from.currency != transfer.currency {
                throw .currencyMismatch
            }
            if transfer.isOutOfReceipt(movement) {
                outOfReceipt += Int128(movement.amount)
                guard outOfReceipt <= Int128(transfer.amount) else { throw .invalidAmount }
                guard !to.creditsFrozen else { throw .creditsFrozen }
                continue
            }
            guard !from.debitsFrozen else { throw .debitsFrozen }
            guard !to.creditsFrozen else { throw .creditsFrozen }
            var needed = movement.amount
            for (id, amount) in locked where id == from.id {
                let (sum, overflow) = needed.addingReportingOverflow(amount)
                guard !overflow else { throw .insufficientFunds }
                needed = sum
            }
            guard from.covers(needed) else { throw .insufficientFunds }
            locked.append((from.id, movement.amount))
        }
        guard fits(transfer.movements) else { throw .balanceOverflow }
    }

    func account(_ id: AccountID) throws(Refusal) -> Account {
        guard let account = accounts[id] else { throw .unknownAccount }
        return account
    }

    /// A transfer in one of `states`.
    func transfer(_ id: TransferID, in states: TransferState...) throws(Refusal) -> Transfer {
        guard let transfer = transfers[id] else { throw .unknownTransfer }
        guard states.contains(transfer.state) else { throw .wrongState }
        return transfer
    }

    /// Why money cannot move now, although it is locked; nil if it can. Only `part` of the principal moves if given.
    func obstacle(to transfer: Transfer, part: Int64? = nil) -> Refusal? {
        // Of further legs all is looked at, of which a part may be captured.
        var movements = transfer.movements
        if let part { movements[0].amount = part }
        for movement in movements {
            guard let from = accounts[movement.from], let to = accounts[movement.to] else {
                return .unknownAccount
            }
            if from.debitsFrozen, !transfer.isOutOfReceipt(movement) { return .debitsFrozen }
            if to.creditsFrozen { return .creditsFrozen }
        }
        return fits(movements) ? nil : .balanceOverflow
    }

    /// Whether the receiving accounts can hold what all legs together bring them.
    private func fits(_ movements: [Movement]) -> Bool {
        for (index, movement) in movements.enumerated() {
            guard let to = accounts[movement.to] else { return false }
            var incoming = movement.amount
            for earlier in movements[..<index] where earlier.to == movement.to {
                let (sum, overflow) = incoming.addingReportingOverflow(earlier.amount)
                if overflow { return false }
                incoming = sum
            }
            if to.posted.addingReportingOverflow(incoming).overflow { return false }
        }
        return true
    }

    // MARK: - Capture, void, refund

    mutating func capture(_ id: TransferID, amount: Int64?, final: Bool) throws(Refusal) -> Effect {
        var transfer = try transfer(id, in: .authorized)
        let rest = transfer.amount - transfer.captured
        let part = amount ?? rest
        guard part > 0 else { throw .invalidAmount }
        guard part <= rest else { throw .overCapture }
        guard now < transfer.expiresAt else { throw .wrongState }
        if let obstacle = obstacle(to: transfer, part: part) { throw obstacle }
        let ends = final || part == rest
        let before = transfer
        transfer.captured += part
        transfer.state = ends ? .posted : .authorized
        if ends { transfer.expiresAt = .none }
        var event = transfer.event(.captured, cause: .request)
        event.amount = part
        let changes = transfer.changes {
            LegChange(movement: $0, unlock: ends ? rest : part, move: part)
        } further: {
            LegChange(
                movement: $0, unlock: before.unlocked(of: $0, after: transfer, ends: ends),
                move: transfer.moved(of: $0) - before.moved(of: $0))
        }
        transfer.note(try record(event, changes: changes))
        if ends { giveBackSpending(of: transfer, rest: rest - part) }
        store(transfer)
        return .transfer(transfer, isReplay: false)
    }

    mutating func void(_ id: TransferID) throws(Refusal) -> Effect {
        let transfer = try transfer(id, in: .authorized, .held, .challenged)
        guard transfer.kind == .authorization else { throw .wrongState }
        return .transfer(try release(transfer, cause: .request), isReplay: false)
    }

    mutating func refund(
        _ id: TransferID, amount: Int64?, newID: TransferID
    ) throws(Refusal) -> Effect {
        guard var original = transfers[id] else { throw .unknownTransfer }
        guard original.kind == .payment || original.kind == .authorization else {
            throw .notRefundable
        }
        guard original.state == .posted || original.state == .authorized, original.captured > 0
        else {
            throw .wrongState
        }
        let rest = original.captured - original.refunded
        let part = amount ?? rest
        guard part > 0 else { throw amount == nil ? .overRefund : .invalidAmount }
        guard part <= rest else { throw .overRefund }
        var refund = Transfer(
            Command.OpenTransfer(
                id: newID, kind: .refund, currency: original.currency, payer: original.payee,
                payee: original.payer, amount: part, mode: .immediate),
            at: now)
        guard transfers[newID] == nil else { throw .duplicate }
        try check(refund)
        refund.related = original.id
        refund.state = .posted
        refund.captured = part
        refund.note(
            try record(
                refund.event(.posted, cause: .request),
                changes: refund.changes { LegChange(movement: $0, move: $0.amount) },
                related: original.id))
        refund.createdSequence = refund.lastSequence
        settleFirst(&refund, action: nil)
        transfers[refund.id] = refund
        openedTransfers.append(refund.id)
        original.refunded += part
        store(original)
        return .transfer(refund, isReplay: false)
    }

    /// Gives back what is locked. What was captured stays: then the transfer ends as posted.
    mutating func release(
        _ transfer: Transfer, cause: EventCause, decision: Decision? = nil,
        detail: DecisionDetail? = nil
    ) throws(Refusal) -> Transfer {
        var transfer = transfer
        let rest = transfer.locked
        let before = transfer
        let wasUndecided = transfer.state == .reserved
        transfer.state = transfer.captured > 0 ? .posted : .voided
        transfer.expiresAt = .none
        transfer.heldByPolicy = false
        var event = transfer.event(.voided, cause: cause)
        event.amount = rest
        let changes = transfer.changes {
            LegChange(movement: $0, unlock: rest)
        } further: {
            LegChange(movement: $0, unlock: before.locked(of: $0))
        }
        let sequence = try record(event, changes: changes, decision: decision, detail: detail)
        transfer.note(sequence, decision: decision)
        giveBackSpending(of: transfer, rest: rest)
        if wasUndecided { leaveUndecided(&transfer) }
        store(transfer)
        return transfer
    }

    // MARK: - Keeping

    mutating func store(_ transfer: Transfer) {
        transfers[transfer.id] = transfer
        let isOpenedHere = transfer.createdSequence >= batch.firstSequence
        if !isOpenedHere { changedTransfers.insert(transfer.id) }
    }

    /// Fixes the first answer: the state with which the transfer first came to rest.
    func settleFirst(_ transfer: inout Transfer, action: DecisionAction?) {
        guard transfer.firstState == .none else { return }
        transfer.firstState = transfer.state
        transfer.firstAction = action
        transfer.firstSequence = transfer.lastSequence
    }

    mutating func leaveUndecided(_ transfer: inout Transfer) {
        head.undecided -= 1
        settleFirst(&transfer, action: transfer.action)
    }
}
