public import EventLog

/// A batch that was just committed, with its events still decoded.
public struct CommittedBatch: Sendable {
    /// The batch as it is in the log, with the risk contexts of its reserve events.
    public var stored: StoredBatch
    /// Its events, decoded.
    public var events: EventBatch
    /// The transfers it changed, as they are after it.
    public var transfers: [Transfer]
}
