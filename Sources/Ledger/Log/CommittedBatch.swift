public import EventLog

/// A batch that was just committed, with its events still decoded.
public struct CommittedBatch: Sendable {
    public var stored: StoredBatch
    public var events: EventBatch
    /// The transfers it changed, as they are after it.
    public var transfers: [Transfer]
}
