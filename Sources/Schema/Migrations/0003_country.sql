-- The country that a payment is made in: two letters of ISO 3166-1, the first in the high byte; 0 if not told.

ALTER TABLE risk_context ADD COLUMN country smallint NOT NULL DEFAULT 0;
