internal import EventLog

/// What becomes known of a transaction later.
struct LaterEvent: Sendable, Equatable {
    enum Matter: Sendable, Equatable { case outcome(isPosted: Bool), label(LabelVerdict) }

    var time: Timestamp
    var matter: Matter
    /// Place in a ledger's log; zero if none is told.
    var sequence: Sequence
    /// Number of the transaction, from 1.
    var transaction: UInt64
    var kind: TransferKind
    var payer: AccountID
    var payee: AccountID
    var amount: Int64
    var currency: UInt16
    /// The transaction's reserve in the replayed log.
    var reserve = Sequence.zero

    /// At one instant: labels, outcomes, then what a log has ordered.
    fileprivate var rank: Int {
        guard sequence == .zero else { return 2 }
        if case .label = matter { return 0 }
        return 1
    }

    /// Whether it comes before `other`, which is another event; of equal ones the earlier transaction's comes first.
    func precedes(_ other: LaterEvent) -> Bool {
        if time != other.time { return time < other.time }
        if rank != other.rank { return rank < other.rank }
        if sequence != other.sequence { return sequence < other.sequence }
        return transaction < other.transaction
    }

    /// Whether it comes before a transaction of this time and place in the log.
    func isDue(by now: Timestamp, _ sequence: Sequence) -> Bool {
        if time != now { return time < now }
        return self.sequence == .zero || sequence == .zero || self.sequence < sequence
    }
}

/// Events that wait for their time. Those that come in order, as most do, wait in a line; others in a heap.
struct EventQueue: Sendable {
    private var line: [LaterEvent] = []
    private var lineStart = 0
    private var heap: [LaterEvent] = []

    /// Number of events that wait.
    var count: Int { line.count - lineStart + heap.count }

    mutating func add(_ event: LaterEvent) {
        if lineStart == line.count {
            line.removeAll(keepingCapacity: true)
            lineStart = 0
        }
        if let last = line.last, event.precedes(last) { return push(event) }
        line.append(event)
    }

    /// The first event, if it is due.
    mutating func takeDue(by now: Timestamp, _ sequence: Sequence = .zero) -> LaterEvent? {
        guard let first, first.isDue(by: now, sequence) else { return nil }
        removeFirst()
        return first
    }

    private var isHeapFirst: Bool {
        guard let top = heap.first else { return false }
        return lineStart == line.count || top.precedes(line[lineStart])
    }

    var first: LaterEvent? {
        if isHeapFirst { return heap[0] }
        return lineStart < line.count ? line[lineStart] : nil
    }

    mutating func removeFirst() {
        if isHeapFirst { return pop() }
        lineStart += 1
        // Room in front is used again once it is most of the line.
        if lineStart > 1_024, lineStart * 2 > line.count {
            line.removeFirst(lineStart)
            lineStart = 0
        }
    }

    // MARK: - A binary heap: no entry precedes its parent

    private mutating func push(_ event: LaterEvent) {
        heap.append(event)
        var child = heap.count - 1
        while child > 0, event.precedes(heap[(child - 1) / 2]) {
            heap[child] = heap[(child - 1) / 2]
            child = (child - 1) / 2
        }
        heap[child] = event
    }

    private mutating func pop() {
        let last = heap.removeLast()
        guard !heap.isEmpty else { return }
        var parent = 0
        while true {
            var least = 2 * parent + 1
            guard least < heap.count else { break }
            if least + 1 < heap.count, heap[least + 1].precedes(heap[least]) { least += 1 }
            guard heap[least].precedes(last) else { break }
            heap[parent] = heap[least]
            parent = least
        }
        heap[parent] = last
    }
}
