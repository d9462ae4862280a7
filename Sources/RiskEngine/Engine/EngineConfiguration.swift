public import Features

/// What an engine is told once. Bounds are part of what its answers depend on.
public struct EngineConfiguration: Sendable, Equatable {
    /// Version of the executable's scoring code, as in `EngineDetail`.
    public var build: String
    /// Identity of the event log; a snapshot of another log is refused.
    public var logID: String
    /// How much state there may be.
    public var capacity: FeatureCapacity
    /// Reserves that await a decision; beyond it the oldest are given up.
    public var pendingLimit: Int

    /// The catalogue of features that it computes.
    var catalogueHash: [UInt8] {
        FeatureCatalogue.hash(labelDelaySeconds: capacity.labelDelaySeconds)
    }

    /// A configuration with what is usual for all that is not given.
    public init(
        build: String, logID: String, capacity: FeatureCapacity = .standard,
        pendingLimit: Int = 1 << 18
    ) {
        self.build = build
        self.logID = logID
        self.capacity = capacity
        self.pendingLimit = pendingLimit
    }
}
