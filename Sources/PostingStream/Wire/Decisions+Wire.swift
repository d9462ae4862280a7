internal import EventLog
internal import Foundation

extension Frame {
    /// So many decisions go into one frame, and fewer if their detail is long.
    static let decisionCount = 512

    /// Decisions in order, in frames that a publisher takes.
    static func encoded(_ decisions: [TransferDecision], session: UInt64) -> [[UInt8]] {
        var frames: [[UInt8]] = []
        var rest = decisions[...]
        var count = decisionCount
        while !rest.isEmpty {
            let part = Array(rest.prefix(count))
            let frame = Frame(session: session, body: .decisions(part)).encoded()
            if frame.count > maximumBytes, part.count > 1 {
                count = part.count / 2
                continue
            }
            frames.append(frame)
            rest = rest.dropFirst(part.count)
        }
        return frames
    }
}

extension WireDecisions {
    /// No frame holds more decisions than this.
    static let maximumCount = 65_536

    init(_ decisions: [TransferDecision]) {
        self.init()
        transferHigh = decisions.map(\.transfer.high)
        transferLow = decisions.map(\.transfer.low)
        action = Data(decisions.map(\.decision.action.rawValue))
        scoreBits = decisions.map(\.decision.scoreBits)
        featureDigest = decisions.map(\.decision.featureDigest)
        sequence = decisions.map(\.decision.sequence.rawValue)
        epoch = decisions.map(\.decision.epoch)
        elapsedMicros = decisions.map(\.decision.elapsedMicros)
        for (index, item) in decisions.enumerated() {
            guard let kept = item.detail else { continue }
            detail.append(
                .with {
                    $0.index = UInt32(index)
                    $0.features = kept.features
                    $0.reason = kept.reasons.map { reason in
                        .with {
                            $0.code = reason.code
                            $0.feature = reason.feature
                            $0.value = reason.value
                            $0.baseline = reason.baseline
                            $0.contribution = reason.contribution
                        }
                    }
                    $0.rule = kept.rules
                })
        }
    }

    func decoded() throws(FrameError) -> [TransferDecision] {
        let count = action.count
        let lengths = [
            transferHigh.count, transferLow.count, scoreBits.count, featureDigest.count,
            sequence.count,
            epoch.count, elapsedMicros.count,
        ]
        guard count <= Self.maximumCount, lengths.allSatisfy({ $0 == count }) else {
            throw FrameError(detail: "decision columns have lengths \(lengths), not all \(count)")
        }
        let actions = [UInt8](action)
        var decisions: [TransferDecision] = []
        decisions.reserveCapacity(count)
        for index in 0..<count {
            guard let action = DecisionAction(rawValue: actions[index]), action != .notEvaluated
            else {
                throw FrameError(detail: "unknown decision \(actions[index])")
            }
            decisions.append(
                TransferDecision(
                    transfer: TransferID(high: transferHigh[index], low: transferLow[index]),
                    decision: Decision(
                        action: action, scoreBits: scoreBits[index],
                        featureDigest: featureDigest[index],
                        sequence: Sequence(sequence[index]), epoch: epoch[index],
                        elapsedMicros: elapsedMicros[index]),
                    detail: nil))
        }
        for kept in detail {
            guard Int(kept.index) < count else { throw FrameError(detail: "detail of no decision") }
            decisions[Int(kept.index)].detail = DecisionDetail(
                features: kept.features,
                reasons: kept.reason.map {
                    Reason(
                        code: $0.code, feature: $0.feature, value: $0.value, baseline: $0.baseline,
                        contribution: $0.contribution)
                }, rules: kept.rule)
        }
        return decisions
    }
}
