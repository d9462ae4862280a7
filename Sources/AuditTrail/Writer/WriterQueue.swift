internal import DequeModule
internal import Foundation
internal import Synchronization

/// What waits to be appended, in the order in which it came. Holds any number of callers but lets only so many go on
/// before their record is written: those behind them wait, and with them whoever would add more.
final class WriterQueue: Sendable {
    /// Who is to be told what.
    enum Waiter: Sendable {
        /// That the record is among those that are written without anybody waiting.
        case accepted(CheckedContinuation<Result<Void, AuditError>, Never>)
        /// That it is in the log, and where.
        case appended(CheckedContinuation<Result<AuditEntry, AuditError>, Never>)
        /// That all that came before is in the log.
        case flushed(CheckedContinuation<Result<Void, AuditError>, Never>)
    }

    /// A record, or only a mark if there is none, and who waits.
    struct Item: Sendable {
        var record: AuditRecord?
        var waiter: Waiter?
    }

    private struct State: ~Copyable {
        var items: Deque<Item> = []
        var isStopped = false
        /// Whether the thread waits for a signal.
        var isIdle = false
    }

    private let state = Mutex(State())
    private let available = DispatchSemaphore(value: 0)
    private let capacity: Int

    init(capacity: Int) { self.capacity = capacity }

    /// Number of records and marks that wait.
    var count: Int { state.withLock { $0.items.count } }

    /// Whether nothing more is taken.
    var isStopped: Bool { state.withLock { $0.isStopped } }

    /// Adds an item. A caller that only wants it accepted goes on at once if there is room.
    func add(_ item: Item) {
        enum Step { case refuse, accept(wakes: Bool), wait(wakes: Bool) }
        let step = state.withLock { state -> Step in
            if state.isStopped { return .refuse }
            let hasRoom = state.items.count < capacity
            var item = item
            let isAccepted = hasRoom && item.waiter?.isForAcceptance == true
            if isAccepted { item.waiter = nil }
            state.items.append(item)
            let wakes = state.isIdle
            state.isIdle = false
            return isAccepted ? .accept(wakes: wakes) : .wait(wakes: wakes)
        }
        switch step {
        case .refuse: item.waiter?.fail(.stopped)
        case .accept(let wakes):
            if wakes { available.signal() }
            item.waiter?.accept()
        case .wait(let wakes):
            if wakes { available.signal() }
        }
    }

    /// Takes what came first, at most so many; waits while there is nothing. Nil once the queue is stopped and empty.
    func next(atMost limit: Int) -> [Item]? {
        while true {
            let taken: (batch: [Item], admitted: [Waiter])? = state.withLock { state in
                if state.items.isEmpty {
                    state.isIdle = !state.isStopped
                    return state.isStopped ? nil : ([], [])
                }
                let batch = Array(state.items.prefix(limit))
                state.items.removeFirst(batch.count)
                return (batch, admitted(&state, after: batch.count))
            }
            guard let taken else { return nil }
            for waiter in taken.admitted { waiter.accept() }
            if !taken.batch.isEmpty { return taken.batch }
            available.wait()
        }
    }

    /// Takes nothing more; what is queued is still to be written.
    func stop() {
        let wakes = state.withLock { state in
            state.isStopped = true
            let wakes = state.isIdle
            state.isIdle = false
            return wakes
        }
        if wakes { available.signal() }
    }

    /// Those callers who may go on, as their records moved to where there is room.
    private func admitted(_ state: inout State, after count: Int) -> [Waiter] {
        let end = min(capacity, state.items.count)
        let start = max(0, min(capacity - count, end))
        var waiters: [Waiter] = []
        for index in start..<end {
            guard let waiter = state.items[index].waiter, waiter.isForAcceptance else { continue }
            waiters.append(waiter)
            state.items[index].waiter = nil
        }
        return waiters
    }
}

extension WriterQueue.Waiter {
    var isForAcceptance: Bool {
        if case .accepted = self { return true }
        return false
    }

    func accept() {
        if case .accepted(let continuation) = self { continuation.resume(returning: .success(())) }
    }

    func fail(_ error: AuditError) {
        switch self {
        case .accepted(let continuation), .flushed(let continuation):
            continuation.resume(returning: .failure(error))
        case .appended(let continuation): continuation.resume(returning: .failure(error))
        }
    }
}
