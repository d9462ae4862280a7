internal import DequeModule
internal import Foundation
internal import Synchronization

/// Threads of the lowest priority, for what keeps a core busy for long: neither requests nor payments wait for it.
///
/// They end once nobody holds this value any more, after what is queued.
public final class LowPriorityThreads: Sendable {
    private typealias Job = @Sendable () -> Void

    /// What the threads hold of this value, so that they do not keep it.
    private final class Queue: Sendable {
        private struct State: ~Copyable {
            var jobs: Deque<Job> = []
            var isStopped = false
        }
        private let state = Mutex(State())
        private let available = DispatchSemaphore(value: 0)

        func add(_ job: @escaping Job, limit: Int) -> Bool {
            let isTaken = state.withLock { state in
                guard !state.isStopped, state.jobs.count < limit else { return false }
                state.jobs.append(job)
                return true
            }
            if isTaken { available.signal() }
            return isTaken
        }

        func stop(_ count: Int) {
            state.withLock { $0.isStopped = true }
            for _ in 0..<count { available.signal() }
        }

        func run() {
            // Of this thread alone, as Linux counts it.
            setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 19)
            while true {
                available.wait()
                let (job, isStopped) = state.withLock { ($0.jobs.popFirst(), $0.isStopped) }
                if let job { job() } else if isStopped { return }
            }
        }
    }

    private let queue = Queue()
    private let count: Int
    private let limit: Int

    /// - Parameters:
    ///   - name: of the threads, to whoever looks at the process; a number is added.
    ///   - limit: most that wait; beyond, whoever comes is turned away.
    public init(_ name: String, count: Int = 1, limit: Int) {
        self.count = count
        self.limit = limit
        for index in 0..<count {
            let thread = Thread { [queue] in queue.run() }
            thread.name = "\(name)-\(index)"
            thread.start()
        }
    }

    deinit { queue.stop(count) }

    /// Ends the threads once what is queued is done.
    public func stop() { queue.stop(count) }

    /// Runs `body` on one of the threads. Returns nil, and does not run it, if too many wait or the threads were stopped.
    public func run<Value: Sendable>(
        _ body: @escaping @Sendable () -> Value
    ) async -> Value? {
        await withCheckedContinuation { continuation in
            let isTaken = queue.add({ continuation.resume(returning: body()) }, limit: limit)
            if !isTaken { continuation.resume(returning: nil) }
        }
    }
}
