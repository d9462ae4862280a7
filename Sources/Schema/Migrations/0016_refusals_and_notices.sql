-- Whether a device has a session is asked when one ends, and now and then of all that are reached.
CREATE INDEX session_device ON session (device_id);

-- With whom somebody shared notes of late.
CREATE INDEX sealed_note_sent ON sealed_note (sender_id, created_at);

-- Which month's statements people are to be told of next, by its first moment; and up to which person they were.
CREATE TABLE statement_place (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    month_start bigint NOT NULL,
    person_id uuid
) WITH (fillfactor = 10);
INSERT INTO statement_place VALUES (true,
    (extract(epoch FROM date_trunc('month', now() AT TIME ZONE 'UTC')) * 1000000)::bigint, NULL);
