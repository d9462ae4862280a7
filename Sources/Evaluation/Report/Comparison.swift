/// Two models on the same rows.
public struct Comparison: Sendable, Equatable, Codable {
    /// One figure of both, and how far apart they are.
    public struct Difference: Sendable, Equatable, Codable {
        /// What is compared.
        public var figure: String
        /// Of the first model.
        public var first: Double
        /// Of the second model.
        public var second: Double
        /// Of second − first, over samples of the same payers, or payees, for both.
        public var interval: ConfidenceInterval?

        /// Whether the interval lies on one side of 0.
        public var isClear: Bool { interval.map { $0.low > 0 || $0.high < 0 } ?? false }
    }

    /// Judged rows.
    public var rows: Int
    /// How many of them are fraud.
    public var frauds: Int
    /// AUC, average precision and the recalls of ``Evaluation/alertShares``.
    public var differences: [Difference]

    /// Compares scores of the same rows.
    public init(
        _ first: JudgedRows, _ second: JudgedRows, options: Evaluation.Options = .init()
    ) throws(EvaluationError) {
        precondition(first.isFraud == second.isFraud, "the rows are the same")
        try first.checkClasses()
        let orders = [first, second].map { RankOrder(scores: $0.scores, isFraud: $0.isFraud) }
        var figures: [(name: String, value: @Sendable (RankOrder, [Double]?) -> Double)] = [
            ("ROC AUC", { $0.areaUnderCurve($1) }),
            ("average precision", { $0.averagePrecision($1) }),
        ]
        for share in Evaluation.alertShares {
            figures.append(
                ("recall at \(FigureText.percent(share))", { $0.recall(atShare: share, $1) }))
        }
        let intervals = Bootstrap(seed: options.seed, samples: options.samples)
            .intervals(
                first,
                figures: figures.map { figure in
                    { figure.value(orders[1], $0) - figure.value(orders[0], $0) }
                })
        rows = first.count
        frauds = first.frauds
        differences = figures.indices.map {
            Difference(
                figure: figures[$0].name, first: figures[$0].value(orders[0], nil),
                second: figures[$0].value(orders[1], nil), interval: intervals[$0])
        }
    }

    /// For people: a line for each figure.
    public var text: String {
        var table = TextTable("figure", "first", "second", "second − first", "95 % interval")
        for item in differences {
            table.add(
                item.figure, FigureText.fixed(item.first), FigureText.fixed(item.second),
                FigureText.fixed(item.second - item.first)
                    + (item.interval == nil || item.isClear ? "" : " (not clear)"),
                FigureText.interval(item.interval))
        }
        return "\(rows) labelled rows, \(frauds) of them fraud\n\n" + table.text
    }
}
