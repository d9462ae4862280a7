public import EventLog
internal import Features
internal import LinearAlgebra
public import Scoring
public import Tables

/// Fits a risk model to a transactions table: features by replay, isolation forest, scorecard,
/// calibration, thresholds. What has to be chosen is chosen on rows held out forward in time, never
/// at random; the model is then fitted to the whole range. Equal table, options and numeric
/// fingerprint give a model of equal bytes.
public enum Trainer {
    /// Reads and replays `path`, and fits a model to its labelled rows of the range that is asked for.
    ///
    /// - Parameter reading: which rows are fitted, further inputs, and what happens at a bad row.
    public static func train(
        table path: String, options: TrainingOptions = TrainingOptions(),
        reading: TableOptions = TableOptions(),
        progress: (TrainingProgress) -> Void = { _ in }
    ) throws(TrainingError) -> (model: RiskModel, report: TrainingReport) {
        let table = try LabelledRows.replaying(
            path, reading, hashes: true, keepsUnlabelled: options.kind == .forest,
            progress: progress)
        var options = options
        options.categories.formUnion(FeatureCatalogue.all.filter(\.isCategorical).map(\.name))
        return try fit(
            table, FeatureCatalogue.hash(labelDelaySeconds: reading.labelDelaySeconds),
            .standardised, options, reading, progress: progress)
    }

    /// Fits a model to the rows of a table of numbers, without any feature of ours.
    public static func train(
        columns path: String, options: TrainingOptions = TrainingOptions(),
        reading: TableOptions = TableOptions(),
        progress: (TrainingProgress) -> Void = { _ in }
    ) throws(TrainingError) -> (model: RiskModel, report: TrainingReport) {
        let table = try LabelledRows.columns(
            path, reading, keepsUnlabelled: options.kind == .forest, progress: progress)
        return try fit(
            table, ColumnInputs.hash(of: table.rows.names), .raw, options, reading,
            progress: progress)
    }

    private static func fit(
        _ table: LabelledRows, _ catalogueHash: [UInt8], _ inputs: ForestTerm.Inputs,
        _ options: TrainingOptions, _ reading: TableOptions,
        progress: (TrainingProgress) -> Void
    ) throws(TrainingError) -> (model: RiskModel, report: TrainingReport) {
        var options = options
        options.labelDelaySeconds = reading.labelDelaySeconds
        var result = try fit(
            table.rows, warmUp: table.firstOfRange, forestInputs: inputs,
            catalogueHash: catalogueHash, dataHash: table.hash,
            labelsKnownUntil: table.labelsKnownUntil, options: options, progress: progress)
        result.report.ignoredColumns = table.ignoredColumns
        result.report.skippedRows = table.skipped
        result.report.labelsKnownUntil = table.labelsKnownUntil
        return result
    }

    /// Features of all labelled rows of a table, by replaying every row.
    public static func features(
        of path: String, progress: (TrainingProgress) -> Void = { _ in }
    ) throws(TrainingError) -> FeatureRows {
        try LabelledRows.replaying(path, TableOptions(), hashes: false, progress: progress).rows
    }

    /// Fits a model to rows that have their features already.
    ///
    /// - Parameters:
    ///   - warmUp: so many of the first rows are not fitted: they serve as folds alone.
    ///   - forestInputs: what the forest sees of the features.
    ///   - labelsKnownUntil: when the last of the labels became known; nil if that is not known.
    public static func fit(
        _ rows: FeatureRows, warmUp: Int = 0, forestInputs: ForestTerm.Inputs = .standardised,
        catalogueHash: [UInt8], dataHash: [UInt8] = [], labelsKnownUntil: Timestamp? = nil,
        options: TrainingOptions = TrainingOptions(),
        progress: (TrainingProgress) -> Void = { _ in }
    ) throws(TrainingError) -> (model: RiskModel, report: TrainingReport) {
        guard rows.count > warmUp else { throw .noRows("the fitted range") }
        let range = warmUp..<rows.count
        let provenance = Provenance(
            seed: options.seed, dataHash: dataHash, from: rows.times[range.lowerBound],
            until: rows.times[range.upperBound - 1], rows: UInt64(range.count),
            frauds: UInt64(rows.frauds(in: range)), labelsKnownUntil: labelsKnownUntil?.rawValue)
        let preparation = FitPreparation(options: options, inputs: forestInputs)
        let identity = ModelIdentity(catalogueHash: catalogueHash, provenance: provenance)
        if options.kind == .forest {
            return try ForestTraining(
                rows: rows, range: range, options: options, preparation: preparation,
                identity: identity
            ).run(progress: progress)
        }
        return try ScorecardTraining(
            rows: rows, range: range, options: options, preparation: preparation,
            identity: identity
        ).run(progress: progress)
    }
}

/// What a model's file says of where it comes from.
struct ModelIdentity: Sendable {
    let catalogueHash: [UInt8]
    let provenance: Provenance
}
