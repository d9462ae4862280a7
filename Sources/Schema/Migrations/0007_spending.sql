-- What people spend, counted towards their limits.

-- What a transfer counts (spender, kind, currency of the limits, amount), so that it can be given back.
ALTER TABLE transfer ADD COLUMN spending bytea;

-- Spent in the day and the month of the last payment: of a kind, and (kind 0) of all. Written under the ledger's lock,
-- as all of its tables are.
CREATE TABLE spending (
    spender uuid NOT NULL,
    currency smallint NOT NULL,
    kind smallint NOT NULL,
    -- Days since 1970, months since year 0, in UTC.
    day bigint NOT NULL,
    day_sum bigint NOT NULL CHECK (day_sum >= 0),
    month bigint NOT NULL,
    month_sum bigint NOT NULL CHECK (month_sum >= 0),
    PRIMARY KEY (spender, currency, kind)
) WITH (fillfactor = 50);

-- Which price list and limits somebody has; who is not here has those of everybody.
CREATE TABLE spender_tier (
    spender uuid PRIMARY KEY,
    tier text NOT NULL,
    changed_at bigint NOT NULL
);
CREATE INDEX spender_tier_changed_at ON spender_tier (changed_at);

-- Offers to exchange. One is used at most once, for its identifier is its transfer's.
CREATE TABLE fx_quote (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person,
    sell_currency text NOT NULL,
    sell_minor bigint NOT NULL,
    buy_currency text NOT NULL,
    buy_minor bigint NOT NULL,
    kept_currency text NOT NULL,
    kept_minor bigint NOT NULL,
    -- As shown: mid rate, rate applied, spread in parts per million, rounding in minor units.
    mid_rate text NOT NULL,
    applied_rate text NOT NULL,
    spread_ppm bigint NOT NULL,
    rounding text NOT NULL,
    table_hash bytea NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL
);
CREATE INDEX fx_quote_expires_at ON fx_quote (expires_at);
