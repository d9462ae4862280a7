public import EventLog

/// Who follows a stream. All calls come from the one thread that runs ``Subscriber/run(_:)``.
public protocol StreamFollower: AnyObject {
    /// Where to begin: asked whenever a session is opened.
    func hello() -> Hello
    /// The session is open; events up to its `head` are history.
    func welcome(_ welcome: Welcome)
    /// The state is not of this log: the next hello must begin at the first event.
    func reset(_ detail: String)
    /// The next batch. Returns the decisions it leads to.
    func receive(_ batch: StoredBatch) throws -> [TransferDecision]
    /// Called after each group of batches and at least ten times a second. Returns further decisions.
    func idle() -> [TransferDecision]
    /// Whether decisions are being made as events come.
    var isLive: Bool { get }
    /// Whether nobody takes its decisions in this session any more: the next one is opened at once.
    var isSuperseded: Bool { get }
}

extension StreamFollower {
    /// Who decides nothing is never superseded.
    public var isSuperseded: Bool { false }
}
