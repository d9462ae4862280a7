-- The ledger. Every write to these tables happens while the row of ledger_head is locked, so there is
-- one order of commits and no other lock is needed. Only old idempotency keys are deleted without it.

CREATE TABLE ledger_head (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    log_id uuid NOT NULL,
    sequence bigint NOT NULL,
    recorded_at bigint NOT NULL,
    running_hash bytea NOT NULL,
    next_account bigint NOT NULL,
    epoch integer NOT NULL,
    undecided bigint NOT NULL CHECK (undecided >= 0)
) WITH (fillfactor = 10, autovacuum_vacuum_threshold = 1000);
INSERT INTO ledger_head VALUES (true, gen_random_uuid(), 0, 0, decode(repeat('00', 32), 'hex'), 1, 0, 0);

-- Tables whose rows are only ever added need a vacuum now and then, not after each fifth of their size.

-- The event log: one row a commit, in wire encoding (EventBatch.proto).
CREATE TABLE event_batch (
    first_sequence bigint PRIMARY KEY,
    last_sequence bigint NOT NULL,
    recorded_at bigint NOT NULL,
    payload bytea COMPRESSION lz4 NOT NULL,
    running_hash bytea NOT NULL
) WITH (autovacuum_vacuum_insert_scale_factor = 2, autovacuum_analyze_scale_factor = 1);
CREATE INDEX event_batch_recorded_at ON event_batch (recorded_at);

-- What risk knows of a payment beyond the ledger, by the sequence of its reserve event.
-- Identifiers are keyed tokens; nothing of this is in the event log.
CREATE TABLE risk_context (
    sequence bigint PRIMARY KEY,
    device bigint NOT NULL,
    instrument bigint NOT NULL,
    address bigint NOT NULL,
    latitude integer,
    longitude integer,
    merchant_category integer NOT NULL,
    initiated_at bigint NOT NULL
) WITH (autovacuum_vacuum_insert_scale_factor = 2, autovacuum_analyze_scale_factor = 1);

CREATE TABLE account (
    id bigint PRIMARY KEY,
    public_id uuid NOT NULL UNIQUE,
    owner text NOT NULL,
    owner_token bigint NOT NULL,
    kind smallint NOT NULL,
    currency smallint NOT NULL,
    opened_at bigint NOT NULL,
    cap_hour_count bigint,
    cap_hour_sum bigint,
    cap_day_count bigint,
    cap_day_sum bigint
);
CREATE UNIQUE INDEX account_house ON account (kind, currency) WHERE kind <> 1;

-- What a transfer changes in it stays on its page and is pruned there: there is little for a vacuum to find.
CREATE TABLE transfer (
    id uuid PRIMARY KEY,
    kind smallint NOT NULL,
    state smallint NOT NULL,
    currency smallint NOT NULL,
    payer bigint NOT NULL,
    payee bigint NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0),
    captured bigint NOT NULL,
    refunded bigint NOT NULL,
    related uuid,
    extra_legs bytea,
    created_at bigint NOT NULL,
    created_sequence bigint NOT NULL,
    decide_by bigint NOT NULL,
    expires_at bigint NOT NULL,
    held_by_policy boolean NOT NULL,
    first_state smallint NOT NULL,
    first_action smallint NOT NULL,
    first_sequence bigint NOT NULL,
    action smallint NOT NULL,
    score_bits bigint NOT NULL,
    decision_sequence bigint NOT NULL,
    last_sequence bigint NOT NULL,
    CHECK (captured >= 0 AND captured <= amount),
    CHECK (refunded >= 0 AND refunded <= amount)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 1, autovacuum_analyze_scale_factor = 1);

-- Transfers that are authorized, held or challenged, and when something must happen to them by itself. Those that are
-- merely reserved are found in the log: ledger_head says how many there are.
CREATE TABLE waiting (
    transfer_id uuid PRIMARY KEY,
    state smallint NOT NULL,
    due_at bigint NOT NULL,
    since_sequence bigint NOT NULL
);
CREATE INDEX waiting_due_at ON waiting (due_at);
CREATE INDEX waiting_review ON waiting (since_sequence) WHERE state IN (3, 4);

-- What became of an account, one row for each event that changed it: its balance and what limits it, as they were from
-- then on. The newest row is the account's present state, the older ones its history. Rows are only ever added: nothing
-- has to be vacuumed, and a past balance is one look into the index.
CREATE TABLE entry (
    account_id bigint NOT NULL,
    sequence bigint NOT NULL,
    recorded_at bigint NOT NULL,
    posted bigint NOT NULL,
    reserved bigint NOT NULL CHECK (reserved >= 0),
    overdraft bigint NOT NULL CHECK (overdraft >= 0),
    -- Debits that ever counted towards caps, and their sum.
    debit_count bigint NOT NULL,
    debit_sum bigint NOT NULL,
    -- Nil where no transfer is behind the event.
    transfer_id uuid NOT NULL,
    kind smallint NOT NULL,
    cause smallint NOT NULL,
    account_kind smallint NOT NULL,
    currency smallint NOT NULL,
    -- 1: debits frozen, 2: credits frozen, 4: the account has caps.
    flags smallint NOT NULL,
    PRIMARY KEY (account_id, sequence),
    -- House accounts (kind <> 1) may go below zero: they are where money enters and leaves.
    CONSTRAINT available_within_limit CHECK (account_kind <> 1 OR posted - reserved >= - overdraft)
) WITH (autovacuum_vacuum_insert_scale_factor = 2, autovacuum_analyze_scale_factor = 1);

-- Accounts as they are now. The number is the account's, not the entry's, so that who asks for one or for a page does
-- not have all worked out.
CREATE VIEW balance AS
    SELECT a.id AS account_id, e.account_kind AS kind, e.currency, e.posted, e.reserved, e.overdraft,
        e.flags & 1 <> 0 AS debits_frozen, e.flags & 2 <> 0 AS credits_frozen,
        e.flags & 4 <> 0 AS has_caps, e.debit_count, e.debit_sum, e.sequence
    FROM account a CROSS JOIN LATERAL (
        SELECT * FROM entry WHERE account_id = a.id ORDER BY sequence DESC LIMIT 1) e;

-- Which request did what: key and request are digests of (credential, key) and (method, path, body).
CREATE TABLE idempotency (
    key uuid PRIMARY KEY,
    request uuid NOT NULL,
    subject uuid,
    sequence bigint NOT NULL,
    answer bytea
) WITH (autovacuum_vacuum_insert_scale_factor = 2, autovacuum_analyze_scale_factor = 1);
-- Where the oldest keys are, to be purged. Not BRIN, which would cost next to nothing here: once new keys are put where
-- purged ones were, its ranges still begin with the purged ones, and each purge would read the whole table.
CREATE INDEX idempotency_sequence ON idempotency (sequence);

-- Events that an analyst should see.
CREATE TABLE alert (
    sequence bigint PRIMARY KEY
);

-- Who did by hand what an event tells of, and what they wrote to it ('' for nothing). Names of people and free text
-- stay outside the log.
CREATE TABLE note (
    sequence bigint PRIMARY KEY,
    transfer_id uuid NOT NULL,
    actor text NOT NULL,
    text text NOT NULL
);
CREATE INDEX note_transfer ON note (transfer_id, sequence);

CREATE TABLE lease (
    name text PRIMARY KEY,
    holder text NOT NULL,
    token bigint NOT NULL,
    expires_at timestamptz NOT NULL,
    engine_seen_at bigint NOT NULL
);
INSERT INTO lease VALUES ('publisher', '', 0, '-infinity', 0);
