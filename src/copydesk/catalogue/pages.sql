-- The tables of the page index of a site. A file of another version is replaced.
CREATE TABLE paper_sites (
    id INTEGER PRIMARY KEY, site TEXT NOT NULL UNIQUE, made_by TEXT NOT NULL, head BLOB NOT NULL
);
CREATE TABLE paper_entries (
    id INTEGER PRIMARY KEY, site INTEGER NOT NULL, path TEXT NOT NULL, stamp TEXT NOT NULL,
    name TEXT NOT NULL, place INTEGER NOT NULL, at REAL NOT NULL,
    domain TEXT NOT NULL, story_group TEXT NOT NULL, copy_of TEXT NOT NULL,
    address TEXT NOT NULL, credit TEXT NOT NULL, image TEXT NOT NULL, web_url TEXT NOT NULL,
    changed TEXT NOT NULL, shown TEXT NOT NULL, hosted INTEGER NOT NULL,
    led INTEGER NOT NULL, entry BLOB NOT NULL
);
CREATE INDEX paper_paths ON paper_entries (site, path, stamp);
CREATE INDEX paper_names ON paper_entries (site, name, path);
CREATE INDEX paper_stories ON paper_entries (site, at DESC, path) WHERE place = 2;
CREATE INDEX paper_hosted ON paper_entries (site, at DESC, path) WHERE place = 2 AND hosted = 1;
CREATE INDEX paper_groups ON paper_entries (site, story_group) WHERE story_group <> '';
CREATE INDEX paper_copies ON paper_entries (site, copy_of) WHERE copy_of <> '';
CREATE INDEX paper_credits ON paper_entries (site, address) WHERE credit <> '';
CREATE INDEX paper_images ON paper_entries (site, image) WHERE image <> '';
CREATE INDEX paper_led ON paper_entries (site, path) WHERE place = 1 AND led = 1;
CREATE INDEX paper_removed ON paper_entries (site, path) WHERE place = 0;
CREATE TABLE paper_listed (
    site INTEGER, kind TEXT, value TEXT, at REAL, path TEXT,
    PRIMARY KEY (site, kind, value, at DESC, path)
) WITHOUT ROWID;
CREATE TABLE paper_needs (
    site INTEGER, what TEXT, path TEXT, PRIMARY KEY (site, what, path)
) WITHOUT ROWID;
CREATE TABLE paper_hidden (
    site INTEGER, address TEXT, path TEXT, PRIMARY KEY (site, address, path)
) WITHOUT ROWID;
CREATE TABLE paper_sums (
    site INTEGER, kind TEXT, what TEXT, count INTEGER NOT NULL, PRIMARY KEY (site, kind, what)
) WITHOUT ROWID;
CREATE TABLE paper_pieces (
    site INTEGER, path TEXT, stamp TEXT NOT NULL, piece BLOB NOT NULL, PRIMARY KEY (site, path)
);
CREATE TABLE paper_kept (
    id INTEGER PRIMARY KEY, site INTEGER NOT NULL, path TEXT NOT NULL, stamp TEXT NOT NULL,
    story BLOB NOT NULL, UNIQUE (site, path)
);
CREATE TABLE paper_cards (
    site INTEGER, page TEXT, file TEXT NOT NULL, PRIMARY KEY (site, page)
) WITHOUT ROWID;
CREATE INDEX paper_drawn ON paper_cards (site, file);
