internal import DequeModule
internal import Glibc

/// What waits to be committed: decisions, captures and whatever else ends a transfer go before new ones. Bounded;
/// one thread takes, any number put.
final class CommitQueue: @unchecked Sendable {
    struct Item {
        var command: Command
        var key: IdempotencyKey?
        var completion: @Sendable (Result<Effect, LedgerError>) -> Void
    }

    /// All state is guarded by `mutex`.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var urgent: Deque<Item> = []
    private var ordinary: Deque<Item> = []
    private var isStopping = false
    /// The taker is woken when there are this many: not for each one if it waits for many.
    private var wanted = 1
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Puts items in; those for which there is no room are returned. Urgent ones always find room: their number is
    /// bounded by that of the transfers they end.
    func put(_ items: some Collection<Item>) -> (rejected: [Item], isStopping: Bool) {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        if isStopping { return (Array(items), true) }
        var rejected: [Item] = []
        for item in items {
            if item.command.isUrgent {
                urgent.append(item)
            } else if ordinary.count < limit {
                ordinary.append(item)
            } else {
                rejected.append(item)
            }
        }
        if urgent.count + ordinary.count >= wanted { pthread_cond_signal(condition) }
        return (rejected, false)
    }

    /// Waits for items and takes up to `maximum`; nil once stopped and empty.
    func take(maximum: Int) -> [Item]? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while urgent.isEmpty && ordinary.isEmpty {
            if isStopping { return nil }
            pthread_cond_wait(condition, mutex)
        }
        return takeOut(maximum)
    }

    /// Takes up to `maximum` as soon as there are `count`; nothing if they have not come after some microseconds.
    func take(count: Int, maximum: Int, withinMicros microseconds: Int) -> [Item] {
        var end = timespec()
        clock_gettime(CLOCK_REALTIME, &end)
        end.tv_nsec += microseconds * 1_000
        end.tv_sec += end.tv_nsec / 1_000_000_000
        end.tv_nsec %= 1_000_000_000
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        wanted = count
        defer { wanted = 1 }
        while urgent.count + ordinary.count < count {
            if isStopping { return [] }
            if pthread_cond_timedwait(condition, mutex, &end) == ETIMEDOUT { return [] }
        }
        return takeOut(maximum)
    }

    private func takeOut(_ maximum: Int) -> [Item] {
        var items: [Item] = []
        items.reserveCapacity(min(maximum, urgent.count + ordinary.count))
        while items.count < maximum, let item = urgent.popFirst() { items.append(item) }
        while items.count < maximum, let item = ordinary.popFirst() { items.append(item) }
        return items
    }

    /// Nothing is taken in any more; what is queued will still be taken out.
    func stop() {
        pthread_mutex_lock(mutex)
        isStopping = true
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }

    var isStopped: Bool {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return isStopping
    }

    /// Number of items waiting.
    var count: Int {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return urgent.count + ordinary.count
    }
}

extension Command {
    /// Whether it goes before new reservations: it ends or moves on what is already in the ledger.
    var isUrgent: Bool {
        switch self {
        case .transfer, .openAccount, .refund: false
        case .freeze, .limit, .eraseContext, .rebase, .decide, .decideByPolicy, .capture, .void,
            .challenge, .review,
            .label, .expire,
            .activateEngine, .activatePolicy, .changeList:
            true
        }
    }
}
