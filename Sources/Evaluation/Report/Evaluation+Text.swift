internal import EventLog

extension Evaluation {
    /// For people: a table of the figures.
    public var text: String {
        var text =
            "\(rows) labelled rows, \(frauds) of them fraud "
            + "(\(FigureText.percent(Double(frauds) / Double(rows), 2)))\n\n"
        var figures = TextTable("figure", "value", "95 % interval")
        figures.add(
            "ROC AUC", FigureText.fixed(areaUnderCurve.value),
            FigureText.interval(areaUnderCurve.interval))
        figures.add(
            "average precision", FigureText.fixed(averagePrecision.value),
            FigureText.interval(averagePrecision.interval))
        if let cardPrecision {
            figures.add(
                "card precision@\(cardPrecision.cards), mean of \(cardPrecision.days.count) days",
                FigureText.fixed(cardPrecision.mean))
        }
        figures.add("Brier score", FigureText.fixed(reliability.brierScore, 6))
        figures.add("calibration error", FigureText.fixed(reliability.calibrationError, 6))
        text += figures.text + "\n"
        let currency = valueCurrency.flatMap { Currency(number: $0) }?.code
        var alerts = TextTable(
            "alerts", "recall", "95 % interval", "precision",
            currency.map { "recall of value in \($0)" } ?? "recall of value")
        for (index, alert) in self.alerts.enumerated() {
            alerts.add(
                FigureText.percent(alert.share), FigureText.fixed(alert.recall),
                FigureText.interval(recallIntervals[index]), FigureText.fixed(alert.precision),
                alert.valueRecall.map { FigureText.fixed($0) } ?? "–")
        }
        return text + alerts.text
    }
}
