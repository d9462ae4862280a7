internal import EventLog

extension CommitPlan {
    // MARK: - The engine

    mutating func decide(_ command: Command.EngineDecision) throws(Refusal) -> Effect {
        let decision = command.decision
        guard decision.epoch == head.epoch else { throw .staleEpoch }
        guard command.leaseToken == leaseToken else { throw .staleLease }
        guard let transfer = transfers[command.transfer] else { throw .unknownTransfer }
        guard decision.sequence == transfer.createdSequence, decision.action != .notEvaluated else {
            throw .alreadyDecided
        }
        if transfer.state == .reserved {
            return .transfer(
                try settle(transfer, decision, command.detail, cause: .decision), isReplay: false)
        }
        // Only the fail policy has spoken: the engine's word comes late.
        guard transfer.action == .notEvaluated else { throw .alreadyDecided }
        let moves = decision.action == .approve || decision.action == .decline
        if transfer.state == .held, transfer.heldByPolicy, moves,
            decision.action == .decline
                || (now < transfer.expiresAt && obstacle(to: transfer) == nil)
        {
            return .transfer(
                try settle(transfer, decision, command.detail, cause: .lateDecision),
                isReplay: false)
        }
        return .transfer(addReasons(to: transfer, decision, command.detail), isReplay: false)
    }

    /// Moves an undecided transfer, or one held by the fail policy, as the decision says.
    private mutating func settle(
        _ transfer: Transfer, _ decision: Decision, _ detail: DecisionDetail?, cause: EventCause
    ) throws(Refusal) -> Transfer {
        let settled: Transfer
        switch decision.action {
        case .approve where obstacle(to: transfer) == nil:
            return try approve(transfer, cause: cause, decision: decision, detail: detail)
        case .approve, .hold, .notEvaluated:
            // A freeze since the reservation turns approve into hold.
            settled = try wait(
                in: .held, transfer, cause: cause, decision: decision, detail: detail)
        case .challenge:
            settled = try wait(
                in: .challenged, transfer, cause: cause, decision: decision, detail: detail)
        case .decline:
            settled = try release(transfer, cause: cause, decision: decision, detail: detail)
        }
        alerts.append(settled.lastSequence)
        return settled
    }

    /// Records a decision that moves nothing: its reasons are kept, and an analyst is told.
    private mutating func addReasons(
        to transfer: Transfer, _ decision: Decision, _ detail: DecisionDetail?
    ) -> Transfer {
        var transfer = transfer
        transfer.heldByPolicy = false
        let sequence = append(
            transfer.event(.decided, cause: .lateDecision), decision: decision, detail: detail)
        transfer.note(sequence, decision: decision)
        if decision.action != .approve { alerts.append(sequence) }
        store(transfer)
        return transfer
    }

    // MARK: - Moving on

    /// Lets the money move: a payment is posted, an authorization waits for its capture.
    private mutating func approve(
        _ transfer: Transfer, cause: EventCause, decision: Decision? = nil,
        detail: DecisionDetail? = nil
    ) throws(Refusal) -> Transfer {
        var transfer = transfer
        let wasUndecided = transfer.state == .reserved
        transfer.heldByPolicy = false
        let sequence: Sequence
        if transfer.kind == .authorization {
            transfer.state = .authorized
            transfer.expiresAt = now.adding(seconds: policy.authorizationSeconds)
            sequence = append(
                transfer.event(.authorized, cause: cause), decision: decision, detail: detail)
        } else {
            transfer.state = .posted
            transfer.captured = transfer.amount
            transfer.expiresAt = .none
            sequence = try record(
                transfer.event(.posted, cause: cause),
                changes: transfer.changes { leg in
                    LegChange(
                        movement: leg, unlock: transfer.isOutOfReceipt(leg) ? 0 : leg.amount,
                        move: leg.amount)
                }, decision: decision, detail: detail)
        }
        transfer.note(sequence, decision: decision)
        if wasUndecided { leaveUndecided(&transfer) }
        store(transfer)
        return transfer
    }

    /// Keeps the money locked until somebody decides or the state expires.
    private mutating func wait(
        in state: TransferState, _ transfer: Transfer, cause: EventCause, decision: Decision?,
        detail: DecisionDetail? = nil
    ) throws(Refusal) -> Transfer {
        var transfer = transfer
        let wasUndecided = transfer.state == .reserved
        transfer.state = state
        transfer.heldByPolicy = decision?.action == .notEvaluated
        let seconds = state == .challenged ? policy.challengeSeconds : policy.holdSeconds
        transfer.expiresAt = now.adding(seconds: seconds)
        let kind: EventKind = state == .challenged ? .challenged : .held
        let sequence = append(
            transfer.event(kind, cause: cause), decision: decision, detail: detail)
        transfer.note(sequence, decision: decision)
        if wasUndecided { leaveUndecided(&transfer) }
        store(transfer)
        return transfer
    }

    // MARK: - The fail policy and expiry

    mutating func decideByPolicy(_ id: TransferID) throws(Refusal) -> Effect {
        let transfer = try transfer(id, in: .reserved)
        guard now >= transfer.decideBy else { throw .notDue }
        return .transfer(applyFailPolicy(to: transfer, cause: .decisionLate), isReplay: false)
    }

    /// Decides without the engine, and says so.
    mutating func applyFailPolicy(to transfer: Transfer, cause: EventCause) -> Transfer {
        let decision = Decision(
            action: .notEvaluated, scoreBits: 0, featureDigest: 0,
            sequence: transfer.createdSequence,
            epoch: head.epoch, elapsedMicros: 0)
        do throws(Refusal) {
            let decided: Transfer
            if passesUndecided(transfer) {
                policyUsage[transfer.payer, default: 0] += transfer.amount
                decided = try approve(transfer, cause: cause, decision: decision)
            } else {
                decided = try wait(in: .held, transfer, cause: cause, decision: decision)
            }
            alerts.append(decided.lastSequence)
            return decided
        } catch {
            // A hold moves nothing and a small amount was checked for obstacles: neither can be refused.
            preconditionFailure("the fail policy was refused: \(error)")
        }
    }

    private func passesUndecided(_ transfer: Transfer) -> Bool {
        guard case .postSmall(let maximum, let hourlySum) = policy.onFailure,
            let limit = maximum[transfer.currency], transfer.amount <= limit,
            let hourly = hourlySum[transfer.currency], obstacle(to: transfer) == nil
        else { return false }
        // The hour is that of the reservations: what was reserved before it, and left lying in an outage, is not
        // counted any more and so must not pass.
        guard transfer.createdAt > now.adding(seconds: -3_600) else { return false }
        let (sum, overflow) = policyUsage[transfer.payer, default: 0]
            .addingReportingOverflow(transfer.amount)
        return !overflow && sum <= hourly
    }

    mutating func expire(_ id: TransferID) throws(Refusal) -> Effect {
        let transfer = try transfer(id, in: .reserved, .authorized, .held, .challenged)
        guard now >= transfer.expiresAt else { throw .notDue }
        if transfer.state == .reserved {
            return .transfer(applyFailPolicy(to: transfer, cause: .decisionLate), isReplay: false)
        }
        return .transfer(try release(transfer, cause: .expiry), isReplay: false)
    }

    // MARK: - People

    mutating func challenge(
        _ id: TransferID, passed: Bool, actor: String
    ) throws(Refusal) -> Effect {
        let transfer = try transfer(id, in: .challenged)
        if passed, now >= transfer.expiresAt { throw .wrongState }
        if passed, let obstacle = obstacle(to: transfer) { throw obstacle }
        let answered =
            passed
            ? try approve(transfer, cause: .challengePassed)
            : try release(transfer, cause: .challengeFailed)
        note(answered.lastSequence, id, actor)
        return .transfer(answered, isReplay: false)
    }

    mutating func review(
        _ id: TransferID, release: Bool, note text: String, actor: String
    ) throws(Refusal) -> Effect {
        let transfer = try transfer(id, in: .held, .challenged)
        // Once it has expired only giving back is left, whenever the sweep comes.
        if release, now >= transfer.expiresAt { throw .wrongState }
        if release, let obstacle = obstacle(to: transfer) { throw obstacle }
        let reviewed =
            release
            ? try approve(transfer, cause: .review) : try self.release(transfer, cause: .review)
        note(reviewed.lastSequence, id, actor, text)
        return .transfer(reviewed, isReplay: false)
    }

    mutating func label(
        _ id: TransferID, _ verdict: LabelVerdict, actor: String
    ) throws(Refusal) -> Effect {
        guard let transfer = transfers[id] else { throw .unknownTransfer }
        let sequence = append(
            transfer.event(.labelled, cause: .request),
            label: TransferLabel(verdict, of: transfer.createdSequence))
        note(sequence, id, actor)
        return .recorded(sequence)
    }

    private mutating func note(
        _ sequence: Sequence, _ id: TransferID, _ actor: String, _ text: String = ""
    ) {
        notes.append(Note(sequence: sequence, transfer: id, actor: actor, text: text))
    }

    mutating func activate(_ engine: EngineDetail) -> Effect {
        head.epoch += 1
        var engine = engine
        engine.epoch = head.epoch
        return .activated(
            epoch: head.epoch, append(Event(kind: .engineActivated), engine: engine))
    }
}
