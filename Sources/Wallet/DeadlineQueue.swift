internal import DequeModule
internal import EventLog
internal import Synchronization

/// Deadlines of this process's own requests, in the order they were made: all are given the same time, or nearly.
final class DeadlineQueue: Sendable {
    private let items = Mutex<Deque<(due: Timestamp, id: TransferID)>>([])

    func add(_ id: TransferID, due: Timestamp) {
        items.withLock { $0.append((due, id)) }
    }

    /// Takes out what is due.
    func takeDue(at moment: Timestamp) -> [TransferID] {
        items.withLock { items in
            var due: [TransferID] = []
            while let first = items.first, first.due <= moment {
                due.append(first.id)
                items.removeFirst()
            }
            return due
        }
    }
}
