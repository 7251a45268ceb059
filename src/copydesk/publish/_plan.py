"""The plan of a site: every list of stories in order, and the outputs that are made of it.

Outputs read a SitePlan. Each output declares once, where it is made, by which key it lists stories.
`change` derives from that what a changed story touches: each output for whose headings the story
was or is listed. A fingerprint is a hash of what pages depend on beside stories and pictures; when
one differs from the last build, everything is made again.
"""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from copydesk.news import (
    Beat,
    FrontOptions,
    OutputOptions,
    ReadingList,
    Record,
    Show,
    Story,
    Thumbnail,
    Topic,
)
from copydesk.placement import (
    Coverages,
    FrontPage,
    Groups,
    addresses,
    local_time,
)
from copydesk.publish import _entries
from copydesk.publish._entries import ALL, PUBLISHER, TOPIC, StoryEntry, StoryKey
from copydesk.publish._story_reader import ListedStories, StoryReader
from copydesk.publish.newsletters import LetterShelf
from copydesk.publish.page_index import PageIndex, Pieces
from copydesk.publish.writing import Sheet

TRUSTED = 80  # a story's trust from which its word alone is firm
_Tool = TypeVar("_Tool")
_PACKAGE = Path(__file__).resolve().parents[1]
_ROOMS = ("placement", "publish", "rendering")  # whose code and templates a site is made of


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """How the newsroom works, as its pages tell readers, beside its beat.

    `holds` says that an editor publishes every story, `max_age_days` how old one may be (0: any),
    `counts_reads` that it counts how often pages are read, `counts_issue_views` that of letters.
    """

    holds: bool = False
    max_age_days: int = 0
    counts_reads: bool = False
    counts_issue_views: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How many stories stand on one page of what is cut: the archive, the first API, the search.

    `search` makes parts of some 170 kB, a third of that on the way to a reader; `sitemap` is what
    the protocol allows. `leg` is no page: so many stories one worker makes at a time.
    """

    archive: int = 100
    api: int = 25
    search: int = 500
    sitemap: int = 50_000
    leg: int = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What there is of the site, how pictures are shown, how the front page is ordered.

    `pictures` are those that can be shown, by their origin; `show` says how, `shows` the same for
    single stories, by the record's path. `outputs` and `front` are the owner's settings,
    `practice` is what readers are told of the newsroom. `awaited` are pictures, by their origin,
    whose copies were lost and are fetched again: a page keeps their place.
    """

    pictures: Mapping[str, Thumbnail] = field(default_factory=dict)
    show: Show = "cached"
    shows: Mapping[str, Show] = field(default_factory=dict)
    outputs: OutputOptions = field(default_factory=OutputOptions)
    front: FrontOptions = field(default_factory=FrontOptions)
    sizes: Sizes = Sizes()
    practice: Practice = Practice()
    awaited: frozenset[str] = frozenset()

    def show_of(self, story: Story) -> Show:
        """Return how the picture of a story is shown: as its publisher allows, then as ruled."""
        return self.shows.get(story.path, self.show) if _entries.image(story) else "none"

    def picture(self, path: str, image: str) -> tuple[str, tuple[str, ...]]:
        """Return how the picture of a story is shown now, and our files of it."""
        show = self.shows.get(path, self.show) if image else "none"
        thumbnail = self.pictures.get(image) if show == "cached" else None
        forms = thumbnail.forms if thumbnail else ()
        colour = thumbnail.colour if thumbnail else ""
        if thumbnail is None and show == "cached" and image in self.awaited:
            colour = "awaited"
        return f"{show} {colour}", tuple(form.name for form in forms)

    def digest(self) -> str:
        """Return a text that changes when the picture of any story may be shown otherwise."""
        forms = [
            (url, thumbnail.colour, *(form.name for form in thumbnail.forms))
            for url, thumbnail in self.pictures.items()
        ]
        return fingerprint(self.show, sorted(self.shows.items()), forms, sorted(self.awaited))


class Wanted:
    """What has to be made: everything, unless somebody knows better."""

    everything = True

    def __call__(self, key: str, value: str = "") -> bool:
        """Decide whether what lists by a value of a key has to be made."""
        return True

    def of_key(self, key: str) -> bool:
        """Decide whether anything that lists by a key has to be made."""
        return True

    def pages(self, last: int) -> Iterable[int]:
        """Return the pages of the archive that hold anything that is wanted, the newest first."""
        return range(last, 0, -1)

    def entries(self, every: Iterable[StoryEntry]) -> Iterable[StoryEntry]:
        """Return the entries of stories that may look otherwise."""
        return every

    def redirects(self, groups: Groups[StoryEntry]) -> Mapping[str, StoryEntry]:
        """Return who leads now by the folder of each page that was given up and is to be made."""
        return groups.redirects()


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePlan:
    """An edition sorted into what will be published.

    `read` gives the story at a path, None when it is gone. `stories` are the published ones,
    newest first, equal times by path. `listed` has those under each value of a key, by the key's
    name, and `counts` how many they are; `by_day` is the same for days, by the date in the beat's
    zone. None is fetched from the `index` before it is asked for. The archive is cut into pages
    from the oldest end. `groups` knows which stories tell one event, `coverages` who
    else has a story. `official` are the domains of the beat's own official sources, `gone` the
    folders of the pages that an editor took away for good. `records` is keyed by collection, each
    in the order of its paths. `skipped` names what cannot have an address. `above` has the ids
    of a topic, by its name, and of those above it; `wanted` says whether what lists by a value of a
    key has to be made; `pieces` keeps pieces of lists that shift as a whole. `lists` are those that
    editors made, by id, `letters` all issues that may be shown.
    """

    beat: Beat
    at: datetime
    zone: ZoneInfo
    links: addresses.Links
    index: PageIndex
    counts: Mapping[str, Mapping[str, int]]
    read: StoryReader
    stories: ListedStories
    front: FrontPage
    topics: tuple[Topic, ...]
    listed: Mapping[str, Mapping[str, ListedStories]]
    by_day: Mapping[date, ListedStories]
    groups: Groups[StoryEntry]
    coverages: Coverages
    official: frozenset[str]
    gone: tuple[str, ...]
    records: Mapping[str, tuple[Record, ...]]
    above: Mapping[str, tuple[str, ...]]
    look: Look
    lists: Mapping[str, ReadingList] = field(default_factory=dict)
    letters: LetterShelf = field(default_factory=LetterShelf)
    wanted: Wanted = field(default_factory=Wanted)
    pieces: Pieces = field(default_factory=Pieces)
    skipped: tuple[str, ...] = ()

    @property
    def by_topic(self) -> Mapping[str, ListedStories]:
        """Return the stories of each topic and of those below it, by its id."""
        return self.listed[TOPIC.name]

    @property
    def by_publisher(self) -> Mapping[str, ListedStories]:
        """Return the stories of each publisher, by its domain."""
        return self.listed[PUBLISHER.name]

    def local(self, moment: datetime) -> datetime:
        """Return a time in the beat's zone."""
        return local_time(moment, self.zone)

    def show_of(self, story: Story) -> Show:
        """Return how a story's picture is shown: as its publisher allows, then as ruled."""
        return self.look.show_of(story)

    @property
    def archive_pages(self) -> int:
        """Return how many pages the archive has; the first one holds the oldest stories."""
        return -(-len(self.stories) // self.look.sizes.archive)

    def archive(self, number: int) -> ListedStories:
        """Return a page of the archive, its newest story first."""
        end = len(self.stories) - (number - 1) * self.look.sizes.archive
        return self.stories[max(0, end - self.look.sizes.archive) : end]

    def read_list(self, listed: ReadingList) -> Iterator[tuple[Story, str]]:
        """Yield the published stories of a list, in its order, each with the editor's words.

        What is not there, was removed or is held comes back into its place when it is published.
        """
        for chosen in listed.stories:
            entry = self.groups.public(chosen.name)
            story = self.read(entry.path) if entry else None
            if story is not None:
                yield story, chosen.words

    def stories_of(self, entries: Sequence[StoryEntry]) -> ListedStories:
        """Return the stories of some entries, each read when it is asked for."""
        return ListedStories(entries, self.read)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """The stories of each value of a key, cut into pages from the oldest: only the last one grows.

    `page` gives the value of a page by that of its key and its number; `size` is in stories.
    """

    name: str
    key: StoryKey
    size: Callable[[Look], int]
    page: Callable[[str, int], str]


def count_pages(stories: int, size: int) -> int:
    """Return how many pages so many stories take."""
    return -(-stories // size)


ARCHIVE = Cut(
    name="archive",
    key=ALL,
    size=lambda look: look.sizes.archive,
    page=lambda _value, number: str(number),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Output(Generic[_Tool]):
    """What lists the stories of each value of a key.

    `place` is the folder or file of a value, or what its files begin with, "" where it has none.
    `make` makes them with a tool of the output's own. `values` are those that have a page on a
    site, in the order of its sitemap; without them the output has no page there. `index` is the
    folder of the page that lists the values, which `make_index` makes, `index_name` the string by
    which the foot of every page leads there, "" where a template does; where `has_index` says no,
    there is none.

    `is_linked` says that the page of a value leads to the one before and after it, `is_fixed` that
    it stays when the last story has left, `is_split` that it is cut into files and may need fewer,
    `is_walked` that it is made while all stories are gone through. Where `is_on` says no, there is
    none of it.
    """

    key: StoryKey | Cut
    place: Callable[[str], str]
    make: Callable[[_Tool, str], Iterable[Sheet]] = lambda _tool, _value: ()
    values: Callable[[SitePlan], Iterable[str]] = lambda _plan: ()
    index: str = ""
    make_index: Callable[[_Tool], Iterable[Sheet]] = lambda _tool: ()
    index_name: str = ""
    has_index: Callable[[SitePlan], bool] = lambda _plan: True
    is_linked: bool = False
    is_fixed: bool = False
    is_split: bool = False
    is_walked: bool = False
    is_on: Callable[[Look], bool] = lambda _look: True


AnyOutput = Output[Any]


def make(output: Output[_Tool], tool: _Tool, plan: SitePlan) -> Iterator[Sheet]:
    """Make an output for all values for which it is wanted."""
    for value in output.values(plan):
        if plan.wanted(output.key.name, value):
            yield from output.make(tool, value)


def story_keys(outputs: Iterable[AnyOutput]) -> tuple[StoryKey, ...]:
    """Return the keys of stories by which these outputs list, each once."""
    keys = (output.key for output in outputs)
    return tuple(dict.fromkeys(key.key if isinstance(key, Cut) else key for key in keys))


def fingerprint_beat(beat: Beat, *others: object) -> str:
    """Return a hash of all that a page may depend on but the stories and their pictures."""
    return fingerprint(replace(beat, rulings=()), *others)


def digest_grounds(zone: str, above: Mapping[str, tuple[str, ...]], keys: tuple[str, ...]) -> str:
    """Return a hash of all that an entry and its place under headings depend on but the story."""
    return fingerprint(StoryEntry._fields, zone, above, keys, _code())


def fingerprint(*parts: object) -> str:
    """Return a hash of what these look like in Python."""
    form = repr(parts).encode("utf-8", "replace")
    return hashlib.blake2b(form, digest_size=16).hexdigest()


def fingerprint_text(text: str) -> str:
    """Return a hash of a long text."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()


def files_of(folder: Path | None) -> list[tuple[str, int, int]]:
    """Return the names, sizes and times of the files in a folder and below; of a link nothing."""
    if folder is None or folder.is_symlink() or not folder.is_dir():
        return []
    found = ((path, path.lstat()) for path in sorted(folder.rglob("*")))
    return [
        (str(path), seen.st_size, seen.st_mtime_ns)
        for path, seen in found
        if not stat.S_ISDIR(seen.st_mode)
    ]


@cache
def _code() -> str:
    """Return a text that changes with these rooms, and with where and when they were installed."""
    files = (file for room in _ROOMS for file in files_of(_PACKAGE / room))
    return repr([file for file in files if not file[0].endswith(".pyc")])
