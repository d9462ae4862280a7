-- Which accounts of the ledger are whose: one wallet for each currency of a person's.
CREATE TABLE wallet (
    -- The account's public identifier.
    account uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person,
    currency text NOT NULL,
    opened_at bigint NOT NULL,
    UNIQUE (person_id, currency)
);
