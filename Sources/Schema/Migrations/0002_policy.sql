-- With what engines decide, and who is on lists. The log has both; here they are at hand, with who wanted it and why,
-- which stays outside the log.

CREATE TABLE policy (
    sequence bigint PRIMARY KEY,
    recorded_at bigint NOT NULL,
    model_hash bytea NOT NULL CHECK (length(model_hash) = 32),
    -- Empty for none.
    challenger_hash bytea NOT NULL CHECK (length(challenger_hash) IN (0, 32)),
    rules text NOT NULL,
    actor text NOT NULL,
    note text NOT NULL
);

-- What is on a list now, entries that ended by themselves included.
CREATE TABLE list_entry (
    list smallint NOT NULL,
    subject smallint NOT NULL,
    key bigint NOT NULL,
    -- 0 for no end.
    until bigint NOT NULL,
    sequence bigint NOT NULL,
    recorded_at bigint NOT NULL,
    actor text NOT NULL,
    note text NOT NULL,
    PRIMARY KEY (list, subject, key)
);
CREATE UNIQUE INDEX list_entry_sequence ON list_entry (list, sequence DESC);
