internal import PostgreSQL

/// Every statement of the log: one set, whether a caller appends in its own transaction or the writer in one of its own.
enum AuditStatements {
    static let begin = Statement("audit_begin", "BEGIN ISOLATION LEVEL READ COMMITTED")
    /// All that is read in it is of one moment.
    static let beginReading = Statement(
        "audit_begin_reading", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    static let commit = Statement("audit_commit", "COMMIT")

    private static let headColumns =
        "log_id, size, recorded_at, last_hash, subtree_roots, signed_heads"
    static let head = Statement("audit_head", "SELECT \(headColumns) FROM audit_head")
    static let lockHead = Statement(
        "audit_lock_head", "SELECT \(headColumns) FROM audit_head FOR UPDATE")
    /// Sent behind the lock: a clock in the same statement would be read before the wait for it.
    static let clock = Statement(
        "audit_clock", "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")

    /// Moves the head and adds the entries, both or neither: without a lock that is held, as outside a transaction,
    /// another's append may have come between, and then nothing is written.
    static let append = Statement(
        "audit_append",
        """
        WITH moved AS (
            UPDATE audit_head
            SET size = $3::bigint, recorded_at = $4::bigint, last_hash = $5::bytea,
                subtree_roots = $6::bytea
            WHERE size = $1::bigint AND last_hash = $2::bytea RETURNING 1),
        added AS (
            INSERT INTO audit_entry (
                index, recorded_at, actor, act, subject, outcome, details, previous_hash, hash)
            SELECT e.* FROM moved CROSS JOIN (
                SELECT unnest($7::bigint[]), unnest($8::bigint[]), unnest($9::text[]),
                    unnest($10::text[]), unnest($11::text[]), unnest($12::smallint[]),
                    unnest($13::text[]), unnest($14::bytea[]), unnest($15::bytea[])) e
            RETURNING 1)
        SELECT count(*) FROM added
        """)

    /// Counts the head and adds it, both or neither; for the same reason.
    static let addSignedHead = Statement(
        "audit_add_signed_head",
        """
        WITH moved AS (
            UPDATE audit_head SET recorded_at = $3::bigint, signed_heads = signed_heads + 1
            WHERE size = $1::bigint AND signed_heads = $2::bigint RETURNING log_id),
        added AS (
            INSERT INTO audit_tree_head (number, log_id, size, root, signed_at, key_id, signature)
            SELECT $2::bigint, log_id, $1::bigint, $4::bytea, $3::bigint, $5::bytea, $6::bytea
            FROM moved RETURNING 1)
        SELECT count(*) FROM added
        """)

    static let hash = Statement(
        "audit_hash", "SELECT hash FROM audit_entry WHERE index = $1::bigint")
    static let hashes = Statement(
        "audit_hashes",
        """
        SELECT hash FROM audit_entry WHERE index >= $1::bigint AND index < $2::bigint
        ORDER BY index
        """)

    private static let entryColumns =
        "index, recorded_at, actor, act, subject, outcome, details, previous_hash, hash"
    static let entries = Statement(
        "audit_entries",
        """
        SELECT \(entryColumns) FROM audit_entry WHERE index >= $1::bigint
        ORDER BY index LIMIT $2::bigint
        """)
    static let entriesBefore = Statement(
        "audit_entries_before",
        """
        SELECT \(entryColumns) FROM audit_entry WHERE index < $1::bigint
        ORDER BY index DESC LIMIT $2::bigint
        """)

    /// For each name two walks in the order of an index, so that what is read does not grow with the log.
    static let entriesNaming = Statement(
        "audit_entries_naming",
        """
        SELECT \(entryColumns) FROM audit_entry WHERE index IN (
            SELECT found.index FROM unnest($1::text[]) AS name CROSS JOIN LATERAL (
                (SELECT index FROM audit_entry WHERE actor = name AND index >= $2::bigint
                    ORDER BY index LIMIT $3::bigint)
                UNION ALL
                (SELECT index FROM audit_entry
                    WHERE subject = name AND subject <> '' AND index >= $2::bigint
                    ORDER BY index LIMIT $3::bigint)) AS found)
        ORDER BY index LIMIT $3::bigint
        """)

    private static let signedHeadColumns =
        "number, log_id, size, root, signed_at, key_id, signature"
    static let signedHeads = Statement(
        "audit_signed_heads",
        """
        SELECT \(signedHeadColumns) FROM audit_tree_head WHERE number >= $1::bigint
        ORDER BY number LIMIT $2::bigint
        """)
    static let newestSignedHead = Statement(
        "audit_newest_signed_head",
        "SELECT \(signedHeadColumns) FROM audit_tree_head ORDER BY number DESC LIMIT 1")
}
