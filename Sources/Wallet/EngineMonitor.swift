public import EventLog
internal import Synchronization

/// When an engine was last heard of, in this process or through the lease's holder.
public final class EngineMonitor: Sendable {
    /// Silence after which the engine counts as absent.
    public static let absentAfterMilliseconds: Int64 = 3_000
    private let seenAt = Atomic<Int64>(0)

    init() {}

    /// Notes that an engine was heard of.
    public func heard(at moment: Timestamp) {
        var old = seenAt.load(ordering: .relaxed)
        while old < moment.rawValue {
            let (done, current) = seenAt.compareExchange(
                expected: old, desired: moment.rawValue, ordering: .relaxed)
            if done { return }
            old = current
        }
    }

    var lastSeen: Timestamp { Timestamp(seenAt.load(ordering: .relaxed)) }

    /// Whether nothing was heard of an engine for too long.
    public func isAbsent(at moment: Timestamp) -> Bool {
        moment > lastSeen.adding(milliseconds: Self.absentAfterMilliseconds)
    }
}
