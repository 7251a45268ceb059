"""The tables of the memory database (SQLite) and their versions; open it, replace a damaged one."""

from __future__ import annotations

import contextlib
import math
import sqlite3
from contextlib import closing
from pathlib import Path

from copydesk.errors import MemoryStoreError
from copydesk.kit import databases, locks, tables

_STEPS = tables.read_steps(__package__)
VERSION = len(_STEPS)


def connect(path: Path) -> sqlite3.Connection:
    """Open the memory database, or create one; a file that cannot be read is renamed first.

    A file that was found damaged while in use is moved aside, too. Several processes may do this at
    once. Raises MemoryStoreError if the folder cannot be written, and for a memory of a newer
    version, which is not damaged and has data that no record has.
    """
    try:
        return _open_sound(path) or _begin_anew(path)
    except (sqlite3.Error, OSError) as error:
        raise MemoryStoreError(
            f"could not open the memory database ({error})",
            subject=str(path),
            hint="check the permissions of the folder and the free disk space",
        ) from error


def _open_sound(path: Path) -> sqlite3.Connection | None:
    """Open the memory database, None if its file is damaged and must be renamed."""
    if _suspect(path).exists():
        return None
    try:
        return _open(path)
    except sqlite3.OperationalError:  # a full disk or missing permissions, no damage
        raise
    except sqlite3.DatabaseError:
        return None


def _open(path: Path) -> sqlite3.Connection:
    connection = databases.connect(path)
    try:
        connection.execute(
            "PRAGMA synchronous = FULL"
        )  # so that it is not older than git's commits after a power cut
        if _version(connection) != VERSION:
            migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def migrate(connection: sqlite3.Connection, to: int = VERSION) -> None:
    """Create all tables of a version of the memory database, or only those its file lacks.

    The version is read inside a transaction, since another process may migrate at the same time.
    """
    with databases.at_once(connection):
        for step in _STEPS[_version(connection) : to]:
            for statement in step.split(";"):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {to}")


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version < 0:
        raise sqlite3.DatabaseError(f"invalid version {version}")
    if version > VERSION:
        (_, _, file), *_ = connection.execute("PRAGMA database_list").fetchall()
        raise MemoryStoreError(
            f"a newer copydesk wrote the memory database (version {version}, supported: {VERSION})",
            subject=file,
            hint="install the newer copydesk; or move the file away, and start anew; "
            "docs/reference/versions.md says what is lost",
        )
    return int(version)


def _begin_anew(path: Path) -> sqlite3.Connection:
    """Rename a damaged memory file and create a new one, unless another process has just done
    so.
    """
    with locks.hold(path.with_name(f"{path.name}.lock"), math.inf):
        connection = _open_sound(path)
        if connection is None:
            _set_aside(path)
            connection = _open(path)
        return connection


def suspect(path: Path, error: sqlite3.Error) -> bool:
    """Return whether an error means that the memory file is damaged; if so, mark it for renaming at
    the next start.
    """
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the primary error code
    if code not in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return False
    with contextlib.suppress(OSError):
        _suspect(path).touch()
    return True


def _suspect(path: Path) -> Path:
    return path.with_name(path.name + ".suspect")


def _set_aside(path: Path) -> None:
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    if path.exists():
        path.replace(path.with_name(path.name + ".damaged"))
    _suspect(path).unlink(missing_ok=True)


def copy(path: Path, to: Path) -> None:
    """Copy the memory database while others may write to it. Of a damaged one no copy is made."""
    to.parent.mkdir(parents=True, exist_ok=True)
    try:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(to)) as target:
            source.backup(target)
    except sqlite3.DatabaseError:
        to.unlink(missing_ok=True)  # a damaged copy is worthless
