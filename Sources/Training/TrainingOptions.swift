/// What a model is made of.
public enum ModelKind: String, Sendable, CaseIterable {
    /// A scorecard with an isolation forest's score as one of its terms.
    case stack
    /// A scorecard alone.
    case logistic
    /// An isolation forest alone, for which no labels are needed.
    case forest
}

/// Choices of a training run.
public struct TrainingOptions: Sendable, Equatable {
    /// What is fitted.
    public var kind = ModelKind.stack
    /// Of the forest's random choices.
    public var seed: UInt64 = 1
    /// Number of the forest's trees.
    public var trees = 100
    /// ψ, rows that each tree is grown from.
    public var subsample = 256
    /// L2 penalty of the mean loss; nil to choose it on held-out rows. A step's weight is held back
    /// as much as a linear one, a pair's by a multiple.
    public var penalty: Double?
    /// Rounds in which terms, pairs above all, are added to the scorecard, at most; how many is
    /// chosen on held-out rows.
    public var maximumRounds = 32
    /// Scorecards whose mean the model is, each fitted to other rows and features; 1 for one that is fitted to all rows.
    public var members = 4
    /// Names of inputs whose values are codes of a category.
    public var categories: Set<String> = []
    /// How long labels take: the gap between rows that are fitted and later ones that judge, in
    /// seconds.
    public var labelDelaySeconds: Int64 = 7 * 86_400
    /// How many payments the thresholds may stop.
    public var budget = AlertBudget()
    /// What actions cost: the thresholds are those that cost least, instead of those that spend the budget.
    public var costs: ActionCosts?

    /// What a model is fitted with unless told otherwise.
    public init() {}
}

/// How many of all payments may be stopped: the shares of held-out rows with each decision.
public struct AlertBudget: Sendable, Equatable {
    /// Share of payments that are challenged.
    public var challenge = 0.02
    /// Share of payments that are held, beside those.
    public var hold = 0.01
    /// Share of payments that are declined, beside those.
    public var decline = 0.005

    /// The shares that hold unless told otherwise.
    public init() {}

    /// The same proportions, so that this share of payments is stopped in all.
    public init(total: Double) {
        let sum = challenge + hold + decline
        challenge *= total / sum
        hold *= total / sum
        decline *= total / sum
    }
}
