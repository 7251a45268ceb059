-- The tables of the mail database. A step migrates a file to the next version, and is never edited
-- once it is released.
-- Times are RFC 3339 in UTC, but for deliveries and the outbox: there they are seconds since 1970.

-- step 1
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE link_keys (
    number INTEGER PRIMARY KEY AUTOINCREMENT, key BLOB NOT NULL, made TEXT NOT NULL
) STRICT;
CREATE TABLE subscribers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key BLOB NOT NULL UNIQUE, address TEXT NOT NULL, domain TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'active', 'paused', 'left', 'erased')),
    language TEXT NOT NULL, made TEXT NOT NULL, paused_until TEXT NOT NULL
) STRICT;
CREATE TABLE subscriptions (
    subscriber INTEGER NOT NULL REFERENCES subscribers ON DELETE CASCADE,
    letter TEXT NOT NULL, topics TEXT NOT NULL, since TEXT NOT NULL,
    PRIMARY KEY (letter, subscriber)
) STRICT, WITHOUT ROWID;
CREATE INDEX subscriptions_of ON subscriptions (subscriber);
CREATE TABLE consents (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    subscriber INTEGER NOT NULL REFERENCES subscribers ON DELETE CASCADE,
    letter TEXT NOT NULL, at TEXT NOT NULL, how TEXT NOT NULL, proof TEXT NOT NULL
) STRICT;
CREATE INDEX consents_of ON consents (subscriber);
CREATE TABLE suppressions (
    key BLOB PRIMARY KEY, reason TEXT NOT NULL, since TEXT NOT NULL, detail TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE address_changes (
    subscriber INTEGER PRIMARY KEY REFERENCES subscribers ON DELETE CASCADE,
    address TEXT NOT NULL, made TEXT NOT NULL
) STRICT;
CREATE TABLE outbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL,
    subscriber INTEGER NOT NULL REFERENCES subscribers ON DELETE CASCADE,
    letter TEXT NOT NULL, extra TEXT NOT NULL, made TEXT NOT NULL,
    due INTEGER NOT NULL, attempts INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_due ON outbox (due);
CREATE TABLE sendings (
    number INTEGER PRIMARY KEY AUTOINCREMENT, issue TEXT NOT NULL UNIQUE, letter TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN
        ('ready', 'awaits-word', 'sending', 'paused', 'ended', 'done')),
    via TEXT NOT NULL, made TEXT NOT NULL, by TEXT NOT NULL, remark TEXT NOT NULL
) STRICT;
CREATE TABLE deliveries (
    sending INTEGER NOT NULL REFERENCES sendings, subscriber INTEGER NOT NULL,
    state INTEGER NOT NULL, line INTEGER NOT NULL, place INTEGER NOT NULL,
    attempts INTEGER NOT NULL, at INTEGER NOT NULL, code INTEGER NOT NULL, words TEXT NOT NULL,
    PRIMARY KEY (sending, subscriber)
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_open ON deliveries (sending, state, at) WHERE state IN (0, 1, 3);
CREATE INDEX deliveries_of ON deliveries (subscriber);
CREATE TABLE domain_days (
    domain TEXT NOT NULL, day TEXT NOT NULL, letters INTEGER NOT NULL, PRIMARY KEY (domain, day)
) STRICT, WITHOUT ROWID;
CREATE TABLE returns (
    digest BLOB PRIMARY KEY, sending INTEGER NOT NULL, subscriber INTEGER NOT NULL,
    kind TEXT NOT NULL, status TEXT NOT NULL, words TEXT NOT NULL, at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX returns_of ON returns (subscriber, at);
CREATE INDEX returns_at ON returns (at);
CREATE INDEX returns_by_sending ON returns (sending, kind);
CREATE TABLE view_counts (
    issue TEXT NOT NULL, day TEXT NOT NULL, views INTEGER NOT NULL, PRIMARY KEY (issue, day)
) STRICT, WITHOUT ROWID;
CREATE TABLE attempts (number INTEGER PRIMARY KEY, who TEXT NOT NULL, at TEXT NOT NULL) STRICT;
CREATE INDEX attempts_of ON attempts (who, at);
CREATE INDEX attempts_at ON attempts (at);

-- step 2: the number of the address that a message went to. 0: none yet, or sent before that was
-- stored. 0 and 1 take no byte of a row but the one that names their type
ALTER TABLE subscribers ADD COLUMN address_number INTEGER NOT NULL DEFAULT 1;
ALTER TABLE deliveries ADD COLUMN address_number INTEGER NOT NULL DEFAULT 0;
ALTER TABLE returns ADD COLUMN is_proved INTEGER NOT NULL DEFAULT 1;
CREATE TABLE former_addresses (
    subscriber INTEGER NOT NULL REFERENCES subscribers ON DELETE CASCADE,
    address_number INTEGER NOT NULL, key BLOB NOT NULL, changed TEXT NOT NULL,
    PRIMARY KEY (subscriber, address_number)
) STRICT, WITHOUT ROWID;

-- step 3
CREATE TABLE network_forms (
    number INTEGER PRIMARY KEY, network BLOB NOT NULL, at TEXT NOT NULL
) STRICT;
CREATE INDEX network_forms_of ON network_forms (network, at);
CREATE INDEX network_forms_at ON network_forms (at);

-- step 4: addresses that are not ASCII have another digest than before (`fold_address`): of two
-- readers with one new digest, one keeps the digest of its spelling, and both stay.
-- `sending` is the sending that suppressed an address, as long as it may take that back
UPDATE OR IGNORE subscribers
SET key = mailbox_key(address, (SELECT value FROM facts WHERE name = 'address key'))
WHERE address GLOB '*[^ -~]*';
UPDATE OR IGNORE suppressions SET key = (
    SELECT s.key FROM subscribers s
    WHERE s.address GLOB '*[^ -~]*'
    AND spelled_key(s.address, (SELECT value FROM facts WHERE name = 'address key'))
        = suppressions.key
) WHERE key IN (
    SELECT spelled_key(address, (SELECT value FROM facts WHERE name = 'address key'))
    FROM subscribers WHERE address GLOB '*[^ -~]*'
);
ALTER TABLE suppressions ADD COLUMN sending INTEGER NOT NULL DEFAULT 0;
CREATE INDEX suppressions_of ON suppressions (sending) WHERE sending > 0;
ALTER TABLE sendings ADD COLUMN again_by TEXT NOT NULL DEFAULT '';
ALTER TABLE sendings ADD COLUMN again_at TEXT NOT NULL DEFAULT '';
