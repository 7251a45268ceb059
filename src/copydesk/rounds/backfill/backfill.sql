-- What a backfill has read and judged, and not filed yet. A file of another version is replaced.
CREATE TABLE notes (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE archives (
    name TEXT PRIMARY KEY, sha256 TEXT NOT NULL, bytes INTEGER NOT NULL, trouble TEXT NOT NULL,
    pages INTEGER NOT NULL, seconds REAL NOT NULL, counts TEXT NOT NULL
);
CREATE TABLE pages (
    identity TEXT PRIMARY KEY, captured REAL NOT NULL, month TEXT NOT NULL, site TEXT NOT NULL,
    is_known INTEGER NOT NULL, article BLOB NOT NULL
);
CREATE INDEX pages_by_month ON pages (month);
CREATE INDEX pages_by_site ON pages (site, month);
CREATE TABLE answers (identity TEXT PRIMARY KEY, answer BLOB NOT NULL);
CREATE TABLE stories (
    path TEXT PRIMARY KEY, month TEXT NOT NULL, story BLOB NOT NULL, article BLOB NOT NULL
);
CREATE INDEX stories_by_month ON stories (month);
