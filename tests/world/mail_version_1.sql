BEGIN TRANSACTION;
CREATE TABLE address_changes (
    subscriber INTEGER PRIMARY KEY REFERENCES subscribers ON DELETE CASCADE,
    address TEXT NOT NULL, made TEXT NOT NULL
) STRICT;
CREATE TABLE attempts (number INTEGER PRIMARY KEY, who TEXT NOT NULL, at TEXT NOT NULL) STRICT;
CREATE TABLE consents (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    subscriber INTEGER NOT NULL REFERENCES subscribers ON DELETE CASCADE,
    letter TEXT NOT NULL, at TEXT NOT NULL, how TEXT NOT NULL, proof TEXT NOT NULL
) STRICT;
INSERT INTO "consents" VALUES(1,1,'daily','2026-11-27T08:00:00Z','form','{"way": "double opt-in"}');
INSERT INTO "consents" VALUES(2,2,'daily','2026-11-27T08:00:00Z','form','{"way": "double opt-in"}');
CREATE TABLE deliveries (
    sending INTEGER NOT NULL REFERENCES sendings, subscriber INTEGER NOT NULL,
    state INTEGER NOT NULL, line INTEGER NOT NULL, place INTEGER NOT NULL,
    attempts INTEGER NOT NULL, at INTEGER NOT NULL, code INTEGER NOT NULL, words TEXT NOT NULL,
    PRIMARY KEY (sending, subscriber)
) STRICT, WITHOUT ROWID;
INSERT INTO "deliveries" VALUES(1,1,2,0,0,1,1795766400,250,'250 taken');
INSERT INTO "deliveries" VALUES(1,2,2,0,1,1,1795766400,250,'250 taken');
CREATE TABLE domain_days (
    domain TEXT NOT NULL, day TEXT NOT NULL, letters INTEGER NOT NULL, PRIMARY KEY (domain, day)
) STRICT, WITHOUT ROWID;
INSERT INTO "domain_days" VALUES('inbox.example','2026-11-27',2);
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO "facts" VALUES('address key','cc67bf09574dfa09a2e3f1efb9ada88a784fa239b285e817975480d935b13c9f');
INSERT INTO "facts" VALUES('count of sending 1','{"2": 2}');
CREATE TABLE link_keys (
    number INTEGER PRIMARY KEY AUTOINCREMENT, key BLOB NOT NULL, made TEXT NOT NULL
) STRICT;
INSERT INTO "link_keys" VALUES(1,X'637E53FD65CF76C3A43B4AE7042070B2F517D7744133D938C4FEA428DB758333','2026-11-27T08:00:00Z');
CREATE TABLE outbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL,
    subscriber INTEGER NOT NULL REFERENCES subscribers ON DELETE CASCADE,
    letter TEXT NOT NULL, extra TEXT NOT NULL, made TEXT NOT NULL,
    due INTEGER NOT NULL, attempts INTEGER NOT NULL
) STRICT;
CREATE TABLE returns (
    digest BLOB PRIMARY KEY, sending INTEGER NOT NULL, subscriber INTEGER NOT NULL,
    kind TEXT NOT NULL, status TEXT NOT NULL, words TEXT NOT NULL, at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "returns" VALUES(X'00000000000000000000000000000000',1,2,'soft','4.2.2','452 full','2026-11-27T08:00:00Z');
CREATE TABLE sendings (
    number INTEGER PRIMARY KEY AUTOINCREMENT, issue TEXT NOT NULL UNIQUE, letter TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN
        ('ready', 'awaits-word', 'sending', 'paused', 'ended', 'done')),
    via TEXT NOT NULL, made TEXT NOT NULL, by TEXT NOT NULL, remark TEXT NOT NULL
) STRICT;
INSERT INTO "sendings" VALUES(1,'daily-2026-11-27','daily','done','smtp','2026-11-27T08:00:00Z','','');
CREATE TABLE subscribers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key BLOB NOT NULL UNIQUE, address TEXT NOT NULL, domain TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'active', 'paused', 'left', 'erased')),
    language TEXT NOT NULL, made TEXT NOT NULL, paused_until TEXT NOT NULL
) STRICT;
INSERT INTO "subscribers" VALUES(1,X'FDA035B1A0C5BFCCF8E3092DA6B37D03522398A646C53DA4F979885B3791D46A','ann@inbox.example','inbox.example','active','','2026-11-27T08:00:00Z','');
INSERT INTO "subscribers" VALUES(2,X'B4CA99964E7B632A61CFA21FD5D08E71F2D08E186A2FDEC7F972D35EEBD30D6C','ben@inbox.example','inbox.example','active','','2026-11-27T08:00:00Z','');
CREATE TABLE subscriptions (
    subscriber INTEGER NOT NULL REFERENCES subscribers ON DELETE CASCADE,
    letter TEXT NOT NULL, topics TEXT NOT NULL, since TEXT NOT NULL,
    PRIMARY KEY (letter, subscriber)
) STRICT, WITHOUT ROWID;
INSERT INTO "subscriptions" VALUES(1,'daily','[]','2026-11-27T08:00:00Z');
INSERT INTO "subscriptions" VALUES(2,'daily','[]','2026-11-27T08:00:00Z');
CREATE TABLE suppressions (
    key BLOB PRIMARY KEY, reason TEXT NOT NULL, since TEXT NOT NULL, detail TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE view_counts (
    issue TEXT NOT NULL, day TEXT NOT NULL, views INTEGER NOT NULL, PRIMARY KEY (issue, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX subscriptions_of ON subscriptions (subscriber);
CREATE INDEX consents_of ON consents (subscriber);
CREATE INDEX outbox_due ON outbox (due);
CREATE INDEX deliveries_open ON deliveries (sending, state, at) WHERE state IN (0, 1, 3);
CREATE INDEX deliveries_of ON deliveries (subscriber);
CREATE INDEX returns_of ON returns (subscriber, at);
CREATE INDEX returns_at ON returns (at);
CREATE INDEX returns_by_sending ON returns (sending, kind);
CREATE INDEX attempts_of ON attempts (who, at);
CREATE INDEX attempts_at ON attempts (at);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('link_keys',1);
INSERT INTO "sqlite_sequence" VALUES('subscribers',2);
INSERT INTO "sqlite_sequence" VALUES('consents',2);
INSERT INTO "sqlite_sequence" VALUES('sendings',1);
COMMIT;
