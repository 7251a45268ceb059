"""Databases: SQLite files that several processes may open, make and bring along at once."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

_PAUSE_SECONDS = 0.01


def connect(path: Path, *, patience_seconds: float = 10) -> sqlite3.Connection:
    """Open a database with write-ahead logging, made new where there is none; its folder is made.

    Waits so long for others; transactions are begun by hand (`at_once`). Raises sqlite3.Error
    and OSError: the caller knows what the file meant.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(
        path, isolation_level=None, check_same_thread=False, timeout=patience_seconds
    )
    try:
        _write_ahead(connection, patience_seconds)
    except BaseException:
        connection.close()
        raise
    return connection


def _write_ahead(connection: sqlite3.Connection, patience_seconds: float) -> None:
    """Switch write-ahead logging on, where need be after another process that is doing so.

    Here SQLite itself does not wait: it holds a read lock already, and fears a deadlock.
    """
    for _ in range(int(patience_seconds / _PAUSE_SECONDS)):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # without its extension
            if code != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(_PAUSE_SECONDS)
        else:
            return
    raise sqlite3.OperationalError("another process keeps the database busy")


@contextlib.contextmanager
def at_once(connection: sqlite3.Connection) -> Iterator[None]:
    """Make all changes of the block at once or, after an error, none; nobody writes meanwhile."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise
