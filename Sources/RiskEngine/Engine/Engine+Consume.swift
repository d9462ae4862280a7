public import EventLog
internal import Features

extension Engine {
    /// Applies a batch. Once live, gives every reserve's decision to `onDecision`, in sequence order.
    ///
    /// - Parameters:
    ///   - contexts: the risk contexts of the batch's reserves.
    ///   - hash: the log's running hash after the batch, see `RunningHash.adding(payload:)`.
    /// - Throws: ``EngineError`` if the batch does not follow the last one; nothing was applied then.
    public mutating func consume(
        _ batch: EventBatch, contexts: RiskContexts, hash: RunningHash,
        onDecision: (TransferDecision) -> Void
    ) throws(EngineError) {
        let expected = sequence.advanced(by: 1)
        guard batch.firstSequence == expected else {
            throw EngineError(.gap(expected: expected, found: batch.firstSequence))
        }
        var contextPosition = 0
        var decisionPosition = 0
        for index in 0..<batch.count {
            if index % FeatureState.lookaheadEvents == 0 {
                let end = min(batch.count, index + FeatureState.lookaheadEvents)
                features.lookAhead(batch, contexts, index..<end)
                for later in index..<end { pending.prefetch(batch.transfer(at: later)) }
            }
            let event = batch.event(at: index)
            switch event.kind {
            case .reserved:
                while contextPosition < contexts.items.count,
                    contexts.items[contextPosition].index < index
                { contextPosition += 1 }
                let hasContext =
                    contextPosition < contexts.items.count
                    && contexts.items[contextPosition].index == index
                let context = hasContext ? contexts.items[contextPosition].value : .empty
                let legs = batch.legRange(of: index)
                reserve(event, leg: legs.isEmpty ? nil : batch.legs[legs.lowerBound], context)
                if tile.isFull { decideTile(onDecision) }
            case .engineActivated:
                if let engine = batch.engines.value(at: index) { currentEpoch = engine.epoch }
            case .posted, .authorized, .held, .challenged, .voided, .captured, .decided:
                while decisionPosition < batch.decisions.count,
                    batch.decisions[decisionPosition].index < index
                { decisionPosition += 1 }
                let hasDecision =
                    decisionPosition < batch.decisions.count
                    && batch.decisions[decisionPosition].index == index
                let action = hasDecision ? batch.decisions[decisionPosition].value.action : nil
                settle(event, decided: action)
            case .labelled:
                learn(event, label: batch.labels.value(at: index))
            case .policyActivated:
                if let policy = batch.policies.value(at: index) {
                    activate(policy, at: event.sequence, onDecision)
                }
            case .listChanged:
                if let entry = batch.listEntries.value(at: index) { lists.apply(entry) }
            case .accountOpened, .accountFrozen, .accountLimited, .erased, .rebased:
                // Whoever gives the events sees to it that the state is one of a replay without what was erased.
                break
            }
        }
        if tile.count > 0 { decideTile(onDecision) }
        sequence = batch.lastSequence
        runningHash = hash
    }

    private mutating func reserve(_ event: Event, leg: Leg?, _ context: RiskContext) {
        let row = tile.nextRow
        let buffer = UnsafeMutableBufferPointer(start: row, count: FeatureCatalogue.count)
        guard features.apply(event, leg: leg, context: context, into: buffer) else { return }
        let marks = lists.marks(event, context)
        pending.insert(
            transfer: event.transfer, sequence: event.sequence, marks: marks,
            row: UnsafePointer(row))
        guard ownEpoch != nil else { return }
        tile.append(
            RowTile.Entry(
                transfer: event.transfer, sequence: event.sequence.rawValue, marks: marks))
    }

    /// What was reserved before is decided with the policy before.
    private mutating func activate(
        _ policy: PolicyDetail, at sequence: Sequence, _ onDecision: (TransferDecision) -> Void
    ) {
        if tile.count > 0 { decideTile(onDecision) }
        policies.apply(policy, at: sequence)
        decider = nil
        policies.forget(before: pending.firstSequence ?? sequence.advanced(by: 1))
        guard ownEpoch != nil else { return }
        do throws(EngineError) { decider = try decider(for: sequence.advanced(by: 1)) } catch {
            // Nothing is decided rather than with another model than the log says.
            ownEpoch = nil
        }
    }

    /// An outcome: teaches the features, and ends the wait for a decision if an engine has spoken, or if somebody
    /// else has settled the matter for good.
    private mutating func settle(_ event: Event, decided action: DecisionAction?) {
        let unused = UnsafeMutableBufferPointer<Double>(start: nil, count: 0)
        _ = features.apply(event, leg: nil, context: .empty, into: unused)
        if let action, action != .notEvaluated { return pending.remove(event.transfer) }
        guard event.state.isFinal else { return }
        switch event.cause {
        case .request, .review, .expiry, .challengePassed, .challengeFailed, .decision,
            .lateDecision:
            pending.remove(event.transfer)
        case .engineAbsent, .engineOverloaded, .decisionLate:
            break
        }
    }

    /// What became known of a reserve: teaches the features.
    private mutating func learn(_ event: Event, label: TransferLabel?) {
        let unused = UnsafeMutableBufferPointer<Double>(start: nil, count: 0)
        _ = features.apply(event, leg: nil, context: .empty, label: label, into: unused)
    }

    mutating func decideTile(_ onDecision: (TransferDecision) -> Void) {
        if let decider { decideTile(with: decider, onDecision) }
        tile.removeAll()
    }

    mutating func decideTile(with decider: Decider, _ onDecision: (TransferDecision) -> Void) {
        tile.withRows { rows, count, output in
            decider.score(rows: rows, count: count, into: output)
        }
        let isChallenged = decider.challengerHash != nil
        var actions: [DecisionAction] = []
        for index in 0..<tile.count {
            let entry = tile.entries[index]
            let decided = decider.decision(
                about: entry.transfer, sequence: Sequence(entry.sequence), epoch: ownEpoch ?? 0,
                probability: tile.probability(index), marks: entry.marks, at: index,
                row: tile.row(index))
            if isChallenged { actions.append(decided.decision.action) }
            onDecision(decided)
        }
        if isChallenged { challengeTile(decider, actions) }
    }
}
