"""The plan of a site: every list of stories in order, and the outputs (kinds of pages and files).

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
from typing import TYPE_CHECKING, Any, Generic, TypeVar
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
from copydesk.placement import Coverages, FrontPage, Groups, addresses, local_time
from copydesk.publish import _entries
from copydesk.publish._entries import ALL, PUBLISHER, TOPIC, StoryEntry, StoryKey
from copydesk.publish._story_reader import ListedStories, StoryReader
from copydesk.publish.newsletters import LetterShelf
from copydesk.publish.page_index import Pieces
from copydesk.publish.writing import Sheet

if TYPE_CHECKING:
    from copydesk.publish.page_index import PageIndex

TRUSTED = 80  # from this trust on, one source is enough for a story to be firm
_Tool = TypeVar("_Tool")
_PACKAGE = Path(__file__).resolve().parents[1]
_ROOMS = ("placement", "publish", "rendering")  # whose code and templates make a site


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """How the newsroom works, as the site's pages tell readers.

    `holds` says that an editor publishes every story. `max_age_days` is how old a story may be (0:
    any). `counts_reads` and `counts_issue_views` say that page views, and views of newsletters, are
    counted.
    """

    holds: bool = False
    max_age_days: int = 0
    counts_reads: bool = False
    counts_issue_views: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """The numbers of stories on one page of the archive, the first API or the search index.

    `search` makes parts of some 170 kB, compressed to a third. `sitemap` is the protocol's limit.
    `leg` is no page: it is the number of stories that one worker handles at a time.
    """

    archive: int = 100
    api: int = 25
    search: int = 500
    sitemap: int = 50_000
    leg: int = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The settings that decide how pages look: outputs, pictures, order of the front page.

    `pictures` maps original URLs to the pictures that can be shown. `show` says how they are shown,
    `shows` the same for single stories, by the record's path. `outputs` and `front` are the owner's
    settings, `practice` is what pages tell of the newsroom. `awaited` are the original URLs of
    pictures whose copies were lost and are fetched again: pages keep a place for them.
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
        """Return how a story's picture is shown, by its publisher's terms and editors' rules."""
        return self.shows.get(story.path, self.show) if _entries.image(story) else "none"

    def picture(self, path: str, image: str) -> tuple[str, tuple[str, ...]]:
        """Return how a story's picture is shown now, and the names of our files of it."""
        show = self.shows.get(path, self.show) if image else "none"
        thumbnail = self.pictures.get(image) if show == "cached" else None
        forms = thumbnail.forms if thumbnail else ()
        colour = thumbnail.colour if thumbnail else ""
        if thumbnail is None and show == "cached" and image in self.awaited:
            colour = "awaited"
        return f"{show} {colour}", tuple(form.name for form in forms)

    def digest(self) -> str:
        """Return a hash that changes when any story's picture may be shown differently."""
        forms = [
            (url, thumbnail.colour, *(form.name for form in thumbnail.forms))
            for url, thumbnail in self.pictures.items()
        ]
        return fingerprint(self.show, sorted(self.shows.items()), forms, sorted(self.awaited))


class Wanted:
    """Decides which lists and pages a build makes: in this class all, in `change.Touched` fewer."""

    everything = True

    def __call__(self, key: str, value: str = "") -> bool:
        """Return whether the build makes the lists for a value of a key, such as one topic."""
        return True

    def of_key(self, key: str) -> bool:
        """Return whether the build makes any list by a key, such as topics."""
        return True

    def pages(self, last: int) -> Iterable[int]:
        """Return the numbers of the archive pages with anything to make, newest first."""
        return range(last, 0, -1)

    def entries(self, every: Iterable[StoryEntry]) -> Iterable[StoryEntry]:
        """Return the index entries of stories whose page or place in lists may change."""
        return every

    def redirects(self, groups: Groups[StoryEntry]) -> Mapping[str, StoryEntry]:
        """Map the folders of pages that must redirect to the stories that lead their groups now."""
        return groups.redirects()


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePlan:
    """The plan of a site: an edition's stories and records, sorted into lists and pages.

    `read` returns the story at a path, None if it is gone. `stories` are the published stories,
    newest first, those of equal time by path. `listed` has the stories for each value of a key, by
    the key's name; `counts` has their numbers; `by_day` has the stories by date in the site's time
    zone. All are fetched from the `index` on demand. The archive is cut into pages from the oldest
    end. `groups` knows which stories are on one event, `coverages` who else has a story. `official`
    are the domains of the site's official sources, `gone` the folders of pages that an editor
    removed for good. `records` has the records of each collection, ordered by path. `skipped` are
    records that cannot have a URL. `above` maps a topic's name to its id and the ids of topics
    above it. `wanted` decides what the build makes. `pieces` keeps list fragments of stories.
    `lists` are the editors' reading lists by id, `letters` all newsletter issues that may be shown.
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
        """Map topic ids to the stories of the topic and of the topics below it."""
        return self.listed[TOPIC.name]

    @property
    def by_publisher(self) -> Mapping[str, ListedStories]:
        """Map publishers' domains to their stories."""
        return self.listed[PUBLISHER.name]

    def local(self, moment: datetime) -> datetime:
        """Return a time in the site's time zone."""
        return local_time(moment, self.zone)

    def show_of(self, story: Story) -> Show:
        """Return how a story's picture is shown, by its publisher's terms and editors' rules."""
        return self.look.show_of(story)

    @property
    def archive_pages(self) -> int:
        """Return the number of archive pages; page 1 has the oldest stories."""
        return -(-len(self.stories) // self.look.sizes.archive)

    def archive(self, number: int) -> ListedStories:
        """Return the stories of an archive page, newest first."""
        end = len(self.stories) - (number - 1) * self.look.sizes.archive
        return self.stories[max(0, end - self.look.sizes.archive) : end]

    def read_list(self, listed: ReadingList) -> Iterator[tuple[Story, str]]:
        """Yield the published stories of a reading list in order, with the editor's words on each.

        A story that is missing, removed or held is left out; it has its place when it is published.
        """
        for chosen in listed.stories:
            entry = self.groups.public(chosen.name)
            story = self.read(entry.path) if entry else None
            if story is not None:
                yield story, chosen.words

    def stories_of(self, entries: Sequence[StoryEntry]) -> ListedStories:
        """Return the stories of some index entries; each is read when it is needed."""
        return ListedStories(entries, self.read)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A way to cut the stories of each value of a key into pages, so that only the last page grows.

    `page` returns the value of a page, from the value of its key and its number; `size` is in
    stories.
    """

    name: str
    key: StoryKey
    size: Callable[[Look], int]
    page: Callable[[str, int], str]


def count_pages(stories: int, size: int) -> int:
    """Return how many pages of the given size a number of stories fills."""
    return -(-stories // size)


ARCHIVE = Cut(
    name="archive",
    key=ALL,
    size=lambda look: look.sizes.archive,
    page=lambda _value, number: str(number),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Output(Generic[_Tool]):
    """A kind of page or file that lists stories by a key: one folder or file for each value.

    `place` returns the folder or file of a value, or the beginning of its files' names; "" if it
    has none. `make` makes the files with a tool of the output's own. `values` are those with a
    page, in the order of the sitemap; without it the output has no pages. `index` is the folder of
    the page that lists the values, made by `make_index`, if `has_index` says so; `index_name` is
    the word for the link to it at the foot of every page, "" if a template has the link.

    `is_linked` says that the page of a value links to the previous and next value's. `is_fixed`
    says that a page stays when its last story has gone, `is_split` that a value has several files
    and may need fewer later, `is_walked` that it is made during the pass over all stories. If
    `is_on` returns False, the site does not have the output.
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
    """Make the files of an output for all values that the build wants."""
    for value in output.values(plan):
        if plan.wanted(output.key.name, value):
            yield from output.make(tool, value)


def story_keys(outputs: Iterable[AnyOutput]) -> tuple[StoryKey, ...]:
    """Return the keys by which outputs list stories, each once."""
    keys = (output.key for output in outputs)
    return tuple(dict.fromkeys(key.key if isinstance(key, Cut) else key for key in keys))


def fingerprint_beat(beat: Beat, *others: object) -> str:
    """Return a hash of the site's settings and of all else that pages depend on besides stories."""
    return fingerprint(replace(beat, rulings=()), *others)


def digest_grounds(zone: str, above: Mapping[str, tuple[str, ...]], keys: tuple[str, ...]) -> str:
    """Return a hash of all that an index entry and its headings depend on besides the story."""
    return fingerprint(StoryEntry._fields, zone, above, keys, _code())


def fingerprint(*parts: object) -> str:
    """Return a hash of the `repr` of the given values."""
    form = repr(parts).encode("utf-8", "replace")
    return hashlib.blake2b(form, digest_size=16).hexdigest()


def fingerprint_text(text: str) -> str:
    """Return a hash of a long text."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()


def files_of(folder: Path | None) -> list[tuple[str, int, int]]:
    """List (path, size, modification time in ns) of all files in a folder; [] for a link."""
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
    """Return a text that changes with the code that makes pages, and with its installation."""
    files = (file for room in _ROOMS for file in files_of(_PACKAGE / room))
    return repr([file for file in files if not file[0].endswith(".pyc")])
