internal import LinearAlgebra

/// Why rows have their scores, the forest's part included, feature by feature. For a look at single rows: it allocates,
/// and takes the trees' structure apart.
public struct Explainer: ~Copyable {
    /// Everything that adds up to a row's calibrated log-odds.
    public struct Account: Sendable, Equatable {
        /// One summand.
        public struct Part: Sendable, Equatable {
            /// A feature, two with `×` between them, or ``Explanation/forestName``.
            public var name: String
            /// The feature's value, of a pair its first feature's; NaN if missing.
            public var value: Double
            /// Log-odds.
            public var contribution: Double

            /// A summand of the log-odds.
            public init(name: String, value: Double, contribution: Double) {
                self.name = name
                self.value = value
                self.contribution = contribution
            }
        }

        /// Log-odds of a row that is usual in every respect.
        public var intercept: Double
        /// What each feature and each pair adds in the logistic part, in the model's order.
        public var logistic: [Part]
        /// What the forest adds, by the feature that its paths ask about: Shapley values of the path length.
        public var forest: [Part]
        /// What the forest adds to every row: the difference between its mean score where it was trained and that of
        /// its trees' own subsamples.
        public var forestOffset: Double
        /// Calibrated log-odds: the sum of all of these.
        public var logOdds: Double
        /// What makes a score of them.
        public var link = ScoreLink.logistic

        /// Calibrated probability of fraud.
        public var probability: Double { link.score(ofSum: logOdds) }

        /// All parts added up, in order.
        public var sum: Double {
            intercept + logistic.reduce(0) { $0 + $1.contribution }
                + forest.reduce(0) { $0 + $1.contribution } + forestOffset
        }
    }

    private var scorer: Scorer
    private let shapley: PathShapley?

    /// An explainer of `model`.
    public init(_ model: RiskModel) {
        scorer = Scorer(model)
        shapley = model.forest.map { PathShapley($0.forest) }
    }

    /// Explains one row, of the model's features in their order; NaN is missing.
    public mutating func account(for values: [Double]) -> Account {
        let model = scorer.model
        precondition(values.count == model.terms.count, "a row has a value for each feature")
        let row = Matrix(rows: 1, columns: values.count)
        for (column, value) in values.enumerated() { row.row(0)[column] = value }
        let explanation = scorer.contributions(row: row.pointer)
        let logistic = explanation.parts.filter { $0.name != Explanation.forestName }.map {
            Account.Part(name: $0.name, value: $0.value, contribution: $0.contribution)
        }
        var account = Account(
            intercept: explanation.intercept, logistic: logistic, forest: [], forestOffset: 0,
            logOdds: explanation.logOdds, link: model.link)
        guard let term = model.forest, let shapley else { return account }
        // s = −E[h]/c(ψ), standardised, weighted and calibrated: a factor of the mean path length.
        let perLength =
            model.calibration.slope * term.weight / term.scale
            * -1 / PathLength.average(count: term.forest.subsample)
        let shares = shapley.values {
            model.terms[$0].forestInput(model.precision(values[$0]), term.inputs)
        }
        account.forest = shares.indices.map {
            Account.Part(
                name: model.terms[$0].name, value: values[$0], contribution: shares[$0] * perLength)
        }
        let part = explanation.parts.first { $0.name == Explanation.forestName }
        account.forestOffset =
            (part?.contribution ?? 0) - account.forest.reduce(0) { $0 + $1.contribution }
        return account
    }
}
