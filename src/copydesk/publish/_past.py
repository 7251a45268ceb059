"""The past: what was planned last time, so that a build need only look at what has changed since.

A hint, as the manifest is one: where it is missing, or was made by other code, settings, templates
or records, everything is made anew.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Protocol

import orjson

from copydesk.news import Beat
from copydesk.publish._entries import Entry, restored

_HEAD = "head"
_HERE = Path(__file__).parent


class Notes(Protocol):
    """Where the past is kept: bytes by key."""

    def load(self) -> Mapping[str, bytes]:
        """Give all that is kept."""
        ...

    def save(self, key: str, data: bytes | None) -> None:
        """Keep bytes under a key, or keep nothing there any more."""
        ...


class MemoryNotes:
    """Notes that live as long as the process."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load(self) -> Mapping[str, bytes]:
        """Give all that is kept."""
        return dict(self._kept)

    def save(self, key: str, data: bytes | None) -> None:
        """Keep bytes under a key, or keep nothing there any more."""
        if data is None:
            self._kept.pop(key, None)
        else:
            self._kept[key] = data


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The entries of last time by path, and what held for the whole site.

    `world` changes with all that any page may depend on but the stories. `pinned` are the paths of
    stories that led the front page by a pin; `files` and `pages` how many there were.
    """

    entries: Mapping[str, Entry] = field(default_factory=dict)
    world: str = ""
    pinned: frozenset[str] = frozenset()
    files: int = 0
    pages: int = 0

    @classmethod
    def load(cls, notes: Notes, zone: str) -> Past:
        """Give what is kept of the last time, nothing where that was other code or zone."""
        kept = dict(notes.load())
        try:
            head = orjson.loads(kept.pop(_HEAD, b"{}"))
            if head.get("made_by") != _made_by(zone):
                return cls()
            rows = (row for data in kept.values() for row in orjson.loads(data))
            entries = {entry.path: entry for entry in map(restored, rows)}
        except (orjson.JSONDecodeError, TypeError, ValueError):
            return cls()
        return cls(
            entries=entries,
            world=head["world"],
            pinned=frozenset(head["pinned"]),
            files=head["files"],
            pages=head["pages"],
        )

    def save(self, notes: Notes, before: Past, zone: str) -> None:
        """Keep this instead of what was kept before."""
        old, new = before.entries, self.entries
        differ = [*(one for one in new.values() if old.get(one.path) != one)]
        differ += (one for one in old.values() if new.get(one.path) != one)
        changed = set(map(_shelf, differ))
        if not before.world:
            for key in notes.load():
                notes.save(key, None)
        if changed:
            for key, shelf in self._shelves(changed):
                notes.save(key, orjson.dumps(shelf) if shelf else None)
        head = {
            "made_by": _made_by(zone),
            "world": self.world,
            "pinned": sorted(self.pinned),
            "files": self.files,
            "pages": self.pages,
        }
        notes.save(_HEAD, orjson.dumps(head))

    def _shelves(self, keys: Iterable[str]) -> Iterator[tuple[str, list[tuple[object, ...]]]]:
        shelves: defaultdict[str, list[tuple[object, ...]]] = defaultdict(list)
        wanted = set(keys)
        for entry in self.entries.values():
            if (key := _shelf(entry)) in wanted:
                shelves[key].append(tuple(entry))
        return ((key, shelves[key]) for key in wanted)


def _shelf(entry: Entry) -> str:
    """Give the key of what is kept together: a month's stories."""
    return f"month {entry.month}"


def world(beat: Beat, *others: object) -> str:
    """Give a hash of all that a page may depend on but the stories and their pictures."""
    told = repr((replace(beat, rulings=()), *others))
    return hashlib.blake2b(told.encode("utf-8", "replace"), digest_size=16).hexdigest()


def files_of(folder: Path | None) -> list[tuple[str, int, int]]:
    """Give the names, sizes and times of the files in a folder and below."""
    if folder is None or not folder.is_dir():
        return []
    found = ((path, path.lstat()) for path in sorted(folder.rglob("*")))
    return [(str(path), stat.st_size, stat.st_mtime_ns) for path, stat in found]


@cache
def _code() -> str:
    """Give a text that changes with the code of this room, and of the package with its version."""
    return repr(files_of(_HERE))


def _made_by(zone: str) -> str:
    said = f"{Entry._fields} {zone} {_code()}"
    return hashlib.blake2b(said.encode(), digest_size=16).hexdigest()
