-- The audit log: who did what to whom. Entries and signed heads are only ever added; all of it can be verified with the
-- public key alone. No personal data, by contract: identifiers and codes.

-- Where the log ends. Whoever appends holds this row's lock until the commit: so indexes are gapless and their order is
-- the order of commits.
CREATE TABLE audit_head (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    log_id uuid NOT NULL,
    size bigint NOT NULL CHECK (size >= 0),
    recorded_at bigint NOT NULL,
    last_hash bytea NOT NULL CHECK (octet_length(last_hash) = 32),
    -- Roots of the full subtrees of the Merkle tree (RFC 6962), the largest first: 32 bytes for each one-bit of the size.
    subtree_roots bytea NOT NULL,
    signed_heads bigint NOT NULL CHECK (signed_heads >= 0)
) WITH (fillfactor = 10, autovacuum_vacuum_threshold = 1000);
-- The first entry is chained to the log's identifier: a text behind its length, then the identifier's bytes.
INSERT INTO audit_head SELECT true, log_id, 0, 0,
    sha256(int4send(21) || convert_to('holdfast.audit.log.v1', 'UTF8') || uuid_send(log_id)), ''::bytea, 0
    FROM (SELECT gen_random_uuid() AS log_id) AS made;

-- A leaf of the Merkle tree is one SHA-256 of the entry's hash: quicker computed than read, so not stored, and nothing
-- that could contradict it.
CREATE TABLE audit_entry (
    index bigint PRIMARY KEY CHECK (index >= 0),
    -- Microseconds since 1970.
    recorded_at bigint NOT NULL,
    actor text NOT NULL,
    act text NOT NULL,
    subject text NOT NULL,
    -- 1 succeeded, 2 refused.
    outcome smallint NOT NULL CHECK (outcome IN (1, 2)),
    -- Lines of `name=text`; neither has a line break in it.
    details text NOT NULL,
    previous_hash bytea NOT NULL CHECK (octet_length(previous_hash) = 32),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32)
) WITH (autovacuum_vacuum_insert_scale_factor = 2, autovacuum_analyze_scale_factor = 1);

CREATE TABLE audit_tree_head (
    number bigint PRIMARY KEY CHECK (number >= 0),
    log_id uuid NOT NULL,
    size bigint NOT NULL CHECK (size >= 0),
    root bytea NOT NULL CHECK (octet_length(root) = 32),
    signed_at bigint NOT NULL,
    key_id bytea NOT NULL CHECK (octet_length(key_id) = 16),
    signature bytea NOT NULL CHECK (octet_length(signature) = 64)
);

CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: the audit log is only ever added to', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege',
            HINT = 'What is wrong in an entry is put right by a further entry.';
END $$;

CREATE FUNCTION audit_head_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.log_id <> OLD.log_id OR NEW.size < OLD.size OR NEW.recorded_at < OLD.recorded_at
        OR NEW.signed_heads < OLD.signed_heads THEN
        RAISE EXCEPTION 'UPDATE of audit_head is refused: the audit log only ever grows'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

-- Rows are refused one by one, so that a statement that finds none is harmless.
CREATE TRIGGER audit_entry_changed BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_entry_emptied BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_tree_head_changed BEFORE UPDATE OR DELETE ON audit_tree_head
    FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_tree_head_emptied BEFORE TRUNCATE ON audit_tree_head
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_head_changed BEFORE UPDATE ON audit_head
    FOR EACH ROW EXECUTE FUNCTION audit_head_grows();
CREATE TRIGGER audit_head_removed BEFORE DELETE ON audit_head
    FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_head_emptied BEFORE TRUNCATE ON audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
