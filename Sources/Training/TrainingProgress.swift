/// How far a long piece of work has come.
public struct TrainingProgress: Sendable, Equatable {
    /// What is being done, such as `reading` or `forest`.
    public var stage: String
    /// Of the stage, 0 … 1; nil if it cannot be told.
    public var fraction: Double?
    /// Rows or steps done so far.
    public var done: Int

    /// Progress in a stage: as a share, or as a count if the whole is not known.
    public init(stage: String, fraction: Double? = nil, done: Int = 0) {
        self.stage = stage
        self.fraction = fraction
        self.done = done
    }
}
