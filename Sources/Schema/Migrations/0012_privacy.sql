-- What people may ask of their data: a copy of it, and its end.

-- When the person's key was destroyed, and with it all that is personal. The row stays: the ledger's owner is its id.
ALTER TABLE person ADD COLUMN erased_at bigint;
CREATE INDEX person_erased_at ON person (erased_at) WHERE erased_at IS NOT NULL;

-- What the audit log says of somebody, in its order.
CREATE INDEX audit_entry_actor ON audit_entry (actor, index);
CREATE INDEX audit_entry_subject ON audit_entry (subject, index) WHERE subject <> '';
