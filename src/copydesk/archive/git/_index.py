"""The user's git index: locked for one commit, brought along for our paths, left as it was else.

    copydesk-lock    names the commit in the making; hard-linked as index.lock while it is made
    copydesk-index   the next index, complete before the branch moves

A kill leaves both behind, and an index.lock that is our own: the same file. The next commit sees
whether the branch had moved, and finishes or forgets what was begun. On a file system without hard
links index.lock is a file of its own that holds a mark of ours.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence

from copydesk.archive.git import _git
from copydesk.errors import GitError

_LOOKS_A_SECOND = 20
# What link(2) says where there are no hard links: FAT and many FUSEs, some network shares.
_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS})
_MARK = b"a commit of copydesk"  # no index begins so: git's begin with DIRC


class UserIndex:
    """The index file of one working tree."""

    def __init__(self, place: _git.WorkTree) -> None:
        self._place = place
        self._lock = place.index.with_name("index.lock")
        self._pending = place.folder / "copydesk-lock"
        self._next = place.folder / "copydesk-index"

    @property
    def environment(self) -> Mapping[str, str]:
        """Return what makes git work on the next index instead of the user's."""
        return {"GIT_INDEX_FILE": str(self._next)}

    @contextlib.contextmanager
    def hold(self, wait_seconds: float) -> Iterator[None]:
        """Hold index.lock for the block; raise GitError when another git holds on to it."""
        self._pending.write_bytes(b"")
        for look in range(int(wait_seconds * _LOOKS_A_SECOND) + 1):
            if look:
                time.sleep(1 / _LOOKS_A_SECOND)
            with contextlib.suppress(FileExistsError):
                self._take()
                break
        else:
            self._pending.unlink()
            raise GitError(
                "another git is at work on the index",
                subject=str(self._lock),
                hint="if no git is running, remove that file",
            )
        try:
            yield
        finally:
            self._lock.unlink(missing_ok=True)
            self._forget()

    def _take(self) -> None:
        """Make index.lock, ours to be seen; raise FileExistsError where another git has it."""
        try:
            self._lock.hardlink_to(self._pending)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            handle = os.open(self._lock, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
            os.write(handle, _MARK)
            os.close(handle)

    def _is_ours(self) -> bool:
        """Decide whether an index.lock was made by us, and left by a kill."""
        if not self._lock.exists():
            return False
        return self._lock.samefile(self._pending) or self._lock.read_bytes() == _MARK

    def prepare(self, changes: bytes, touched: Sequence[str] = ()) -> None:
        """Make the next index: the present one with these `--index-info` lines.

        Only `touched` files are looked at, where a few are named: all 20,000 take git 50 ms.
        """
        self._next.unlink(missing_ok=True)
        with contextlib.suppress(FileNotFoundError):
            shutil.copyfile(self._place.index, self._next)
        _git.tell(
            self._place.top,
            *("update-index", "-z", "--index-info"),
            given=changes,
            environment=self.environment,
        )
        # Fills in sizes and times, so that `git diff-files` sees clean files; the exit code
        # only says that something of the user's is dirty.
        refresh = ("add", "--refresh", "--", *touched)
        if not 0 < len(touched) <= _git.FEW:
            refresh = ("update-index", "-q", "--refresh")
        _git.ask(self._place.top, *refresh, environment=self.environment)

    def announce(self, commit: str) -> None:
        """Note which commit the prepared index belongs to, before the branch moves."""
        self._pending.write_text(commit, encoding="ascii")

    def bring_along(self) -> None:
        """Put the prepared index in the user's place."""
        self._next.replace(self._place.index)

    def is_left_over(self) -> bool:
        """Decide whether a commit is being made, or was killed in the making."""
        return self._pending.exists()

    def recover(self) -> None:
        """Finish or forget what a killed commit left, by where the branch stands."""
        if not self.is_left_over():
            return
        if self._is_ours():
            announced = self._pending.read_text(encoding="ascii", errors="replace")
            if announced and announced == _git.head(self._place) and self._next.exists():
                self.bring_along()
            self._lock.unlink()
        self._forget()

    def _forget(self) -> None:
        for name in (self._pending, self._next):
            name.unlink(missing_ok=True)
            name.with_name(name.name + ".lock").unlink(missing_ok=True)
