"""Open SQLite files that several processes may open, create and migrate at once."""

from __future__ import annotations

import contextlib
import sqlite3
import time
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

_PAUSE_SECONDS = 0.01
_WAL_BYTES = 4_000_000  # bytes of disk that the write-ahead log keeps
Complain = Callable[[str, Exception], Exception]
"""Return the caller's error from what could not be done ("opened") and its cause."""


def connect(path: Path, *, patience_seconds: float = 10) -> sqlite3.Connection:
    """Open a SQLite database with write-ahead logging; create it and its folder if missing.

    A new file, and its logs, are for its owner alone: whoever may read them may lock them.
    Waits at most `patience_seconds` for other writers; transactions are explicit (`at_once`).
    Raises sqlite3.Error and OSError for the caller to explain.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        path.touch(0o600, exist_ok=False)
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
    """Switch write-ahead logging on; wait for another process that is doing the same.

    SQLite itself does not wait here: it already holds a read lock, so waiting could deadlock.
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
    raise sqlite3.OperationalError("another process is using the database")


@contextlib.contextmanager
def at_once(connection: sqlite3.Connection) -> Iterator[None]:
    """Run the `with` block as one write transaction, which is rolled back after an error."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise


def read_rows(path: Path, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """Return the rows that an SQL statement selects, an empty list if the database cannot be read.

    For a process that must never create, replace or migrate the file.
    """
    try:
        uri = f"{path.absolute().as_uri()}?mode=ro"
        with contextlib.closing(sqlite3.connect(uri, uri=True)) as connection:
            return connection.execute(statement, values).fetchall()
    except sqlite3.Error:
        return []


class DisposableDatabase:
    """A SQLite database whose content can be rebuilt: a file, or in memory if no file is given.

    A damaged file is deleted and created again. Methods raise the errors that `complain` makes of
    SQLite's. Used by one thread at a time; another thread may close it at the end.
    """

    def __init__(self, file: Path | None, complain: Complain) -> None:
        self._file = file
        self._complain = complain
        self._opened: sqlite3.Connection | None = None
        self._keep_open()

    @property
    def _connection(self) -> sqlite3.Connection:
        return self._opened or self._keep_open()

    def _keep_open(self) -> sqlite3.Connection:
        self._opened = self._open()
        self._end = weakref.finalize(self, self._opened.close)  # if nobody calls `close`
        return self._opened

    def run(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Execute an SQL statement with values for its placeholders; return the resulting rows."""
        try:  # a context manager would cost as much as the statement
            return self._connection.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise self._describe(error) from error

    def run_many(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        """Execute an SQL statement once for each row of values, in one transaction."""
        with self._complaining():
            connection = self._connection
            is_within = connection.in_transaction
            with contextlib.nullcontext() if is_within else at_once(connection):
                connection.executemany(statement, rows)

    @contextlib.contextmanager
    def at_once(self) -> Iterator[None]:
        """Run the `with` block as one transaction, which is rolled back after an error."""
        self.begin()
        try:
            yield
        except BaseException:
            self.rollback()
            raise
        self.commit()

    def begin(self) -> None:
        """Begin a transaction; an unfinished earlier one is rolled back."""
        self.rollback()
        self.run("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Commit the open transaction."""
        with self._complaining():
            self._connection.commit()

    def share(self) -> bool:
        """Commit, so that processes forked from now on can read the changes.

        Each process opens the file itself, since a SQLite connection must not be used after a fork.
        False if the database is in memory and cannot be shared.
        """
        if self._file is None:
            return False
        self.commit()
        self.close()
        self._opened = None
        return True

    def resume(self) -> None:
        """Begin a transaction unless one is open."""
        if not self._connection.in_transaction:
            self.run("BEGIN IMMEDIATE")

    def rollback(self) -> None:
        """Roll the open transaction back."""
        with self._complaining():
            self._connection.rollback()

    def close(self) -> None:
        """Close the database; uncommitted changes are rolled back."""
        self._end()

    def delete(self) -> None:
        """Close the database and delete its file."""
        self.close()
        if self._file is not None:
            delete_files(self._file)

    @contextlib.contextmanager
    def _complaining(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._describe(error) from error

    def _describe(self, error: sqlite3.Error) -> Exception:
        if is_damage(error) and self._file is not None:
            delete_files(self._file)
        return self._complain("read or written", error)

    def _open(self) -> sqlite3.Connection:
        if self._file is None:
            return sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        try:
            return _open_sound(self._file)
        except (sqlite3.Error, OSError) as error:
            raise self._complain("opened", error) from error


def _open_sound(file: Path) -> sqlite3.Connection:
    """Open a database file; delete and create it again if it is damaged."""
    try:
        return _open_file(file)
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
        delete_files(file)
        return _open_file(file)


def is_damage(error: sqlite3.Error) -> bool:
    """Return whether a SQLite error means that the file is damaged or not a database."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # without its extension
    return code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def delete_files(file: Path) -> None:
    """Delete a database file, its write-ahead log and its shared-memory file."""
    for path in (file, *(file.with_name(file.name + end) for end in ("-wal", "-shm"))):
        path.unlink(missing_ok=True)


def _open_file(file: Path) -> sqlite3.Connection:
    connection = connect(file)
    try:
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA journal_size_limit = {_WAL_BYTES}")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection
