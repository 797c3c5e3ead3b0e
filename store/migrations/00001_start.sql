-- One schema for SQLite and PostgreSQL. Times are microseconds since 1970 in
-- UTC, 0 meaning none, so that both compare and index them alike; documents
-- that are only ever read as a whole are JSON text.

-- +goose Up
CREATE TABLE lists (
    name       TEXT PRIMARY KEY,
    created_at BIGINT NOT NULL
);

CREATE TABLE contacts (
    id         TEXT PRIMARY KEY,
    list       TEXT NOT NULL,
    import_key TEXT NOT NULL,
    number     TEXT NOT NULL,
    more       TEXT NOT NULL, -- JSON array of the numbers after the first, or empty
    name       TEXT NOT NULL,
    zone       TEXT NOT NULL,
    language   TEXT NOT NULL,
    fields     TEXT NOT NULL,
    digest     BIGINT NOT NULL, -- of all that a file says about the contact
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX contacts_key ON contacts (list, import_key);
CREATE INDEX contacts_number ON contacts (number, list); -- with the list, or an import scans it all

CREATE TABLE contact_numbers ( -- the numbers after the first
    number  TEXT NOT NULL,
    contact TEXT NOT NULL,
    PRIMARY KEY (number, contact)
);
CREATE INDEX contact_numbers_contact ON contact_numbers (contact);

CREATE TABLE campaigns (
    id         TEXT PRIMARY KEY,
    list       TEXT NOT NULL,
    state      TEXT NOT NULL,
    spec       TEXT NOT NULL,   -- campaign.Campaign as JSON
    rate_at    BIGINT NOT NULL, -- when the rate allows the next call
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX campaigns_list ON campaigns (list);

CREATE TABLE campaign_zones ( -- the zones that a campaign's contacts live in
    campaign TEXT NOT NULL,
    zone     TEXT NOT NULL,
    PRIMARY KEY (campaign, zone)
);

CREATE TABLE campaign_contacts (
    campaign    TEXT NOT NULL,
    contact     TEXT NOT NULL,
    zone        TEXT NOT NULL,
    state       TEXT NOT NULL,
    origin      TEXT NOT NULL, -- the state before it was claimed
    attempts    INTEGER NOT NULL,
    free        INTEGER NOT NULL,
    number      INTEGER NOT NULL,
    dead        BIGINT NOT NULL,
    counts      TEXT NOT NULL,
    next_at     BIGINT NOT NULL,
    last        TEXT NOT NULL,
    outcome     TEXT NOT NULL,
    reason      TEXT NOT NULL,
    call        TEXT NOT NULL,
    updated_at  BIGINT NOT NULL,
    PRIMARY KEY (campaign, contact)
);
CREATE INDEX campaign_contacts_due ON campaign_contacts (campaign, state, zone, next_at, contact);
CREATE INDEX campaign_contacts_contact ON campaign_contacts (contact);

CREATE TABLE calls (
    id           TEXT PRIMARY KEY,
    campaign     TEXT NOT NULL,
    contact      TEXT NOT NULL,
    number       TEXT NOT NULL,
    worker       TEXT NOT NULL,   -- who carried it
    epoch        BIGINT NOT NULL,
    holder       TEXT NOT NULL,   -- who answers for its completion now
    holder_epoch BIGINT NOT NULL,
    claimed      INTEGER NOT NULL, -- 1 while the attempt is in progress
    attempt      INTEGER NOT NULL,
    appointment  INTEGER NOT NULL,
    flow         TEXT NOT NULL,
    flow_hash    TEXT NOT NULL,
    started_at   BIGINT NOT NULL,
    answered_at  BIGINT NOT NULL,
    ended_at     BIGINT NOT NULL,
    disposition  TEXT NOT NULL,
    outcome      TEXT NOT NULL,
    sip_code     INTEGER NOT NULL,
    q850         INTEGER NOT NULL,
    reason       TEXT NOT NULL,
    hung_up_by   TEXT NOT NULL,
    slots        TEXT NOT NULL,
    transfer     TEXT NOT NULL,
    transcript   TEXT NOT NULL,
    events       TEXT NOT NULL,
    recording    TEXT NOT NULL,
    latency      TEXT NOT NULL,
    error        TEXT NOT NULL
);
-- The guarantee that nobody is called twice at once, in any campaign.
CREATE UNIQUE INDEX calls_claimed ON calls (contact) WHERE claimed = 1;
CREATE INDEX calls_claimed_campaign ON calls (campaign) WHERE claimed = 1;
CREATE INDEX calls_claimed_holder ON calls (holder) WHERE claimed = 1;
CREATE INDEX calls_campaign ON calls (campaign, started_at);
CREATE INDEX calls_contact ON calls (contact, started_at);
CREATE INDEX calls_number ON calls (number, started_at);
CREATE INDEX calls_started ON calls (started_at);

CREATE TABLE tries (
    call        TEXT NOT NULL,
    n           INTEGER NOT NULL,
    trunk       TEXT NOT NULL,
    number      TEXT NOT NULL,
    channel     TEXT NOT NULL,
    started_at  BIGINT NOT NULL,
    ended_at    BIGINT NOT NULL,
    disposition TEXT NOT NULL,
    sip_code    INTEGER NOT NULL,
    q850        INTEGER NOT NULL,
    reason      TEXT NOT NULL,
    ring_ms     BIGINT NOT NULL,
    talk_ms     BIGINT NOT NULL,
    PRIMARY KEY (call, n)
);

CREATE TABLE appointments (
    campaign   TEXT NOT NULL,
    contact    TEXT NOT NULL,
    at         BIGINT NOT NULL,
    words      TEXT NOT NULL, -- the customer's
    call       TEXT NOT NULL, -- in which it was made
    made_at    BIGINT NOT NULL,
    state      TEXT NOT NULL, -- open, kept
    kept_call  TEXT NOT NULL, -- the call that kept it
    PRIMARY KEY (campaign, contact)
);

CREATE TABLE dnc (
    number   TEXT PRIMARY KEY,
    added_at BIGINT NOT NULL,
    why      TEXT NOT NULL,
    source   TEXT NOT NULL, -- customer, operator, import
    call     TEXT NOT NULL
);

CREATE TABLE reservations (
    call     TEXT NOT NULL,
    try      INTEGER NOT NULL,
    number   TEXT NOT NULL,
    campaign TEXT NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (call, try)
);
CREATE INDEX reservations_number ON reservations (number, at);

CREATE TABLE audit (
    id       TEXT PRIMARY KEY, -- sorts by time
    at       BIGINT NOT NULL,
    kind     TEXT NOT NULL, -- clearance, dnc, order
    campaign TEXT NOT NULL,
    contact  TEXT NOT NULL,
    call     TEXT NOT NULL,
    try      INTEGER NOT NULL,
    number   TEXT NOT NULL,
    who      TEXT NOT NULL,
    allowed  INTEGER NOT NULL,
    rule     TEXT NOT NULL,
    why      TEXT NOT NULL,
    retry_at BIGINT NOT NULL
);
CREATE INDEX audit_number ON audit (number, at);
CREATE INDEX audit_call ON audit (call);

CREATE TABLE agents (
    id       TEXT PRIMARY KEY,
    endpoint TEXT NOT NULL,
    wrap_up  BIGINT NOT NULL, -- microseconds
    state    TEXT NOT NULL,
    since    BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    call     TEXT NOT NULL,
    worker   TEXT NOT NULL,
    next     TEXT NOT NULL
);

CREATE TABLE agent_groups (
    skill   TEXT NOT NULL,
    agent   TEXT NOT NULL,
    weight  INTEGER NOT NULL,
    current BIGINT NOT NULL,
    PRIMARY KEY (skill, agent)
);

CREATE TABLE workers (
    id           TEXT PRIMARY KEY,
    epoch        BIGINT NOT NULL,
    heartbeat_at BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL
);

CREATE TABLE settings (
    name       TEXT PRIMARY KEY,
    value      TEXT NOT NULL,
    who        TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- +goose Down
DROP TABLE settings;
DROP TABLE workers;
DROP TABLE agent_groups;
DROP TABLE agents;
DROP TABLE audit;
DROP TABLE reservations;
DROP TABLE dnc;
DROP TABLE appointments;
DROP TABLE tries;
DROP TABLE calls;
DROP TABLE campaign_contacts;
DROP TABLE campaign_zones;
DROP TABLE campaigns;
DROP TABLE contact_numbers;
DROP TABLE contacts;
DROP TABLE lists;
