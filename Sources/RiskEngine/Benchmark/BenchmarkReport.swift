public import EventLog

/// What ``EngineBenchmark`` measured. Times are wall time of one thread.
public struct BenchmarkReport: Sendable {
    /// Events that were consumed.
    public var events = 0
    /// Payments that were scored.
    public var scored = 0
    /// Events a second, decoding included.
    public var eventsPerSecond = 0.0
    /// Scored payments a second, among all events.
    public var scoredPerSecond = 0.0
    /// Of a whole batch, decoding included, microseconds.
    public var batchP50Micros = 0.0
    /// The 99th percentile of the same, microseconds.
    public var batchP99Micros = 0.0
    /// The longest batch when no snapshot was taken.
    public var longestBatchMillis = 0.0
    /// Share of reserves that were not plainly approved.
    public var notApprovedShare = 0.0
    /// Part of `totalSeconds` spent decoding.
    public var decodeSeconds = 0.0
    /// Time for all batches, in seconds.
    public var totalSeconds = 0.0
    /// Time of the processor in `totalSeconds`: what is left when others compete for it.
    public var cpuSeconds = 0.0
    /// From the first event until live, without scoring what has its decision.
    public var fullReplaySeconds = 0.0
    /// Loading a snapshot; and that with the replay of the events after it.
    public var loadSeconds = 0.0
    /// Loading a snapshot and replaying what came after it, in seconds.
    public var snapshotStartSeconds = 0.0
    /// How many events the snapshot was behind.
    public var snapshotAgeEvents = 0
    /// From the beginning of a snapshot until it is durable, batches in between included.
    public var snapshotSeconds = 0.0
    /// The longest single call that began or continued a snapshot.
    public var longestSliceMillis = 0.0
    /// The longest time from one batch's decisions to the next while a snapshot was taken.
    public var longestStallMillis = 0.0

    /// A report in which nothing is measured yet.
    public init() {}
}

/// Why a benchmark could not be run.
public enum BenchmarkFailure: Error {
    case wire(WireError)
    case engine(EngineError)
    case snapshot(SnapshotError)
}
