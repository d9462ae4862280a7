internal import LinearAlgebra
internal import Scoring

/// Fits an isolation forest alone. No labels are needed; those there are calibrate its score.
struct ForestTraining {
    let rows: FeatureRows
    let range: Range<Int>
    let options: TrainingOptions
    let preparation: FitPreparation
    let identity: ModelIdentity

    func run(
        progress: (TrainingProgress) -> Void
    ) throws(TrainingError) -> (model: RiskModel, report: TrainingReport) {
        progress(TrainingProgress(stage: "forest"))
        let fitted = Array(range)
        let standardisation = Standardisation(rows, fitted: fitted)
        guard standardisation.constant.count < rows.width else { throw .allConstant }
        var (forest, outOfBag) = try preparation.forest(rows, fitted, standardisation)
        forest.weight = 1
        let margins = outOfBag.map { ($0 - forest.mean) / forest.scale }
        let labelled = fitted.indices.filter { rows.isLabelled[fitted[$0]] }
        let isFraud = labelled.map { rows.isFraud[fitted[$0]] }
        let frauds = isFraud.reduce(0) { $0 + ($1 ? 1 : 0) }
        let hasBoth = frauds > 0 && frauds < isFraud.count
        // Out-of-bag scores saw no label: every labelled row is held out as far as they go.
        let calibration =
            hasBoth
            ? PlattCalibration.fit(margins: labelled.map { margins[$0] }, isFraud: isFraud)
            : .identity
        let scores = margins.map {
            Explanation.probability(ofLogOdds: calibration.slope * $0 + calibration.offset)
        }
        let thresholds = try AlertThresholds.choose(scores, rows, held: fitted, options)
        let card = Scorecard(
            terms: standardisation.terms, pairs: [], forest: forest, intercept: 0)
        let model = try card.model(
            catalogueHash: identity.catalogueHash, calibration: calibration,
            thresholds: thresholds, provenance: identity.provenance)
        var report = TrainingReport(
            kind: .forest, provenance: identity.provenance,
            fitted: TrainingReport.Part(rows: fitted.count, frauds: frauds))
        if hasBoth {
            report.judge(
                HeldOutScores(
                    rows: rows, heldOut: labelled.map { fitted[$0] },
                    scores: labelled.map { scores[$0] }), thresholds)
            report.forestAreaUnderCurve = report.areaUnderCurve
        }
        report.constantFeatures = standardisation.constant
        report.drift = DriftReference(model, rows, fitted)
        progress(TrainingProgress(stage: "done", fraction: 1))
        return (model, report)
    }
}
