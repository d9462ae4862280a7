internal import EventLog
internal import PostgreSQL

/// The statements of a commit. Arrays stand for columns, so that a statement serves any number of rows.
///
/// They are unnested side by side in a select list, where PostgreSQL takes one row after another from all of them; as
/// functions in FROM each would first be copied whole, which costs more than twice as much.
enum LedgerStatements {
    static let all: [Statement] =
        [
            begin, commit, rollback, head, clock, keys, transfers, accountStates, accounts, houses,
            leaseToken, sequenceAt, capBase, policyUsage, committedHash, updateCaps,
            insertAccounts,
            insertPosted, insertReserved, insertCharged, insertTransfers, settleTransfers,
            updateTransfers,
            insertEntries, putWaiting, deleteWaiting, insertKeys, insertSubjectKeys,
            insertAlerts, insertNotes, insertPolicy, upsertListEntry, deleteListEntry,
            insertBatch, updateHead,
        ] + TallyStatements.all + SealedContexts.all

    /// The generic plans must use the indexes even if they were made while the tables were empty.
    static let session = """
        SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_hashjoin = off;
        SET enable_mergejoin = off; SET jit = off; SET idle_in_transaction_session_timeout = '5s';
        """

    static let begin = Statement("begin", "BEGIN ISOLATION LEVEL READ COMMITTED")
    static let commit = Statement("commit", "COMMIT")
    static let rollback = Statement("rollback", "ROLLBACK")

    // MARK: - Reading, under the lock

    static let head = Statement(
        "head",
        """
        SELECT sequence, recorded_at, running_hash, next_account, epoch, undecided
        FROM ledger_head FOR UPDATE
        """)
    /// The clock, and the last event that erased contexts: both as they are once the lock is there.
    static let clock = Statement(
        "clock",
        """
        SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
            (SELECT max(erased_sequence) FROM context_key)
        """)
    static let keys = Statement(
        "keys",
        "SELECT key, request, subject, sequence, answer FROM idempotency WHERE key = ANY($1::uuid[])"
    )
    static let transferColumns = """
        id, kind, state, currency, payer, payee, amount, captured, refunded, related, created_at,
        created_sequence, decide_by, expires_at, held_by_policy, first_state, first_action,
        first_sequence, action, score_bits, decision_sequence, last_sequence, extra_legs, spending
        """
    static let transfers = Statement(
        "transfers", "SELECT \(transferColumns) FROM transfer WHERE id = ANY($1::uuid[])")
    /// The newest entries of accounts: what they are now.
    static let accountStates = Statement(
        "account_states",
        """
        SELECT e.account_id, e.account_kind, e.currency, e.posted, e.reserved, e.overdraft, e.flags,
            e.debit_count, e.debit_sum
        FROM (SELECT unnest($1::bigint[]) AS id) a CROSS JOIN LATERAL (
            SELECT * FROM entry WHERE account_id = a.id ORDER BY sequence DESC LIMIT 1) e
        """)
    static let accounts = Statement(
        "accounts",
        """
        SELECT id, owner_token, cap_hour_count, cap_hour_sum, cap_day_count, cap_day_sum
        FROM account WHERE id = ANY($1::bigint[])
        """)
    static let houses = Statement(
        "houses",
        "SELECT kind, currency, id FROM account WHERE kind <> 1 AND kind = ANY($1::smallint[])")
    static let leaseToken = Statement(
        "lease_token", "SELECT token FROM lease WHERE name = 'publisher'")
    /// The last event recorded at or before a moment.
    static let sequenceAt = Statement(
        "sequence_at",
        """
        SELECT last_sequence FROM event_batch WHERE recorded_at <= $1::bigint
        ORDER BY recorded_at DESC, first_sequence DESC LIMIT 1
        """)
    /// An account's debit counters as they were at a sequence.
    static let capBase = Statement(
        "cap_base",
        """
        SELECT debit_count, debit_sum FROM entry WHERE account_id = $1::bigint AND sequence <= $2::bigint
        ORDER BY sequence DESC LIMIT 1
        """)
    /// What the fail policy let a payer spend after a sequence: event kinds posted and authorized.
    static let policyUsage = Statement(
        "policy_usage",
        """
        SELECT coalesce(sum(t.amount), 0)::bigint FROM entry e JOIN transfer t ON t.id = e.transfer_id
        WHERE e.account_id = $1::bigint AND e.sequence > $2::bigint AND e.kind = 10
            AND t.payer = e.account_id AND t.first_action = 5 AND t.first_state IN (2, 5)
        """)
    static let committedHash = Statement(
        "committed_hash", "SELECT running_hash FROM event_batch WHERE first_sequence = $1::bigint")

    // MARK: - Writing

    static let updateCaps = Statement(
        "update_caps",
        """
        UPDATE account a SET cap_hour_count = v.a, cap_hour_sum = v.b, cap_day_count = v.c, cap_day_sum = v.d
        FROM (SELECT unnest($1::bigint[]) AS id, unnest($2::bigint[]) AS a, unnest($3::bigint[]) AS b,
            unnest($4::bigint[]) AS c, unnest($5::bigint[]) AS d) v
        WHERE a.id = v.id
        """)
    static let insertAccounts = Statement(
        "insert_accounts",
        """
        INSERT INTO account (id, public_id, owner, owner_token, kind, currency, cap_hour_count,
            cap_hour_sum, cap_day_count, cap_day_sum, opened_at)
        SELECT unnest($1::bigint[]), unnest($2::uuid[]), unnest($3::text[]), unnest($4::bigint[]),
            unnest($5::smallint[]), unnest($6::smallint[]), unnest($7::bigint[]), unnest($8::bigint[]),
            unnest($9::bigint[]), unnest($10::bigint[]), $11::bigint
        """)
    /// Transfers that were posted in one step.
    static let insertPosted = Statement(
        "insert_posted",
        """
        INSERT INTO transfer (\(transferColumns))
        SELECT id, kind, \(TransferState.posted.rawValue), currency, payer, payee, amount, amount, 0,
            NULL, $8::bigint, sequence, 0, 0, false, \(TransferState.posted.rawValue), 0, sequence, 0,
            0, 0, sequence, NULL, NULL
        FROM (SELECT unnest($1::uuid[]) AS id, unnest($2::smallint[]) AS kind,
            unnest($3::smallint[]) AS currency, unnest($4::bigint[]) AS payer,
            unnest($5::bigint[]) AS payee, unnest($6::bigint[]) AS amount,
            unnest($7::bigint[]) AS sequence) v
        """)
    /// Transfers that wait for their decision.
    static let insertReserved = Statement(
        "insert_reserved",
        """
        INSERT INTO transfer (\(transferColumns))
        SELECT id, kind, \(TransferState.reserved.rawValue), currency, payer, payee, amount, 0, 0,
            NULL, $10::bigint, sequence, decide_by, expires_at, false, 0, 0, 0, 0, 0, 0, sequence, NULL, NULL
        FROM (SELECT unnest($1::uuid[]) AS id, unnest($2::smallint[]) AS kind,
            unnest($3::smallint[]) AS currency, unnest($4::bigint[]) AS payer,
            unnest($5::bigint[]) AS payee, unnest($6::bigint[]) AS amount,
            unnest($7::bigint[]) AS sequence, unnest($8::bigint[]) AS decide_by,
            unnest($9::bigint[]) AS expires_at) v
        """)
    /// Transfers that wait for their decision, with further legs or what counts towards limits.
    static let insertCharged = Statement(
        "insert_charged",
        """
        INSERT INTO transfer (\(transferColumns), spent_by, spent)
        SELECT id, kind, \(TransferState.reserved.rawValue), currency, payer, payee, amount, 0, 0,
            NULL, $14::bigint, sequence, decide_by, expires_at, false, 0, 0, 0, 0, 0, 0, sequence,
            extra_legs, spending, spent_by, spent
        FROM (SELECT unnest($1::uuid[]) AS id, unnest($2::smallint[]) AS kind,
            unnest($3::smallint[]) AS currency, unnest($4::bigint[]) AS payer,
            unnest($5::bigint[]) AS payee, unnest($6::bigint[]) AS amount,
            unnest($7::bigint[]) AS sequence, unnest($8::bigint[]) AS decide_by,
            unnest($9::bigint[]) AS expires_at, unnest($10::bytea[]) AS extra_legs,
            unnest($11::bytea[]) AS spending, unnest($12::uuid[]) AS spent_by,
            unnest($13::bytea[]) AS spent) v
        """)
    static let insertTransfers = Statement(
        "insert_transfers",
        """
        INSERT INTO transfer (\(transferColumns), spent_by, spent)
        SELECT unnest($1::uuid[]), unnest($2::smallint[]), unnest($3::smallint[]), unnest($4::smallint[]),
            unnest($5::bigint[]), unnest($6::bigint[]), unnest($7::bigint[]), unnest($8::bigint[]),
            unnest($9::bigint[]), unnest($10::uuid[]), unnest($11::bigint[]), unnest($12::bigint[]),
            unnest($13::bigint[]), unnest($14::bigint[]), unnest($15::boolean[]),
            unnest($16::smallint[]), unnest($17::smallint[]), unnest($18::bigint[]),
            unnest($19::smallint[]), unnest($20::bigint[]), unnest($21::bigint[]),
            unnest($22::bigint[]), unnest($23::bytea[]), unnest($24::bytea[]), unnest($25::uuid[]),
            unnest($26::bytea[])
        """)
    /// Transfers whose first decision is their newest event.
    static let settleTransfers = Statement(
        "settle_transfers",
        """
        UPDATE transfer t SET state = v.state, captured = v.captured, expires_at = v.expires_at,
            held_by_policy = v.held_by_policy, first_state = v.state, first_action = v.action,
            first_sequence = v.sequence, action = v.action, score_bits = v.score_bits,
            decision_sequence = v.sequence, last_sequence = v.sequence
        FROM (SELECT unnest($1::uuid[]) AS id, unnest($2::smallint[]) AS state,
            unnest($3::bigint[]) AS captured, unnest($4::bigint[]) AS expires_at,
            unnest($5::boolean[]) AS held_by_policy, unnest($6::smallint[]) AS action,
            unnest($7::bigint[]) AS score_bits, unnest($8::bigint[]) AS sequence) v
        WHERE t.id = v.id
        """)
    static let updateTransfers = Statement(
        "update_transfers",
        """
        UPDATE transfer t SET state = v.state, captured = v.captured, refunded = v.refunded,
            expires_at = v.expires_at, held_by_policy = v.held_by_policy, first_state = v.first_state,
            first_action = v.first_action, first_sequence = v.first_sequence, action = v.action,
            score_bits = v.score_bits, decision_sequence = v.decision_sequence,
            last_sequence = v.last_sequence
        FROM (SELECT unnest($1::uuid[]) AS id, unnest($2::smallint[]) AS state,
            unnest($3::bigint[]) AS captured, unnest($4::bigint[]) AS refunded,
            unnest($5::bigint[]) AS expires_at, unnest($6::boolean[]) AS held_by_policy,
            unnest($7::smallint[]) AS first_state, unnest($8::smallint[]) AS first_action,
            unnest($9::bigint[]) AS first_sequence, unnest($10::smallint[]) AS action,
            unnest($11::bigint[]) AS score_bits, unnest($12::bigint[]) AS decision_sequence,
            unnest($13::bigint[]) AS last_sequence) v
        WHERE t.id = v.id
        """)
    static let insertEntries = Statement(
        "insert_entries",
        """
        INSERT INTO entry (account_id, sequence, posted, reserved, overdraft, debit_count,
            debit_sum, transfer_id, kind, cause, account_kind, currency, flags, recorded_at)
        SELECT unnest($1::bigint[]), unnest($2::bigint[]), unnest($3::bigint[]), unnest($4::bigint[]),
            unnest($5::bigint[]), unnest($6::bigint[]), unnest($7::bigint[]), unnest($8::uuid[]),
            unnest($9::smallint[]), unnest($10::smallint[]), unnest($11::smallint[]),
            unnest($12::smallint[]), unnest($13::smallint[]), $14::bigint
        """)
    static let putWaiting = Statement(
        "put_waiting",
        """
        INSERT INTO waiting (transfer_id, state, due_at, since_sequence)
        SELECT unnest($1::uuid[]), unnest($2::smallint[]), unnest($3::bigint[]), unnest($4::bigint[])
        ON CONFLICT (transfer_id) DO UPDATE SET state = excluded.state, due_at = excluded.due_at,
            since_sequence = excluded.since_sequence
        """)
    static let deleteWaiting = Statement(
        "delete_waiting", "DELETE FROM waiting WHERE transfer_id = ANY($1::uuid[])")
    static let insertKeys = Statement(
        "insert_keys",
        """
        INSERT INTO idempotency (key, request, subject, sequence, answer)
        SELECT unnest($1::uuid[]), unnest($2::uuid[]), unnest($3::uuid[]), unnest($4::bigint[]),
            unnest($5::bytea[])
        """)
    /// Keys of transfers: what they answer is the transfer.
    static let insertSubjectKeys = Statement(
        "insert_subject_keys",
        """
        INSERT INTO idempotency (key, request, subject, sequence)
        SELECT unnest($1::uuid[]), unnest($2::uuid[]), unnest($3::uuid[]), unnest($4::bigint[])
        """)
    static let insertAlerts = Statement(
        "insert_alerts", "INSERT INTO alert (sequence) SELECT unnest($1::bigint[])")
    static let insertNotes = Statement(
        "insert_notes",
        """
        INSERT INTO note (sequence, transfer_id, actor, text)
        SELECT unnest($1::bigint[]), unnest($2::uuid[]), unnest($3::text[]), unnest($4::text[])
        """)
    static let insertPolicy = Statement(
        "insert_policy",
        """
        INSERT INTO policy (sequence, recorded_at, model_hash, challenger_hash, rules, actor, note)
        VALUES ($1::bigint, $2::bigint, $3::bytea, $4::bytea, $5::text, $6::text, $7::text)
        """)
    static let upsertListEntry = Statement(
        "upsert_list_entry",
        """
        INSERT INTO list_entry (list, subject, key, until, sequence, recorded_at, actor, note)
        VALUES ($1::bigint, $2::bigint, $3::bigint, $4::bigint, $5::bigint, $6::bigint, $7::text, $8::text)
        ON CONFLICT (list, subject, key) DO UPDATE SET until = excluded.until,
            sequence = excluded.sequence, recorded_at = excluded.recorded_at,
            actor = excluded.actor, note = excluded.note
        """)
    static let deleteListEntry = Statement(
        "delete_list_entry",
        """
        DELETE FROM list_entry
        WHERE list = $1::bigint AND subject = $2::bigint AND key = $3::bigint
        """)
    static let insertBatch = Statement(
        "insert_batch",
        """
        INSERT INTO event_batch (first_sequence, last_sequence, recorded_at, payload, running_hash)
        VALUES ($1::bigint, $2::bigint, $3::bigint, $4::bytea, $5::bytea)
        """)
    static let updateHead = Statement(
        "update_head",
        """
        UPDATE ledger_head SET sequence = $1::bigint, recorded_at = $2::bigint,
            running_hash = $3::bytea, next_account = $4::bigint, epoch = $5::bigint::integer,
            undecided = $6::bigint
        """)
}
