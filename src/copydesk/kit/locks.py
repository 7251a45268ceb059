"""Locks between processes: by flock or, if the file system lacks it, by a lock file."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

_LOOK_SECONDS = 0.005
_GAP_SECONDS = 0.02  # a waiting process tries four times meanwhile
_UNNAMED_SECONDS = 60.0  # a lock file still empty by then is a killed process's
# The errors of file systems without flock (flock(2); ENOLCK comes from NFS and some FUSEs).
_UNKNOWN_HERE = frozenset({errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS})


class Lock:
    """An exclusive lock on a path, between processes and threads; released when its holder dies.

    If the file system lacks flock, the lock is a file `PATH.holder`, created exclusively, with the
    name of its process; it is ignored if that process of this host has ended. Methods raise the
    system's OSError.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: IO[bytes] | None = None
        self._taken = 0.0
        self._holder: Path | None = None

    @property
    def is_held(self) -> bool:
        """Return whether this object holds the lock."""
        return self._handle is not None

    @property
    def held_seconds(self) -> float:
        """Return for how long the lock has been held without a break, 0 if it is not held."""
        return time.monotonic() - self._taken if self.is_held else 0.0

    @property
    def has_flock(self) -> bool:
        """Return whether the held lock is a flock, not a lock file."""
        return self._holder is None

    def acquire(self, wait_seconds: float = 0.0) -> bool:
        """Take the lock, waiting at most `wait_seconds`; return whether it was taken."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        last = time.monotonic() + wait_seconds
        # whoever may read the file may lock it
        handle = os.fdopen(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
        try:
            while not self._take(handle):
                if time.monotonic() >= last:
                    handle.close()
                    return False
                time.sleep(_LOOK_SECONDS)
        except BaseException:
            handle.close()
            raise
        self._handle, self._taken = handle, time.monotonic()
        return True

    def release(self) -> None:
        """Release the lock; do nothing if it is not held."""
        if self._holder is not None:
            self._holder.unlink(missing_ok=True)
            self._holder = None
        if self._handle is not None:
            self._handle.close()  # closing releases the flock
            self._handle = None

    def give_way(self) -> None:
        """Release the lock for waiting processes, then take it again, however long that takes."""
        self.release()
        time.sleep(_GAP_SECONDS)
        while not self.acquire(60.0):
            pass

    def _take(self, handle: IO[bytes]) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            if error.errno not in _UNKNOWN_HERE:
                raise
            self._holder = _make_holder(self._path.with_name(f"{self._path.name}.holder"))
            return self._holder is not None
        return True


def _make_holder(path: Path) -> Path | None:
    """Create the lock file and return its path, None if a living process holds it."""
    with contextlib.suppress(FileExistsError):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        os.write(handle, identity(os.getpid()))
        os.close(handle)
        return path
    with contextlib.suppress(FileNotFoundError):
        named = path.read_bytes()
        if _has_ended(named) if named else time.time() - path.stat().st_mtime > _UNNAMED_SECONDS:
            aside = path.with_name(f"{path.name}-{os.urandom(4).hex()}")
            path.rename(aside)  # if two processes find it, only one succeeds
            if aside.read_bytes() != named:
                aside.rename(path)  # a living process was faster
            else:
                aside.unlink()
    return None


def identity(pid: int) -> bytes:
    """Return the identity of a process: host, number and start time, as numbers are reused."""
    return f"{os.uname().nodename} {pid} {_start_time(pid)}".encode()


def _start_time(pid: int) -> str:
    """Return when a process started, in ticks since the boot; "" if it has ended."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if state[0] in "ZX" else state[19]


def _has_ended(named: bytes) -> bool:
    """Return whether a lock file's process has ended; one of another host counts as alive."""
    parts = named.decode("utf-8", "replace").split(" ")
    if len(parts) != len(("host", "pid", "start")) or parts[0] != os.uname().nodename:
        return False
    try:
        os.kill(int(parts[1]), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, ValueError):
        return False
    return named != identity(int(parts[1]))


@contextlib.contextmanager
def hold(path: Path, wait_seconds: float = 0.0) -> Iterator[bool]:
    """Hold a lock between processes in the `with` block; yield False if it was not free in time."""
    lock = Lock(path)
    try:
        yield lock.acquire(wait_seconds)
    finally:
        lock.release()
