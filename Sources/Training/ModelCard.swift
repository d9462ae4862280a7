internal import EventLog
internal import Glibc
public import Scoring

/// The page that goes with a model: what it is for, what it was fitted to, what it does, what it
/// cannot.
public enum ModelCard {
    /// Markdown.
    public static func text(name: String, model: RiskModel, report: TrainingReport) -> String {
        let from = Timestamp(report.provenance.from).rfc3339(decimals: .needed)
        let until = Timestamp(report.provenance.until).rfc3339(decimals: .needed)
        var text = """
            # Model `\(name)`

            Scores a wallet payment with the probability that it is fraud. It advises the ledger to approve,
            challenge, hold or decline; every reason it gives is an exact part of its score.

            * Kind: logistic regression (L2) on \(model.terms.count) standardised features, stacked with an isolation forest
              of \(model.forest?.forest.trees.count ?? 0) trees of \(model.forest?.forest.subsample ?? 0) rows; Platt calibration.
            * SHA-256: `\(model.hash)`
            * Fitted: \(from) to \(until), \(counts(report.fitted)); seed \(report.provenance.seed).
            * Calibrated on the rows after: \(counts(report.calibrated)). Judged, and thresholds set, on the rows after
              those: \(counts(report.judged)).
            * Computed with \(numerics(report.fingerprint)).

            ## Figures on the judged rows

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
        text += "\n## Heaviest terms\n\n| term | log-odds per standard deviation |\n|---|---|\n"
        for weight in report.weights.prefix(12) {
            text += "| \(weight.name) | \(fixed(weight.weight, 3)) |\n"
        }
        if !report.constantFeatures.isEmpty {
            text += "\nConstant where fitted, hence without weight: "
            text += report.constantFeatures.joined(separator: ", ") + ".\n"
        }
        return text + """

            ## Limits

            The figures hold for the table it was fitted to. A model fitted to simulated payments shows that the
            service works; it has not seen a real payment and should be fitted anew before it judges one. Nobody's
            name, age, nationality or other trait of a person is among the features, but places and devices may stand
            in for them. A decision against somebody needs a way to a person who can change it.

            """
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
        return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
    }
}
