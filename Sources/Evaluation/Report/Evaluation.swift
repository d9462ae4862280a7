/// What a model's scores are worth on some rows.
public struct Evaluation: Sendable, Equatable, Codable {
    /// What is computed, and how often it is resampled.
    public struct Options: Sendable, Equatable {
        /// Equal seeds give equal intervals.
        public var seed: UInt64 = 1
        /// Samples of the bootstrap; 0 for no intervals.
        public var samples = 200
        /// Payers that are looked into each day.
        public var cards = 100
        /// Whether payers of whom a fraud was known when the day began are left out of card precision.
        public var dropsKnown = false

        /// What is usual.
        public init() {}
    }

    /// A figure with its interval.
    public struct Figure: Sendable, Equatable, Codable {
        /// On all rows.
        public var value: Double
        /// Nil if none was asked for.
        public var interval: ConfidenceInterval?
    }

    /// Judged rows.
    public var rows: Int
    /// How many of them are fraud.
    public var frauds: Int
    /// Area under the receiver operating characteristic.
    public var areaUnderCurve: Figure
    /// Average precision, step definition.
    public var averagePrecision: Figure
    /// Nil for rows without payers.
    public var cardPrecision: CardPrecision?
    /// At 0.5, 1, 2 and 5 % of the rows.
    public var alerts: [AlertFigures]
    /// Intervals of the alerts' recalls, in their order.
    public var recallIntervals: [ConfidenceInterval?]
    /// Number of the currency in which values are summed up; nil without amounts.
    public var valueCurrency: UInt16?
    /// Calibration.
    public var reliability: Reliability

    /// Shares of rows at which recall is told.
    public static let alertShares = [0.005, 0.01, 0.02, 0.05]

    /// Judges scores.
    ///
    /// - Throws: ``EvaluationError`` if there are no rows, or rows of one class only.
    public init(_ rows: JudgedRows, options: Options = Options()) throws(EvaluationError) {
        try rows.checkClasses()
        let order = RankOrder(scores: rows.scores, isFraud: rows.isFraud)
        let value = FraudValue(rows)
        self.rows = rows.count
        frauds = rows.frauds
        let figures: [([Double]) -> Double] =
            [{ order.areaUnderCurve($0) }, { order.averagePrecision($0) }]
            + Self.alertShares.map { share in { order.recall(atShare: share, $0) } }
        let intervals = Bootstrap(seed: options.seed, samples: options.samples)
            .intervals(rows, figures: figures)
        areaUnderCurve = Figure(value: order.areaUnderCurve(), interval: intervals[0])
        averagePrecision = Figure(value: order.averagePrecision(), interval: intervals[1])
        recallIntervals = Array(intervals[2...])
        cardPrecision = CardPrecision(
            rows, cards: options.cards, dropsKnown: options.dropsKnown)
        alerts = Self.alertShares.map { AlertFigures($0, rows, order, value) }
        valueCurrency = value?.currency
        reliability = Reliability(rows, order)
    }
}

/// Why nothing can be judged.
public enum EvaluationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// No labelled row is in the range.
    case noRows
    /// All judged rows are fraud, or none is.
    case oneClass(isFraud: Bool, rows: Int)

    /// What is wrong, and what would be right.
    public var description: String {
        switch self {
        case .noRows:
            "there is no labelled row in the range: check --from and --until, and the column label"
        case .oneClass(let isFraud, let rows):
            "all \(rows) labelled rows of the range are \(isFraud ? "fraud" : "genuine"): both are needed"
        }
    }
}

extension JudgedRows {
    /// Refuses rows that cannot be judged: none at all, or all of one class.
    func checkClasses() throws(EvaluationError) {
        guard count > 0 else { throw .noRows }
        let frauds = frauds
        guard frauds > 0, frauds < count else {
            throw .oneClass(isFraud: frauds > 0, rows: count)
        }
    }
}
