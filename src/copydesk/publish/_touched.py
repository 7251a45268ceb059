"""Touched: from the stories that changed to the pages that may look otherwise.

A story's page and its card depend on the story, and on stories that it names or that name it:
copies, coverage, background, members of its group. Whatever lists a card depends on it.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from copydesk.publish import _groups, _links, _parts
from copydesk.publish._entries import Entry
from copydesk.publish._past import Past
from copydesk.publish._plan import Plan, newest_first


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
    before, after = _Side.of(old), _Side.of(new)
    changed |= after.dependents(_provided(changed, before, after))
    pairs = [(old.get(path), new.get(path)) for path in sorted(changed)]
    folders = {
        folder
        for pair in pairs
        for entry in pair
        if entry is not None and entry.is_public
        for folder in _folders(entry, plan)
    }
    folders |= before.moved.keys() | after.moved.keys()
    folders |= _neighbours(before, after) | _archive(pairs, plan, before.count)
    parts, unused = _search(pairs, old, new)
    folders |= parts
    gone = _gone(pairs, before, after, plan.look.archive_page) | unused
    return Touched(
        everything=False,
        folders=frozenset({*folders, "api", _parts.FOLDER} - gone),
        gone=frozenset(gone),
        changed=tuple(entry for _, entry in pairs if entry is not None),
    )


def pinned(plan: Plan) -> frozenset[str]:
    """Give the paths of the stories that lead the front page by a pin, each with its time."""
    return frozenset(f"{path} {at.isoformat()}" for path, at in plan.front.pinned.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """The stories of one of the two plans, and what is filled by them."""

    entries: Mapping[str, Entry]
    count: int
    days: list[str]
    months: frozenset[str]
    sources: frozenset[str]
    groups: Mapping[str, str]
    moved: Mapping[str, Entry]

    @classmethod
    def of(cls, entries: Mapping[str, Entry]) -> _Side:
        public = [entry for entry in entries.values() if entry.is_public]
        return cls(
            entries=entries,
            count=len(public),
            days=sorted({entry.day for entry in public} - {""}),
            months=frozenset(entry.month for entry in public),
            sources=frozenset(entry.domain for entry in public) - {""},
            groups={entry.name: entry.group for entry in entries.values() if entry.group},
            moved=_moved(entries, public),
        )

    def dependents(self, provided: set[str]) -> set[str]:
        """Give the paths of stories that one of these changes may show on."""
        return {
            path
            for path, entry in self.entries.items()
            if not provided.isdisjoint(_needed(entry, self.groups))
        }


def _moved(entries: Mapping[str, Entry], public: Iterable[Entry]) -> Mapping[str, Entry]:
    """Give who leads now by the folder of each page that has been given up."""
    if not any(entry.has_led for entry in entries.values()):
        return {}
    groups = _groups.Groups(
        filed={entry.name: entry for entry in entries.values() if not entry.is_removed},
        public={entry.name: entry for entry in public},
    )
    return groups.moved()


def _needed(entry: Entry, groups: Mapping[str, str]) -> list[str]:
    found = [entry.name, entry.group, entry.copy_of, *entry.beside]
    for name in entry.background:
        found += (name, groups.get(name, ""))
    found += [f"at {domain}" for domain in entry.sources]
    return found


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
        yield _month_folder(entry.day)
        yield f"told {entry.day}"
    if entry.domain:
        yield _links.source_folder(entry.domain)
    for name in entry.topics:
        yield from plan.above.get(name, ())


def _day_folder(day: str) -> str:
    return day.replace("-", "/") + "/"


def _month_folder(day: str) -> str:
    return f"{day[:7].replace('-', '/')}/"


def _neighbours(before: _Side, after: _Side) -> set[str]:
    """Give the days whose link to the day before or after leads elsewhere now."""
    links = set(pairwise(before.days)) ^ set(pairwise(after.days))
    return {_day_folder(day) for pair in links for day in pair}


_Pairs = Sequence[tuple[Entry | None, Entry | None]]


def _archive(pairs: _Pairs, plan: Plan, count_before: int) -> set[str]:
    """Give the pages of the archive that hold something else now, or a card that changed.

    The first page holds the oldest; where a story comes, goes or changes its time, all later
    ones shift.
    """
    order, size = plan.stories.entries, plan.look.archive_page
    count = len(order)

    def page_of(entry: Entry) -> int:
        return (count - bisect.bisect_right(order, newest_first(entry), key=newest_first)) // size

    pages: set[int] = set()
    shifted: list[int] = []
    for was, now in pairs:
        old, new = (one if one is not None and one.is_public else None for one in (was, now))
        stays = old is not None and new is not None and newest_first(old) == newest_first(new)
        found = [page_of(one) for one in (old, new) if one is not None]
        if stays:
            pages.update(found)
        else:
            shifted += found
    last, last_before = _pages(count, size), _pages(count_before, size)
    if shifted:
        pages.update(range(min(shifted), last))
    if last != last_before:  # the last one leads on, or no more
        pages.add(min(last, last_before) - 1)
    return {f"archive/{number + 1}/" for number in pages if number >= 0}


def _search(
    pairs: _Pairs, old: Mapping[str, Entry], new: Mapping[str, Entry]
) -> tuple[set[str], set[str]]:
    """Give the parts of the search index that hold something else now, and those that are no more.

    A part holds stories of one month, so months without a change are as they were.
    """
    months = {entry.month for pair in pairs for entry in pair if entry is not None}
    before, after = (_parts.parts(_oldest_first(side, months)) for side in (old, new))
    changed = {entry.path for pair in pairs for entry in pair if entry is not None}
    found = set()
    for path, entries in after.items():
        now = [entry.path for entry in entries]
        if now != [entry.path for entry in before.get(path, ())] or not changed.isdisjoint(now):
            found.add(path)
    return found, before.keys() - after.keys()


def _oldest_first(entries: Mapping[str, Entry], months: set[str]) -> list[Entry]:
    found = (entry for entry in entries.values() if entry.is_public and entry.month in months)
    return sorted(found, key=newest_first, reverse=True)


def _pages(count: int, size: int) -> int:
    return -(-count // size)


def _gone(pairs: _Pairs, before: _Side, after: _Side, size: int) -> set[str]:
    """Give the folders and files that nothing fills any more, topics apart."""
    stay = {new.folder for _, new in pairs if new is not None and new.is_public}
    left = {old.folder for old, _ in pairs if old is not None and old.is_public} - stay
    groups = set(before.groups.values()) - set(after.groups.values())
    pages = range(_pages(after.count, size), _pages(before.count, size))
    return {
        *((left | before.moved.keys()) - stay - after.moved.keys()),
        *map(_day_folder, set(before.days) - set(after.days)),
        *({_month_folder(day) for day in before.days} - {*map(_month_folder, after.days)}),
        *map(_links.source_folder, before.sources - after.sources),
        *(f"sitemap-news-{month}.xml" for month in before.months - after.months),
        *(f"archive/{number + 1}/" for number in pages),
        *(f"group {name}" for name in groups),
    }
