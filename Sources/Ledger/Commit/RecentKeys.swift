internal import EventLog

/// Idempotency keys seen lately: a repeated one is looked up before it is used. Others are taken to be new, which the
/// unique index checks, so that the usual case costs one visit to the index. Bounded: two generations.
struct RecentKeys {
    private static let generation = 65_536
    private var current: Set<TransferID> = []
    private var previous: Set<TransferID> = []

    func contains(_ key: TransferID) -> Bool { current.contains(key) || previous.contains(key) }

    mutating func insert(_ key: TransferID) {
        if current.count >= Self.generation {
            swap(&current, &previous)
            current.removeAll(keepingCapacity: true)
        }
        current.insert(key)
    }
}
