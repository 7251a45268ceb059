"""The tables, and bringing those of an earlier version along."""

from __future__ import annotations

import sqlite3

from copydesk.kit import databases

# Each entry brings a store from the version of its place in the list to the next one. What has
# been released is never edited: a store that went through it cannot go through it again.
_STEPS = (
    """
CREATE TABLE actions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE, editor TEXT NOT NULL, at TEXT NOT NULL,
    action BLOB NOT NULL, outcome BLOB
) STRICT;
CREATE INDEX actions_waiting ON actions (number) WHERE outcome IS NULL;
CREATE INDEX actions_of ON actions (editor, at);
""",
)
VERSION = len(_STEPS)


def version_of(connection: sqlite3.Connection) -> int:
    """Return the version of a store's tables, 0 for a new one."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def migrate(connection: sqlite3.Connection) -> None:
    """Make all tables, or those that came since the store's own version.

    Several processes may be at it: the version is read where nobody else can write, for another
    one may be ready by now.
    """
    with databases.at_once(connection):
        for step in _STEPS[version_of(connection) :]:
            for statement in step.split(";"):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")
