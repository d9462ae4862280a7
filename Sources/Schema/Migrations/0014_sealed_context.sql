-- Risk contexts are sealed, and can be erased.

-- Keys that risk contexts of an account's payments are sealed under, wrapped by a master key. A process that commits makes
-- a key for each account that it first meets, so an account may have several. The number is the first event's that is
-- sealed under it. Without the key: erased, by the event in erased_sequence.
CREATE TABLE context_key (
    id bigint PRIMARY KEY,
    account_id bigint NOT NULL,
    master_key text,
    data_key bytea,
    erased_sequence bigint,
    erased_at bigint,
    CHECK ((data_key IS NULL) = (master_key IS NULL)),
    CHECK ((data_key IS NULL) = (erased_sequence IS NOT NULL)),
    CHECK ((erased_at IS NULL) = (erased_sequence IS NULL))
) WITH (autovacuum_vacuum_insert_scale_factor = 2, autovacuum_analyze_scale_factor = 1);
CREATE INDEX context_key_account ON context_key (account_id);
CREATE INDEX context_key_erased ON context_key (erased_sequence) WHERE erased_sequence IS NOT NULL;

-- What was kept in clear until now; it is moved from here as soon as there is a master key.
ALTER TABLE risk_context RENAME TO plain_risk_context;
ALTER INDEX risk_context_pkey RENAME TO plain_risk_context_pkey;

-- What risk knows of a payment beyond the ledger, by the sequence of its reserve event: sealed under the payer's key.
-- Nothing of this is in the event log.
CREATE TABLE risk_context (
    sequence bigint PRIMARY KEY,
    key_id bigint NOT NULL,
    sealed bytea NOT NULL
) WITH (autovacuum_vacuum_insert_scale_factor = 2, autovacuum_analyze_scale_factor = 1);
ALTER TABLE risk_context ALTER COLUMN sealed SET STORAGE PLAIN;

-- Events from which on the engine's state is that of a replay without what was erased before them.
CREATE TABLE rebase (
    sequence bigint PRIMARY KEY,
    recorded_at bigint NOT NULL
);

-- Accounts of people who were erased, until what risk knows of their payments is erased, too.
CREATE TABLE context_erasure (
    account uuid PRIMARY KEY,
    asked_at bigint NOT NULL
);
