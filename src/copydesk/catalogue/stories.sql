-- The tables of the search index of stories. A file of another version is replaced.
CREATE TABLE notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE stories (
    id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, signature INTEGER NOT NULL,
    name TEXT NOT NULL, archived INTEGER NOT NULL, at INTEGER, standing TEXT NOT NULL,
    gone INTEGER NOT NULL, publisher TEXT NOT NULL, source TEXT NOT NULL, language TEXT NOT NULL,
    quality INTEGER, heat INTEGER, story_group TEXT NOT NULL, copy_of TEXT NOT NULL,
    ruled INTEGER NOT NULL, judged INTEGER NOT NULL, points INTEGER, said TEXT NOT NULL
) STRICT;
CREATE INDEX stories_at ON stories (at, path);
CREATE INDEX stories_name ON stories (name);
CREATE INDEX stories_standing ON stories (standing, at);
CREATE INDEX stories_group ON stories (story_group) WHERE story_group <> '';
CREATE INDEX stories_copy ON stories (copy_of) WHERE copy_of <> '';
CREATE INDEX stories_ruled ON stories (id) WHERE ruled = 1;
CREATE INDEX stories_said ON stories (said) WHERE said <> '';
CREATE INDEX stories_gone ON stories (at) WHERE gone = 1;
CREATE INDEX stories_publisher ON stories (publisher, standing, at);
CREATE TABLE decisions (
    story INTEGER PRIMARY KEY, at INTEGER NOT NULL, points INTEGER, waited INTEGER NOT NULL
) STRICT;
CREATE INDEX decisions_at ON decisions (at);
CREATE TABLE addresses (
    identity TEXT NOT NULL, story INTEGER NOT NULL, PRIMARY KEY (identity, story)
) STRICT, WITHOUT ROWID;
CREATE INDEX addresses_story ON addresses (story);
CREATE TABLE topics (
    topic TEXT NOT NULL, story INTEGER NOT NULL, PRIMARY KEY (topic, story)
) STRICT, WITHOUT ROWID;
CREATE INDEX topics_story ON topics (story);
CREATE TABLE reasons (
    kind TEXT NOT NULL, story INTEGER NOT NULL, PRIMARY KEY (kind, story)
) STRICT, WITHOUT ROWID;
CREATE INDEX reasons_story ON reasons (story);
CREATE TABLE credits (
    name TEXT NOT NULL, story INTEGER NOT NULL, PRIMARY KEY (name, story)
) STRICT, WITHOUT ROWID;
CREATE INDEX credits_story ON credits (story);
CREATE TABLE broken (
    path TEXT PRIMARY KEY, signature INTEGER NOT NULL, what TEXT NOT NULL, hint TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE marks (
    story INTEGER PRIMARY KEY, site TEXT NOT NULL, habits TEXT NOT NULL, fingerprint BLOB NOT NULL
) STRICT;
CREATE TABLE hashes (
    value INTEGER NOT NULL, story INTEGER NOT NULL, PRIMARY KEY (value, story)
) STRICT, WITHOUT ROWID;
CREATE TABLE documents (
    number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, second INTEGER NOT NULL,
    digest BLOB NOT NULL, words INTEGER NOT NULL, ngrams INTEGER NOT NULL, names INTEGER NOT NULL
) STRICT;
CREATE TABLE document_terms (
    document INTEGER PRIMARY KEY, terms BLOB NOT NULL, counts BLOB NOT NULL, rates BLOB NOT NULL,
    telling BLOB NOT NULL, checksum INTEGER NOT NULL
) STRICT;
CREATE TABLE term_places (
    term INTEGER NOT NULL, second INTEGER NOT NULL, document INTEGER NOT NULL,
    PRIMARY KEY (term, second, document)
) STRICT, WITHOUT ROWID;
CREATE TABLE term_counts (term INTEGER PRIMARY KEY, documents INTEGER NOT NULL) STRICT;
CREATE TABLE findings (
    kind TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (kind, key)
) STRICT;
