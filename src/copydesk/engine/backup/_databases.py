"""Databases: copied while others write into them, counted, and checked."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from copydesk.engine.backup._manifest import DatabaseCount
from copydesk.errors import BackupError
from copydesk.kit import databases

_PATIENCE_SECONDS = 10.0


def copy_database(source: Path, copy: Path) -> DatabaseCount:
    """Copy a database as it is at one moment by SQLite's own backup, and count its rows.

    One step for all pages: whoever writes meanwhile goes on (write-ahead log), and their changes
    are not in the copy, which is one file without another beside it. Raises BackupError where
    the database is damaged or busy, or the copy cannot be written.
    """
    with _complaining(source):
        uri = f"{source.absolute().as_uri()}?mode=ro"
        with (
            contextlib.closing(
                sqlite3.connect(uri, uri=True, timeout=_PATIENCE_SECONDS)
            ) as original,
            contextlib.closing(sqlite3.connect(copy, isolation_level=None)) as target,
        ):
            original.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")
    fault = find_database_fault(copy)
    if fault:
        raise _damage(source, fault)
    return count_database(copy)


def count_database(file: Path) -> DatabaseCount:
    """Return the version and the number of rows by table; raises BackupError."""
    with _complaining(file), contextlib.closing(_open(file)) as database:
        (version,) = database.execute("PRAGMA user_version").fetchone()
        names = database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' "
            "ESCAPE '\\' ORDER BY name"
        ).fetchall()
        return DatabaseCount(
            version=version, tables={name: _count_rows(database, name) for (name,) in names}
        )


def find_database_fault(file: Path) -> str:
    """Return the first thing that SQLite finds wrong with a database, "" where it is whole."""
    try:
        with contextlib.closing(_open(file)) as database:
            (said,) = database.execute("PRAGMA integrity_check(1)").fetchone()
            astray = database.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.Error as error:
        return str(error)
    if said != "ok":
        return str(said).strip().splitlines()[-1]
    return f"a row of {astray[0]} belongs to none of {astray[2]}" if astray else ""


def _open(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)


def _count_rows(database: sqlite3.Connection, table: str) -> int:
    quoted = table.replace('"', '""')
    (rows,) = database.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()  # noqa: S608 - quoted
    return int(rows)


@contextlib.contextmanager
def _complaining(file: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        if databases.is_damage(error):
            raise _damage(file, str(error)) from error
        raise BackupError(
            f"the database cannot be copied ({error})",
            subject=str(file),
            hint="look whether the disk is full, or the file's rights",
        ) from error


def _damage(file: Path, fault: str) -> BackupError:
    return BackupError(
        f"the database is damaged ({fault[:200]})",
        subject=str(file),
        hint="no backup was written, and an earlier one stays as it is: restore from that",
    )
