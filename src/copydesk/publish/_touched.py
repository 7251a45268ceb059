"""Touched: from the stories that changed to the pages that may look otherwise.

A story's page and its card depend on the story, and on stories that it names or that name it:
copies, coverage, background, members of its group. Whatever lists a card depends on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from copydesk.placement import Groups, addresses
from copydesk.publish import _parts
from copydesk.publish._entries import Entry
from copydesk.publish._plan import Plan, Wanted
from copydesk.publish._sums import Sums
from copydesk.publish.catalogue import Pair


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched(Wanted):
    """What has to be made: the pages of these folders.

    `gone` are folders and files that are no more.
    `pairs` are the entries whose card may look otherwise, as they were and are, by path; `numbers`
    the pages of the archive that hold any of them, or are to be made themselves, `tales` the
    groups that they are or were of.
    """

    everything: bool = False
    folders: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    pairs: Mapping[str, Pair]
    numbers: frozenset[int] = frozenset()
    tales: frozenset[str] = frozenset()

    def __call__(self, folder: str) -> bool:
        """Say whether the page of a folder has to be made."""
        return folder in self.folders

    def pages(self, last: int) -> Iterable[int]:
        """Give the pages of the archive that hold anything that is wanted, the newest first."""
        return sorted((one for one in self.numbers if one <= last), reverse=True)

    def entries(self, every: Iterable[Entry]) -> Iterable[Entry]:
        """Give the entries of stories that may look otherwise."""
        return [new for _, new in self.pairs.values() if new is not None]

    def moved(self, groups: Groups[Entry]) -> Mapping[str, Entry]:
        """Give who leads now by the folder of each page that was given up and is to be made."""
        return groups.moved_pages(self.tales)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What differs between two builds: stories as they were and are, pins, and what there was."""

    pairs: Mapping[str, Pair]
    pinned: frozenset[str]
    before: Sums


def touched(plan: Plan, change: Change) -> Touched:
    """Give what the difference between two plans touches."""
    pairs = dict(change.pairs)
    for pin in pinned(plan) ^ change.pinned:
        _same(plan, pin.rpartition(" ")[0], pairs)
    if not pairs:
        return Touched(pairs={})
    before = change.before
    for path in plan.catalogue.needing(_provided(pairs, before, plan)):
        _same(plan, path, pairs)
    both = list(pairs.values())
    folders = {
        folder
        for pair in both
        for entry in pair
        if entry is not None and entry.is_public
        for folder in _folders(entry, plan)
    }
    folders |= _neighbours(before, plan.sums)
    archive, holding = _archive(both, plan, before.count)
    parts, unused = _search(both, plan, before)
    folders |= {f"archive/{number}/" for number in archive} | parts
    tales = _tales(both)
    moved = plan.groups.moved_pages(tales)
    left = {entry.folder for entry in plan.catalogue.former_leaders(tales)}
    gone = (_gone(both, plan, before) | unused | left) - moved.keys()
    lists = {"api", _parts.FOLDER, *(["groups"] if any(_grouped(both)) else [])}
    return Touched(
        folders=frozenset((folders | lists | moved.keys()) - gone),
        gone=frozenset(gone),
        pairs=pairs,
        numbers=frozenset(archive | holding),
        tales=frozenset(tales),
    )


def pinned(plan: Plan) -> frozenset[str]:
    """Give the paths of the stories that lead the front page by a pin, each with its time."""
    return frozenset(f"{path} {at.isoformat()}" for path, at in plan.front.pinned.items())


def _same(plan: Plan, path: str, pairs: dict[str, Pair]) -> None:
    """Take in a story that is as it was, but may look otherwise."""
    if path not in pairs and (entry := plan.catalogue.at(path)) is not None:
        pairs[path] = (entry, entry)


def _provided(pairs: Mapping[str, Pair], before: Sums, plan: Plan) -> set[str]:
    """Give by what others know the stories that changed, and the publishers that came or went.

    Whoever has a member of a group as its background shows the group's leader.
    """
    found: set[str] = set()
    for pair in pairs.values():
        for entry in filter(None, pair):
            found |= {entry.name, entry.group, entry.copy_of, entry.original, entry.address}
            found.update(entry.removed_at)
    copies = _copies(pairs, plan)
    found |= {copy.name for copy in copies}
    retold = [*pairs.values(), *((copy, copy) for copy in copies)]
    found |= plan.catalogue.names_of(_tales(retold))
    found |= {f"at {domain}" for domain in before.sources.keys() ^ plan.sums.sources.keys()}
    return found - {""}


def _copies(pairs: Mapping[str, Pair], plan: Plan) -> list[Entry]:
    """Give the copies, and the copies of these, of what tells something else than before."""
    changed = (pair for pair in pairs.values() if _told(pair[0]) != _told(pair[1]))
    names = [entry.name for pair in changed for entry in pair if entry is not None]
    found: dict[str, Entry] = {}
    for name in names:  # which grow meanwhile
        for copy in plan.catalogue.copies(name):
            if copy.path not in found:
                found[copy.path] = copy
                names.append(copy.name)
    return list(found.values())


def _told(entry: Entry | None) -> tuple[str, str] | None:
    """Give what says which happening a story tells, None where nobody may ask it."""
    return None if entry is None or entry.is_removed else (entry.group, entry.copy_of)


def _tales(pairs: Iterable[Pair]) -> set[str]:
    """Give the names under which stories that changed tell something, whether as members or not.

    A group may have the name of a story that leads it and is none of its members.
    """
    entries = [entry for pair in pairs for entry in pair if entry is not None]
    return {name for entry in entries for name in (entry.group, entry.name)} - {""}


def _grouped(pairs: Iterable[Pair]) -> Iterator[str]:
    return (entry.group for pair in pairs for entry in pair if entry is not None and entry.group)


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
        yield addresses.source_folder(entry.domain)
    for name in entry.topics:
        yield from plan.above.get(name, ())


def _day_folder(day: str) -> str:
    return day.replace("-", "/") + "/"


def _month_folder(day: str) -> str:
    return f"{day[:7].replace('-', '/')}/"


def _neighbours(before: Sums, after: Sums) -> set[str]:
    """Give the days whose link to the day before or after leads elsewhere now."""
    if before.days.keys() == after.days.keys():
        return set()
    links = set(pairwise(sorted(before.days))) ^ set(pairwise(sorted(after.days)))
    return {_day_folder(day) for pair in links for day in pair}


_Pairs = Sequence[Pair]


def _public(pair: Pair) -> tuple[Entry | None, Entry | None]:
    """Give what was and is published of a story."""
    old, new = (one if one is not None and one.is_public else None for one in pair)
    return old, new


def _stays(pair: Pair) -> bool:
    """Say whether a published story has the place in every list that it had."""
    old, new = _public(pair)
    return old is not None and new is not None and (old.when, old.path) == (new.when, new.path)


def _archive(pairs: _Pairs, plan: Plan, count_before: int) -> tuple[set[int], set[int]]:
    """Give the pages of the archive to be made, and those that hold a story that changed.

    The first page holds the oldest; where a story comes, goes or changes its time, all later
    ones shift.
    """
    count, size = plan.sums.count, plan.look.archive_page

    def page_of(entry: Entry) -> int:
        now = plan.catalogue.at(entry.path)
        is_here = now is not None and now.is_public and now.when == entry.when
        older = count - plan.catalogue.newer(entry) - int(is_here)
        return older // size + 1

    pages: set[int] = set()
    holding: set[int] = set()
    shifted: list[int] = []
    for pair in pairs:
        old, new = _public(pair)
        if new is not None:
            holding.add(page_of(new))
        found = [page_of(one) for one in (old, new) if one is not None]
        if _stays(pair):
            pages.update(found)
        else:
            shifted += found
    last, last_before = _pages(count, size), _pages(count_before, size)
    if shifted:
        pages.update(range(min(shifted), last + 1))
    if last != last_before:  # the last one leads on, or no more
        pages.add(min(last, last_before))
    return {page for page in pages if page > 0}, holding


def _search(pairs: _Pairs, plan: Plan, before: Sums) -> tuple[set[str], set[str]]:
    """Give the parts of the search index that hold something else now, and those that are no more.

    A part holds stories of one month, so months without a change are as they were.
    """
    found: set[str] = set()
    unused: set[str] = set()
    for month in {entry.month for pair in pairs for entry in _public(pair) if entry is not None}:
        last, last_before = (
            _parts.count(sums.months.get(month, 0)) for sums in (plan.sums, before)
        )
        unused.update(_parts.path(month, number) for number in range(last + 1, last_before + 1))
        for pair in pairs:
            for entry in _public(pair):
                if entry is not None and entry.month == month:
                    first = _parts.number(plan.catalogue.older_in_month(entry))
                    end = first if _stays(pair) else last
                    found.update(_parts.path(month, one) for one in range(first, end + 1))
    return found, unused


def _pages(count: int, size: int) -> int:
    return -(-count // size)


def _gone(pairs: _Pairs, plan: Plan, before: Sums) -> set[str]:
    """Give the folders and files that nothing fills any more, topics apart.

    Of a list in several files that may need fewer, it is what all begin with: those that are needed
    are all made, and are not deleted.
    """
    after, size = plan.sums, plan.look.archive_page
    stay = {new.folder for _, new in map(_public, pairs) if new is not None}
    left = {old.folder for old, _ in map(_public, pairs) if old is not None} - stay
    led = {old.folder for old, _ in pairs if old is not None and old.has_led} - stay
    pages = range(_pages(after.count, size), _pages(before.count, size))
    months = (one for one, n in before.months.items() if n > after.months.get(one, 0))
    found = {
        *left,
        *led,
        *map(_day_folder, before.days.keys() - after.days.keys()),
        *({*map(_month_folder, before.days)} - {*map(_month_folder, after.days)}),
        *map(addresses.source_folder, before.sources.keys() - after.sources.keys()),
        *(f"sitemap-news-{month}" for month in months),
        *(f"archive/{number + 1}/" for number in pages),
    }
    return found and {*found, "sitemap-pages-"}
