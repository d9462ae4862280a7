public import EventLog

/// Where the publisher reads the log from, and where what it hears goes. Called from its own thread or from tasks;
/// nothing here may block the thread.
public protocol LogSource: Sendable {
    /// The log's identifier and its last event.
    func head() async throws -> (logID: TransferID, sequence: Sequence)
    /// The running hash after the batch that ends with `sequence`; nil if none ends there.
    func runningHash(at sequence: Sequence) async throws -> RunningHash?
    /// The last event of a batch, at or before `sequence`; zero if there is none.
    func boundary(atOrBefore sequence: Sequence) async throws -> Sequence
    /// Up to `limit` batches after a batch's last event, in order, with their risk contexts.
    func batches(after sequence: Sequence, limit: Int) async throws -> [StoredBatch]
    /// Opens an epoch for an engine, or confirms the one it has. Returns the epoch.
    func activate(_ engine: EngineDetail) async throws -> UInt32
    /// Decisions from the engine, in its order. Must not block.
    func decided(_ decisions: [TransferDecision])
    /// The engine gave a sign of life. Must not block.
    func heard(live: Bool)
}
