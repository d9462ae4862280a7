public import EventLog
internal import Ledger
public import PostgreSQL
internal import Tables
public import Vault

/// Writes the payments of a ledger as a transactions table, from its log: streaming, in memory that does not grow with
/// the log. It goes through the log once for each half a million payments, since what became of a payment may stand
/// anywhere behind it.
public struct TableExport: Sendable {
    /// What was written.
    public struct Summary: Sendable, Equatable {
        /// Payments and authorizations, one a row.
        public var rows = 0
        /// How many of them are labelled fraudulent.
        public var frauds = 0
        /// The last event that was looked at.
        public var cut = Sequence.zero
    }

    private let contextKeys: Keyring
    private let labelDelaySeconds: Int64
    private let partRows: Int
    /// Batches that are read at once.
    private static let slice = 256
    /// Rows whose accounts are looked up at once.
    private static let lookup = 4_096

    /// - Parameters:
    ///   - contextKeys: the master keys that wrap those under which risk contexts are sealed.
    ///   - labelDelaySeconds: the age at which a payment without a label is presumed genuine.
    ///   - partRows: rows that are held in memory at once, a few hundred bytes each.
    public init(contextKeys: Keyring, labelDelaySeconds: Int64, partRows: Int = 1 << 19) {
        self.contextKeys = contextKeys
        self.labelDelaySeconds = labelDelaySeconds
        self.partRows = partRows
    }

    /// Writes what the log says up to its present head. Reads only.
    ///
    /// - Parameter progress: is told how many events are done, of how many.
    /// - Throws: ``OperationError`` if a batch cannot be read or the file cannot be written; there is no file then.
    public func run(
        _ connection: inout Connection, to path: String,
        progress: (_ done: Int64, _ total: Int64) -> Void = { _, _ in }
    ) throws(OperationError) -> Summary {
        do {
            let head = try LogReader.head(&connection)
            var summary = Summary(cut: head.sequence)
            var writer = try TransactionWriter(path: path)
            var last = Sequence.zero
            var limits: [AccountID: Int64] = [:]
            while last < head.sequence {
                var part = ExportedPart(capacity: partRows, limits: limits)
                let end = try collect(&part, after: last, upTo: head.sequence, &connection) {
                    progress($0.rawValue, head.sequence.rawValue)
                }
                limits = part.limits
                try write(part, head, &writer, &summary, &connection)
                last = end
            }
            try writer.commit()
            return summary
        } catch let error as OperationError {
            throw error
        } catch { throw OperationError("\(error)") }
    }

    /// Fills a part with rows, then goes through the rest of the log for what became of them. Returns the last event
    /// whose batch was collected.
    private func collect(
        _ part: inout ExportedPart, after start: Sequence, upTo head: Sequence,
        _ connection: inout Connection, progress: (Sequence) -> Void
    ) throws -> Sequence {
        var last = start
        var end: Sequence?
        var opener = ContextOpener(contextKeys)
        while last < head {
            let batches = try LogReader.batches(
                after: last, limit: Self.slice, opening: &opener, &connection)
            guard !batches.isEmpty else {
                throw OperationError(
                    "the log ends at event \(last.rawValue), its head is at \(head.rawValue)")
            }
            for stored in batches where stored.firstSequence <= head {
                let events: EventBatch
                do { events = try EventBatch(encoded: stored.payload) } catch {
                    throw OperationError(
                        "batch \(stored.firstSequence.rawValue) of the log cannot be read: \(error)"
                    )
                }
                if part.isFull {
                    end = end ?? last
                    part.follow(events)
                } else {
                    part.collect(events, stored.contexts)
                }
                last = stored.lastSequence
            }
            progress(end ?? last)
        }
        return end ?? last
    }

    private func write(
        _ part: ExportedPart, _ head: LogReader.Head, _ writer: inout TransactionWriter,
        _ summary: inout Summary, _ connection: inout Connection
    ) throws {
        let genuineUntil = head.recordedAt.adding(seconds: -labelDelaySeconds)
        for start in stride(from: 0, to: part.rows.count, by: Self.lookup) {
            let rows = part.rows[start..<min(start + Self.lookup, part.rows.count)]
            let accounts = Set(rows.map(\.payer)).union(rows.map(\.payee))
            let names = try PublicAccountID.all(of: Array(accounts), &connection)
                .mapValues(\.description)
            for row in rows {
                guard let transaction = row.transaction(names: names, genuineUntil: genuineUntil)
                else {
                    throw OperationError(
                        "transfer \(row.transfer) has an account or a currency that is not known")
                }
                try writer.append(transaction)
                summary.rows += 1
                if transaction.isFraud == true { summary.frauds += 1 }
            }
        }
    }
}
