-- What people are told: notices, where they go and what became of each. Whoever does something writes the notice in the
-- same transaction (notice alone: one insert, no lock that others wait for); a courier later gives it its place in the
-- person's feed and spreads it over the channels. What is personal is sealed under the person's key; kinds, channels and
-- states are numbers of the program's own; moments are microseconds since 1970.

CREATE TABLE notice (
    id uuid PRIMARY KEY,
    -- Null for somebody who is not registered.
    person_id uuid REFERENCES person,
    kind smallint NOT NULL,
    -- What it tells of: the same is told once.
    dedup_key bytea NOT NULL UNIQUE CHECK (octet_length(dedup_key) = 32),
    sealed bytea NOT NULL,
    -- What kind of contact it names itself, if it goes to that one and to nothing else.
    contact_kind smallint,
    created_at bigint NOT NULL,
    -- Null until a courier has spread it.
    spread_at bigint,
    -- Its place in the person's feed, from 1; null while it has none, or if the person wants none of its kind there.
    feed_number bigint,
    read_at bigint
) WITH (fillfactor = 80);
CREATE INDEX notice_unspread ON notice (created_at, id) WHERE spread_at IS NULL;
CREATE UNIQUE INDEX notice_feed_number ON notice (person_id, feed_number)
    WHERE feed_number IS NOT NULL;
CREATE INDEX notice_unread ON notice (person_id)
    WHERE feed_number IS NOT NULL AND read_at IS NULL;
CREATE INDEX notice_created_at ON notice (created_at);
CREATE INDEX notice_contact_created_at ON notice (created_at) WHERE contact_kind IS NOT NULL;

-- The last number of each person's feed. Whoever numbers notices holds the row's lock until the commit: so numbers are
-- in the order of commits, and who has read up to one has missed none before it.
CREATE TABLE notice_feed (
    person_id uuid PRIMARY KEY REFERENCES person,
    last_number bigint NOT NULL
) WITH (fillfactor = 50);

-- A notice on its way to one target. While a courier has it, due_at is when the courier's lease ends: what a killed
-- process had comes back by itself. attempts counts claims, so it also tells an older claim from a newer one.
CREATE TABLE notice_delivery (
    notice_id uuid NOT NULL REFERENCES notice ON DELETE CASCADE,
    channel smallint NOT NULL,
    -- A push target or a contact; all zero for the contact that the notice names.
    target_id uuid NOT NULL,
    -- 1 queued, 2 sent, 3 failed for good, 4 dead: given up after too many attempts.
    state smallint NOT NULL CHECK (state BETWEEN 1 AND 4),
    attempts integer NOT NULL,
    due_at bigint NOT NULL,
    -- When nobody is to be told any more.
    expires_at bigint NOT NULL,
    -- What the last attempt ended with; empty if all is well.
    error text NOT NULL,
    sent_at bigint,
    PRIMARY KEY (notice_id, channel, target_id)
) WITH (fillfactor = 80);
CREATE INDEX notice_delivery_due ON notice_delivery (channel, due_at) WHERE state = 1;
CREATE INDEX notice_delivery_dead ON notice_delivery (notice_id) WHERE state = 4;

-- Where a person's devices are reached. An address belongs to whoever registered it last: two people who use one
-- device must not read each other's notices.
CREATE TABLE push_target (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person,
    device_id uuid NOT NULL,
    kind smallint NOT NULL,
    -- Keyed index of the address.
    lookup bytea NOT NULL UNIQUE,
    sealed bytea NOT NULL,
    -- When the device last said that this is its address, and when something last arrived there.
    registered_at bigint NOT NULL,
    last_used_at bigint NOT NULL,
    UNIQUE (device_id, kind)
) WITH (fillfactor = 80);
CREATE INDEX push_target_person ON push_target (person_id);

-- Which channels a person wants for a kind of notice, as bits; without a row the program's defaults hold.
CREATE TABLE notice_preference (
    person_id uuid NOT NULL REFERENCES person,
    kind smallint NOT NULL,
    channels smallint NOT NULL,
    PRIMARY KEY (person_id, kind)
);

-- Up to which event of the log people were told of what became of their payments.
CREATE TABLE notice_place (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    sequence bigint NOT NULL
) WITH (fillfactor = 10);
INSERT INTO notice_place SELECT true, sequence FROM ledger_head;
