/// Choices of a training run.
public struct TrainingOptions: Sendable, Equatable {
    /// Of the forest's random choices.
    public var seed: UInt64 = 1
    /// Number of the forest's trees.
    public var trees = 100
    /// ψ, rows that each tree is grown from.
    public var subsample = 256
    /// L2 penalty of the mean loss: strong enough that terms which say the same share the weight,
    /// instead of taking large weights against each other.
    public var penalty = 1e-3
    /// Share of the table's time whose rows are fitted; the rows after it are held out.
    public var fittedShare = 0.6
    /// Share of the table's time, after that, whose rows calibrate; the rest judges and gives the
    /// thresholds.
    public var calibrationShare = 0.2
    /// How many payments the thresholds may stop.
    public var budget = AlertBudget()

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
}
