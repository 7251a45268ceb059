"""What an edition makes: every listing of the site with its stories, in order.

A SitePlan is what the outputs read; which of them a changed story touches is `_touched`'s business.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from copydesk.kit import urls
from copydesk.news import Beat, Edition, Record, Show, Story, Thumbnail, Topic
from copydesk.placement import (
    HALF_LIFE_HOURS,
    Coverages,
    FrontPage,
    FrontRules,
    Groups,
    Owners,
    addressable_topics,
    addresses,
    choose_front,
    local_time,
    pins_in_force,
    read_points,
)
from copydesk.publish import _entries, _surrogates
from copydesk.publish._entries import StoryEntry
from copydesk.publish._filed import ListedStories, StoryReader
from copydesk.publish._keys import DAY, SOURCE, TOPIC
from copydesk.publish._survey import Survey
from copydesk.publish._world import fingerprint
from copydesk.publish.catalogue import Catalogue, Pieces, Shelves

TRUSTED = 80  # a story's trust from which its word alone is firm


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
class Sizes:
    """How many stories stand on one page of what is cut: the archive, the first API, the search.

    `search` makes parts of some 170 kB, a third of that on the way to a reader; `sitemap` is what
    the protocol allows.
    """

    archive: int = 100
    api: int = 25
    search: int = 500
    sitemap: int = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteOptions:
    """How pictures are shown, how fast the front page forgets, how long its lists are.

    `pictures` are those that can be shown, by their origin; `show` says how, `shows` the same for
    single stories, by the record's path. `languages` says that there is a page of each
    language. `house` is what readers are told of the newsroom.
    """

    pictures: Mapping[str, Thumbnail] = field(default_factory=dict)
    show: Show = "cached"
    shows: Mapping[str, Show] = field(default_factory=dict)
    half_life_hours: float = HALF_LIFE_HOURS
    sizes: Sizes = Sizes()
    languages: bool = False
    house: House = House()

    def show_of(self, story: Story) -> Show:
        """Return how the picture of a story is shown: as its publisher allows, then as ruled."""
        return self.shows.get(story.path, self.show) if _entries.image(story) else "none"

    def picture(self, path: str, image: str) -> tuple[str, tuple[str, ...]]:
        """Return how the picture of a story is shown now, and our files of it."""
        show = self.shows.get(path, self.show) if image else "none"
        thumbnail = self.pictures.get(image) if show == "cached" else None
        forms = thumbnail.forms if thumbnail else ()
        colour = thumbnail.colour if thumbnail else ""
        return f"{show} {colour}", tuple(form.name for form in forms)

    def digest(self) -> str:
        """Return a text that changes when the picture of any story may be shown otherwise."""
        forms = [
            (url, thumbnail.colour, *(form.name for form in thumbnail.forms))
            for url, thumbnail in self.pictures.items()
        ]
        return fingerprint(self.show, sorted(self.shows.items()), forms)


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
    zone. None is fetched from the `catalogue` before it is asked for. The archive is cut into pages
    from the oldest end. `groups` knows which stories tell one event, `coverages` who
    else has a story. `official` are the domains of the beat's own official sources, `gone` the
    folders of the pages that an editor took away for good. `records` is keyed by collection, each
    in the order of its paths. `skipped` names what cannot have an address. `above` has the ids
    of a topic, by its name, and of those above it; `wanted` says whether what lists by a value of a
    key has to be made; `pieces` keeps pieces of lists that shift as a whole.
    """

    beat: Beat
    at: datetime
    zone: ZoneInfo
    links: addresses.Links
    catalogue: Catalogue
    counts: Mapping[str, Mapping[str, int]]
    read: Callable[[str], Story | None]
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
    look: SiteOptions
    wanted: Wanted = field(default_factory=Wanted)
    pieces: Pieces = field(default_factory=Pieces)
    skipped: tuple[str, ...] = ()

    @property
    def by_topic(self) -> Mapping[str, ListedStories]:
        """Return the stories of each topic and of those below it, by its id."""
        return self.listed[TOPIC.name]

    @property
    def by_source(self) -> Mapping[str, ListedStories]:
        """Return the stories of each publisher, by its domain."""
        return self.listed[SOURCE.name]

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

    def stories_of(self, entries: Sequence[StoryEntry]) -> ListedStories:
        """Return the stories of some entries, each read when it is asked for."""
        return ListedStories(entries, self.read)


def arrange(edition: Edition, seen: Survey, look: SiteOptions) -> SitePlan:
    """Sort an edition, whose stories are surveyed, into what will be published."""
    beat = edition.beat
    seen.apply_pictures(look.picture, look.digest())
    read, catalogue = seen.reader, seen.catalogue
    records, lost_records = _addressable(map(_surrogates.repair, edition.records))
    groups = Groups(catalogue)
    coverages = Coverages(owners=Owners(beat.organizations), index=catalogue, read=read)
    official = frozenset(urls.registrable_domain(s.url) for s in beat.sources if s.official)
    rules = _rules(edition, groups, coverages, official)
    rules = replace(rules, half_life_hours=look.half_life_hours, named=_find_public(groups, read))
    topics = addressable_topics(beat)
    stories = ListedStories(catalogue.stories(), read, catalogue.story_paths())
    counts = {key.name: catalogue.sums(key.name) for key in seen.keys if key.is_listed}
    listed = {name: Shelves(some, _under(name, catalogue, read)) for name, some in counts.items()}
    days = {date.fromisoformat(day): count for day, count in counts[DAY.name].items()}
    return SitePlan(
        beat=beat,
        at=edition.at,
        zone=seen.grounds.zone,
        links=_addresses(beat),
        catalogue=catalogue,
        counts=counts,
        listed=listed,
        by_day=Shelves(days, _under(DAY.name, catalogue, read)),
        read=read,
        stories=stories,
        front=choose_front(stories, rules),
        topics=topics,
        groups=groups,
        coverages=coverages,
        official=official,
        gone=tuple(sorted(entry.folder for entry in catalogue.removals())),
        records=_by_collection(records),
        above=seen.grounds.above,
        look=look,
        skipped=(*catalogue.nameless(), *lost_records),
    )


def _under(
    key: str, catalogue: Catalogue, read: StoryReader
) -> Callable[[object, int], ListedStories]:
    """Return what makes the list of so many stories under a value of a key."""

    def stories(value: object, count: int) -> ListedStories:
        heading = (key, str(value), count)
        return ListedStories(catalogue.listing(*heading), read, catalogue.paths(*heading))

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
    """Return what the front page depends on beside the stories."""
    beat, owners = edition.beat, coverages.owners

    def is_firm(story: Story) -> bool:
        if coverages.of(story).newsrooms:
            return True
        return _domain(story) in official if story.trust is None else story.trust >= TRUSTED

    return FrontRules(
        at=edition.at,
        event=groups.event,
        owner=lambda story: owners.of(story.provider) or urls.host(story.web_url) or story.path,
        is_firm=is_firm,
        main_topic=beat.topic,
        read_points=read_points(edition.reads),
        pins=pins_in_force(beat, edition.at),
    )


def _domain(story: Story) -> str:
    return addresses.addressable_domain(story.provider.domain) if story.provider else ""


def _addressable(records: Iterable[Record]) -> tuple[dict[str, Record], list[str]]:
    """Key records by their folder, and name those that can have no address."""
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
