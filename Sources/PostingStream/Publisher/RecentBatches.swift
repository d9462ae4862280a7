internal import DequeModule
internal import EventLog

/// The newest batches, kept in memory so that a subscriber that keeps up needs no read of the log. Bounded by number
/// and bytes; always without gaps.
struct RecentBatches {
    private static let maximumCount = 1_024
    private static let maximumBytes = 64 << 20
    private var batches: Deque<StoredBatch> = []
    private var bytes = 0

    /// The last event kept; nil if nothing is.
    var last: Sequence? { batches.last?.lastSequence }

    mutating func append(_ batch: StoredBatch) {
        if let last, batch.firstSequence != last.advanced(by: 1) {
            batches.removeAll()
            bytes = 0
        }
        batches.append(batch)
        bytes += batch.payload.count
        while batches.count > Self.maximumCount || bytes > Self.maximumBytes, batches.count > 1 {
            bytes -= batches.removeFirst().payload.count
        }
    }

    /// The batch that begins with `sequence`; nil if it is not kept.
    func batch(from sequence: Sequence) -> StoredBatch? {
        var low = 0
        var high = batches.count
        while low < high {
            let middle = (low + high) / 2
            if batches[middle].firstSequence < sequence { low = middle + 1 } else { high = middle }
        }
        return low < batches.count && batches[low].firstSequence == sequence ? batches[low] : nil
    }
}
