internal import Features
internal import LinearAlgebra
public import Scoring
public import Tables

/// Fits a risk model to a transactions table: features by replay, forest, stacked logistic,
/// calibration, thresholds. The table is split by time, never at random. Equal table, options and
/// numeric fingerprint give a model of equal bytes.
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
            path, reading, hashes: true, progress: progress)
        return try fit(table, FeatureCatalogue.hash, options, progress: progress)
    }

    /// Fits a model to the labelled rows of a table of numbers, without any feature of ours.
    public static func train(
        columns path: String, options: TrainingOptions = TrainingOptions(),
        reading: TableOptions = TableOptions(),
        progress: (TrainingProgress) -> Void = { _ in }
    ) throws(TrainingError) -> (model: RiskModel, report: TrainingReport) {
        let table = try LabelledRows.columns(path, reading, progress: progress)
        return try fit(
            table, ColumnInputs.hash(of: table.rows.names), options, progress: progress)
    }

    private static func fit(
        _ table: LabelledRows, _ catalogueHash: [UInt8], _ options: TrainingOptions,
        progress: (TrainingProgress) -> Void
    ) throws(TrainingError) -> (model: RiskModel, report: TrainingReport) {
        var result = try fit(
            table.rows, catalogueHash: catalogueHash, dataHash: table.hash, options: options,
            progress: progress)
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
    public static func fit(
        _ rows: FeatureRows, catalogueHash: [UInt8], dataHash: [UInt8] = [],
        options: TrainingOptions = TrainingOptions(),
        progress: (TrainingProgress) -> Void = { _ in }
    ) throws(TrainingError) -> (model: RiskModel, report: TrainingReport) {
        let split = try TimeSplit(rows, options)
        let standardisation = Standardisation(rows, fitted: split.fitted)
        guard standardisation.constant.count < rows.width else { throw .allConstant }

        progress(TrainingProgress(stage: "forest"))
        let standardised = standardisation.standardised(rows, split.fitted)
        let forestFit = try IsolationForestFit(
            trees: options.trees, subsample: options.subsample, seed: options.seed
        ).fit(standardised)
        let scores = forestFit.outOfBagScores(standardised)
        var forest = ForestTerm(forest: forestFit.forest, mean: 0, scale: 1, weight: 0)
        (forest.mean, forest.scale) = meanAndDeviation(scores)

        progress(TrainingProgress(stage: "logistic"))
        var stack = Stack(standardisation, forest)
        let design = stack.design(rows, split.fitted, standardised, forestScores: scores)
        let logistic = try LogisticRegression(penalty: options.penalty).fit(
            design, isFraud: Array(rows.isFraud[split.fitted]), names: stack.columnNames
        ) { progress(TrainingProgress(stage: "logistic", done: $0)) }
        stack.take(logistic.weights)

        progress(TrainingProgress(stage: "calibration"))
        let provenance = Provenance(
            seed: options.seed, dataHash: dataHash, from: rows.times[split.fitted.lowerBound],
            until: rows.times[split.fitted.upperBound - 1], rows: UInt64(split.fitted.count),
            frauds: UInt64(rows.frauds(in: split.fitted)))
        let margins = stack.margins(rows, split.calibrated)
        let calibration = PlattCalibration.fit(
            margins: margins, isFraud: Array(rows.isFraud[split.calibrated]))

        let judge = Judge(
            stack: stack, calibration: calibration, catalogueHash: catalogueHash,
            provenance: provenance)
        let model = try judge.model(rows, split.judged, budget: options.budget)
        let report = judge.report(
            model, rows, split, logistic, constant: standardisation.constant)
        progress(TrainingProgress(stage: "done", fraction: 1))
        return (model, report)
    }

    private static func meanAndDeviation(_ values: [Double]) -> (Double, Double) {
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
        return (mean, variance > 1e-24 ? variance.squareRoot() : 1)
    }
}

/// Rows by when they occurred: fitted, then those that calibrate, then those that judge.
struct TimeSplit: Sendable, Equatable {
    let fitted: Range<Int>
    let calibrated: Range<Int>
    let judged: Range<Int>

    /// Refuses parts that are empty or of one class.
    init(_ rows: FeatureRows, _ options: TrainingOptions) throws(TrainingError) {
        guard let first = rows.times.first, let last = rows.times.last else {
            throw .noRows("the table")
        }
        let span = Double(last - first)
        func firstRow(after share: Double) -> Int {
            let time = first + Int64(span * share)
            return rows.times.firstIndex { $0 >= time } ?? rows.count
        }
        let end = firstRow(after: options.fittedShare)
        let judged = firstRow(after: options.fittedShare + options.calibrationShare)
        self.fitted = 0..<end
        self.calibrated = end..<max(end, judged)
        self.judged = max(end, judged)..<rows.count
        try Self.check(rows, fitted, "the fitted range")
        try Self.check(rows, calibrated, "the calibrating range")
        try Self.check(rows, self.judged, "the judging range")
    }

    private static func check(
        _ rows: FeatureRows, _ range: Range<Int>, _ name: String
    ) throws(TrainingError) {
        guard !range.isEmpty else { throw .noRows(name) }
        let frauds = rows.frauds(in: range)
        guard frauds > 0, frauds < range.count else { throw .oneClass(name, isFraud: frauds > 0) }
    }
}
