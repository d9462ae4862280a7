-- Who asked for the release of a transfer that one alone may not release.
CREATE TABLE release_request (
    transfer_id uuid NOT NULL,
    actor text NOT NULL,
    note text NOT NULL,
    asked_at bigint NOT NULL,
    PRIMARY KEY (transfer_id, actor)
);
