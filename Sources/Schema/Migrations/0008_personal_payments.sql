-- What people do with their wallets beyond paying at once. What they write and whom they name by address is sealed under
-- keys of theirs; addresses are found by keyed indexes (lookup). States are numbers of the program's own; moments are
-- microseconds since 1970; amounts are minor units.

ALTER TABLE person ADD COLUMN primary_currency text;

-- Money that a person has put aside, in an account of its own.
CREATE TABLE pocket (
    account uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person,
    currency text NOT NULL,
    name bytea NOT NULL,
    goal_minor bigint,
    opened_at bigint NOT NULL,
    closed_at bigint
);
CREATE INDEX pocket_person ON pocket (person_id);

-- Where money waits for somebody who is not registered: one account for each address and currency.
CREATE TABLE claim_account (
    lookup bytea NOT NULL,
    currency text NOT NULL,
    account uuid NOT NULL,
    PRIMARY KEY (lookup, currency)
);

-- Money on its way to an address that nobody has shown to be theirs yet. It is claimed or returned by the transfer whose
-- identifier is the claim's: so the ledger lets one of them happen, once.
CREATE TABLE claim (
    id uuid PRIMARY KEY,
    payer_id uuid NOT NULL REFERENCES person,
    transfer_id uuid NOT NULL UNIQUE,
    lookup bytea NOT NULL,
    -- The address, under the payer's key.
    sealed bytea NOT NULL,
    account uuid NOT NULL,
    currency text NOT NULL,
    amount_minor bigint NOT NULL,
    -- 1 open, 2 claimed, 3 returned, 4 never paid.
    state smallint NOT NULL,
    claimed_by uuid,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    ended_at bigint
);
CREATE INDEX claim_lookup ON claim (lookup) WHERE state = 1;
CREATE INDEX claim_expires_at ON claim (expires_at) WHERE state = 1;
CREATE INDEX claim_payer ON claim (payer_id, created_at);

CREATE TABLE money_request (
    id uuid PRIMARY KEY,
    requester_id uuid NOT NULL REFERENCES person,
    currency text NOT NULL,
    total_minor bigint NOT NULL,
    -- Under the requester's key.
    note bytea,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL
);
CREATE INDEX money_request_requester ON money_request (requester_id, created_at);

-- What one person is asked for. While it is being paid it names its transfer, so that it is paid once.
CREATE TABLE request_share (
    request_id uuid NOT NULL REFERENCES money_request,
    number smallint NOT NULL,
    payer_id uuid,
    -- Of an address that nobody has shown to be theirs yet; sealed under the requester's key.
    lookup bytea,
    sealed bytea,
    amount_minor bigint NOT NULL,
    -- 1 open, 2 being paid, 3 paid, 4 declined, 5 cancelled, 6 expired.
    state smallint NOT NULL,
    transfer_id uuid,
    reminders smallint NOT NULL DEFAULT 0,
    asked_at bigint NOT NULL,
    changed_at bigint NOT NULL,
    PRIMARY KEY (request_id, number),
    CHECK ((payer_id IS NULL) <> (lookup IS NULL))
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX request_share_payer ON request_share (payer_id, request_id);
CREATE INDEX request_share_lookup ON request_share (lookup) WHERE lookup IS NOT NULL;
CREATE INDEX request_share_transfer ON request_share (transfer_id) WHERE transfer_id IS NOT NULL;

-- Who has paid whom, in either direction: the lower identifier first. Others are strangers, and may be asked for money
-- only so often.
CREATE TABLE acquaintance (
    one_id uuid NOT NULL,
    other_id uuid NOT NULL,
    since bigint NOT NULL,
    PRIMARY KEY (one_id, other_id)
);

-- Whom a person wants nothing from.
CREATE TABLE block (
    person_id uuid NOT NULL REFERENCES person,
    blocked_id uuid NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (person_id, blocked_id)
);

CREATE TABLE favourite (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person,
    payee_id uuid NOT NULL,
    name bytea NOT NULL,
    created_at bigint NOT NULL,
    UNIQUE (person_id, payee_id)
);

-- Addresses at which a person is paid by whoever has them. The secret part is kept as a digest.
CREATE TABLE payment_link (
    id uuid PRIMARY KEY,
    digest bytea NOT NULL UNIQUE,
    -- The secret, under the person's key, so that they can show it again.
    sealed bytea NOT NULL,
    person_id uuid NOT NULL REFERENCES person,
    currency text NOT NULL,
    -- Null where the payer chooses.
    amount_minor bigint,
    note bytea,
    uses bigint NOT NULL DEFAULT 0,
    maximum_uses bigint,
    created_at bigint NOT NULL,
    expires_at bigint,
    ended_at bigint
) WITH (fillfactor = 80);
CREATE INDEX payment_link_person ON payment_link (person_id, created_at);

-- Payments at a later time, once or again and again. What is due is carried out under the row's lock; the transfer that an
-- occurrence will be is written down first, so that it happens once.
CREATE TABLE standing_payment (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person,
    payee_id uuid NOT NULL,
    currency text NOT NULL,
    amount_minor bigint NOT NULL,
    -- 0 once, 1 daily, 2 weekly, 3 monthly.
    every smallint NOT NULL,
    first_at bigint NOT NULL,
    -- Occurrences in all; null for no end.
    occurrences bigint,
    -- The next occurrence, from 0, and when it is tried (again).
    occurrence bigint NOT NULL DEFAULT 0,
    due_at bigint,
    transfer_id uuid,
    tries smallint NOT NULL DEFAULT 0,
    -- Why the last try did not succeed.
    last_error text,
    created_at bigint NOT NULL,
    ended_at bigint
) WITH (fillfactor = 80);
CREATE INDEX standing_payment_due_at ON standing_payment (due_at) WHERE ended_at IS NULL;
CREATE INDEX standing_payment_person ON standing_payment (person_id);
