internal import Synchronization

/// Wakes one loop that waits. Rung while nobody waits, it wakes the next who does.
final class Alarm: Sendable {
    private struct State: ~Copyable {
        var isRung = false
        var sleeper: CheckedContinuation<Void, Never>?
    }
    private let state = Mutex(State())

    /// Wakes whoever waits, or will.
    func ring() {
        let sleeper = state.withLock { state in
            defer { state.sleeper = nil }
            state.isRung = state.sleeper == nil
            return state.sleeper
        }
        sleeper?.resume()
    }

    /// Waits until it rings, but not longer than that; returns at once in a cancelled task. For one caller at a time.
    func wait(atMost duration: Duration) async {
        let timer = Task {
            // A cancelled timer is not to ring for the next wait.
            if (try? await Task.sleep(for: duration)) != nil { ring() }
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isRung = state.withLock { state in
                    if state.isRung {
                        state.isRung = false
                        return true
                    }
                    state.sleeper = continuation
                    return false
                }
                if isRung { continuation.resume() }
            }
        } onCancel: {
            ring()
        }
        timer.cancel()
    }
}
