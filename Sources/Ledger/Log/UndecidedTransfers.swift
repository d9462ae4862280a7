internal import DequeModule
public import EventLog
public import PostgreSQL

/// The transfers that are reserved and that nobody has decided, as the log tells: what a sweep has to look at.
///
/// Nothing is written down for it. The ledger's head counts the undecided, so that whoever starts reads the log backwards
/// from the head until it has found that many, and from then on follows it.
public struct UndecidedTransfers: Sendable {
    private struct Item {
        var id: TransferID
        var expiresAt: Timestamp
    }
    /// In the log's order; those in front are undecided, others may have been decided since.
    private var order: Deque<Item> = []
    private var undecided: Set<TransferID> = []
    /// When the newest batch was recorded: by the ledger's clock it is not earlier now.
    private var recordedAt: Timestamp

    /// No transfer is undecided, as in a log without events.
    public init() { recordedAt = .none }

    /// How many are undecided.
    public var count: Int { undecided.count }

    /// Takes note of the next batch of the log.
    public mutating func follow(_ batch: EventBatch) {
        for index in 0..<batch.count {
            let event = batch.event(at: index)
            if event.kind == .reserved {
                undecided.insert(event.transfer)
                order.append(Item(id: event.transfer, expiresAt: event.expiresAt))
            } else if event.kind.endsReservation {
                undecided.remove(event.transfer)
            }
        }
        recordedAt = batch.recordedAt
        while let first = order.first, !undecided.contains(first.id) { order.removeFirst() }
        // One that stays undecided must not keep all those behind it.
        if order.count > 2 * undecided.count + 1_024 {
            order.removeAll { !undecided.contains($0.id) }
        }
    }

    /// Those whose time has run out, in the log's order; by the log's own times if they are ahead of `moment`.
    public func due(at moment: Timestamp) -> [TransferID] {
        let moment = max(moment, recordedAt)
        return order.filter { $0.expiresAt <= moment && undecided.contains($0.id) }.map(\.id)
    }

    // MARK: - Start

    private static let batchesBefore = Statement(
        "batches_before",
        """
        SELECT first_sequence, payload FROM event_batch WHERE first_sequence <= $1::bigint
        ORDER BY first_sequence DESC LIMIT $2::bigint
        """)

    /// Reads the log backwards from its head.
    public init(
        upTo head: LogReader.Head, on connection: inout Connection
    ) throws(PostgreSQLError) {
        var decided: Set<TransferID> = []
        var found: [Item] = []
        var sequence = head.sequence
        while sequence > .zero, head.undecided > found.count {
            var parameters = Parameters()
            parameters.add(sequence.rawValue)
            parameters.add(16 as Int64)
            let rows = try connection.query(Self.batchesBefore, parameters)
            if rows.isEmpty { break }
            for row in 0..<rows.count {
                guard let batch = try? EventBatch(encoded: rows.bytes(row, 1)) else {
                    throw .unexpectedResult("the batch of event \(rows.int(row, 0)) is damaged")
                }
                for index in (0..<batch.count).reversed() {
                    let event = batch.event(at: index)
                    if event.kind.endsReservation {
                        decided.insert(event.transfer)
                    } else if event.kind == .reserved, decided.remove(event.transfer) == nil {
                        found.append(Item(id: event.transfer, expiresAt: event.expiresAt))
                    }
                }
                sequence = Sequence(rows.int(row, 0) - 1)
            }
        }
        recordedAt = head.recordedAt
        order = Deque(found.reversed())
        undecided = Set(found.map(\.id))
    }
}

extension EventKind {
    /// Whether a transfer is not merely reserved any more after it.
    fileprivate var endsReservation: Bool {
        switch self {
        case .posted, .authorized, .held, .challenged, .voided: true
        default: false
        }
    }
}
