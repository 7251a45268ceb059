"""Plan which pages and files a site has, and which stories each of them lists.

Outputs read a SitePlan. Each output declares once, where it is made, by which key it lists stories.
`change` derives from that what a changed story touches: each output for whose headings the story
was or is listed. A fingerprint is a hash of what pages depend on beside stories and pictures; when
one differs from the last build, everything is made again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from copydesk.catalogue import page_entries
from copydesk.catalogue.page_entries import (
    ALL,
    DAY,
    LIST,
    MATTER,
    PUBLISHER,
    TOPIC,
    StoryEntry,
    StoryKey,
)
from copydesk.catalogue.page_index import PageIndex, Pieces, Shelves
from copydesk.kit import urls
from copydesk.news import Beat, Record, Story, Topic
from copydesk.news.beat import FrontOptions, OutputOptions, find_reputation
from copydesk.news.edition import Edition, KeptFront, ReadingList, Show, SiteOrigin, Thumbnail
from copydesk.news.ruling import allows_additions
from copydesk.news.story import Addition
from copydesk.news.summary import Summary
from copydesk.placement import (
    LIMITS,
    Coverages,
    FrontPage,
    FrontRules,
    Groups,
    Owners,
    addresses,
    choose_front,
    pins_in_force,
    read_points,
)
from copydesk.placement.addresses import addressable_topics, local_time
from copydesk.publish._story_reader import ListedStories, StoryReader, list_letters, repair
from copydesk.publish.developments import Matters, may_show
from copydesk.publish.issues import LetterShelf, shelve_letters
from copydesk.publish.writing import Sheet, fingerprint

if TYPE_CHECKING:
    from copydesk.publish._survey import Survey

FRONT = "front"  # the key of the pages of kept front pages
TRUSTED = 80  # from this trust on, one source is enough for a story to be firm
KNOWN_HOURS = {1: 0.0, 2: 72.0}  # by scale of quality
_Tool = TypeVar("_Tool")


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """How editors choose stories and count page views, as the site's pages explain to visitors.

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
    """How many stories a page of the archive, a matter or the first API, or a part of the search
    index, has.

    `search` makes parts of some 170 kB, compressed to a third. `sitemap` is the protocol's limit.
    `leg` is no page: it is the number of stories that one worker handles at a time.
    """

    archive: int = 100
    matter: int = 100
    api: int = 25
    search: int = 500
    sitemap: int = 50_000
    leg: int = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The settings that decide how pages look: kinds of files, pictures, order of the front page.

    `pictures` maps original URLs to the pictures that can be shown. `show` says how they are shown,
    `shows` the same for single stories, by the record's path. `outputs` and `front` are the owner's
    settings, `practice` is what pages tell of the newsroom. `awaited` are the original URLs of
    pictures whose copies were lost and are fetched again: pages keep a place for them. `cards` are
    the names of older stories that keep the card of their headline. `drops_stale` says that a
    summary is not shown if newer reports are missing in it.
    """

    pictures: Mapping[str, Thumbnail] = field(default_factory=dict)
    show: Show = "cached"
    shows: Mapping[str, Show] = field(default_factory=dict)
    outputs: OutputOptions = field(default_factory=OutputOptions)
    front: FrontOptions = field(default_factory=FrontOptions)
    sizes: Sizes = Sizes()
    practice: Practice = Practice()
    awaited: frozenset[str] = frozenset()
    cards: frozenset[str] = frozenset()
    drops_stale: bool = False

    def show_of(self, story: Story) -> Show:
        """Return how pages show a story's picture: "cached", "hotlink" or "none"."""
        return self.shows.get(story.path, self.show) if page_entries.image(story) else "none"

    def picture(self, path: str, image: str) -> tuple[str, tuple[str, ...]]:
        """Return how a story's picture is shown now, and the file names of its cached copy."""
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
    """Decides which lists and pages a build makes: here all, in the subclass `Touched`
    only some.
    """

    everything = True

    def __call__(self, key: str, value: str = "") -> bool:
        """Return whether the build makes the lists for a key and value, such as ("topic", "ai")."""
        return True

    def of_key(self, key: str) -> bool:
        """Return whether the build makes lists by a key, such as any of the topics' lists."""
        return True

    def pages(self, last: int) -> Iterable[int]:
        """Return the numbers of the archive pages that the build has to make, newest first."""
        return range(last, 0, -1)

    def entries(self, every: Iterable[StoryEntry]) -> Iterable[StoryEntry]:
        """Return the index entries of stories whose page, or place in lists, may have changed."""
        return every

    def redirects(self, groups: Groups[StoryEntry]) -> Mapping[str, StoryEntry]:
        """Return the redirects of story pages: the page's folder, and the story to show instead."""
        return groups.redirects()


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePlan:
    """Everything that a build needs to know of a site: its stories and records, sorted into lists.

    `read` returns the story at a path, None if it is gone. `stories` are the published stories,
    newest first, those of equal time by path. `listed` has the stories for each value of a key, by
    the key's name; `counts` has their numbers; `by_day` has the stories by date in the site's time
    zone. All are fetched from the `index` on demand. The archive is cut into pages from the oldest
    end. `groups` knows which stories are on one event, `matters` which events go on from each
    other, `coverages` who else has a story. `official` are the domains of the site's official
    sources, `concealed` those whose changes it does not show, `gone` the folders of pages that an
    editor removed for good. `records` has the records of each collection, ordered by path.
    `skipped` are records that cannot have a URL. `above` maps a topic's name to its id and the ids
    of topics above it. `wanted` decides what the build makes. `pieces` keeps list fragments of
    stories.
    `lists` are the editors' reading lists by id, `letters` all newsletter issues that may be shown.
    `fronts` are the kept front pages, oldest first; `front_pages` maps the folders of their pages
    to them, each with the day of which it is the edition, None for the page of one moment.
    `is_noted` says that git has all that pages show.
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
    matters: Matters
    coverages: Coverages
    official: frozenset[str]
    concealed: frozenset[str]
    gone: tuple[str, ...]
    records: Mapping[str, tuple[Record, ...]]
    above: Mapping[str, tuple[str, ...]]
    look: Look
    pieces: Pieces
    lists: Mapping[str, ReadingList] = field(default_factory=dict)
    letters: LetterShelf = field(default_factory=LetterShelf)
    fronts: tuple[KeptFront, ...] = ()
    front_pages: Mapping[str, tuple[KeptFront, date | None]] = field(default_factory=dict)
    origin: SiteOrigin | None = None
    is_noted: bool = False
    wanted: Wanted = field(default_factory=Wanted)
    skipped: tuple[str, ...] = ()

    @property
    def by_topic(self) -> Mapping[str, ListedStories]:
        """Map topic ids to the stories of the topic and of its subtopics."""
        return self.listed[TOPIC.name]

    @property
    def by_publisher(self) -> Mapping[str, ListedStories]:
        """Map publishers' domains to their stories."""
        return self.listed[PUBLISHER.name]

    def local(self, moment: datetime) -> datetime:
        """Convert a time to the site's time zone."""
        return local_time(moment, self.zone)

    @property
    def archive_pages(self) -> int:
        """Return the number of archive pages; page 1 has the oldest stories."""
        return -(-len(self.stories) // self.look.sizes.archive)

    def archive(self, number: int) -> ListedStories:
        """Return the stories on the archive page with this number, newest first."""
        end = len(self.stories) - (number - 1) * self.look.sizes.archive
        return self.stories[max(0, end - self.look.sizes.archive) : end]

    def events_of(self, matter: str) -> list[StoryEntry]:
        """Return the newest events of a matter, each by its main story, newest first."""
        newest = self.matters.list_stories(matter)[: self.look.sizes.matter]
        return list(self.matters.list_events(newest))

    def read_list(self, listed: ReadingList) -> Iterator[tuple[Story, str]]:
        """Yield a reading list's published stories in order, each with the editor's comment on it.

        A story that is missing, removed or held is left out; it has its place when it is published.
        """
        for chosen in listed.stories:
            entry = self.groups.public(chosen.name)
            story = self.read(entry.path) if entry else None
            if story is not None:
                yield story, chosen.words

    def list_additions(self, story: Story) -> Iterator[tuple[Addition, Story]]:
        """Yield the sentences of other reports below a story, each with its report.

        A report that was held, blocked or removed since, or left the group, is not quoted.
        """
        if not allows_additions(addresses.record_name(story.path), self.beat.rulings):
            return
        for addition in story.additions[: self.beat.excerpt.additions]:
            report = self.find_report(addition.story, story)
            if report and allows_additions(addition.story, self.beat.rulings):
                yield addition, report

    def find_report(self, name: str, story: Story) -> Story | None:
        """Return the report with a record name if the page of a story on its event may quote it."""
        entry = self.groups.find(name)
        is_same_event = entry and (entry.group == story.group != "" or entry.path == story.path)
        report = self.read(entry.path) if entry and is_same_event else None
        return report if report and report.may_be_quoted else None

    def find_summary(self, story: Story) -> Summary | None:
        """Return the summary that the page of an event's main story shows, None for none.

        It is not shown if a report that it cites or was written from may not be quoted any more,
        or, written by a model, if such a report's publisher forbids models.
        """
        summary, find = story.summary, partial(self.find_report, story=story)
        if summary is None or (summary.stale and self.look.drops_stale):
            return None
        return summary if self.matters.leads(story) and may_show(summary, find) else None

    def stories_of(self, entries: Sequence[StoryEntry]) -> ListedStories:
        """Return a sequence of the stories of some index entries, each read when it is needed."""
        return ListedStories(entries, self.read)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """How to cut a growing list of stories into pages, so that a new story changes only the last
    page.

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
    """A kind of page or file that lists stories by a key, such as the pages of all topics.

    `place` returns the folder or file of a value, or the beginning of its files' names; "" if it
    has none. `make` makes the files with a tool of the output's own. `values` are those with a
    page, in the order of the sitemap; without it the output has no pages. `index` is the folder of
    the page that lists the values, made by `make_index`, if `has_index` says so; `index_name` is
    the word for the link to it at the foot of every page, "" if a template has the link.

    `is_some` says that only the values of `values` have a page, not each with a story. `is_linked`
    says that the page of a value links to the previous and next value's. `is_fixed`
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
    is_some: bool = False
    is_linked: bool = False
    is_fixed: bool = False
    is_split: bool = False
    is_walked: bool = False
    is_on: Callable[[Look], bool] = lambda _look: True


AnyOutput = Output[Any]
_Make = Callable[[_Tool, str], Iterable[Sheet]]


def of_topics(place: Callable[[str], str], make: _Make[_Tool], **more: Any) -> Output[_Tool]:
    """Return an output with a page for each topic, by its id; `more` are fields of `Output`."""

    def list_ids(plan: SitePlan) -> Iterator[str]:
        return (topic.id for topic in plan.topics)

    return Output(key=TOPIC, place=place, make=make, values=list_ids, is_fixed=True, **more)


def of_publishers(place: Callable[[str], str], make: _Make[_Tool], **more: Any) -> Output[_Tool]:
    """Return an output with a page for each publisher, by its domain, as `of_topics` does."""

    def list_domains(plan: SitePlan) -> list[str]:
        return sorted(plan.by_publisher)

    return Output(key=PUBLISHER, place=place, make=make, values=list_domains, **more)


def of_reading_lists(place: Callable[[str], str], make: _Make[_Tool], **more: Any) -> Output[_Tool]:
    """Return an output with a page for each reading list, by its id, as `of_topics` does."""
    return Output(key=LIST, place=place, make=make, values=lambda plan: plan.lists, **more)


def of_matters(place: Callable[[str], str], make: _Make[_Tool], **more: Any) -> Output[_Tool]:
    """Return an output with a page for each matter, by its name, as `of_topics` does."""

    def list_names(plan: SitePlan) -> Iterable[str]:
        return plan.matters.counts

    return Output(key=MATTER, place=place, make=make, values=list_names, is_some=True, **more)


def make(output: Output[_Tool], tool: _Tool, plan: SitePlan) -> Iterator[Sheet]:
    """Yield the files of one kind of page (an output), those that the build has to make."""
    for value in output.values(plan):
        if plan.wanted(output.key.name, value):
            yield from output.make(tool, value)


def story_keys(outputs: Iterable[AnyOutput]) -> tuple[StoryKey, ...]:
    """Return the keys (topic, day, …) by which the given kinds of pages list stories, each once."""
    keys = (output.key for output in outputs)
    return tuple(dict.fromkeys(key.key if isinstance(key, Cut) else key for key in keys))


def fingerprint_beat(beat: Beat, *others: object) -> str:
    """Return a hash of the site's settings (without editors' rules) and of the other values."""
    return fingerprint(replace(beat, rulings=()), *others)


# Make the plan of the site.


def make_site_plan(edition: Edition, seen: Survey, look: Look) -> SitePlan:
    """Return the plan of a site's lists and pages, from its stories and the result of
    `take_survey`.
    """
    beat = edition.beat
    seen.apply_pictures(look.picture, look.digest())
    read, index = seen.reader, seen.index
    records, lost_records = _addressable(map(repair, edition.records))
    groups = Groups(index)
    coverages = Coverages(owners=Owners(beat.organizations), index=index, read=read)
    official = frozenset(urls.registrable_domain(s.url) for s in beat.sources if s.official)
    by_collection = _by_collection(records)
    rules = _rules(edition, groups, coverages, official)
    rules = replace(rules, options=look.front, named=_find_public(groups, read))
    topics = addressable_topics(beat)
    stories = ListedStories(index.stories(), read, index.story_paths())
    counts = {key.name: index.sums(key.name) for key in seen.keys if key.is_listed}
    listed = {name: Shelves(some, _under(name, index, read)) for name, some in counts.items()}
    days = {date.fromisoformat(day): count for day, count in counts[DAY.name].items()}
    return SitePlan(
        beat=beat,
        at=edition.at,
        zone=seen.grounds.zone,
        links=_addresses(beat),
        index=index,
        counts=counts,
        listed=listed,
        by_day=Shelves(days, _under(DAY.name, index, read)),
        read=read,
        stories=stories,
        front=choose_front(stories, rules),
        topics=topics,
        groups=groups,
        matters=Matters(groups, index, read, beat.rulings),
        coverages=coverages,
        official=official,
        concealed=_find_concealing_domains(beat),
        gone=tuple(sorted(entry.folder for entry in index.removals())),
        records=by_collection,
        above=seen.grounds.above,
        look=look,
        pieces=Pieces(index),
        letters=_shelve_letters(by_collection, edition, seen),
        lists={found.id: found for found in sorted(edition.lists, key=lambda found: found.id)},
        skipped=(*index.nameless(), *lost_records),
    )


def _find_concealing_domains(beat: Beat) -> frozenset[str]:
    """Return the domains of the sources whose changes the site does not show."""
    return frozenset(urls.registrable_domain(s.url) for s in beat.sources if not s.show_changes)


def make_front_rules(edition: Edition, plan: SitePlan) -> FrontRules:
    """Return the rules that choose and order the stories on the front page."""
    rules = _rules(edition, plan.groups, plan.coverages, plan.official)
    named = _find_public(plan.groups, plan.read)
    return replace(rules, options=plan.look.front, named=named)


def _shelve_letters(
    records: Mapping[str, tuple[Record, ...]], edition: Edition, seen: Survey
) -> LetterShelf:
    letters = list_letters(records.get("newsletters", ()))
    zone = seen.grounds.zone
    return shelve_letters(letters, edition.letters, lambda at: local_time(at, zone))


def _under(key: str, index: PageIndex, read: StoryReader) -> Callable[[object, int], ListedStories]:
    """Return a function that returns the stories listed under a value of a key, such as a topic."""

    def stories(value: object, count: int) -> ListedStories:
        heading = (key, str(value), count)
        return ListedStories(index.listing(*heading), read, index.paths(*heading))

    return stories


def _find_public(groups: Groups[StoryEntry], read: StoryReader) -> Callable[[str], Story | None]:
    def read_public(name: str) -> Story | None:
        entry = groups.public(name)
        return read(entry.path) if entry else None

    return read_public


def _addresses(beat: Beat) -> addresses.Links:
    site = beat.url or "http://localhost"
    return addresses.Links(site, beat.api_url or site)


def _rules(
    edition: Edition, groups: Groups[StoryEntry], coverages: Coverages, official: frozenset[str]
) -> FrontRules:
    """Return the rules that choose and order the stories on the front page."""
    beat, owners = edition.beat, coverages.owners

    def is_firm(story: Story) -> bool:
        if coverages.of(story).newsrooms:
            return True
        return _domain(story) in official if story.trust is None else story.trust >= TRUSTED

    def is_known(story: Story) -> bool:
        if story.trust is not None:
            return story.trust >= LIMITS.known_trust
        reputation = find_reputation(story.reasons)
        return reputation is not None and reputation.points >= LIMITS.known_points

    return FrontRules(
        at=edition.at,
        event=groups.event,
        owner=lambda story: owners.of(story.provider) or urls.host(story.web_url) or story.path,
        is_firm=is_firm,
        is_known=is_known,
        limits=replace(LIMITS, known_hours=KNOWN_HOURS[beat.scoring.scale]),
        main_topic=beat.topic,
        read_points=read_points(edition.reads)
        if edition.read_points is None
        else edition.read_points,
        pins=pins_in_force(beat, edition.at),
    )


def _domain(story: Story) -> str:
    return addresses.addressable_domain(story.provider.domain) if story.provider else ""


def _addressable(records: Iterable[Record]) -> tuple[dict[str, Record], list[str]]:
    """Map records to the folders of their pages, and list the paths of those without a
    valid URL.
    """
    by_folder: dict[str, Record] = {}
    lost = []
    for record in sorted(records, key=lambda record: record.path):
        folder = addresses.record_folder(record.path)
        if all(map(addresses.is_folder, folder.rstrip("/").split("/"))):
            by_folder[folder] = record
        else:
            lost.append(record.path)
    return by_folder, lost


def _by_collection(records: Mapping[str, Record]) -> dict[str, tuple[Record, ...]]:
    found: defaultdict[str, list[Record]] = defaultdict(list)
    for _, record in sorted(records.items()):
        found[record.collection].append(record)
    return {collection: tuple(some) for collection, some in found.items()}
