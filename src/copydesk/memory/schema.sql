-- The tables of the memory database. A step migrates a file to the next version.

-- step 1
CREATE TABLE sources (url TEXT PRIMARY KEY, state BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE fates (
    identity TEXT PRIMARY KEY, url TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL,
    detail TEXT NOT NULL, hint TEXT NOT NULL, path TEXT NOT NULL, source TEXT NOT NULL,
    tries INTEGER NOT NULL, at TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE digests (
    path TEXT, field TEXT, digest TEXT NOT NULL, PRIMARY KEY (path, field)
) WITHOUT ROWID;
CREATE TABLE manifest (
    site TEXT, path TEXT, digest TEXT NOT NULL, PRIMARY KEY (site, path)
) WITHOUT ROWID;
CREATE TABLE journal (path TEXT PRIMARY KEY, digest TEXT NOT NULL) WITHOUT ROWID;

-- step 2
CREATE TABLE hosts (key TEXT PRIMARY KEY, kept BLOB NOT NULL);
CREATE TABLE hubs (key TEXT PRIMARY KEY, kept BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE pushed (key TEXT PRIMARY KEY, kept BLOB NOT NULL);
CREATE TABLE revisits (
    path TEXT PRIMARY KEY, url TEXT NOT NULL, due TEXT NOT NULL, kept BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX revisits_due ON revisits (due);
CREATE INDEX fates_at ON fates (state, at);

-- step 3
ALTER TABLE fates ADD COLUMN rules TEXT NOT NULL DEFAULT '';

-- step 4
ALTER TABLE revisits ADD COLUMN host TEXT NOT NULL DEFAULT '';
UPDATE revisits SET host = substr(url, instr(url, '://') + 3);
UPDATE revisits SET host = substr(host, 1, instr(host || '/', '/') - 1);

-- step 5
CREATE TABLE sites (key TEXT PRIMARY KEY, kept BLOB NOT NULL);

-- step 6
CREATE TABLE reads (
    day TEXT, name TEXT, count INTEGER NOT NULL, PRIMARY KEY (day, name)
) WITHOUT ROWID;

-- step 7
CREATE TABLE vectors (key TEXT PRIMARY KEY, kept BLOB NOT NULL);

-- step 8
CREATE TABLE plans (key TEXT PRIMARY KEY, kept BLOB NOT NULL) WITHOUT ROWID;

-- step 9
CREATE TABLE untold (key TEXT PRIMARY KEY, kept BLOB NOT NULL);
DROP TABLE plans;

-- step 10
CREATE TABLE taught (key TEXT PRIMARY KEY, kept BLOB NOT NULL) WITHOUT ROWID;

-- step 11
CREATE TABLE overtaken (key TEXT PRIMARY KEY, kept BLOB NOT NULL);

-- step 12
CREATE TABLE actions (id TEXT PRIMARY KEY, at TEXT NOT NULL, kept BLOB NOT NULL);
CREATE INDEX actions_at ON actions (at);

-- step 13
CREATE TABLE tips (key TEXT PRIMARY KEY, kept BLOB NOT NULL) WITHOUT ROWID;

-- step 14
CREATE TABLE counts (
    day TEXT, source TEXT, kind TEXT, what TEXT, count INTEGER NOT NULL,
    PRIMARY KEY (day, source, kind, what)
) WITHOUT ROWID;
CREATE TABLE waiting (key TEXT PRIMARY KEY, kept BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE recall (key TEXT PRIMARY KEY, kept BLOB NOT NULL);

-- step 15
CREATE INDEX fates_path ON fates (path) WHERE state = 'filed';

-- step 16
CREATE TABLE webhooks (key TEXT PRIMARY KEY, kept BLOB NOT NULL);

-- step 17
CREATE TABLE letters (key TEXT PRIMARY KEY, kept BLOB NOT NULL);
