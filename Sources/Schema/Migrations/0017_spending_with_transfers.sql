-- What somebody has spent is written with a transfer of theirs, where a row is written anyway, in place of counters that
-- are updated with each payment.

-- On the last transfer of a spender in a commit: what they had spent after it (day and month, four bytes each; then
-- nineteen bytes a counter: currency, kind, sum of the day, sum of the month).
ALTER TABLE transfer ADD COLUMN spent_by uuid, ADD COLUMN spent bytea;
CREATE INDEX transfer_spent ON transfer (spent_by, created_sequence) WHERE spent_by IS NOT NULL;

-- The same where a commit only gave back. The newer of both counts.
ALTER TABLE spending RENAME TO spending_counter;
ALTER INDEX spending_pkey RENAME TO spending_counter_pkey;
CREATE TABLE spending (
    spender uuid PRIMARY KEY,
    -- The last event of the commit that wrote it.
    sequence bigint NOT NULL,
    tally bytea NOT NULL
) WITH (fillfactor = 50);
INSERT INTO spending (spender, sequence, tally)
SELECT spender, (SELECT sequence FROM ledger_head),
    int4send(last_day::int) || int4send(last_month::int) || coalesce(
        string_agg(
            int2send(currency) || substr(int2send(kind), 2) || int8send(day_sum) || int8send(month_sum),
            ''::bytea ORDER BY currency, kind) FILTER (WHERE month_sum > 0), ''::bytea)
FROM (
    SELECT spender, currency, kind, last_day, last_month,
        CASE WHEN day = last_day THEN day_sum ELSE 0 END AS day_sum,
        CASE WHEN month = last_month THEN month_sum ELSE 0 END AS month_sum
    FROM (
        SELECT *, max(day) OVER (PARTITION BY spender) AS last_day,
            max(month) OVER (PARTITION BY spender) AS last_month
        FROM spending_counter) c) v
GROUP BY spender, last_day, last_month;
DROP TABLE spending_counter;
