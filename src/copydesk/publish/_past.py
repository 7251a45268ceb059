"""The past: what was planned last time, so that a build need only look at what has changed since.

A hint, as the manifest is one: where it is missing, or was made by other code, settings, templates
or records, everything is made anew.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Protocol

import orjson

from copydesk.news import Beat
from copydesk.publish._entries import Entry, restored

_HEAD, _MONTHS, _NEWS = "head", "month", "news"
_HERE = Path(__file__).parent


class Notes(Protocol):
    """Where the past is kept: bytes by kind and key."""

    def load(self, kind: str) -> Mapping[str, bytes]:
        """Give all that is kept of a kind, by key."""
        ...

    def save(self, kind: str, key: str, data: bytes | None) -> None:
        """Keep bytes under a key, or keep nothing there any more."""
        ...


class MemoryNotes:
    """Notes that live as long as the process."""

    def __init__(self) -> None:
        self._kept: defaultdict[str, dict[str, bytes]] = defaultdict(dict)

    def load(self, kind: str) -> Mapping[str, bytes]:
        """Give all that is kept of a kind, by key."""
        return dict(self._kept[kind])

    def save(self, kind: str, key: str, data: bytes | None) -> None:
        """Keep bytes under a key, or keep nothing there any more."""
        if data is None:
            self._kept[kind].pop(key, None)
        else:
            self._kept[kind][key] = data


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The entries of last time by path, and what held for the whole site.

    `world` changes with all that any page may depend on but the stories. `pinned` are the paths of
    stories that led the front page by a pin; `files` and `pages` how many there were; `cards` the
    share pictures, by the story's path or the page's heading.
    """

    entries: Mapping[str, Entry] = field(default_factory=dict)
    world: str = ""
    pinned: frozenset[str] = frozenset()
    files: int = 0
    pages: int = 0
    cards: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, notes: Notes, zone: str) -> Past:
        """Give what is kept of the last time, nothing where that was other code or zone."""
        try:
            head = orjson.loads(notes.load(_HEAD).get("", b"{}"))
            if head.get("made_by") != _made_by(zone):
                return cls()
            months = notes.load(_MONTHS).values()
            rows = (row for data in months for row in orjson.loads(data))
            entries = {entry.path: entry for entry in map(restored, rows)}
        except (orjson.JSONDecodeError, TypeError, ValueError):
            return cls()
        return cls(
            entries=entries,
            world=head["world"],
            pinned=frozenset(head["pinned"]),
            files=head["files"],
            pages=head["pages"],
            cards=head["cards"],
        )

    def save(self, notes: Notes, before: Past, zone: str) -> None:
        """Keep this instead of what was kept before."""
        old, new = before.entries, self.entries
        differ = [*(one for one in new.values() if old.get(one.path) != one)]
        differ += (one for one in old.values() if new.get(one.path) != one)
        changed = {one.month for one in differ}
        if not before.world:
            for kind in (_MONTHS, _NEWS):
                for key in notes.load(kind):
                    notes.save(kind, key, None)
        if changed:
            for key, shelf in self._shelves(changed):
                notes.save(_MONTHS, key, orjson.dumps(shelf) if shelf else None)
        head = {
            "made_by": _made_by(zone),
            "world": self.world,
            "pinned": sorted(self.pinned),
            "files": self.files,
            "pages": self.pages,
            "cards": self.cards,
        }
        notes.save(_HEAD, "", orjson.dumps(head))

    def _shelves(self, keys: Iterable[str]) -> Iterator[tuple[str, list[tuple[object, ...]]]]:
        shelves: defaultdict[str, list[tuple[object, ...]]] = defaultdict(list)
        wanted = set(keys)
        for entry in self.entries.values():
            if entry.month in wanted:
                shelves[entry.month].append(tuple(entry))
        return ((key, shelves[key]) for key in wanted)


class Fragments:
    """Pieces of lists that are made once for a story: of the API, whose lists shift as a whole.

    Without notes, or where they are not `usable`, each is made anew.
    """

    def __init__(self, notes: Notes | None = None, *, usable: bool = False) -> None:
        self._notes = notes
        self._usable = usable
        self._kept: dict[str, dict[str, tuple[str, str]]] | None = None
        self._changed: set[str] = set()

    def of(self, entry: Entry, make: Callable[[], bytes | None]) -> bytes | None:
        """Give a story's piece, made where it is not kept; None where it cannot be made."""
        kept = self._months().setdefault(entry.month, {})
        stamp = f"{entry.stamp} {entry.shown}"
        known = kept.get(entry.path)
        if known is not None and known[0] == stamp:
            return known[1].encode()
        made = make()
        if made is not None:
            kept[entry.path] = (stamp, made.decode())
            self._changed.add(entry.month)
        return made

    def save(self, entries: Mapping[str, Entry]) -> None:
        """Keep what was made, of these entries alone."""
        if self._notes is None:
            return
        for month in self._changed:
            kept = self._months()[month]
            left = {path: one for path, one in kept.items() if path in entries}
            self._notes.save(_NEWS, month, orjson.dumps(left))

    def _months(self) -> dict[str, dict[str, tuple[str, str]]]:
        if self._kept is None:
            stored = self._notes.load(_NEWS) if self._notes and self._usable else {}
            self._kept = {month: orjson.loads(data) for month, data in stored.items()}
        return self._kept


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
