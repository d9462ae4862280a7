internal import EventLog
internal import Ledger
internal import Synchronization

/// Requests that wait until their transfer is decided.
final class OutcomeWaiters: Sendable {
    struct Outcome: Sendable {
        var transfer: Transfer
        var detail: DecisionDetail?
    }
    /// Nil if no outcome came within the time that was given.
    typealias Waiter = CheckedContinuation<Outcome?, Never>

    private enum Slot {
        /// Asked for, but nobody waits yet.
        case open
        case waiting([Waiter])
        case decided(Outcome)
    }
    private let slots = Mutex<[TransferID: Slot]>([:])

    /// From now on the transfer's outcome is kept until somebody takes it.
    func open(_ id: TransferID) {
        slots.withLock { slots in
            if slots[id] == nil { slots[id] = .open }
        }
    }

    /// Nobody will ask for the outcome.
    func close(_ id: TransferID) {
        slots.withLock { slots in
            switch slots[id] {
            case .open, .decided: slots[id] = nil
            case .waiting, nil: break
            }
        }
    }

    /// Waits for the outcome of a transfer that was opened before.
    func outcome(of id: TransferID) async -> Outcome? {
        await withCheckedContinuation { (continuation: Waiter) in
            let decided: Outcome? = slots.withLock { slots in
                switch slots[id] {
                case .decided(let outcome):
                    slots[id] = nil
                    return outcome
                case .waiting(let waiters):
                    slots[id] = .waiting(waiters + [continuation])
                case .open, nil:
                    slots[id] = .waiting([continuation])
                }
                return nil
            }
            if let decided { continuation.resume(returning: decided) }
        }
    }

    /// Whether anybody is interested in a transfer.
    func isAwaited(_ id: TransferID) -> Bool { slots.withLock { $0[id] != nil } }
    var isEmpty: Bool { slots.withLock { $0.isEmpty } }

    func resolve(_ outcome: Outcome) {
        let waiters: [Waiter] = slots.withLock { slots in
            switch slots[outcome.transfer.id] {
            case .open:
                slots[outcome.transfer.id] = .decided(outcome)
                return []
            case .waiting(let waiters):
                slots[outcome.transfer.id] = nil
                return waiters
            case .decided, nil:
                return []
            }
        }
        for waiter in waiters { waiter.resume(returning: outcome) }
    }

    /// Lets those go who waited in vain.
    func giveUp(_ id: TransferID) {
        let waiters: [Waiter] = slots.withLock { slots in
            defer { slots[id] = nil }
            if case .waiting(let waiters) = slots[id] { return waiters }
            return []
        }
        for waiter in waiters { waiter.resume(returning: nil) }
    }

    /// Lets everybody go: the wallet stops.
    func giveUpAll() {
        let ids = slots.withLock { Array($0.keys) }
        for id in ids { giveUp(id) }
    }
}
