"""The room that an album takes: what lies there of each picture, and what goes first."""

from __future__ import annotations

import contextlib
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from copydesk.illustrate._picture import ORIGINAL

_KINDS = (".webp", ".avif", ".jpg", ORIGINAL)
_UNFINISHED = ".new-"  # what kit.files leaves when it is killed between writing and renaming


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """All files of one picture: their names, their bytes together, when it came."""

    names: tuple[str, ...]
    size: int
    came: float


def lots(folder: Path) -> Mapping[str, Lot]:
    """List what lies in a folder by the stem of its names; one look at the folder."""
    files_by_stem: defaultdict[str, list[tuple[str, int, float]]] = defaultdict(list)
    for entry, stat in _entries(folder):
        if entry.name.endswith(_KINDS):
            stem = entry.name.rsplit(".", 1)[0].split("-", 1)[0]
            files_by_stem[stem].append((entry.name, stat.st_size, stat.st_mtime))
    return {
        stem: Lot(
            names=tuple(name for name, _, _ in files),
            size=sum(size for _, size, _ in files),
            came=max(moment for _, _, moment in files),
        )
        for stem, files in files_by_stem.items()
    }


def whole(folder: Path) -> frozenset[str]:
    """List the names of all files of a folder that hold anything."""
    return frozenset(entry.name for entry, stat in _entries(folder) if stat.st_size)


def list_leftovers(folder: Path, before: float) -> Iterable[str]:
    """Yield the names of files that a write left behind before a moment."""
    for file in folder.glob(f"{_UNFINISHED}*"):
        with contextlib.suppress(OSError):
            if file.stat().st_mtime < before:
                yield file.name


def leaving(
    there: Mapping[str, Lot], used: Mapping[str, float], keep: str, surplus: int
) -> list[str]:
    """Choose the stems that go until `surplus` bytes are free; `keep` stays whatever it weighs.

    First goes what no record has used for longest, by the day; among those used on one day what
    came first. `used` is when a picture was last seen in use, by its stem.
    """
    order = sorted(
        there.items(), key=lambda item: (used.get(item[0], 0.0) // 86_400, item[1].came, item[0])
    )
    gone = []
    for stem, lot in order:
        if surplus <= 0:
            break
        if stem != keep:
            surplus -= lot.size
            gone.append(stem)
    return gone


def drop(folder: Path, names: Iterable[str]) -> None:
    """Delete files of a folder; one that is gone or cannot be deleted is no fault."""
    for name in names:
        with contextlib.suppress(OSError):
            (folder / name).unlink()


def _entries(folder: Path) -> Iterator[tuple[os.DirEntry[str], os.stat_result]]:
    """Yield the files of a folder; none of one that cannot be read."""
    with contextlib.suppress(OSError):
        with os.scandir(folder) as entries:
            files = [entry for entry in entries if entry.is_file(follow_symlinks=False)]
        for entry in files:
            with contextlib.suppress(OSError):
                yield entry, entry.stat(follow_symlinks=False)
