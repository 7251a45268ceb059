-- The tables of the desk database. A step migrates a file to the next version, and is never edited
-- once it is released.

-- step 1
CREATE TABLE actions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE, editor TEXT NOT NULL, at TEXT NOT NULL,
    action BLOB NOT NULL, outcome BLOB
) STRICT;
CREATE INDEX actions_waiting ON actions (number) WHERE outcome IS NULL;
CREATE INDEX actions_of ON actions (editor, at);

-- step 2
CREATE TABLE accounts (
    key TEXT PRIMARY KEY, name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('owner', 'editor', 'viewer')),
    handle BLOB NOT NULL UNIQUE, password TEXT NOT NULL,
    issuer TEXT NOT NULL, subject TEXT NOT NULL, made TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX accounts_of_issuers ON accounts (issuer, subject) WHERE subject <> '';
CREATE TABLE passkeys (
    id BLOB PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts ON DELETE CASCADE ON UPDATE CASCADE,
    public_key BLOB NOT NULL, sign_count INTEGER NOT NULL, label TEXT NOT NULL, made TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX passkeys_of ON passkeys (account);
CREATE TABLE sessions (
    secret BLOB PRIMARY KEY, id TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL REFERENCES accounts ON DELETE CASCADE ON UPDATE CASCADE,
    made TEXT NOT NULL, seen TEXT NOT NULL, expires TEXT NOT NULL,
    agent TEXT NOT NULL, address TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_of ON sessions (account);
CREATE TABLE links (
    secret BLOB PRIMARY KEY, purpose TEXT NOT NULL,
    account TEXT REFERENCES accounts ON DELETE CASCADE ON UPDATE CASCADE,
    made TEXT NOT NULL, uptime REAL NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE tokens (
    secret BLOB PRIMARY KEY, id TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL REFERENCES accounts ON DELETE CASCADE ON UPDATE CASCADE,
    label TEXT NOT NULL, scopes TEXT NOT NULL, made TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE attempts (number INTEGER PRIMARY KEY, who TEXT NOT NULL, at TEXT NOT NULL) STRICT;
CREATE INDEX attempts_of ON attempts (who, at);
CREATE INDEX attempts_at ON attempts (at);
CREATE TABLE audit (
    number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, who TEXT NOT NULL,
    what TEXT NOT NULL, about TEXT NOT NULL, address TEXT NOT NULL
) STRICT;
CREATE INDEX audit_at ON audit (at);
CREATE TABLE drafts (
    editor TEXT NOT NULL, story TEXT NOT NULL, field TEXT NOT NULL,
    text TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (editor, story, field)
) STRICT, WITHOUT ROWID;
CREATE TABLE stashes (
    id INTEGER PRIMARY KEY AUTOINCREMENT, owner TEXT NOT NULL, name TEXT NOT NULL,
    UNIQUE (owner, name)
) STRICT;
CREATE TABLE stashed (
    stash INTEGER NOT NULL REFERENCES stashes ON DELETE CASCADE,
    place INTEGER NOT NULL, story TEXT NOT NULL, PRIMARY KEY (stash, story)
) STRICT, WITHOUT ROWID;

-- step 3
CREATE TABLE saved_views (
    editor TEXT NOT NULL, name TEXT NOT NULL, query TEXT NOT NULL, PRIMARY KEY (editor, name)
) STRICT, WITHOUT ROWID;

-- step 4: earlier tokens never expire, and nobody could make one
DELETE FROM tokens;
ALTER TABLE tokens ADD COLUMN expires TEXT NOT NULL DEFAULT '';
CREATE TABLE proposals (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
    author TEXT NOT NULL, label TEXT NOT NULL, at TEXT NOT NULL,
    action BLOB NOT NULL, grounds BLOB NOT NULL, became TEXT NOT NULL DEFAULT 'waits',
    decided_by TEXT NOT NULL DEFAULT '', decided_at TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX proposals_waiting ON proposals (number) WHERE became = 'waits';
CREATE TABLE proposed_stories (
    proposal INTEGER NOT NULL REFERENCES proposals ON DELETE CASCADE,
    story TEXT NOT NULL, PRIMARY KEY (story, proposal)
) STRICT, WITHOUT ROWID;

-- step 5: a field's value is that of its last change
CREATE TABLE issue_changes (
    number INTEGER PRIMARY KEY AUTOINCREMENT, letter TEXT NOT NULL,
    field TEXT NOT NULL, story TEXT NOT NULL, was BLOB NOT NULL, value BLOB NOT NULL,
    by TEXT NOT NULL, at TEXT NOT NULL, undoes INTEGER NOT NULL
) STRICT;
CREATE INDEX issue_changes_of ON issue_changes (letter, field, story, number);

-- step 6: devices: browsers that were signed in before. Their attempts are counted for an hour
ALTER TABLE accounts ADD COLUMN device_key BLOB NOT NULL DEFAULT x'';
CREATE TABLE device_attempts (
    number INTEGER PRIMARY KEY, who TEXT NOT NULL, at TEXT NOT NULL
) STRICT;
CREATE INDEX device_attempts_of ON device_attempts (who, at);
CREATE INDEX device_attempts_at ON device_attempts (at);
ALTER TABLE audit ADD COLUMN count INTEGER NOT NULL DEFAULT 1;
ALTER TABLE audit ADD COLUMN last TEXT NOT NULL DEFAULT '';
UPDATE audit SET last = at;
CREATE INDEX audit_refused ON audit (last, address) WHERE what = 'sign-in-refused';
CREATE INDEX audit_others ON audit (number) WHERE what <> 'sign-in-refused';
CREATE INDEX audit_last ON audit (last);
DROP INDEX audit_at;

-- step 7: of the snoozes of a story the last one counts; undoing an action deletes its own
CREATE TABLE snoozes (
    number INTEGER PRIMARY KEY AUTOINCREMENT, action TEXT NOT NULL,
    story TEXT NOT NULL, until TEXT NOT NULL, by TEXT NOT NULL
) STRICT;
CREATE INDEX snoozes_of ON snoozes (story, number);
CREATE INDEX snoozes_by ON snoozes (action);

-- step 8: a post is JSON; the columns are those by which it is found
CREATE TABLE posts (
    number INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT NOT NULL, story TEXT NOT NULL,
    event TEXT NOT NULL, state TEXT NOT NULL, owed TEXT NOT NULL, began TEXT NOT NULL,
    post BLOB NOT NULL
) STRICT;
CREATE INDEX posts_of ON posts (channel, story);
CREATE INDEX posts_begun ON posts (channel, began);
CREATE INDEX posts_on ON posts (channel, event);
CREATE INDEX posts_open ON posts (channel, number)
    WHERE owed <> '' OR state IN ('held', 'planned', 'sending');
CREATE TABLE post_channels (
    channel TEXT PRIMARY KEY, began TEXT NOT NULL, rests TEXT NOT NULL DEFAULT '',
    refusals INTEGER NOT NULL DEFAULT 0, waits TEXT NOT NULL DEFAULT '',
    edition TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

-- step 9: a call of a model is JSON; the columns are those by which it is found
CREATE TABLE model_calls (
    number INTEGER PRIMARY KEY AUTOINCREMENT, use TEXT NOT NULL, subject TEXT NOT NULL,
    story TEXT NOT NULL, at TEXT NOT NULL, call BLOB NOT NULL
) STRICT;
CREATE INDEX model_calls_on ON model_calls (subject, number);
CREATE INDEX model_calls_of ON model_calls (story, number);
CREATE INDEX model_calls_at ON model_calls (at);
CREATE TABLE text_openings (
    view TEXT NOT NULL, story TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (view, story)
) STRICT, WITHOUT ROWID;

-- step 10: the sessions that an OpenID provider may end, the accounts that a rule has made, and the
-- provider's users who get no account by a rule, since an owner removed theirs
ALTER TABLE sessions ADD COLUMN provider_session TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN by_rule INTEGER NOT NULL DEFAULT 0;
CREATE TABLE barred (
    issuer TEXT NOT NULL, subject TEXT NOT NULL, PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;
