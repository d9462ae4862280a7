internal import LinearAlgebra
internal import Scoring

/// Fits a scorecard, with or without a forest: chosen and calibrated on held-out rows, fitted to
/// the whole range.
struct ScorecardTraining {
    /// Where the last fit ends.
    private static let tolerance = 1e-8

    let rows: FeatureRows
    let range: Range<Int>
    let options: TrainingOptions
    let preparation: FitPreparation
    let identity: ModelIdentity

    func run(
        progress: (TrainingProgress) -> Void
    ) throws(TrainingError) -> (model: RiskModel, report: TrainingReport) {
        let fitted = range.filter { rows.isLabelled[$0] }
        let frauds = rows.frauds(in: fitted)
        guard !fitted.isEmpty else { throw .noRows("the fitted range") }
        guard frauds > 0, frauds < fitted.count else {
            throw .oneClass("the fitted range", isFraud: frauds > 0)
        }
        let folds = try ForwardFolds.make(
            rows, range: range, gapSeconds: Double(options.labelDelaySeconds))
        let choice = try Selection(
            options: options, rows: rows, folds: folds, preparation: preparation
        ).run(progress: progress)

        let table = try preparation.table(rows, fitted)
        let survey = try ColumnSurvey(
            table.dense, isFraud: table.isFraud, weights: nil, names: columnNames(table))
        var bag = try ScorecardBag(
            table, choice.settings, members: options.members, seed: options.seed)
        let rounds = choice.rounds
        for round in 0..<rounds {
            progress(
                TrainingProgress(
                    stage: "fitting", fraction: Double(round) / Double(rounds + 1), done: round))
            try bag.grow()
        }
        try bag.refit(tolerance: Self.tolerance)

        let isFraud = choice.heldOut.map { rows.isFraud[$0] }
        let calibration = PlattCalibration.fit(margins: choice.margins, isFraud: isFraud)
        let scores = choice.margins.map {
            Explanation.probability(ofLogOdds: calibration.slope * $0 + calibration.offset)
        }
        let thresholds = try AlertThresholds.choose(scores, rows, held: choice.heldOut, options)
        let model = try bag.terms.scorecard().model(
            catalogueHash: identity.catalogueHash, calibration: calibration,
            thresholds: thresholds, provenance: identity.provenance)
        var report = TrainingReport(
            kind: options.kind, provenance: identity.provenance,
            fitted: TrainingReport.Part(rows: fitted.count, frauds: frauds))
        report.judge(
            HeldOutScores(rows: rows, heldOut: choice.heldOut, scores: scores), thresholds)
        report.folds = zip(folds, choice.averagePrecisions).map {
            TrainingReport.Fold(rows, $0, averagePrecision: $1)
        }
        report.trials = choice.trials
        report.members = options.members
        report.rounds = rounds
        report.iterations = bag.iterations
        report.gradient = bag.gradient
        report.constantFeatures = table.standardisation.constant
        report.separatingColumns = survey.separating.map { columnNames(table)[$0] }
        report.isSeparated = bag.isSeparated
        report.weights = TermImportance.measure(model, rows, choice.heldOut)
        if let forest = model.forest {
            report.forestAreaUnderCurve = forestArea(model, forest, choice.heldOut)
        }
        report.drift = DriftReference(model, rows, fitted)
        progress(TrainingProgress(stage: "done", fraction: 1))
        return (model, report)
    }

    private func columnNames(_ table: FitTable) -> [String] {
        ["intercept"] + table.features.map { rows.names[$0] }
            + (table.forest == nil ? [] : [Explanation.forestName])
    }

    /// Of the forest's score alone, which no label was needed for.
    private func forestArea(
        _ model: RiskModel, _ forest: ForestTerm, _ heldOut: [Int]
    ) -> Double {
        let matrix = Standardisation.inputs(model.terms, rows, heldOut, forest.inputs)
        let scores = forest.forest.scores(matrix, threads: ConcurrentLoop.processors)
        return RankMetrics.areaUnderCurve(
            scores: scores, isFraud: heldOut.map { rows.isFraud[$0] })
    }
}
