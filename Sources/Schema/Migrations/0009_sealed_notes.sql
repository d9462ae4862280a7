-- Notes that payer and payee write to each other. They are sealed on devices for devices: what is kept here are public
-- keys and ciphertext, and nobody who has this database can read a note.

-- The keys of a person's devices, one row for each version of the list: old notes open against the list of their time.
CREATE TABLE device_key_list (
    person_id uuid NOT NULL REFERENCES person,
    version bigint NOT NULL,
    -- JSON: [{"device": …, "suite": …, "key": …}], base64url.
    keys bytea NOT NULL,
    changed_at bigint NOT NULL,
    PRIMARY KEY (person_id, version)
);

CREATE TABLE sealed_note (
    id bytea PRIMARY KEY,
    -- 1 a payment, 2 a request.
    subject_kind smallint NOT NULL,
    subject_id uuid NOT NULL,
    sender_id uuid NOT NULL,
    -- The version of the sender's list that it opens against.
    sender_version bigint NOT NULL,
    envelope bytea NOT NULL,
    created_at bigint NOT NULL
);
CREATE INDEX sealed_note_subject ON sealed_note (subject_kind, subject_id, created_at);
