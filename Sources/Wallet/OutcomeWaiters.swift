internal import EventLog
internal import Ledger
internal import Synchronization

/// Requests that wait until their transfer is decided. Several may wait for one transfer: those who came with the
/// same idempotency key.
final class OutcomeWaiters: Sendable {
    struct Outcome: Sendable {
        var transfer: Transfer
        var detail: DecisionDetail?
    }
    /// Told the outcome, once; nil if none came within the time that was given.
    typealias Waiter = @Sendable (Outcome?) -> Void

    fileprivate struct Slot {
        /// How many have opened it and neither closed it nor been answered.
        var interested = 0
        /// Those of them who wait already.
        var waiting: [(number: UInt64, waiter: Waiter)] = []
        /// Kept until everybody interested has it.
        var outcome: Outcome?
    }
    fileprivate struct State {
        var slots: [TransferID: Slot] = [:]
        var isStopped = false
        var nextNumber: UInt64 = 0
    }
    private let state = Mutex(State())

    /// From now on the transfer's outcome is kept until it is asked for, or the slot is closed: one of both must
    /// follow.
    func open(_ id: TransferID) {
        state.withLock { $0.slots[id, default: Slot()].interested += 1 }
    }

    /// Who opened the transfer will not ask for its outcome.
    func close(_ id: TransferID) {
        state.withLock { $0.leave(id, 1) }
    }

    /// Waits for the outcome of a transfer that was opened before.
    func outcome(of id: TransferID) async -> Outcome? {
        await withCheckedContinuation { continuation in
            wait(for: id) { continuation.resume(returning: $0) }
        }
    }

    /// Opens a slot and waits in it at once. Returns the waiter's number, for ``withdraw(_:from:)``.
    func openWaiting(for id: TransferID, _ waiter: @escaping Waiter) -> UInt64 {
        open(id)
        return wait(for: id, waiter)
    }

    @discardableResult
    private func wait(for id: TransferID, _ waiter: @escaping Waiter) -> UInt64 {
        let (number, answer): (UInt64, Outcome??) = state.withLock { state in
            state.nextNumber += 1
            if let outcome = state.slots[id]?.outcome {
                state.leave(id, 1)
                return (state.nextNumber, .some(outcome))
            }
            if state.isStopped { return (state.nextNumber, .some(nil)) }
            state.slots[id, default: Slot(interested: 1)].waiting.append((state.nextNumber, waiter))
            return (state.nextNumber, nil)
        }
        if let answer { waiter(answer) }
        return number
    }

    /// Takes a waiter out without telling it anything; false if it was told already.
    func withdraw(_ number: UInt64, from id: TransferID) -> Bool {
        state.withLock { state in
            guard let index = state.slots[id]?.waiting.firstIndex(where: { $0.number == number })
            else { return false }
            state.slots[id]?.waiting.remove(at: index)
            state.leave(id, 1)
            return true
        }
    }

    /// Whether anybody is interested in a transfer.
    func isAwaited(_ id: TransferID) -> Bool { state.withLock { $0.slots[id] != nil } }
    var isEmpty: Bool { state.withLock { $0.slots.isEmpty } }

    func resolve(_ outcome: Outcome) {
        let waiting = state.withLock { state -> [Waiter] in
            let id = outcome.transfer.id
            // The first outcome stays: it is the one that is asked for.
            guard let slot = state.slots[id], slot.outcome == nil else { return [] }
            state.slots[id]?.outcome = outcome
            return state.takeWaiting(id)
        }
        for waiter in waiting { waiter(outcome) }
    }

    /// Lets those go who waited in vain.
    func giveUp(_ id: TransferID) {
        let waiting = state.withLock { $0.takeWaiting(id) }
        for waiter in waiting { waiter(nil) }
    }

    /// Lets everybody go, now and from now on: the wallet stops.
    func giveUpAll() {
        let ids = state.withLock { state in
            state.isStopped = true
            return Array(state.slots.keys)
        }
        for id in ids { giveUp(id) }
    }
}

extension OutcomeWaiters.State {
    /// Takes out those who wait; the slot stays for those who are yet to ask.
    fileprivate mutating func takeWaiting(_ id: TransferID) -> [OutcomeWaiters.Waiter] {
        guard let waiting = slots[id]?.waiting, !waiting.isEmpty else { return [] }
        slots[id]?.waiting = []
        leave(id, waiting.count)
        return waiting.map(\.waiter)
    }

    fileprivate mutating func leave(_ id: TransferID, _ count: Int) {
        guard var slot = slots[id] else { return }
        slot.interested -= count
        slots[id] = slot.interested > 0 ? slot : nil
    }
}
