public import EventLog
public import PostgreSQL

/// The ledger's tables, read slice by slice by somebody who checks them. Reads only, on a connection of the caller's.
public enum LedgerAudit {
    /// What the tables keep of an account, apart from its owner's name.
    public struct AccountRow: Sendable, Equatable {
        /// The account with its caps.
        public var account: Account
        /// What the commit path goes by before it reads the caps.
        public var hasCaps: Bool
    }

    /// What the entries of an account up to some event amount to.
    public struct EntryTotals: Sendable, Equatable {
        /// Whose entries they are.
        public var account: AccountID
        /// How many there are.
        public var count: Int64
        /// Over all entries.
        public var digest: EntryDigest
        /// As the last entry says.
        public var posted: Int64
        /// As the last entry says, in minor units.
        public var reserved: Int64
        /// Debits that ever counted towards caps, as the last entry says.
        public var debitCount: Int64
        /// Their sum, as the last entry says, in minor units.
        public var debitSum: Int64
        /// The event of the last entry.
        public var lastSequence: Sequence
    }

    /// A transfer, and what is written with it.
    public struct TransferRow: Sendable {
        /// The transfer itself.
        public var transfer: Transfer
        /// What its spender had spent after its commit, if it is the last of theirs in it; nil otherwise.
        public var spent: SpendingRow?
    }

    /// A transfer that the sweep or a person has to come back to.
    public struct WaitingRow: Sendable, Equatable {
        /// Which one waits.
        public var transfer: TransferID
        /// The state in which it waits; `none` if this build does not know it.
        public var state: TransferState
        /// When something must happen to it by itself.
        public var dueAt: Timestamp
        /// The transfer's newest event: the one that led to the state, or a capture or a late decision since.
        public var since: Sequence

        /// A row as it should be, to compare with.
        public init(
            transfer: TransferID, state: TransferState, dueAt: Timestamp, since: Sequence
        ) {
            self.transfer = transfer
            self.state = state
            self.dueAt = dueAt
            self.since = since
        }
    }

    /// An idempotency key and what it leads to.
    public struct KeyRow: Sendable {
        /// Digest of credential and key.
        public var key: TransferID
        /// The last event of the command that it came with.
        public var sequence: Sequence
        /// The transfer it opened; nil if it did something else.
        public var subject: TransferID?
        /// Whether an answer is stored, readable or not.
        public var hasAnswer: Bool
        /// What was answered, if it can be read.
        public var answer: Effect?
    }

    // MARK: - Snapshots

    /// Runs reads that see one state of the tables.
    public static func snapshot<Value>(
        _ connection: inout Connection,
        _ body: (inout Connection) throws(PostgreSQLError) -> Value
    ) throws(PostgreSQLError) -> Value {
        try connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        let value: Value
        do throws(PostgreSQLError) { value = try body(&connection) } catch {
            try? connection.execute("ROLLBACK")
            throw error
        }
        try connection.execute("COMMIT")
        return value
    }

    private static let clock = Statement(
        "audit_clock", "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")

    /// The ledger's clock.
    public static func now(_ connection: inout Connection) throws(PostgreSQLError) -> Timestamp {
        Timestamp(try connection.query(clock).int(0, 0))
    }

    private static let sums = Statement(
        "audit_sums",
        "SELECT currency, sum(posted)::text FROM balance GROUP BY currency ORDER BY currency")

    /// The sum of all balances by currency, as text: it may be larger than an `Int64`.
    public static func sums(
        _ connection: inout Connection
    ) throws(PostgreSQLError) -> [(currency: UInt16, sum: String)] {
        let rows = try connection.query(sums)
        return (0..<rows.count).map { (UInt16(rows.int($0, 0)), rows.text($0, 1)) }
    }

    private static let recordedTimes = Statement(
        "audit_times",
        """
        SELECT first_sequence, recorded_at FROM event_batch
        WHERE first_sequence > $1::bigint ORDER BY first_sequence LIMIT $2::bigint
        """)

    /// When batches say they were recorded, in the column by which moments are looked up.
    public static func recordedTimes(
        after sequence: Sequence, limit: Int, _ connection: inout Connection
    ) throws(PostgreSQLError) -> [(firstSequence: Sequence, recordedAt: Timestamp)] {
        var parameters = Parameters()
        parameters.add(sequence.rawValue)
        parameters.add(Int64(limit))
        let rows = try connection.query(recordedTimes, parameters)
        return (0..<rows.count).map { (Sequence(rows.int($0, 0)), Timestamp(rows.int($0, 1))) }
    }
}
