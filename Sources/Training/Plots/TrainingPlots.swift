/// Charts of a training report, drawn from the scores of rows that were not fitted.
enum TrainingPlots {
    /// Files by their names; none without labels.
    static func files(_ report: TrainingReport) -> [(name: String, text: String)] {
        var files = JudgementPlots.files(scores: report.held.scores, isFraud: report.held.isFraud)
        if !files.isEmpty, !report.weights.isEmpty {
            files.append(
                (
                    "features.svg",
                    SVGChart.ranking(
                        title: "Terms that have most to say",
                        xLabel: "mean part in the log-odds",
                        report.weights.prefix(20).map { ($0.name, $0.weight) })
                ))
        }
        return files
    }
}
