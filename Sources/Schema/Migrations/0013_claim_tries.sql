-- When it was last tried in vain to return a claim: one that cannot be returned now does not keep others from it.
ALTER TABLE claim ADD COLUMN tried_at bigint NOT NULL DEFAULT 0;
-- Shares that are being paid are looked at each second.
CREATE INDEX request_share_paying ON request_share (changed_at) WHERE state = 2;
