internal import EventLog
internal import Features

/// A reserve that no engine's decision is recorded for yet.
struct PendingDecision: BitwiseCopyable {
    var high: UInt64
    var low: UInt64
    /// Of the reserve event.
    var sequence: Int64
    /// Bits of its ``ListMarks``.
    private var marksBits: UInt32
    private var unused: UInt32 = 0
    /// Neighbours in sequence order.
    var previous: UInt32 = Slab<PendingDecision>.none
    var next: UInt32 = Slab<PendingDecision>.none

    init(transfer: TransferID, sequence: Sequence, marks: ListMarks) {
        high = transfer.high
        low = transfer.low
        self.sequence = sequence.rawValue
        marksBits = marks.bits
    }

    var marks: ListMarks { ListMarks(bits: marksBits) }

    var transfer: TransferID { TransferID(high: high, low: low) }

    static func hash(_ transfer: TransferID) -> UInt32 {
        UInt32(truncatingIfNeeded: mixed(transfer.high &* 0x9e37_79b9_7f4a_7c15 ^ transfer.low))
    }
}

/// All reserves without an engine's decision in the log, with their features, in sequence order; bounded.
struct PendingDecisions: ~Copyable {
    private var records: Slab<PendingDecision>
    private var index: HashTable<NumberSlot>
    private var rows: Region
    private var head = Slab<PendingDecision>.none
    private var tail = Slab<PendingDecision>.none
    private let limit: Int
    private let rowBytes: Int
    /// Reserves that were given up because there were too many.
    private(set) var droppedCount: UInt64 = 0

    init(limit: Int, featureCount: Int) {
        precondition(limit >= 1)
        self.limit = limit
        rowBytes = featureCount * MemoryLayout<Double>.stride
        records = Slab(capacity: limit + 1)
        index = HashTable(capacity: (limit + 1) * 2)
        rows = Region(capacity: (limit + 1) * rowBytes)
    }

    var count: Int { records.count }
    var first: UInt32? { head == Slab<PendingDecision>.none ? nil : head }
    /// Of the reserve that has waited longest.
    var firstSequence: Sequence? { first.map { Sequence(records[$0].sequence) } }

    func next(_ number: UInt32) -> UInt32? {
        let next = records[number].next
        return next == Slab<PendingDecision>.none ? nil : next
    }

    mutating func record(_ number: UInt32) -> PendingDecision { records[number] }

    func row(_ number: UInt32) -> UnsafePointer<Double> {
        precondition(Int(number) <= limit)
        return UnsafePointer(
            (rows.base + Int(number) * rowBytes).assumingMemoryBound(to: Double.self))
    }

    /// Asks for the bucket of a transfer ahead of its use.
    func prefetch(_ transfer: TransferID) { index.prefetch(PendingDecision.hash(transfer)) }

    /// Adds a reserve, the latest in sequence; does nothing if its transfer is there already.
    mutating func insert(
        transfer: TransferID, sequence: Sequence, marks: ListMarks, row: UnsafePointer<Double>
    ) {
        let hash = PendingDecision.hash(transfer)
        guard position(hash, transfer) == nil else { return }
        if records.count == limit {
            remove(records[head].transfer)
            droppedCount += 1
        }
        var record = PendingDecision(transfer: transfer, sequence: sequence, marks: marks)
        record.previous = tail
        guard let number = records.insert(record) else { return }
        guard index.insert(NumberSlot(hash: hash, number: number)) else {
            records.remove(number)
            return
        }
        if tail == Slab<PendingDecision>.none {
            head = number
        } else {
            records.change(tail).pointee.next = number
        }
        tail = number
        rows.touch(Int(number) * rowBytes, rowBytes)
        (rows.base + Int(number) * rowBytes).copyMemory(from: row, byteCount: rowBytes)
    }

    /// Removes a transfer that needs no decision any more; does nothing if it is not pending.
    mutating func remove(_ transfer: TransferID) {
        let hash = PendingDecision.hash(transfer)
        guard let position = position(hash, transfer) else { return }
        let number = index[position].number
        let record = records[number]
        index.remove(position)
        if record.previous == Slab<PendingDecision>.none {
            head = record.next
        } else {
            records.change(record.previous).pointee.next = record.next
        }
        if record.next == Slab<PendingDecision>.none {
            tail = record.previous
        } else {
            records.change(record.next).pointee.previous = record.previous
        }
        records.remove(number)
    }

    private mutating func position(_ hash: UInt32, _ transfer: TransferID)
        -> HashTable<NumberSlot>.Position?
    {
        index.find(
            hash,
            record: { number in
                let record = records.read(number)
                return record.pointee.high == transfer.high && record.pointee.low == transfer.low
            })
    }
}

// MARK: - Snapshots

extension PendingDecisions {
    static var regionCount: Int { 4 }

    mutating func withRegion<Result>(_ number: Int, _ body: (inout Region) -> Result) -> Result {
        switch number {
        case 0: body(&records.region)
        case 1: body(&index.buckets)
        case 2: body(&index.overflow)
        default: body(&rows)
        }
    }

    func liveRanges(_ number: Int) -> [Range<Int>] {
        switch number {
        case 0: records.liveRanges
        case 1: index.bucketRanges
        case 2: index.overflowRanges
        default: [0..<records.extent * rowBytes]
        }
    }

    var words: [UInt64] {
        [UInt64(limit), UInt64(rowBytes), UInt64(head), UInt64(tail), droppedCount]
            + records.words + index.words
    }

    mutating func restore(_ words: inout WordReader) -> Bool {
        guard words.next() == UInt64(limit), words.next() == UInt64(rowBytes),
            let head = words.next(), let tail = words.next(), let dropped = words.next(),
            head <= UInt64(UInt32.max), tail <= UInt64(UInt32.max)
        else { return false }
        self.head = UInt32(head)
        self.tail = UInt32(tail)
        droppedCount = dropped
        return records.restore(&words) && index.restore(&words)
    }
}
