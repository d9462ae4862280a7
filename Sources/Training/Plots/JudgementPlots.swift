internal import Glibc
public import Tables

/// Charts of how scores tell frauds from honest payments: receiver operating characteristic, precision and recall,
/// calibration, and the scores' distribution.
public enum JudgementPlots {
    private static let calibrationBins = 10
    private static let points = 400

    private struct Judged {
        var scores: [Double]
        var isFraud: [Bool]
    }

    /// SVG files by their names; none unless there are frauds and honest payments.
    ///
    /// - Parameters:
    ///   - scores: calibrated probabilities of fraud.
    ///   - isFraud: whether each payment turned out to be fraud.
    public static func files(
        scores: [Double], isFraud: [Bool]
    ) -> [(name: String, text: String)] {
        let held = Judged(scores: scores, isFraud: isFraud)
        let frauds = isFraud.reduce(0) { $0 + ($1 ? 1 : 0) }
        guard frauds > 0, frauds < isFraud.count else { return [] }
        let curve = RankCurve(held)
        return [
            ("roc.svg", receiver(curve, held)), ("precision-recall.svg", precision(curve, held)),
            ("calibration.svg", calibration(held)), ("scores.svg", distribution(held)),
        ]
    }

    /// Writes the files into a folder, which is made if its parent exists, each by atomic rename.
    public static func write(
        scores: [Double], isFraud: [Bool], to folder: String
    ) throws(OutputError) {
        try OutputFolder(folder).write(files(scores: scores, isFraud: isFraud))
    }

    /// Frauds and honest rows from each score on, falling.
    private struct RankCurve {
        var found: [Double] = []
        var alarmed: [Double] = []
        var frauds = 0.0
        var honest = 0.0

        init(_ held: Judged) {
            let order = held.scores.indices.sorted { held.scores[$0] > held.scores[$1] }
            for (place, row) in order.enumerated() {
                if held.isFraud[row] { frauds += 1 } else { honest += 1 }
                let isLast = place + 1 == order.count
                if isLast || held.scores[order[place + 1]] != held.scores[row] {
                    found.append(frauds)
                    alarmed.append(honest)
                }
            }
        }

        /// Few enough points to draw: evenly spaced by recall, and all of the first.
        var drawn: [Int] {
            var places: [Int] = []
            var next = 0.0
            for place in found.indices {
                let moved = (found[place] + alarmed[place] / max(1, honest) * frauds) / frauds
                guard moved >= next || place + 1 == found.count else { continue }
                places.append(place)
                next = moved + 2 / Double(JudgementPlots.points)
            }
            return places
        }
    }

    private static func receiver(_ curve: RankCurve, _ held: Judged) -> String {
        var chart = SVGChart(
            title: "Receiver operating characteristic, area "
                + ModelCard.fixed(
                    RankMetrics.areaUnderCurve(scores: held.scores, isFraud: held.isFraud), 4),
            xLabel: "share of honest payments alarmed", yLabel: "share of frauds found")
        let line = curve.drawn.map {
            (curve.alarmed[$0] / curve.honest, curve.found[$0] / curve.frauds)
        }
        chart.marks = [
            .line([(0, 0), (1, 1)], colour: SVGChart.grey, isDashed: true),
            .line([(0, 0)] + line, colour: SVGChart.blue, isDashed: false),
        ]
        return chart.text
    }

    private static func precision(_ curve: RankCurve, _ held: Judged) -> String {
        var chart = SVGChart(
            title: "Precision and recall, average precision "
                + ModelCard.fixed(
                    RankMetrics.averagePrecision(scores: held.scores, isFraud: held.isFraud), 4),
            xLabel: "recall", yLabel: "precision")
        let line = curve.drawn.map {
            let found = curve.found[$0]
            return (found / curve.frauds, found / (found + curve.alarmed[$0]))
        }
        let share = curve.frauds / (curve.frauds + curve.honest)
        chart.marks = [
            .line([(0, share), (1, share)], colour: SVGChart.grey, isDashed: true),
            .line(line, colour: SVGChart.blue, isDashed: false),
        ]
        return chart.text
    }

    /// Mean score against share of frauds in bins of as many rows, on a logarithmic scale: most
    /// scores are small.
    private static func calibration(_ held: Judged) -> String {
        let order = held.scores.indices.sorted { held.scores[$0] < held.scores[$1] }
        // Upper bins are finer: frauds are there.
        var bounds: [Int] = []
        var left = order.count
        for _ in 0..<calibrationBins {
            bounds.append(left)
            left /= 2
        }
        var points: [(x: Double, y: Double)] = []
        let least = 1e-5
        for (place, size) in bounds.enumerated() {
            let inner = place + 1 < bounds.count ? bounds[place + 1] : 0
            let rows = order[(order.count - size)..<(order.count - inner)]
            guard !rows.isEmpty else { continue }
            let score = rows.reduce(0) { $0 + held.scores[$1] } / Double(rows.count)
            let share = rows.reduce(0) { $0 + (held.isFraud[$1] ? 1.0 : 0) } / Double(rows.count)
            points.append((log10(max(score, least)), log10(max(share, least))))
        }
        var chart = SVGChart(
            title: "Calibration", xLabel: "mean score, power of ten",
            yLabel: "share of frauds, power of ten", xRange: -5...0, yRange: -5...0)
        chart.decimals = (0, 0)
        chart.marks = [
            .line([(-5, -5), (0, 0)], colour: SVGChart.grey, isDashed: true),
            .points(points, colour: SVGChart.blue),
        ]
        return chart.text
    }

    private static func distribution(_ held: Judged) -> String {
        let (low, high, count) = (-20.0, 10.0, 60)
        let width = (high - low) / Double(count)
        var bins = [[Double]](repeating: [Double](repeating: 0, count: count), count: 2)
        var totals = [0.0, 0.0]
        for (score, isFraud) in zip(held.scores, held.isFraud) {
            let logOdds = log(max(score, 1e-12) / max(1 - score, 1e-12))
            let bin = min(count - 1, max(0, Int((logOdds - low) / width)))
            bins[isFraud ? 1 : 0][bin] += 1
            totals[isFraud ? 1 : 0] += 1
        }
        func bars(_ kind: Int) -> [(x: Double, y: Double)] {
            bins[kind].enumerated().map { (low + Double($0) * width, $1 / totals[kind]) }
        }
        let top = (bars(0) + bars(1)).map(\.y).max() ?? 1
        var chart = SVGChart(
            title: "Scores of honest payments and of frauds", xLabel: "log-odds of fraud",
            yLabel: "share of each class", xRange: low...high, yRange: 0...(top * 1.1))
        chart.decimals = (0, 2)
        chart.legend = [(SVGChart.blue, "honest"), (SVGChart.red, "fraud")]
        chart.marks = [
            .bars(bars(0), width: width, colour: SVGChart.blue),
            .bars(bars(1), width: width, colour: SVGChart.red),
        ]
        return chart.text
    }
}
