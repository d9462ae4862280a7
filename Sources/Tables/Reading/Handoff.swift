internal import Dispatch
internal import Synchronization

/// Hands items from one thread to another in order, with room for a few, so that neither runs far ahead.
public final class Handoff<Item: Sendable>: Sendable {
    private struct State {
        var items: [Item] = []
        var isAbandoned = false
    }

    private let state = Mutex(State())
    private let room = DispatchSemaphore(value: 0)
    private let arrived = DispatchSemaphore(value: 0)

    /// - Parameter capacity: items that wait at most.
    public init(capacity: Int) {
        // Not its first value: a semaphore that ends below that is taken for one that is still waited for.
        for _ in 0..<capacity { room.signal() }
    }

    /// Waits for room and puts an item in; false if nobody takes any more.
    public func put(_ item: Item) -> Bool {
        room.wait()
        let isTaken = state.withLock { state in
            if state.isAbandoned { return false }
            state.items.append(item)
            return true
        }
        if isTaken { arrived.signal() }
        return isTaken
    }

    /// No item will follow.
    public func finish() { arrived.signal() }

    /// Waits for the next item; nil after the last.
    public func take() -> Item? {
        arrived.wait()
        let item: Item? = state.withLock { state in
            state.items.isEmpty ? nil : state.items.removeFirst()
        }
        guard item != nil else {
            // So that asking again does not wait for ever.
            arrived.signal()
            return nil
        }
        room.signal()
        return item
    }

    /// Nothing will be taken any more; whoever waits to put something in goes on.
    public func abandon() {
        state.withLock { state in
            state.isAbandoned = true
            state.items.removeAll()
        }
        room.signal()
    }
}
