"""Find which pages and files a build has to make again after some stories changed.

A story's page and its card in lists depend on the story and on the stories that it names or that
name it: copies, coverage, background, members of its group. A list depends on the cards that it
shows.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import chain, pairwise

from copydesk.catalogue import page_entries, page_updates
from copydesk.catalogue.page_entries import Heading, StoryEntry
from copydesk.catalogue.page_index import PageIndex
from copydesk.catalogue.page_updates import Pair
from copydesk.placement import Groups
from copydesk.publish import _plan
from copydesk.publish._plan import AnyOutput, Cut, SitePlan, Wanted
from copydesk.publish.developments import EVENTS_SINCE
from copydesk.publish.issues import ShelvedIssue
from copydesk.publish.writing import fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched(Wanted):
    """What a build has to make again after a change, such as the lists of one topic and one day.

    `gone` are folders and files to delete. `pairs` has the old and new entries of stories whose
    place in lists may change, by path. `numbers` are the archive pages with one of these stories,
    or to be made themselves. `groups` are the groups of these stories, old and new.
    """

    everything: bool = False
    headings: frozenset[Heading] = frozenset()
    gone: frozenset[str] = frozenset()
    pairs: Mapping[str, Pair]
    numbers: frozenset[int] = frozenset()
    groups: frozenset[str] = frozenset()

    def __call__(self, key: str, value: str = "") -> bool:
        """Return whether the build makes the lists for a key and value, such as ("topic", "ai")."""
        return (key, value) in self.headings

    def of_key(self, key: str) -> bool:
        """Return whether the build makes lists by a key, such as any of the topics' lists."""
        return any(name == key for name, _ in self.headings)

    def pages(self, last: int) -> Iterable[int]:
        """Return the numbers of the archive pages that the build has to make, newest first."""
        return sorted((number for number in self.numbers if number <= last), reverse=True)

    def entries(self, every: Iterable[StoryEntry]) -> Iterable[StoryEntry]:
        """Return the index entries of stories whose page, or place in lists, may have changed."""
        return [new for _, new in self.pairs.values() if new is not None]

    def redirects(self, groups: Groups[StoryEntry]) -> Mapping[str, StoryEntry]:
        """Return the redirects of story pages: the page's folder, and the story to show instead."""
        return groups.redirects(self.groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryChange:
    """What differs between two builds: changed stories (old and new), pinned stories, reading
    lists.

    `lists` has a hash of each reading list, by id. `letters` are the paths of changed newsletter
    issues, `matters` the names in rules on matters that are new or undone.
    """

    pairs: Mapping[str, Pair]
    pinned: frozenset[str]
    lists: Mapping[str, str] = field(default_factory=dict)
    letters: frozenset[str] = frozenset()
    matters: frozenset[str] = frozenset()


def find_effects(plan: SitePlan, change: StoryChange, outputs: Collection[AnyOutput]) -> Touched:
    """Find which pages, lists and files must be made again after a change."""
    pairs = _find_pairs(change, plan)
    if not pairs and not change.matters:
        return Touched(
            pairs={},
            headings=frozenset(
                chain(_list_headings(change, {}, plan), _letter_headings(change, plan))
            ),
            gone=frozenset(_find_ended_lists(change, outputs, plan)),
        )
    counts = Counts(plan.index, pairs.values())
    for path in plan.index.needing(_list_names(pairs, counts, plan)):
        _add_story(path, pairs, plan)
    both = list(pairs.values())
    turned = {cut: turn_pages(cut, both, counts, plan) for cut in _cuts(outputs)}
    neighbours = (_neighbours(output, counts, plan) for output in outputs)
    groups = _list_groups(both)
    moved = plan.groups.redirects(groups)
    gone = {place for output in outputs for place in _empty_places(output, counts, turned)}
    gone |= _empty_signposts(both, groups, plan) | {*_find_ended_lists(change, outputs, plan)}
    lists = chain(_list_headings(change, pairs, plan), _letter_headings(change, plan))
    matters = _list_matters(both, change, plan)
    earlier = _list_earlier(matters, plan)
    own = chain(_own_headings(both), _matter_headings(matters, earlier))
    headings = frozenset(chain(own, _page_headings(turned), lists, *neighbours))
    gone |= {place for output in outputs for place in _needless_places(output, headings, plan)}
    return Touched(
        headings=headings,
        gone=frozenset(gone - moved.keys() - {""}),
        pairs=pairs,
        numbers=frozenset(turned[_plan.ARCHIVE].numbers | _pages_of(earlier, counts, plan)),
        groups=frozenset(groups),
    )


def _find_pairs(change: StoryChange, plan: SitePlan) -> dict[str, Pair]:
    """Return the old and new entries of stories that changed or that other rules name."""
    pairs = dict(change.pairs)
    for pin in list_pins(plan) ^ change.pinned:
        _add_story(pin.rpartition(" ")[0], pairs, plan)
    for entry in page_updates.find_in_matters(plan.index, change.matters):
        _add_story(entry.path, pairs, plan)
    return pairs


def _list_matters(pairs: Iterable[Pair], change: StoryChange, plan: SitePlan) -> set[str]:
    """Return the matters of changed stories, before and after, and those merged into them."""
    own = {
        name for key, name in _own_headings(pairs) if key == page_entries.MATTER.name
    } | change.matters
    return own | {old for old, new in plan.matters.find_merges().items() if new in own}


def _matter_headings(matters: Iterable[str], earlier: Iterable[StoryEntry]) -> Iterator[Heading]:
    yield from ((page_entries.MATTER.name, name) for name in matters)
    yield from ((page_entries.STORY.name, entry.name) for entry in earlier)


def _list_earlier(matters: Iterable[str], plan: SitePlan) -> list[StoryEntry]:
    """Return the stories whose pages count the later events of a changed matter."""
    return [e for name in matters for e in plan.matters.list_latest(name, EVENTS_SINCE + 2)]


def _pages_of(entries: Iterable[StoryEntry], counts: Counts, plan: SitePlan) -> set[int]:
    """Return the numbers of the archive pages with the given stories."""
    heading = (page_entries.ALL.name, "")
    places = _Places(heading, counts.now(heading), plan.look.sizes.archive, plan)
    return {places.page_of(entry) for entry in entries}


def _needless_places(
    output: AnyOutput, headings: Collection[Heading], plan: SitePlan
) -> Iterator[str]:
    """Yield the folders of changed values that have stories, but too few for a page."""
    if output.is_some:
        values = {*output.values(plan)}
        changed = (value for key, value in headings if key == output.key.name)
        yield from (output.place(value) for value in changed if value not in values)


def list_pins(plan: SitePlan) -> frozenset[str]:
    """Return one text, with path and time, for each story that an editor pinned to the
    front page.
    """
    return frozenset(f"{path} {at.isoformat()}" for path, at in plan.front.pinned.items())


def _list_headings(
    change: StoryChange, pairs: Mapping[str, Pair], plan: SitePlan
) -> Iterator[Heading]:
    """Yield the pages of lists and kept front pages that changed or show a changed story."""
    now = digest_lists(plan)
    names = {entry.name for pair in pairs.values() for entry in pair if entry is not None}
    yield from _front_headings(change, names, now, plan)
    for list_id, listed in plan.lists.items():
        is_other = change.lists.get(list_id) != now[list_id]
        if is_other or not names.isdisjoint(story.name for story in listed.stories):
            yield page_entries.LIST.name, list_id


def _front_headings(
    change: StoryChange, names: Collection[str], now: Mapping[str, str], plan: SitePlan
) -> Iterator[Heading]:
    """Yield the kept front pages that changed or that show a story with one of these names."""
    for folder, (front, _) in plan.front_pages.items():
        shows_one = any(place.story in names for place in front.places)
        if shows_one or change.lists.get(folder) != now[folder]:
            yield _plan.FRONT, folder


def _letter_headings(change: StoryChange, plan: SitePlan) -> Iterator[Heading]:
    """Yield the pages of changed newsletter issues, and the days whose digest shows one.

    If an issue is gone or listed elsewhere, the whole site is made instead.
    """
    yield from ((page_entries.LETTER.name, path) for path in change.letters)
    for day, issue in plan.letters.digests.items():
        if issue.record.path in change.letters:
            yield page_entries.DAY.name, day.isoformat()


def _find_ended_lists(
    change: StoryChange, outputs: Iterable[AnyOutput], plan: SitePlan
) -> Iterator[str]:
    """Yield the folders of reading lists that were deleted, and of front pages no longer kept."""
    ended = change.lists.keys() - plan.lists.keys() - plan.front_pages.keys()
    yield from (folder for folder in ended if folder.endswith("/"))
    for output in outputs:
        if output.key == page_entries.LIST:
            yield from map(output.place, (id_ for id_ in ended if not id_.endswith("/")))


def digest_lists(plan: SitePlan) -> Mapping[str, str]:
    """Map the id of each reading list, and the folder of each kept front page, to a hash of its
    contents.
    """
    lists = {list_id: fingerprint(listed) for list_id, listed in plan.lists.items()}
    digests = plan.letters.digests
    return lists | {
        folder: front.digest if day is None else f"{front.digest} {day in digests}"
        for folder, (front, day) in plan.front_pages.items()
    }


def fingerprint_letters(plan: SitePlan) -> Mapping[str, str]:
    """Map each newsletter issue's path to a hash that changes when its page or digest does."""
    days = list(plan.letters.digests)
    shown = {issue.record.path: issue for issue in plan.letters.issues}
    return {
        record.path: fingerprint(
            record.fields,
            _fingerprint_text(record.body),
            *(_place_issue(shown[record.path], days, plan) if record.path in shown else ()),
        )
        for record in plan.records.get("newsletters", ())
    }


def _fingerprint_text(text: str) -> str:
    """Return a hash of the UTF-8 bytes of a text."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _place_issue(issue: ShelvedIssue, days: Sequence[date], plan: SitePlan) -> Iterator[object]:
    """Yield everything besides its record that the page of a newsletter issue depends on."""
    yield issue.day
    yield issue.letter
    yield issue.shares_day
    yield from map(_tell_issue, plan.letters.beside(issue))
    yield _find_beside(days, issue, plan)


def _tell_issue(issue: ShelvedIssue | None) -> tuple[object, ...]:
    """Return what the pages of the neighbouring newsletter issues show of an issue."""
    if issue is None:
        return ()
    title = issue.record.fields.get("title")
    return (issue.record.path, issue.day, title, issue.subject, issue.shares_day)


def place_letters(plan: SitePlan) -> Mapping[str, str]:
    """Map each newsletter issue's path to a text that names its places in lists, "" if
    it has none.
    """
    shelf = plan.letters
    hidden = {record.path: "" for record in plan.records.get("newsletters", ())}
    return hidden | {
        issue.record.path: f"{issue.day} {issue.letter} {shelf.digest_of(issue)}"
        for issue in shelf.issues
    }


def _find_beside(
    days: Sequence[date], issue: ShelvedIssue, plan: SitePlan
) -> tuple[date | None, ...]:
    """Return the days of the daily digests before and after an issue's own, () if it has none."""
    day = plan.letters.digest_of(issue)
    if day is None:
        return ()
    place = bisect_left(days, day)
    return tuple(days[at] if 0 <= at < len(days) else None for at in (place - 1, place + 1))


def _add_story(path: str, pairs: dict[str, Pair], plan: SitePlan) -> None:
    """Add to `pairs` a story that did not change itself but whose place in lists may change."""
    if path not in pairs and (entry := plan.index.at(path)) is not None:
        pairs[path] = (entry, entry)


def _list_names(pairs: Mapping[str, Pair], counts: Counts, plan: SitePlan) -> set[str]:
    """Return names of changed stories and publishers, by which other stories refer to them.

    A page that links to a member of a group as background shows the group's leader.
    """
    names: set[str] = set()
    for pair in pairs.values():
        for entry in filter(None, pair):
            names |= {entry.name, entry.group, entry.copy_of, entry.original, entry.address}
            names.update(entry.removed_at)
    copies = _find_copies(pairs, plan)
    names |= {copy.name for copy in copies}
    retold = [*pairs.values(), *((copy, copy) for copy in copies)]
    names |= plan.index.names_of(_list_groups(retold))
    moved_publishers = counts.find_new(page_entries.PUBLISHER.name) | counts.find_empty(
        page_entries.PUBLISHER.name
    )
    names |= {f"at {domain}" for domain in moved_publishers}
    return names - {""}


def _find_copies(pairs: Mapping[str, Pair], plan: SitePlan) -> list[StoryEntry]:
    """Return the stories that copy a story whose event changed, and the copies of these copies."""
    changed = (pair for pair in pairs.values() if _event_of(pair[0]) != _event_of(pair[1]))
    names = [entry.name for pair in changed for entry in pair if entry is not None]
    copies: dict[str, StoryEntry] = {}
    for name in names:  # the list grows during the loop
        for copy in plan.index.copies(name):
            if copy.path not in copies:
                copies[copy.path] = copy
                names.append(copy.name)
    return list(copies.values())


def _event_of(entry: StoryEntry | None) -> tuple[str, str] | None:
    """Return the values by which a story belongs to an event, None if the story is gone."""
    return None if entry is None or entry.is_removed else (entry.group, entry.copy_of)


def _list_groups(pairs: Iterable[Pair]) -> set[str]:
    """Return the names of all groups (stories about one event) with a changed story.

    A group may have the name of a story that leads it without being a member.
    """
    entries = [entry for pair in pairs for entry in pair if entry is not None]
    return {name for entry in entries for name in (entry.group, entry.name)} - {""}


def _cuts(outputs: Iterable[AnyOutput]) -> set[Cut]:
    return {output.key for output in outputs if isinstance(output.key, Cut)}


def _own_headings(pairs: Iterable[Pair]) -> Iterator[Heading]:
    """Yield the headings (topics, days, …) of changed stories, before and after the change."""
    for entry in filter(None, chain.from_iterable(pairs)):
        yield from entry.headings


def _page_headings(turned: Mapping[Cut, TurnedPages]) -> Iterator[Heading]:
    """Yield the numbered list pages whose stories changed."""
    for cut, pages in turned.items():
        yield from ((cut.name, page) for page in pages.touched)


def _neighbours(output: AnyOutput, counts: Counts, plan: SitePlan) -> Iterator[Heading]:
    """Yield the pages whose link to the previous or next page changed."""
    key = output.key.name
    opened, emptied = counts.find_new(key), counts.find_empty(key)
    if output.is_linked and (opened or emptied):
        after = plan.counts[key].keys()
        before = (after - opened) | emptied
        links = set(pairwise(sorted(before))) ^ set(pairwise(sorted(after)))
        yield from ((key, value) for pair in links for value in pair)


def _empty_places(
    output: AnyOutput, counts: Counts, turned: Mapping[Cut, TurnedPages]
) -> Iterator[str]:
    """Yield the folders and files of one kind of page that no longer have any story.

    If a value has several files and may need fewer, this is the beginning of their names: the files
    that are needed are all made, and so not deleted.
    """
    if isinstance(output.key, Cut):
        values: Iterable[str] = turned[output.key].gone
    elif output.is_split:
        values = counts.find_fewer(output.key.name)
    else:
        values = () if output.is_fixed else counts.find_empty(output.key.name)
    yield from map(output.place, values)


def _empty_signposts(pairs: Iterable[Pair], groups: Collection[str], plan: SitePlan) -> set[str]:
    """Return the folders of stories that led a group earlier and have no page of their own."""
    former = {old.folder for old, _ in pairs if old is not None and old.has_led}
    former |= {entry.folder for entry in plan.index.former_leaders(groups)}
    return former - {new.folder for _, new in pairs if new is not None and new.is_public}


@dataclass(slots=True)
class TurnedPages:
    """Which numbered pages of a long list to make again, and which to delete, after a change.

    `numbers` are those with a changed story, or to be made themselves.
    """

    touched: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    numbers: set[int] = field(default_factory=set)


def turn_pages(cut: Cut, pairs: Sequence[Pair], counts: Counts, plan: SitePlan) -> TurnedPages:
    """Find which numbered pages of a long list have other stories than before.

    The first page of a value has its oldest stories. If one comes, goes or changes its time, all
    later pages shift.
    """
    turned = TurnedPages()
    for heading in _headings(cut, pairs):
        own = [_under(heading, pair) for pair in pairs]
        places = _Places(heading, counts.now(heading), cut.size(plan.look), plan)
        numbers = _turn(own, places)
        before = _plan.count_pages(counts.before(heading), places.size)
        if places.last != before and min(places.last, before):  # its link to the next page changed
            numbers.add(min(places.last, before))
        turned.numbers |= numbers | {places.page_of(new) for _, new in own if new is not None}
        name = partial(cut.page, heading[1])
        turned.touched.update(map(name, numbers))
        turned.gone.update(map(name, range(places.last + 1, before + 1)))
    return turned


class _Places:
    """Finds the page on which each story under a heading is."""

    def __init__(self, heading: Heading, count: int, size: int, plan: SitePlan) -> None:
        self.size = size
        self.last = _plan.count_pages(count, size)
        self._heading = heading
        self._count = count
        self._index = plan.index

    def page_of(self, entry: StoryEntry) -> int:
        """Return the number of the list page on which a story belongs now."""
        now = self._index.at(entry.path)
        is_here = now is not None and self._heading in now.headings and now.when == entry.when
        older = self._count - self._index.newer(entry, *self._heading) - int(is_here)
        return older // self.size + 1


def _turn(pairs: Iterable[Pair], places: _Places) -> set[int]:
    """Return the numbers of pages with changed stories, and of all pages from the first that
    shifts.
    """
    numbers: set[int] = set()
    shifted: list[int] = []
    for pair in pairs:
        pages = [places.page_of(entry) for entry in pair if entry is not None]
        if _stays(pair):
            numbers.update(pages)
        else:
            shifted += pages
    return numbers | {*range(min(shifted), places.last + 1)} if shifted else numbers


def _headings(cut: Cut, pairs: Iterable[Pair]) -> set[Heading]:
    entries = (entry for pair in pairs for entry in pair if entry is not None)
    every = {heading for entry in entries for heading in entry.headings}
    return {heading for heading in every if heading[0] == cut.key.name}


def _under(heading: Heading, pair: Pair) -> Pair:
    """Return a story's old and new entry, each only if the story was or is listed under
    a heading.
    """
    old, new = (entry if entry and heading in entry.headings else None for entry in pair)
    return old, new


def _stays(pair: Pair) -> bool:
    """Return whether a story keeps its place in a list."""
    old, new = pair
    return old is not None and new is not None and (old.when, old.path) == (new.when, new.path)


class Counts:
    """How many published stories each topic, day, publisher, … has, before and after a change."""

    def __init__(self, index: PageIndex, pairs: Iterable[Pair]) -> None:
        self._index = index
        self._more: Counter[Heading] = Counter()
        for old, new in pairs:
            self._more.subtract(old.headings if old else ())
            self._more.update(new.headings if new else ())

    def now(self, heading: Heading) -> int:
        """Return how many published stories a heading, such as one topic, has now."""
        return self._index.count_under(*heading)

    def before(self, heading: Heading) -> int:
        """Return how many published stories a heading, such as one topic, had before the change."""
        return self.now(heading) - self._more[heading]

    def find_fewer(self, key: str) -> set[str]:
        """Return the values of a key, such as topics, that have fewer stories than before."""
        return {value for (name, value), more in self._more.items() if name == key and more < 0}

    def find_empty(self, key: str) -> set[str]:
        """Return the values of a key, such as topics, that no longer have any story."""
        return {value for value in self.find_fewer(key) if not self.now((key, value))}

    def find_new(self, key: str) -> set[str]:
        """Return the values of a key, such as topics, that had no story before."""
        grown = (value for (name, value), more in self._more.items() if name == key and more > 0)
        return {value for value in grown if not self.before((key, value))}
