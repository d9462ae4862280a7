public import EventLog
public import PostgreSQL

extension LedgerQueries {
    /// What a purge did, and where the next one begins.
    public struct KeyPurge: Sendable, Equatable {
        /// Number of keys that were deleted.
        public var count = 0
        /// Older keys than those of this event are gone: the next purge need not look at what they left in the index.
        public var position = Sequence.zero

        /// The first purge: it begins with the oldest key.
        public init() {}
    }

    /// Deletes the oldest keys, if they are older than the retention.
    ///
    /// The age of a key is that of its batch. It bears the sequence of the newest event when its command was done, and a
    /// command without an event of its own bears that of the batch before: so keys of the last event that is old enough
    /// are left for a later purge.
    ///
    /// This runs without the lock on the head. No commit changes or deletes a key, so a purge waits for none, and what a
    /// commit may meet is harmless: it reads a key before the purge is committed, and answers from it; or it does not
    /// find it any more, and the request is a new one; or it takes the key to be new and comes upon the unique index,
    /// where it waits for the purge to end, and then either writes the key or reads it after all.
    ///
    /// Two purges at a time delete row by row in the same order, that of the row's places, and so do not lock each other
    /// out. `statement_timestamp`, not `clock_timestamp`: only what stays the same throughout a statement is looked up in
    /// an index, and it is the earlier of the two.
    private static let purgeKeys = Statement(
        "purge_keys",
        """
        WITH purged AS (
            DELETE FROM idempotency WHERE ctid = ANY (ARRAY(
                SELECT ctid FROM idempotency
                WHERE sequence >= $1::bigint AND sequence < (
                    SELECT last_sequence FROM event_batch
                    WHERE recorded_at <=
                        (extract(epoch FROM statement_timestamp()) * 1000000)::bigint - $2::bigint
                    ORDER BY recorded_at DESC, first_sequence DESC LIMIT 1)
                ORDER BY sequence LIMIT $3::bigint))
            RETURNING sequence)
        SELECT count(*), coalesce(max(sequence), $1) FROM purged
        """)

    /// Deletes up to `limit` idempotency keys, the oldest first, that were recorded `seconds` ago or longer by the
    /// database's clock. A request with a key that is gone is taken to be a new one.
    public func purgeKeys(
        olderThanSeconds seconds: Int64, after last: KeyPurge, limit: Int
    ) async throws(PostgreSQLError) -> KeyPurge {
        try await pool.run { connection throws(PostgreSQLError) in
            var parameters = Parameters()
            parameters.add(last.position.rawValue)
            parameters.add(seconds * 1_000_000)
            parameters.add(Int64(limit))
            let rows = try connection.query(Self.purgeKeys, parameters)
            var purge = KeyPurge()
            purge.count = Int(rows.int(0, 0))
            purge.position = Sequence(rows.int(0, 1))
            return purge
        }
    }
}
