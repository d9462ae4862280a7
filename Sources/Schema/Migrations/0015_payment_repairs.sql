-- What is needed to do each thing once, to undo what was cut short, and to count persons. Moments are microseconds since
-- 1970; states are numbers of the program's own.

-- A payment at a link, written down before it is made: the same request (by its Idempotency-Key's digest) takes one use.
CREATE TABLE payment_link_use (
    transfer_id uuid PRIMARY KEY,
    link_id uuid NOT NULL REFERENCES payment_link ON DELETE CASCADE,
    key uuid,
    -- 1 taken: what comes of the payment is not known yet; 2 paid; 3 given back.
    state smallint NOT NULL CHECK (state BETWEEN 1 AND 3),
    -- When it was taken, and then when it was looked at last.
    looked_at bigint NOT NULL,
    UNIQUE (link_id, key)
) WITH (fillfactor = 80);
CREATE INDEX payment_link_use_looked_at ON payment_link_use (looked_at);

-- How the payer of a challenged payment confirmed it, so that the same confirmation has the same outcome however often it
-- comes: a keyed index of what was shown, and whether it was right.
CREATE TABLE payment_confirmation (
    transfer_id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person,
    proof bytea NOT NULL,
    is_right boolean NOT NULL,
    judged_at bigint NOT NULL
);
CREATE INDEX payment_confirmation_judged_at ON payment_confirmation (judged_at);
CREATE INDEX payment_confirmation_person ON payment_confirmation (person_id);

-- Somebody may be asked twice by one request: by name, and by an address that they show to be theirs later.
DROP INDEX request_share_payer;
CREATE INDEX request_share_payer ON request_share (payer_id, request_id);

-- Which versions of somebody's keys notes open against.
CREATE INDEX sealed_note_sender ON sealed_note (sender_id, sender_version);

-- Who registered a client, which acts for them: two of the four eyes must be of two persons.
ALTER TABLE client ADD COLUMN registered_by text;
UPDATE client c SET registered_by = (
    SELECT a.actor FROM audit_entry a WHERE a.act = 'client.registered' AND a.subject = c.id
        AND a.outcome = 1 ORDER BY a.index LIMIT 1);
-- For whom the actor asked; as the actor is called unless somebody registered it.
ALTER TABLE release_request ADD COLUMN principal text;
UPDATE release_request SET principal = coalesce(
    (SELECT c.registered_by FROM client c WHERE 'client:' || c.id = actor), actor);
ALTER TABLE release_request ALTER COLUMN principal SET NOT NULL;

-- Accounts that are frozen while their owner is erased, and how they are to be afterwards if the owner stays: written
-- before they are frozen, and gone with the owner. One who is erased has none.
CREATE TABLE erasure_freeze (
    account uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person,
    -- Null until they are known.
    debits_frozen boolean,
    credits_frozen boolean,
    -- Whether it is being undone.
    is_undone boolean NOT NULL DEFAULT false,
    begun_at bigint NOT NULL
);
CREATE INDEX erasure_freeze_person ON erasure_freeze (person_id);
