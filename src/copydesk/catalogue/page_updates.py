"""Update the page index with story records that changed or were deleted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager

import orjson

from copydesk.catalogue.page_entries import MATTER, StoryEntry
from copydesk.catalogue.page_index import (
    ARCHIVED,
    FILED,
    PASSED,
    PUBLIC,
    REMOVED,
    PageIndex,
    entry_of,
)
from copydesk.news.story import is_backfilled

Pair = tuple[StoryEntry | None, StoryEntry | None]
_INSERT = "INSERT INTO paper_entries VALUES (NULL" + ", ?" * 18 + ")"


@contextmanager
def filling(
    index: PageIndex, kept: Mapping[str, str]
) -> Iterator[Callable[[Collection[StoryEntry]], None]]:
    """Yield a function that adds entries to an empty page index, in any order.

    `kept` gives the path that counts for each name.
    """
    sums: Counter[tuple[str, str]] = Counter()

    def add(some: Collection[StoryEntry]) -> None:
        own = {
            entry.path: entry for entry in some if entry.name and kept.get(entry.name) == entry.path
        }
        _insert(index, ((entry, _place(entry) if entry.path in own else PASSED) for entry in some))
        _list(index, own.values(), sums)

    yield add
    _count(index, sums)


def update(
    index: PageIndex, fresh: Collection[StoryEntry], lost: Collection[str]
) -> dict[str, Pair]:
    """Add new and changed entries to the page index, and delete lost ones; return what changed.

    The result has the old and the new entry by path, None for none.
    """
    names = {entry.name for entry in fresh} | _names(index, lost)
    before = _find_by_names(index, names)
    sums: Counter[tuple[str, str]] = Counter()
    _unlist(index, before.values(), sums)
    paths = [*lost, *(entry.path for entry in fresh)]
    query = "DELETE FROM paper_entries WHERE site = ? AND path = ?"
    index.tables.run_many(query, [(index.number, path) for path in paths])
    _insert(index, ((entry, PASSED) for entry in fresh))
    after = _settle(index, names - {""})
    _list(index, list(after.values()), sums)
    _count(index, sums)
    index.forget_names()
    changed = sorted(before.keys() | after.keys())
    pairs = {path: (before.get(path), after.get(path)) for path in changed}
    return {path: pair for path, pair in pairs.items() if pair[0] != pair[1]}


def find_in_matters(index: PageIndex, names: Iterable[str]) -> Iterator[StoryEntry]:
    """Yield the published stories of these matters and events, some perhaps twice."""
    for name in names:
        yield from index.listing(MATTER.name, name, index.count_under(MATTER.name, name))
        yield from index.members(name)
        own = index.by_name(name)
        if own is not None and own.is_public:
            yield own


def set_pictures(index: PageIndex, entries: Iterable[StoryEntry]) -> None:
    """Store in the page index how the pictures of the given entries are shown."""
    query = "UPDATE paper_entries SET shown = ?, entry = ? WHERE site = ? AND path = ?"
    rows = (
        (picture_key(entry.shown, entry.files), _json(entry), index.number, entry.path)
        for entry in entries
    )
    index.tables.run_many(query, rows)
    index.forget_names()


def picture_key(shown: str, files: Iterable[str]) -> str:
    """Return a text that changes with how an entry's picture is shown, or from which files."""
    return "\n".join((shown, *files))


def _names(index: PageIndex, paths: Iterable[str]) -> set[str]:
    query = "SELECT name FROM paper_entries WHERE site = ? AND path = ?"
    return {name for path in paths for (name,) in index.tables.run(query, index.number, path)}


def _find_by_names(index: PageIndex, names: Iterable[str]) -> dict[str, StoryEntry]:
    found = (index.by_name(name) for name in names if name)
    return {entry.path: entry for entry in found if entry is not None}


def _settle(index: PageIndex, names: Iterable[str]) -> dict[str, StoryEntry]:
    """Choose the last path of each record name; return the entries that count."""
    run, site = index.tables.run, index.number
    last = "SELECT path, entry FROM paper_entries WHERE site = ? AND name = ? ORDER BY path DESC"
    place = "UPDATE paper_entries SET place = ? WHERE site = ? AND path = ?"
    found: dict[str, StoryEntry] = {}
    index.forget_names()
    for name in names:
        rows = run(last, site, name)
        for number, (path, entry) in enumerate(rows):
            kept = entry_of(entry)
            run(place, _place(kept) if number == 0 else PASSED, site, path)
            if number == 0:
                found[path] = kept
    return found


def _place(entry: StoryEntry) -> int:
    if entry.is_removed:
        return REMOVED
    if not entry.is_public:
        return FILED
    return ARCHIVED if is_backfilled(entry.path) else PUBLIC


def _json(entry: StoryEntry) -> bytes:
    return orjson.dumps(tuple(entry))


def _insert(index: PageIndex, placed: Iterable[tuple[StoryEntry, int]]) -> None:
    site = index.number
    rows = (
        (
            site,
            entry.path,
            entry.stamp,
            entry.name,
            place,
            entry.when,
            entry.domain,
            entry.group,
            entry.original,
            entry.address,
            entry.credit,
            entry.image,
            entry.web_url,
            entry.changed,
            picture_key(entry.shown, entry.files),
            entry.is_hosted,
            entry.has_led,
            _json(entry),
        )
        for entry, place in placed
    )
    index.tables.run_many(_INSERT, rows)


def _list(
    index: PageIndex, entries: Collection[StoryEntry], sums: Counter[tuple[str, str]]
) -> None:
    """Add entries to the lists of their keys and values."""
    run_many, site = index.tables.run_many, index.number
    for entry in entries:
        sums.update(entry.headings)
    listed = ((site, *row) for entry in entries for row in _list_rows(entry, index))
    run_many("INSERT INTO paper_listed VALUES (?, ?, ?, ?, ?)", listed)
    needs = ((site, what, entry.path) for entry in entries for what in _list_needs(entry))
    run_many("INSERT OR IGNORE INTO paper_needs VALUES (?, ?, ?)", needs)
    hidden = (
        (site, address, entry.path) for entry in entries for address in _addresses_to_hide(entry)
    )
    run_many("INSERT OR IGNORE INTO paper_hidden VALUES (?, ?, ?)", hidden)


def _unlist(
    index: PageIndex, entries: Iterable[StoryEntry], sums: Counter[tuple[str, str]]
) -> None:
    """Remove entries from the lists of their keys and values."""
    run_many, site = index.tables.run_many, index.number
    for entry in entries:
        sums.subtract(entry.headings)
        query = (
            "DELETE FROM paper_listed"
            " WHERE site = ? AND kind = ? AND value = ? AND at = ? AND path = ?"
        )
        run_many(query, ((site, *row) for row in _list_rows(entry, index)))
        needs = ((site, what, entry.path) for what in _list_needs(entry))
        run_many("DELETE FROM paper_needs WHERE site = ? AND what = ? AND path = ?", needs)
        hidden = ((site, address, entry.path) for address in _addresses_to_hide(entry))
        run_many("DELETE FROM paper_hidden WHERE site = ? AND address = ? AND path = ?", hidden)


def _list_rows(entry: StoryEntry, index: PageIndex) -> Iterator[tuple[str, str, float, str]]:
    """Yield the rows of an entry in the lists that the page index has."""
    for kind, value in entry.headings:
        if kind in index.listed:
            yield kind, value, entry.when, entry.path


def _list_needs(entry: StoryEntry) -> Iterator[str]:
    """Yield the names of other stories that a story's page may show, and coverage's publishers."""
    yield from {entry.name, entry.group, entry.copy_of, *entry.beside, *entry.background} - {""}
    for domain in entry.sources:
        yield f"at {domain}"


def _addresses_to_hide(entry: StoryEntry) -> Iterable[str]:
    """Return the URLs that do not count as coverage, because of a story."""
    if entry.is_removed:
        return entry.removed_at
    return (entry.address,) if entry.copy_of and entry.address else ()


def _count(index: PageIndex, sums: Mapping[tuple[str, str], int]) -> None:
    query = (
        "INSERT INTO paper_sums VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET count = count + excluded.count"
    )
    rows = ((index.number, *key, count) for key, count in sums.items() if count)
    index.tables.run_many(query, rows)
