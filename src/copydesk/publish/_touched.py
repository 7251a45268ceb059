"""Touched: from the stories that changed to the pages that may look otherwise.

A story's page and its card depend on the story, and on stories that it names or that name it:
copies, coverage, background, members of its group. Whatever lists a card depends on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from copydesk.publish import _groups, _links, _parts
from copydesk.publish._entries import Entry
from copydesk.publish._past import Past
from copydesk.publish._plan import ARCHIVE_PAGE, Plan, newest_first


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """What has to be made: `everything`, or the pages of these folders.

    `stories` says whether any story changed at all, `gone` are folders and files that are no more.
    `changed` are the entries, as they are now, whose card may look otherwise.
    """

    everything: bool = True
    stories: bool = True
    folders: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    changed: tuple[Entry, ...] = ()

    def __call__(self, folder: str) -> bool:
        """Say whether the page of a folder has to be made."""
        return self.everything or folder in self.folders


def touched(plan: Plan, past: Past) -> Touched:
    """Give what the difference between two plans touches."""
    old, new = past.entries, plan.entries
    changed = {path for path, entry in new.items() if old.get(path) != entry}
    changed.update(path for path in old if path not in new)
    changed.update(pin.partition(" ")[0] for pin in pinned(plan) ^ past.pinned)
    if not changed:
        return Touched(everything=False, stories=False)
    before = _Side.of(old)
    after = _Side.of(new)
    alike = after.dependents(_provided(changed, before, after))
    changed |= alike
    folders = {
        folder
        for side in (before, after)
        for path in changed
        if (entry := side.entries.get(path)) is not None and entry.is_public
        for folder in _folders(entry, plan)
    }
    folders |= before.moved.keys() | after.moved.keys()
    folders |= _neighbours(before, after) | _archive(before, after, changed)
    parts, unused = _search(before, after, changed)
    folders |= parts
    gone = (before.pages() - after.pages()) | unused
    return Touched(
        everything=False,
        folders=frozenset({*folders, "api", _parts.FOLDER} - gone),
        gone=frozenset(gone),
        changed=tuple(new[path] for path in sorted(changed) if path in new),
    )


def pinned(plan: Plan) -> frozenset[str]:
    """Give the paths of the stories that lead the front page by a pin, each with its time."""
    return frozenset(f"{path} {at.isoformat()}" for path, at in plan.front.pinned.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """The stories of one of the two plans: the public ones the oldest first."""

    entries: Mapping[str, Entry]
    public: list[Entry]
    days: list[str]
    sources: frozenset[str]
    moved: Mapping[str, Entry]

    @classmethod
    def of(cls, entries: Mapping[str, Entry]) -> _Side:
        public = sorted((e for e in entries.values() if e.is_public), key=newest_first)[::-1]
        groups = _groups.Groups(
            filed={entry.name: entry for entry in entries.values() if not entry.is_removed},
            public={entry.name: entry for entry in public},
        )
        return cls(
            entries=entries,
            public=public,
            days=sorted({entry.day for entry in public if entry.day}),
            sources=frozenset(entry.domain for entry in public if entry.domain),
            moved=groups.moved(),
        )

    def dependents(self, provided: set[str]) -> set[str]:
        """Give the paths of stories that one of these changes may show on."""
        groups = {entry.name: entry.group for entry in self.entries.values() if entry.group}
        return {
            path
            for path, entry in self.entries.items()
            if not provided.isdisjoint(_needed(entry, groups))
        }

    def pages(self) -> set[str]:
        """Give the folders and sitemaps that these stories fill, topics apart."""
        return {
            *(entry.folder for entry in self.public),
            *self.moved,
            *(_day_folder(day) for day in self.days),
            *map(_links.source_folder, self.sources),
            *(f"archive/{n + 1}/" for n in range(_archive_pages(self))),
            *(f"sitemap-news-{entry.month}.xml" for entry in self.public),
        }


def _needed(entry: Entry, groups: Mapping[str, str]) -> Iterator[str]:
    yield entry.name
    if entry.group:
        yield entry.group
    if entry.copy_of:
        yield entry.copy_of
    yield from entry.beside
    for name in entry.background:
        yield name
        if name in groups:
            yield groups[name]
    for domain in entry.sources:
        yield f"at {domain}"


def _provided(changed: Iterable[str], before: _Side, after: _Side) -> set[str]:
    """Give by what others know the stories that changed, and the publishers that came or went."""
    found = {f"at {domain}" for domain in before.sources ^ after.sources}
    for path in changed:
        for side in (before, after):
            if (entry := side.entries.get(path)) is not None:
                found |= {entry.name, entry.group, entry.copy_of, entry.address}
                found.update(entry.removed_at)
    return found - {""}


def _folders(entry: Entry, plan: Plan) -> Iterator[str]:
    yield entry.folder
    if entry.group:
        yield f"group {entry.group}"
    yield f"sitemap-news-{entry.month}.xml"
    if entry.day:
        yield _day_folder(entry.day)
    if entry.domain:
        yield _links.source_folder(entry.domain)
    for name in entry.topics:
        yield from plan.above.get(name, ())


def _day_folder(day: str) -> str:
    return day.replace("-", "/") + "/"


def _neighbours(before: _Side, after: _Side) -> set[str]:
    """Give the days whose link to the day before or after leads elsewhere now."""
    links = set(pairwise(before.days)) ^ set(pairwise(after.days))
    return {_day_folder(day) for pair in links for day in pair}


def _archive(before: _Side, after: _Side, changed: set[str]) -> set[str]:
    """Give the pages of the archive that hold something else now, or a card that changed."""
    orders = zip(before.public, after.public, strict=False)
    differs = (at for at, (old, new) in enumerate(orders) if old.path != new.path)
    same = next(differs, min(len(before.public), len(after.public)))
    pages = {at // ARCHIVE_PAGE for at, entry in enumerate(after.public) if entry.path in changed}
    pages.update(range(same // ARCHIVE_PAGE, _archive_pages(after)))
    if _archive_pages(before) != _archive_pages(after):  # the last one leads on, or no more
        pages.add(min(_archive_pages(before), _archive_pages(after)) - 1)
    return {f"archive/{number + 1}/" for number in pages if number >= 0}


def _search(before: _Side, after: _Side, changed: set[str]) -> tuple[set[str], set[str]]:
    """Give the parts of the search index that hold something else now, and those that are no more.

    A part holds stories of one month, so months without a change are as they were.
    """
    sides = (before, after)
    months = {side.entries[path].month for side in sides for path in changed & side.entries.keys()}
    old, new = (_parts.parts(e for e in side.public if e.month in months) for side in sides)
    found = set()
    for path, entries in new.items():
        now = [entry.path for entry in entries]
        if now != [entry.path for entry in old.get(path, ())] or not changed.isdisjoint(now):
            found.add(path)
    return found, old.keys() - new.keys()


def _archive_pages(side: _Side) -> int:
    return -(-len(side.public) // ARCHIVE_PAGE)
