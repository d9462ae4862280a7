internal import Cryptography
public import EventLog
public import PostgreSQL

/// Reads the event log as it is stored, on a connection of the caller's.
public enum LogReader {
    /// Where the log stands.
    public struct Head: Sendable, Equatable {
        /// Identifier of this log; another database has another.
        public var logID: TransferID
        /// The newest event's place; zero while there is none.
        public var sequence: Sequence
        /// When the newest batch was committed; the next one is never recorded earlier.
        public var recordedAt: Timestamp
        /// The chain's link after the newest batch.
        public var runningHash: RunningHash
        /// Number of the engine activation whose decisions count; 0 before the first.
        public var epoch: UInt32
        /// Transfers that are reserved and not decided.
        public var undecided: Int64
    }

    private static let headStatement = Statement(
        "log_head",
        "SELECT log_id, sequence, recorded_at, running_hash, epoch, undecided FROM ledger_head")

    /// The newest event's place.
    public static func head(_ connection: inout Connection) throws(PostgreSQLError) -> Head {
        let rows = try connection.query(headStatement)
        guard rows.count == 1, let digest = SHA256Digest(bytes: rows.bytes(0, 3)) else {
            throw .unexpectedResult("ledger_head is damaged")
        }
        let id = rows.uuid(0, 0)
        return Head(
            logID: TransferID(high: id.high, low: id.low), sequence: Sequence(rows.int(0, 1)),
            recordedAt: Timestamp(rows.int(0, 2)), runningHash: RunningHash(digest),
            epoch: UInt32(rows.int(0, 4)), undecided: rows.int(0, 5))
    }

    private static let batchesAfter = Statement(
        "batches_after",
        """
        SELECT first_sequence, last_sequence, payload, running_hash FROM event_batch
        WHERE first_sequence > $1::bigint ORDER BY first_sequence LIMIT $2::bigint
        """)
    private static let contextsBetween = Statement(
        "contexts_between",
        """
        SELECT c.sequence, c.key_id, c.sealed, k.master_key, k.data_key, k.erased_sequence,
            k.account_id
        FROM risk_context c LEFT JOIN context_key k ON k.id = c.key_id
        WHERE c.sequence BETWEEN $1::bigint AND $2::bigint ORDER BY c.sequence
        """)

    /// Up to `limit` batches after a batch's last event, in order, with the risk contexts joined to them.
    public static func batches(
        after sequence: Sequence, limit: Int, opening opener: inout ContextOpener,
        _ connection: inout Connection
    ) throws(PostgreSQLError) -> [StoredBatch] {
        var batches = try batches(after: sequence, limit: limit, &connection)
        guard let first = batches.first, let last = batches.last else { return [] }
        var parameters = Parameters()
        parameters.add(first.firstSequence.rawValue)
        parameters.add(last.lastSequence.rawValue)
        let rows = try connection.query(contextsBetween, parameters)
        try join(rows, to: &batches, opening: &opener)
        return batches
    }

    /// Up to `limit` batches after a batch's last event, in order, without risk contexts.
    public static func batches(
        after sequence: Sequence, limit: Int, _ connection: inout Connection
    ) throws(PostgreSQLError) -> [StoredBatch] {
        var parameters = Parameters()
        parameters.add(sequence.rawValue)
        parameters.add(Int64(limit))
        var batches: [StoredBatch] = []
        do {
            let rows = try connection.query(batchesAfter, parameters)
            for row in 0..<rows.count {
                guard let digest = SHA256Digest(bytes: rows.bytes(row, 3)) else {
                    throw .unexpectedResult("the running hash at \(rows.int(row, 0)) is damaged")
                }
                batches.append(
                    StoredBatch(
                        firstSequence: Sequence(rows.int(row, 0)),
                        lastSequence: Sequence(rows.int(row, 1)), payload: rows.bytes(row, 2),
                        runningHash: RunningHash(digest), contexts: RiskContexts()))
            }
        }
        return batches
    }

    private static func join(
        _ rows: borrowing Rows, to batches: inout [StoredBatch], opening opener: inout ContextOpener
    ) throws(PostgreSQLError) {
        var items: [EventBatch.Indexed<RiskContext>] = []
        var position = 0
        for row in 0..<rows.count {
            let sequence = Sequence(rows.int(row, 0))
            while position < batches.count, batches[position].lastSequence < sequence {
                batches[position].contexts = RiskContexts(items)
                items.removeAll()
                position += 1
            }
            guard position < batches.count, sequence >= batches[position].firstSequence else {
                continue
            }
            items.append(
                EventBatch.Indexed(
                    index: Int(sequence.rawValue - batches[position].firstSequence.rawValue),
                    value: try opener.open(rows, row)))
        }
        if position < batches.count { batches[position].contexts = RiskContexts(items) }
    }

    private static let batchHolding = Statement(
        "batch_holding",
        """
        SELECT payload FROM event_batch WHERE first_sequence <= $1::bigint
        ORDER BY first_sequence DESC LIMIT 1
        """)

    /// The batch that holds an event, decoded; nil if the log does not go that far.
    public static func batch(
        holding sequence: Sequence, _ connection: inout Connection
    ) throws(PostgreSQLError) -> EventBatch? {
        var parameters = Parameters()
        parameters.add(sequence.rawValue)
        let rows = try connection.query(batchHolding, parameters)
        guard !rows.isEmpty else { return nil }
        do throws(WireError) {
            let batch = try EventBatch(encoded: rows.bytes(0, 0))
            return batch.lastSequence >= sequence ? batch : nil
        } catch {
            throw .unexpectedResult("the batch of event \(sequence.rawValue) is damaged: \(error)")
        }
    }

    /// The running hash after the batch that ends with `sequence`; nil if no batch ends there.
    public static func runningHash(
        at sequence: Sequence, _ connection: inout Connection
    ) throws(PostgreSQLError) -> RunningHash? {
        if sequence == .zero { return .start }
        var parameters = Parameters()
        parameters.add(sequence.rawValue)
        let rows = try connection.query(
            Statement(
                "hash_at_end",
                """
                SELECT running_hash, last_sequence FROM event_batch WHERE first_sequence <= $1::bigint
                ORDER BY first_sequence DESC LIMIT 1
                """), parameters)
        guard !rows.isEmpty, rows.int(0, 1) == sequence.rawValue else { return nil }
        return SHA256Digest(bytes: rows.bytes(0, 0)).map(RunningHash.init)
    }
}
