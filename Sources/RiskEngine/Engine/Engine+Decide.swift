public import EventLog
internal import Features
internal import Scoring

extension Engine {
    /// Most reasons a decision has.
    public static let maximumReasons = 5

    /// Reason code of the isolation forest's part: no feature alone, but their combination is rare.
    public static let forestCode = "UNUSUAL_COMBINATION"

    /// Gives the decisions of all that is pending, in sequence order: those never sent and those not yet seen in the
    /// log. To be called when the engine has gone live and after every reconnect. Each is decided with the policy that
    /// was in force when it was reserved; where that cannot be decided with any more, it stays pending.
    public mutating func pendingDecisions(_ body: (TransferDecision) -> Void) {
        precondition(ownEpoch != nil, "an engine that replays decides nothing")
        var deciders = PastDeciders()
        var cursor = pending.first
        while let number = cursor {
            let record = pending.record(number)
            let policy = policies.policy(for: Sequence(record.sequence))
            if tile.isFull || !deciders.isLast(policy) {
                if let decider = deciders.last { decideTile(with: decider, body) }
                tile.removeAll()
            }
            deciders.use(policy) { policy in
                // That of the policy in force is at hand.
                if let decider, decider.policy == policy { return decider }
                return try? makeDecider(policy)
            }
            if deciders.last != nil {
                tile.nextRow.update(from: pending.row(number), count: FeatureCatalogue.count)
                tile.append(
                    RowTile.Entry(
                        transfer: record.transfer, sequence: record.sequence, marks: record.marks))
            }
            cursor = pending.next(number)
        }
        if let decider = deciders.last, tile.count > 0 { decideTile(with: decider, body) }
        tile.removeAll()
    }

    /// What a reserve is decided with.
    func decider(for reserve: Sequence) throws(EngineError) -> Decider {
        try makeDecider(policies.policy(for: reserve))
    }

    /// - Parameter policy: nil before the log's first: the model that the engine was started with decides alone.
    private func makeDecider(_ policy: PolicyDetail?) throws(EngineError) -> Decider {
        let first = model
        let modelFor = modelFor
        return try Decider(
            policy ?? PolicyDetail(modelHash: first.hash.bytes),
            labelDelaySeconds: configuration.capacity.labelDelaySeconds
        ) { $0 == first.hash.bytes ? first : modelFor($0) }
    }
}

/// The decider of the rows that are being gathered: made anew only where the policy changes.
private struct PastDeciders {
    private var policy: PolicyDetail??
    private(set) var last: Decider?

    func isLast(_ policy: PolicyDetail?) -> Bool { self.policy == .some(policy) }

    mutating func use(_ policy: PolicyDetail?, _ make: (PolicyDetail?) -> Decider?) {
        guard !isLast(policy) else { return }
        self.policy = .some(policy)
        last = make(policy)
    }
}
