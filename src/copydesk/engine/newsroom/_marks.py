"""Marks: how files stood at a moment, by their stat, to tell later whether any has changed."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

TICK_NS = 50_000_000  # within one tick of a file system's clock two edits look like one


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What stat says of one file that another edit of it would change.

    `changed_ns` is its ctime, which nobody can set back.
    """

    inode: int
    size: int
    changed_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """The stamps of files by their path, taken at a moment (ns since 1970)."""

    taken_ns: int
    stamps: Mapping[str, Stamp]

    def still_holds(self, now: Mark) -> bool:
        """Decide whether no file can have changed between this mark and a later one.

        A file that had changed within one tick before this one may have changed once more in the
        same tick, with all its stamp the same: then it does not hold.
        """
        settled = self.taken_ns - TICK_NS
        is_settled = all(stamp.changed_ns < settled for stamp in self.stamps.values())
        return is_settled and self.stamps == now.stamps


def mark_files(paths: Iterable[Path]) -> Mark:
    """Take the mark of files, folders and links; what is not there has no stamp."""
    taken_ns = time.time_ns()
    return Mark(taken_ns=taken_ns, stamps=dict(_stamps(paths)))


def _stamps(paths: Iterable[Path]) -> Iterator[tuple[str, Stamp]]:
    for path in paths:
        try:
            stat = path.lstat()
        except OSError:
            continue
        yield str(path), Stamp(inode=stat.st_ino, size=stat.st_size, changed_ns=stat.st_ctime_ns)


def files_below(folder: Path) -> Iterator[Path]:
    """Walk a folder and all that lies in it; a link is not followed."""
    yield folder
    if not folder.is_symlink():
        yield from folder.rglob("*")


def git_files(root: Path) -> Iterator[Path]:
    """Walk the files of git that change with each commit, pull or checkout in `root`."""
    git = _follow_pointer(root / ".git", "gitdir:")
    shared = _follow_pointer(git / "commondir", "") if (git / "commondir").is_file() else git
    yield git / "HEAD"
    yield shared / "packed-refs"
    yield from files_below(shared / "refs" / "heads")


def _follow_pointer(path: Path, prefix: str) -> Path:
    """Return the folder that a file of git names (a work tree's `.git`), the path for a folder."""
    try:
        text = path.read_text("utf-8", errors="replace")
    except OSError:  # a folder, the usual case, or nothing
        return path
    return path.parent / text.removeprefix(prefix).strip()
