/// One batch of the event log, as it is stored and as it is streamed.
public struct StoredBatch: Sendable {
    public var firstSequence: Sequence
    public var lastSequence: Sequence
    /// The batch in wire encoding (`EventBatch.proto`).
    public var payload: [UInt8]
    /// The log's running hash after this batch.
    public var runningHash: RunningHash
    /// Risk contexts of its reserve events, as far as they are kept.
    public var contexts: RiskContexts

    public init(
        firstSequence: Sequence, lastSequence: Sequence, payload: [UInt8], runningHash: RunningHash,
        contexts: RiskContexts
    ) {
        self.firstSequence = firstSequence
        self.lastSequence = lastSequence
        self.payload = payload
        self.runningHash = runningHash
        self.contexts = contexts
    }
}
