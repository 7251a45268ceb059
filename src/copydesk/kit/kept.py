"""Permanent SQLite databases, migrated and never recreated; and rate limits stored in them."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from copydesk.errors import CopydeskError, UsageError
from copydesk.kit import databases, dates

V = TypeVar("V")

_PATIENCE_SECONDS = 5.0  # a browser waits for the answer
_ROOM = "free disk space, then repeat the failed action; finished actions are not lost"
_DISK = "check whether the disk is full or failing"
_RIGHTS = "check the permissions of the folder and of the file"
# SQLite's primary error codes, their meaning, and a hint.
_COMPLAINTS = {
    sqlite3.SQLITE_BUSY: ("is in use by another process", "try again in a moment"),
    sqlite3.SQLITE_LOCKED: ("is in use by another process", "try again in a moment"),
    sqlite3.SQLITE_FULL: ("could not be written: the disk is full", _ROOM),
    # also the code for a full disk when the log files cannot be created
    sqlite3.SQLITE_IOERR: ("could not be read or written: the disk reports an error", _DISK),
    sqlite3.SQLITE_READONLY: ("could not be written", _RIGHTS),
    sqlite3.SQLITE_CANTOPEN: ("could not be opened", _RIGHTS),
    sqlite3.SQLITE_PERM: ("could not be opened", _RIGHTS),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSchema:
    """The schema of a permanent database, as a list of migrations.

    `what` names the database in errors, `error` is their class, `damaged` is the hint for a damaged
    file. Each of `steps` migrates a file from the version equal to its index to the next one. A
    released step is never edited: existing files would not run it again. `cache_kilobytes` is
    the cache of each connection.
    """

    what: str
    error: type[CopydeskError]
    damaged: str
    steps: tuple[str, ...]
    cache_kilobytes: int = 2_000

    @property
    def version(self) -> int:
        """Return the schema version that this program writes."""
        return len(self.steps)


class KeptDatabase:
    """A connection to a permanent SQLite database, migrated to this program's version.

    Used by any thread, one at a time; a forked process opens its own connection. If the file was
    replaced (by a restored backup), the next call opens the new one, so that nothing is written to
    the old one. Methods raise the schema's error if the file fails, UsageError for a text with a
    lone surrogate.
    """

    def __init__(self, file: Path, schema: KeptSchema) -> None:
        self._file = file
        self._schema = schema
        self._lock = threading.RLock()
        self._patience_seconds = _PATIENCE_SECONDS
        self._connection = self._open()
        self._opened_file = self._find_file()

    def run(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Execute an SQL statement with values for its placeholders; return the resulting rows.

        Changes are on the disk (fsync) when this returns, or when the block of `at_once` ends.
        """
        with self._lock, self._complaining():
            return self._current().execute(statement, values).fetchall()

    def run_many(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """Execute an SQL statement once for each row of values, in one transaction.

        Without rows it does not wait for other writers.
        """
        listed = list(rows)
        if listed:
            with self.at_once(), self._complaining():
                self._connection.executemany(statement, listed)

    @contextlib.contextmanager
    def at_once(self) -> Iterator[None]:
        """Run the `with` block as one write transaction: all changes or, after an error, none.

        A nested block is part of the outer one.
        """
        with self._lock, self._complaining():
            connection = self._current()
            is_within = connection.in_transaction
            with contextlib.nullcontext() if is_within else databases.at_once(connection):
                yield

    def be_patient(self, seconds: float) -> None:
        """Set how many seconds methods wait for other processes' writes before they raise."""
        with self._lock, self._complaining():
            self._patience_seconds = seconds
            self._connection.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")

    def close(self) -> None:
        """Close the search index's database."""
        with self._lock:
            self._connection.close()

    def _current(self) -> sqlite3.Connection:
        """Return a connection to the file that is now at the database's path."""
        if not self._connection.in_transaction and self._find_file() != self._opened_file:
            self._connection.close()
            self._connection = self._open()
            self._opened_file = self._find_file()
        return self._connection

    def _find_file(self) -> tuple[int, int]:
        try:
            status = self._file.stat()
        except FileNotFoundError:
            return (0, 0)
        return (status.st_dev, status.st_ino)

    def _open(self) -> sqlite3.Connection:
        with self._complaining():
            _make_private(self._file)
            connection = databases.connect(self._file, patience_seconds=self._patience_seconds)
            try:
                self._prepare(connection)
            except BaseException:
                connection.close()
                raise
            return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA synchronous = FULL")  # a change must survive a power cut
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA cache_size = -{self._schema.cache_kilobytes}")
        version, known = version_of(connection), self._schema.version
        if version > known:
            raise self._schema.error(
                f"a newer copydesk wrote {self._schema.what} (version {version}, supported: "
                f"{known})",
                subject=str(self._file),
                hint="install the newer copydesk, or restore a backup of the older version",
            )
        if version < known:
            migrate(connection, self._schema)

    @contextlib.contextmanager
    def _complaining(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._complain(error) from error
        except UnicodeEncodeError as error:
            raise UsageError(
                "the text has an invalid character (half of a surrogate pair)",
                hint="remove that character",
            ) from error
        except OSError as error:
            what = f"{self._schema.what} could not be opened ({error.strerror})"
            raise self._schema.error(what, subject=str(self._file), hint=_RIGHTS) from error

    def _complain(self, error: sqlite3.Error) -> CopydeskError:
        if databases.is_damage(error):
            what, hint = "is damaged", self._schema.damaged
        else:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # without its extension
            what, hint = _COMPLAINTS.get(code, (f"could not be read or written ({error})", _RIGHTS))
        return self._schema.error(f"{self._schema.what} {what}", subject=str(self._file), hint=hint)


def version_of(connection: sqlite3.Connection) -> int:
    """Return the schema version of a database, 0 for a new file."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def migrate(connection: sqlite3.Connection, schema: KeptSchema) -> None:
    """Run the migrations of a schema that the database has not had yet.

    Several processes may try at once: the version is read again within the write transaction, since
    another process may have finished already.
    """
    with databases.at_once(connection):
        for step in schema.steps[version_of(connection) :]:
            for statement in step.split(";"):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {schema.version}")


def _make_private(file: Path) -> None:
    """Make an existing file unreadable for other users: it has secrets. A new one will be so.

    The file is not opened for this: closing it would release the locks that this process holds on
    it (fcntl(2)).
    """
    if file.exists() and file.stat().st_mode & 0o077:
        file.chmod(0o600)


class KeptTables:
    """Tables of one subject in a permanent database. Methods raise the database's error."""

    def __init__(self, database: KeptDatabase) -> None:
        self._database = database


def read_row(kind: type[V], columns: str, row: Sequence[object]) -> V:
    """Return a row as a dataclass, whose fields have the names of the columns: `name, made`.

    Times are read from text, or from seconds since 1970. "" is None where that is the default.
    """
    import msgspec

    unset = {each.name for each in fields(kind) if each.default is None}  # type: ignore[arg-type]
    values = zip(columns.split(", "), row, strict=True)
    found = {name: value for name, value in values if value != "" or name not in unset}
    return msgspec.convert(found, kind, strict=False)


class AttemptLimits:
    """Rate limits: attempts within a time window, by keys such as an account or an IP address.

    They are stored in a table of their own, such as `attempts` of the desk database. Methods raise
    the database's error if the file fails.
    """

    def __init__(self, database: KeptDatabase, window: timedelta, table: str = "attempts") -> None:
        self._database = database
        self._window = window
        self._table = table

    def admit(self, limits: Mapping[str, int], now: datetime) -> timedelta | None:
        """Count an attempt and return None; if a limit is reached, return the time to wait instead.

        `limits` has the number of attempts within the window for each key. Call it before the
        attempt, so that parallel ones are all counted. A refused attempt is not counted, so that
        the wait comes to an end.
        """
        digests = {_key(who): limit for who, limit in limits.items()}
        with self._database.at_once():
            self._forget(now)
            waits = [self._wait(who, limit, now) for who, limit in digests.items()]
            longest = max(waits, default=timedelta(0))
            if longest > timedelta(0):
                return longest
            for who in digests:
                self._database.run(
                    f"INSERT INTO {self._table} (who, at) VALUES (?, ?)", who, dates.rfc3339(now)
                )
        return None

    def list_times(self, who: str, now: datetime) -> list[datetime]:
        """Return the times of a key's attempts within the window, the newest first."""
        query = "SELECT at FROM attempts WHERE who = ? AND at > ? ORDER BY at DESC"
        rows = self._database.run(query, _key(who), dates.rfc3339(now - self._window))
        return [datetime.fromisoformat(at) for (at,) in rows]

    def clear(self, who: str) -> None:
        """Delete all attempts of a key, after one that succeeded."""
        self._database.run(f"DELETE FROM {self._table} WHERE who = ?", _key(who))

    def take_back(self, who: str) -> None:
        """Delete the newest attempt of a key, such as a shared IP address, because it succeeded."""
        self._database.run(
            f"DELETE FROM {self._table} WHERE number = "
            f"(SELECT number FROM {self._table} WHERE who = ? ORDER BY number DESC LIMIT 1)",
            _key(who),
        )

    def _wait(self, who: str, limit: int, now: datetime) -> timedelta:
        """Return the time to wait until another attempt is within the limit."""
        query = f"SELECT at FROM {self._table} WHERE who = ? ORDER BY at DESC LIMIT 1 OFFSET ?"
        rows = self._database.run(query, who, limit - 1)
        if not rows:
            return timedelta(0)
        return max(datetime.fromisoformat(rows[0][0]) + self._window - now, timedelta(0))

    def _forget(self, now: datetime) -> None:
        """Delete attempts older than the window, and those dated in the future by a wrong clock."""
        self._database.run(
            f"DELETE FROM {self._table} WHERE at <= ? OR at > ?",
            *(dates.rfc3339(now - self._window), dates.rfc3339(now + self._window)),
        )


def _key(who: str) -> str:
    """Return the hash of a key: people sometimes type their password as their name."""
    return hashlib.sha256(who.encode("utf-8", "surrogatepass")).hexdigest()
