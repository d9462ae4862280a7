public import EventLog
public import Features
internal import LinearAlgebra
public import Scoring

/// Decides about rows of features with one policy, exactly as an ``Engine`` does while that policy is in force.
public struct RowDecider: ~Copyable {
    private let decider: Decider
    private var tile: RowTile

    /// - Parameter modelFor: gives the models that the policy names by the SHA-256 of their files.
    /// - Throws: ``EngineError`` if a model is missing or was made for other features than this build computes, or the
    ///   rules cannot be read.
    public init(
        _ policy: PolicyDetail,
        labelDelaySeconds: Int64 = FeatureCapacity.standardLabelDelaySeconds,
        modelFor: ([UInt8]) -> RiskModel?
    ) throws(EngineError) {
        // What a challenger says is in no decision.
        decider = try Decider(
            PolicyDetail(modelHash: policy.modelHash, rules: policy.rules),
            labelDelaySeconds: labelDelaySeconds, modelFor: modelFor)
        tile = RowTile(stride: Matrix.stride(columns: FeatureCatalogue.count))
    }

    /// The decision of an engine of `epoch` about a reserve with these features; `elapsedMicros` is 0.
    ///
    /// - Parameter marks: who was on which list.
    public mutating func decide(
        _ transfer: TransferID, sequence: Sequence, epoch: UInt32, features: [Double],
        marks: ListMarks
    ) -> TransferDecision {
        precondition(features.count == FeatureCatalogue.count, "a row of other features")
        tile.removeAll()
        features.withUnsafeBufferPointer { row in
            guard let base = row.baseAddress else { return }
            tile.nextRow.update(from: base, count: row.count)
        }
        tile.append(
            RowTile.Entry(transfer: transfer, sequence: sequence.rawValue, marks: marks))
        tile.withRows { rows, count, output in
            decider.score(rows: rows, count: count, into: output)
        }
        return decider.decision(
            about: transfer, sequence: sequence, epoch: epoch, probability: tile.probability(0),
            marks: marks, at: 0, row: tile.row(0))
    }
}
