internal import LinearAlgebra
internal import Scoring

/// Chooses thresholds on held-out rows and reports what the finished model does there, scored as it
/// will be.
struct Judge {
    let stack: Stack
    let calibration: Calibration
    let catalogueHash: [UInt8]
    let provenance: Provenance

    /// The model with thresholds that spend the alert budget on the judged rows.
    func model(
        _ rows: FeatureRows, _ range: Range<Int>, budget: AlertBudget
    ) throws(TrainingError) -> RiskModel {
        guard let preliminary = Thresholds(challenge: 0.5, hold: 0.5, decline: 0.5) else {
            throw .model("no thresholds")
        }
        let scores = Self.scores(try assemble(preliminary), rows, range)
        let falling = scores.sorted(by: >)
        func threshold(_ share: Double) -> Double {
            let position = Int((share * Double(falling.count)).rounded()) - 1
            return max(falling[min(falling.count - 1, max(0, position))], .leastNormalMagnitude)
        }
        let decline = threshold(budget.decline)
        let hold = threshold(budget.decline + budget.hold)
        let challenge = threshold(budget.decline + budget.hold + budget.challenge)
        guard let thresholds = Thresholds(challenge: challenge, hold: hold, decline: decline) else {
            throw .model("thresholds \(challenge), \(hold), \(decline) do not ascend")
        }
        return try assemble(thresholds)
    }

    private func assemble(_ thresholds: Thresholds) throws(TrainingError) -> RiskModel {
        do {
            return try RiskModel(
                catalogueHash: catalogueHash, terms: stack.terms, forest: stack.forest,
                intercept: stack.intercept, calibration: calibration, thresholds: thresholds,
                provenance: provenance)
        } catch { throw .model(error.description) }
    }

    /// Calibrated probabilities of some rows.
    static func scores(_ model: RiskModel, _ rows: FeatureRows, _ range: Range<Int>) -> [Double] {
        var scorer = Scorer(model)
        let matrix = Matrix(rows: range.count, columns: rows.width)
        for row in range {
            let to = matrix.row(row - range.lowerBound)
            for column in 0..<rows.width { to[column] = rows[row, column] }
        }
        var scores = [Double](repeating: 0, count: range.count)
        scorer.score(rows: matrix.pointer, count: range.count, into: &scores)
        return scores
    }

    func report(
        _ model: RiskModel, _ rows: FeatureRows, _ split: TimeSplit,
        _ logistic: LogisticRegression.Fit, constant: [String]
    ) -> TrainingReport {
        let scores = Self.scores(model, rows, split.judged)
        let isFraud = Array(rows.isFraud[split.judged])
        let standardised = Matrix(rows: split.judged.count, columns: rows.width)
        for row in split.judged {
            let to = standardised.row(row - split.judged.lowerBound)
            for column in 0..<rows.width {
                to[column] = stack.terms[column].standardised(rows[row, column])
            }
        }
        return TrainingReport(
            fitted: part(rows, split.fitted), calibrated: part(rows, split.calibrated),
            judged: part(rows, split.judged),
            areaUnderCurve: RankMetrics.areaUnderCurve(scores: scores, isFraud: isFraud),
            averagePrecision: RankMetrics.averagePrecision(scores: scores, isFraud: isFraud),
            forestAreaUnderCurve: RankMetrics.areaUnderCurve(
                scores: stack.forestScores(standardised), isFraud: isFraud),
            alerts: alerts(model.thresholds, scores, isFraud), iterations: logistic.iterations,
            gradient: logistic.gradient, constantFeatures: constant, ignoredColumns: [],
            weights: weights, fingerprint: NumericFingerprint.current, provenance: provenance)
    }

    private func part(_ rows: FeatureRows, _ range: Range<Int>) -> TrainingReport.Part {
        TrainingReport.Part(rows: range.count, frauds: rows.frauds(in: range))
    }

    private func alerts(
        _ thresholds: Thresholds, _ scores: [Double], _ isFraud: [Bool]
    ) -> [TrainingReport.Alerts] {
        let frauds = Double(isFraud.reduce(0) { $0 + ($1 ? 1 : 0) })
        let bands = [
            ("challenge", thresholds.challenge, thresholds.hold),
            ("hold", thresholds.hold, thresholds.decline),
            ("decline", thresholds.decline, Double.infinity),
        ]
        return bands.map { action, low, high in
            var (count, found) = (0.0, 0.0)
            for (score, fraud) in zip(scores, isFraud) where score >= low && score < high {
                count += 1
                if fraud { found += 1 }
            }
            return TrainingReport.Alerts(
                action: action, threshold: low, share: count / Double(scores.count),
                precision: count > 0 ? found / count : 0, recall: found / frauds)
        }
    }

    private var weights: [TrainingReport.Weight] {
        var weights = stack.terms.map {
            TrainingReport.Weight(name: $0.name, weight: calibration.slope * $0.weight)
        }
        weights.append(
            TrainingReport.Weight(
                name: Explanation.forestName, weight: calibration.slope * stack.forest.weight))
        let order = weights.indices.sorted {
            let (a, b) = (weights[$0].weight.magnitude, weights[$1].weight.magnitude)
            return a == b ? $0 < $1 : a > b
        }
        return order.map { weights[$0] }
    }
}
