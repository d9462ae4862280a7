internal import Cryptography
internal import EventLog
internal import Features
internal import LinearAlgebra
public import Scoring

/// Fits a risk model to a transactions table: features by replay, forest, stacked logistic,
/// calibration, thresholds. The table is split by time, never at random. Equal table, options and
/// numeric fingerprint give a model of equal bytes.
public enum Trainer {
    /// Reads and replays `path`, and fits a model to its labelled rows.
    public static func train(
        table path: String, options: TrainingOptions = TrainingOptions(),
        progress: (TrainingProgress) -> Void = { _ in }
    ) throws(TrainingError) -> (model: RiskModel, report: TrainingReport) {
        let (rows, hash, ignored) = try read(path, progress: progress)
        var result = try fit(
            rows, catalogueHash: FeatureCatalogue.hash, dataHash: hash, options: options,
            progress: progress)
        result.report.ignoredColumns = ignored
        return result
    }

    /// Features of all labelled rows of a table, by replaying every row.
    public static func features(
        of path: String, progress: (TrainingProgress) -> Void = { _ in }
    ) throws(TrainingError) -> FeatureRows {
        try read(path, progress: progress).rows
    }

    private static func read(
        _ path: String, progress: (TrainingProgress) -> Void
    ) throws(TrainingError) -> (rows: FeatureRows, hash: [UInt8], ignored: [String]) {
        var rows = FeatureRows(names: FeatureCatalogue.all.map(\.name))
        var replay = TableReplay()
        var features = [Double](repeating: 0, count: FeatureCatalogue.count)
        var count = 0
        do {
            var reader = try TransactionReader(path: path)
            while let transaction = try reader.next() {
                features.withUnsafeMutableBufferPointer { replay.apply(transaction, into: $0) }
                if let isFraud = transaction.isFraud {
                    rows.append(
                        features, isFraud: isFraud, time: transaction.occurredAt.rawValue)
                }
                count += 1
                if count % 10_000 == 0 {
                    progress(
                        TrainingProgress(
                            stage: "reading", fraction: reader.fractionRead, done: count))
                }
            }
            return (rows, reader.takeHash().bytes, reader.ignoredColumns)
        } catch { throw .table(error) }
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
