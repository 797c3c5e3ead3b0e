-- +goose Up
-- What flows keep of a contact for later calls, what customers agreed to, and
-- which variants of experiments they had.
ALTER TABLE calls ADD COLUMN memory TEXT NOT NULL DEFAULT '';
ALTER TABLE calls ADD COLUMN consents TEXT NOT NULL DEFAULT '';
ALTER TABLE calls ADD COLUMN experiments TEXT NOT NULL DEFAULT '';

CREATE TABLE contact_memory (
    contact TEXT NOT NULL,
    name    TEXT NOT NULL,
    value   TEXT NOT NULL,   -- JSON; null: forgotten
    call    TEXT NOT NULL,
    at      BIGINT NOT NULL, -- the call's start: a later call's word stands
    PRIMARY KEY (contact, name)
);

CREATE TABLE consents (
    call        TEXT NOT NULL,
    slot        TEXT NOT NULL,
    at          BIGINT NOT NULL,
    contact     TEXT NOT NULL,
    number      TEXT NOT NULL,
    scope       TEXT NOT NULL,
    given       INTEGER NOT NULL,
    position_ms BIGINT NOT NULL, -- in the call's recording
    words       TEXT NOT NULL,   -- the customer's own
    PRIMARY KEY (call, slot, at)
);
CREATE INDEX consents_number ON consents (number, scope, at);

-- +goose Down
DROP TABLE consents;
DROP TABLE contact_memory;
ALTER TABLE calls DROP COLUMN experiments;
ALTER TABLE calls DROP COLUMN consents;
ALTER TABLE calls DROP COLUMN memory;
