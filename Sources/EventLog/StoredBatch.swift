/// One batch of the event log, as it is stored and as it is streamed.
public struct StoredBatch: Sendable {
    /// Sequence of the batch's first event.
    public var firstSequence: Sequence
    /// Sequence of the batch's last event; equal to the first if there is one event.
    public var lastSequence: Sequence
    /// The batch in wire encoding (`EventBatch.proto`).
    public var payload: [UInt8]
    /// The log's running hash after this batch.
    public var runningHash: RunningHash
    /// Risk contexts of its reserve events, as far as they are kept.
    public var contexts: RiskContexts
    /// Whether risk contexts of earlier batches were erased by an event of this one: copies that were read before are
    /// not to be given to anybody any more.
    public var erases = false

    /// A batch as it was read from the log.
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
