public import EventLog
internal import Features
public import Scoring

/// Decides about rows of features with one model, exactly as an ``Engine`` with that model does.
public struct RowDecider: ~Copyable {
    private var scorer: Scorer
    private var tile: RowTile
    private let policy: DecisionPolicy

    /// - Throws: ``EngineError`` if the model was made for other features than this build computes.
    public init(_ model: RiskModel) throws(EngineError) {
        try Engine.checkFeatures(of: model)
        scorer = Scorer(model)
        tile = RowTile(stride: scorer.rowStride)
        policy = DecisionPolicy(model.thresholds)
    }

    /// The decision of an engine of `epoch` about a reserve with these features; `elapsedMicros` is 0.
    public mutating func decide(
        _ transfer: TransferID, sequence: Sequence, epoch: UInt32, features: [Double]
    ) -> TransferDecision {
        precondition(features.count == FeatureCatalogue.count, "a row of other features")
        tile.removeAll()
        features.withUnsafeBufferPointer { row in
            guard let base = row.baseAddress else { return }
            tile.nextRow.update(from: base, count: row.count)
        }
        tile.append(RowTile.Entry(transfer: transfer, sequence: sequence.rawValue))
        tile.withRows { rows, count, output in
            scorer.score(rows: rows, count: count, into: output)
        }
        return scorer.decision(
            about: transfer, sequence: sequence, epoch: epoch, probability: tile.probability(0),
            row: tile.row(0), policy: policy)
    }
}
