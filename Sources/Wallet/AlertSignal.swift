public import EventLog
internal import Synchronization

/// Tells followers of the alert feed that the log has grown; what is new they read from the log, so that a slow one
/// misses nothing.
public final class AlertSignal: Sendable {
    private struct State {
        var followers: [Int: AsyncStream<Sequence>.Continuation] = [:]
        var next = 0
        var isFinished = false
    }
    private let state = Mutex(State())

    init() {}

    /// The log's newest sequences, from now on; only the newest is kept for a slow follower.
    public func follow() -> AsyncStream<Sequence> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let (id, isFinished) = state.withLock { state in
                state.next += 1
                if !state.isFinished { state.followers[state.next] = continuation }
                return (state.next, state.isFinished)
            }
            if isFinished { continuation.finish() }
            continuation.onTermination = { [weak self] _ in
                _ = self?.state.withLock { $0.followers.removeValue(forKey: id) }
            }
        }
    }

    func advance(to sequence: Sequence) {
        let followers = state.withLock { Array($0.followers.values) }
        for follower in followers { follower.yield(sequence) }
    }

    func finish() {
        let followers = state.withLock { state in
            state.isFinished = true
            defer { state.followers = [:] }
            return Array(state.followers.values)
        }
        for follower in followers { follower.finish() }
    }
}
