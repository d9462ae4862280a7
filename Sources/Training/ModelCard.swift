internal import EventLog
internal import Glibc
public import Scoring

/// The page that goes with a model: what it is for, what it was fitted to, what it does, what it
/// cannot, and what was tried.
public enum ModelCard {
    /// Markdown.
    public static func text(name: String, model: RiskModel, report: TrainingReport) -> String {
        var text = """
            # Model `\(name)`

            Scores a wallet payment with the probability that it is fraud. It advises the ledger to approve,
            challenge, hold or decline; every reason it gives is an exact part of its score.

            * Kind: \(kind(model)).
            * SHA-256: `\(model.hash)`
            * Fitted: \(moment(report.provenance.from)) to \(moment(report.provenance.until)), \
            \(counts(report.fitted)); seed \(report.provenance.seed).
            * Computed with \(numerics(report.fingerprint)).

            """
        if report.heldOut.rows > 0 { text += figures(report) }
        if !report.trials.isEmpty { text += tried(report) }
        if !report.weights.isEmpty {
            text += "\n## Terms that have most to say\n\n"
            text += "| term | mean part in the log-odds |\n|---|---|\n"
            for weight in report.weights.prefix(15) {
                text += "| \(weight.name) | \(fixed(weight.weight, 3)) |\n"
            }
        }
        return text + remarks(report) + """

            ## Limits

            The figures hold for the table it was fitted to. A model fitted to simulated payments shows that the
            service works; it has not seen a real payment and should be fitted anew before it judges one. Nobody's
            name, age, nationality or other trait of a person is among the features, but places and devices may stand
            in for them. A decision against somebody needs a way to a person who can change it.

            """
    }

    private static func kind(_ model: RiskModel) -> String {
        let forest = model.forest.map {
            "an isolation forest of \($0.forest.trees.count) trees of \($0.forest.subsample) rows"
        }
        if let forest, model.isForestAlone { return forest }
        let steps = model.terms.reduce(0) { $0 + ($1.steps.map { $0.bins.count - 1 } ?? 0) }
        let scorecard =
            "logistic regression (L2) on \(model.terms.count) features, each linear and in steps "
            + "(\(steps) in all), and \(model.pairs.count) pairs of them"
        return [scorecard, forest.map { "stacked with \($0)" }, "Platt calibration"]
            .compactMap { $0 }.joined(separator: "; ")
    }

    private static func figures(_ report: TrainingReport) -> String {
        var text = """

            ## Figures on rows that were not fitted

            Measured on \(counts(report.heldOut)), which also gave calibration and thresholds.

            | | |
            |---|---|
            | ROC AUC | \(fixed(report.areaUnderCurve, 4)) |
            | average precision | \(fixed(report.averagePrecision, 4)) |
            | ROC AUC of the forest alone, which sees no labels | \(fixed(report.forestAreaUnderCurve, 4)) |

            | decision | from probability | share of payments | precision | share of fraud |
            |---|---|---|---|---|

            """
        for alerts in report.alerts {
            text +=
                "| \(alerts.action) | \(fixed(alerts.threshold, 4)) | \(percent(alerts.share)) "
                + "| \(percent(alerts.precision)) | \(percent(alerts.recall)) |\n"
        }
        guard !report.held.segments.isEmpty else { return text }
        text += "\n| segment | rows | frauds | average precision | ROC AUC |\n"
        text += "|---|---|---|---|---|\n"
        for segment in report.held.segments {
            text +=
                "| \(segment.name) | \(segment.rows) | \(segment.frauds) "
                + "| \(fixed(segment.averagePrecision, 4)) | \(fixed(segment.areaUnderCurve, 4)) |\n"
        }
        return text
    }

    private static func tried(_ report: TrainingReport) -> String {
        var text = """

            ## What was tried

            On rows held out forward in time:

            | fitted | held out | gap, days | average precision |
            |---|---|---|---|

            """
        for fold in report.folds {
            text +=
                "| \(moment(fold.fittedTimes.lowerBound)) to \(moment(fold.fittedTimes.upperBound)), "
                + "\(counts(fold.fitted)) | \(moment(fold.heldOutTimes.lowerBound)) to "
                + "\(moment(fold.heldOutTimes.upperBound)), \(counts(fold.heldOut)) "
                + "| \(fixed(fold.gapSeconds / 86_400, 1)) | \(fixed(fold.averagePrecision, 4)) |\n"
        }
        return text + "\n" + report.trialTable
    }

    private static func remarks(_ report: TrainingReport) -> String {
        var text = ""
        if !report.constantFeatures.isEmpty {
            text += "\nConstant where fitted, hence without weight: "
            text += report.constantFeatures.joined(separator: ", ") + ".\n"
        }
        if !report.separatingColumns.isEmpty {
            text += "\nTold frauds from honest rows by themselves, so that only the penalty keeps "
            text += "their weights finite: "
            text += report.separatingColumns.joined(separator: ", ") + ".\n"
        }
        if report.isSeparated {
            text += "\nThe model puts every fitted row on its own side: only the penalty keeps its "
            text += "weights finite.\n"
        }
        return text
    }

    private static func moment(_ microseconds: Int64) -> String {
        // A table without times numbers its rows.
        microseconds < 1_000_000_000_000
            ? "row \(microseconds + 1)" : Timestamp(microseconds).rfc3339(decimals: .needed)
    }

    /// The libraries of a fingerprint, without the processor: the card is the same wherever the
    /// model is.
    private static func numerics(_ fingerprint: String) -> String {
        fingerprint.split(separator: " ").prefix { !$0.hasPrefix("cpu=") }.joined(separator: " ")
    }

    private static func counts(_ part: TrainingReport.Part) -> String {
        "\(part.rows) rows of which \(part.frauds) are fraud"
    }

    private static func percent(_ share: Double) -> String { fixed(share * 100, 2) + " %" }

    /// A number with so many decimals.
    static func fixed(_ value: Double, _ decimals: Int) -> String {
        guard value.isFinite else { return "–" }
        let factor = (0..<decimals).reduce(1.0) { product, _ in product * 10 }
        let scaled = Int64((value.magnitude * factor).rounded())
        let digits = String(scaled)
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard decimals > 0 else { return sign + digits }
        return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
    }
}
