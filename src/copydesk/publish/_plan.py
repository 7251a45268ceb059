"""What an edition makes: every listing of the site with its stories, in order.

Plan is what the outputs read. A story that changes touches its own page and the listings that it
is in: front, its topics (and those above them), its day, its source, its place in the archive.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from copydesk.kit import urls
from copydesk.news import Beat, Edition, Record, Show, Story, Thumbnail, Topic
from copydesk.publish import _coverage, _entries, _front, _groups, _links, _names, _readers, _sound
from copydesk.publish._coverage import Coverages
from copydesk.publish._entries import Entry
from copydesk.publish._filed import Reader, Stories
from copydesk.publish._past import Fragments
from copydesk.publish._survey import Survey, survey

ARCHIVE_PAGE = 100
TRUSTED = 80  # a story's trust from which its word alone is firm
_Item = TypeVar("_Item", Entry, Record)
_Key = TypeVar("_Key", str, date)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What the newsroom says of how it works, beside its beat.

    `holds` says that an editor publishes every story, `max_age_days` how old one may be (0: any),
    `counts_reads` that it counts how often pages are read.
    """

    holds: bool = False
    max_age_days: int = 0
    counts_reads: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How pictures are shown, how fast the front page forgets, how long archive pages are.

    `pictures` are those that can be shown, by their origin; `show` says how, `shows` the same for
    single stories, by the record's path. `house` is what readers are told of the newsroom.
    """

    pictures: Mapping[str, Thumbnail] = field(default_factory=dict)
    show: Show = "cached"
    shows: Mapping[str, Show] = field(default_factory=dict)
    half_life_hours: float = _front.HALF_LIFE_HOURS
    archive_page: int = ARCHIVE_PAGE
    house: House = House()

    def show_of(self, entry: Entry) -> Show:
        """Say how the picture of a story is shown."""
        return self.shows.get(entry.path, self.show) if entry.image else "none"

    def dressed(self, entry: Entry) -> Entry:
        """Give an entry with how its picture is shown now."""
        show = self.show_of(entry)
        thumbnail = self.pictures.get(entry.image) if show == "cached" else None
        forms = thumbnail.forms if thumbnail else ()
        shown = f"{show} {thumbnail.colour if thumbnail else ''}"
        files = tuple(form.name for form in forms)
        if entry.shown == shown and entry.files == files:
            return entry
        return entry._replace(shown=shown, files=files)


def _everything(_folder: str) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """An edition sorted into what will be published.

    `entries` are those of all filed stories by path; `read` gives a story, None when it is gone.
    `stories` are the published ones, newest first, equal times by path. `by_topic` is keyed by
    topic id and holds what is tagged with the topic or one below it, `by_day` by the day in the
    beat's zone, `by_source` by registrable domain. `archive` is cut into pages from the oldest
    end. `groups` knows who tells one happening, `coverages` who else has a story. `official` are
    the domains of the beat's own official sources, `gone` the folders of the pages that an editor
    took away for good. `records` is keyed by collection, each in the order of its paths. `skipped`
    names what cannot have an address. `above` has the folders of a topic, by its name, and of
    those above it; `wanted` says of a folder whether its page has to be made; `fragments` keeps
    pieces of lists that shift as a whole.
    """

    beat: Beat
    at: datetime
    zone: ZoneInfo
    links: _links.Links
    entries: Mapping[str, Entry]
    read: Callable[[str], Story | None]
    stories: Stories
    front: _front.Front
    topics: tuple[Topic, ...]
    by_topic: Mapping[str, Stories]
    by_day: Mapping[date, Stories]
    by_source: Mapping[str, Stories]
    archive: tuple[Stories, ...]
    groups: _groups.Groups
    coverages: _coverage.Coverages
    official: frozenset[str]
    gone: tuple[str, ...]
    records: Mapping[str, tuple[Record, ...]]
    above: Mapping[str, tuple[str, ...]]
    look: Look
    wanted: Callable[[str], bool] = _everything
    fragments: Fragments = field(default_factory=Fragments)
    skipped: tuple[str, ...] = ()

    def local(self, moment: datetime) -> datetime:
        """Give a time in the beat's zone."""
        return _entries.as_local(moment, self.zone)

    def show_of(self, story: Story) -> Show:
        """Say how a story's picture is shown: as its publisher allows, then as the owner rules."""
        entry = self.entries.get(story.path)
        return self.look.show_of(entry) if entry else "none"


def plan(edition: Edition, look: Look) -> Plan:
    """Sort an edition into what will be published.

    Raises PublishError when the beat names a time zone that does not exist.
    """
    beat = edition.beat
    seen = surveyed(edition)
    read = seen.reader
    filed, lost = _named_stories(map(look.dressed, seen.entries.values()))
    records, lost_records = _addressable(map(_sound.mend, edition.records))
    public = sorted((one for one in filed.values() if one.is_public), key=newest_first)
    stories = Stories(public, read)
    removed = [entry for entry in filed.values() if entry.is_removed]
    groups = _grouping(filed, public)
    coverages = _coverages(beat, groups.filed.values(), removed, read)
    official = frozenset(urls.registrable_domain(s.url) for s in beat.sources if s.official)
    rules = _rules(edition, groups, coverages, official)
    rules = replace(rules, half_life_hours=look.half_life_hours, named=_named(groups, read))
    topics = _topics(beat)
    above = _above(topics)
    return Plan(
        beat=beat,
        at=edition.at,
        zone=seen.zone,
        links=_addresses(beat),
        entries={entry.path: entry for entry in filed.values()},
        read=read,
        stories=stories,
        front=_front.choose(stories, rules),
        topics=topics,
        by_topic=_listed(_by_topic(public, above), read),
        by_day=_listed(((date.fromisoformat(e.day), e) for e in public if e.day), read),
        by_source=_listed(((e.domain, e) for e in public if e.domain), read),
        archive=_archive(stories, look.archive_page),
        groups=groups,
        coverages=coverages,
        official=official,
        gone=tuple(sorted(entry.folder for entry in removed)),
        records=_grouped((record.collection, record) for _, record in sorted(records.items())),
        above={n: tuple(map(_links.topic_folder, ids)) for n, ids in above.items()},
        look=look,
        skipped=(*lost, *lost_records),
    )


def surveyed(edition: Edition) -> Survey:
    """Give the survey that an edition holds, or make it of the stories that it holds."""
    if isinstance(edition.stories, Survey):
        return edition.stories
    return survey(edition.stories, edition.beat.timezone)


def _named(groups: _groups.Groups, read: Reader) -> Callable[[str], Story | None]:
    def named(name: str) -> Story | None:
        entry = groups.public.get(name)
        return read(entry.path) if entry else None

    return named


def _addresses(beat: Beat) -> _links.Links:
    site = beat.url or "http://localhost"
    return _links.Links(site, beat.api_url or site)


def _grouping(filed: Mapping[str, Entry], public: Iterable[Entry]) -> _groups.Groups:
    return _groups.Groups(
        filed={name: entry for name, entry in filed.items() if not entry.is_removed},
        public={entry.name: entry for entry in public},
    )


def _topics(beat: Beat) -> tuple[Topic, ...]:
    """Give the topics that can have an address, the first of two with one id."""
    by_id = {topic.id: topic for topic in reversed(beat.topics) if _links.is_folder(topic.id)}
    return tuple(topic for topic in beat.topics if by_id.get(topic.id) is topic)


def _coverages(
    beat: Beat, kept: Collection[Entry], removed: Iterable[Entry], read: Reader
) -> Coverages:
    copies = [entry for entry in kept if entry.copy_of]
    gone = {address for entry in removed for address in entry.removed_at}
    return Coverages(
        houses=_coverage.Houses(beat.organizations),
        copies=_grouped((_links.stem(f"{copy.copy_of}.md"), copy) for copy in copies),
        hidden=frozenset(gone | {copy.address for copy in copies if copy.address}),
        credits=_coverage.credits_of(kept),
        read=read,
    )


def _rules(
    edition: Edition, groups: _groups.Groups, coverages: Coverages, official: frozenset[str]
) -> _front.Rules:
    """Say what the front page depends on beside the stories."""
    beat, houses = edition.beat, coverages.houses

    def is_firm(story: Story) -> bool:
        if coverages.of(story).newsrooms:
            return True
        return _domain(story) in official if story.trust is None else story.trust >= TRUSTED

    return _front.Rules(
        at=edition.at,
        happening=groups.happening,
        house=lambda story: houses.of(story.provider) or urls.host(story.web_url) or story.path,
        is_firm=is_firm,
        main_topic=beat.topic,
        readers=_readers.points(edition.reads),
        pins=_front.pins(beat, edition.at),
    )


def _domain(story: Story) -> str:
    return _names.domain(story.provider.domain) if story.provider else ""


def newest_first(entry: Entry) -> tuple[float, str]:
    """Order stories by time, the newest first, equal times by path."""
    return (-entry.when, entry.path)


def _named_stories(entries: Iterable[Entry]) -> tuple[dict[str, Entry], list[str]]:
    """Key stories, which come by path, by name; give the paths of those that have none.

    A story that lies both in `_news/` and in `_archive/_news/` is taken from `_news/`.
    """
    kept: dict[str, Entry] = {}
    lost = []
    for entry in entries:
        if entry.name:
            kept[entry.name] = entry
        else:
            lost.append(entry.path)
    return kept, lost


def _addressable(records: Iterable[Record]) -> tuple[dict[str, Record], list[str]]:
    """Key records by their folder, and name those that can have no address."""
    kept: dict[str, Record] = {}
    lost = []
    for record in sorted(records, key=lambda record: record.path):
        folder = _links.record_folder(record.path)
        if all(map(_links.is_folder, folder.rstrip("/").split("/"))):
            kept[folder] = record
        else:
            lost.append(record.path)
    return kept, lost


def _above(topics: tuple[Topic, ...]) -> dict[str, tuple[str, ...]]:
    """Give the ids of each topic and of those above it, by its name."""
    by_name = {topic.name: topic for topic in topics}
    return {name: tuple(one.id for one in _upwards(name, by_name)) for name in by_name}


def _by_topic(
    public: Iterable[Entry], above: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[str, Entry]]:
    """Put each story under its topics and under those above them, once."""
    for entry in public:
        if len(entry.topics) == 1:
            found: Iterable[str] = above.get(entry.topics[0], ())
        else:
            found = dict.fromkeys(id_ for name in entry.topics for id_ in above.get(name, ()))
        for topic_id in found:
            yield topic_id, entry


def _upwards(name: str, by_name: Mapping[str, Topic]) -> list[Topic]:
    """Give a topic and those above it; a circle of parents ends where it closes."""
    found: list[Topic] = []
    while (topic := by_name.get(name)) is not None and topic not in found:
        found.append(topic)
        name = topic.parent
    return found


def _archive(stories: Stories, size: int) -> tuple[Stories, ...]:
    """Cut the archive from its oldest end: the first page holds the oldest."""
    ends = range(len(stories), 0, -size)
    return tuple(stories[max(0, end - size) : end] for end in ends)


def _listed(pairs: Iterable[tuple[_Key, Entry]], read: Reader) -> dict[_Key, Stories]:
    return {key: Stories(entries, read) for key, entries in _grouped(pairs).items()}


def _grouped(pairs: Iterable[tuple[_Key, _Item]]) -> dict[_Key, tuple[_Item, ...]]:
    groups: defaultdict[_Key, list[_Item]] = defaultdict(list)
    for key, item in pairs:
        groups[key].append(item)
    return {key: tuple(items) for key, items in groups.items()}
