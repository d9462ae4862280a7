public import EventLog
internal import Features
internal import Scoring

extension Engine {
    /// Most reasons a decision has.
    public static let maximumReasons = 5

    /// Gives the decisions of all that is pending, in sequence order: those never sent and those not yet seen in the
    /// log. To be called when the engine has gone live and after every reconnect.
    public mutating func pendingDecisions(_ body: (TransferDecision) -> Void) {
        precondition(ownEpoch != nil, "an engine that replays decides nothing")
        var cursor = pending.first
        while cursor != nil {
            while let number = cursor, !tile.isFull {
                let record = pending.record(number)
                tile.nextRow.update(from: pending.row(number), count: FeatureCatalogue.count)
                tile.append(
                    RowTile.Entry(transfer: record.transfer, sequence: record.sequence))
                cursor = pending.next(number)
            }
            decideTile(body)
        }
    }

    /// The decision about one scored row.
    mutating func decision(
        _ transfer: TransferID, sequence: Int64, probability: Double, row: UnsafePointer<Double>
    ) -> TransferDecision {
        scorer.decision(
            about: transfer, sequence: Sequence(sequence), epoch: ownEpoch ?? 0,
            probability: probability, row: row, policy: policy)
    }

    /// Reason code of the isolation forest's part: no feature alone, but their combination is rare.
    public static let forestCode = "UNUSUAL_COMBINATION"
}

extension Scorer {
    /// The decision that a score and the features behind it make. One code for engines and for those who check them.
    mutating func decision(
        about transfer: TransferID, sequence: Sequence, epoch: UInt32, probability: Double,
        row: UnsafePointer<Double>, policy: DecisionPolicy
    ) -> TransferDecision {
        let buffer = UnsafeBufferPointer(start: row, count: FeatureCatalogue.count)
        let action = policy.action(probability: probability)
        let decision = Decision(
            action: action, scoreBits: probability.bitPattern,
            featureDigest: FeatureDigest.digest(buffer), sequence: sequence, epoch: epoch,
            elapsedMicros: 0)
        guard action != .approve else {
            return TransferDecision(transfer: transfer, decision: decision, detail: nil)
        }
        let detail = DecisionDetail(features: Array(buffer), reasons: reasons(row), rules: [])
        return TransferDecision(transfer: transfer, decision: decision, detail: detail)
    }

    private mutating func reasons(_ row: UnsafePointer<Double>) -> [Reason] {
        contributions(row: row).strongest(Engine.maximumReasons).map { part in
            let code = part.feature.map { FeatureCatalogue.all[$0].reasonCode }
            return Reason(
                code: code ?? Engine.forestCode, feature: part.name, value: part.value,
                baseline: part.baseline, contribution: part.contribution)
        }
    }
}
