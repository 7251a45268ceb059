"""Make the plan of a site, of an edition whose stories are surveyed: every listing, in order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date

from copydesk.kit import urls
from copydesk.news import Beat, Edition, Record, Story
from copydesk.placement import (
    Coverages,
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
from copydesk.publish import _records, _surrogates
from copydesk.publish._entries import StoryEntry
from copydesk.publish._filed import ListedStories, StoryReader
from copydesk.publish._keys import DAY
from copydesk.publish._plan import TRUSTED, Look, SitePlan
from copydesk.publish._survey import Survey
from copydesk.publish.newsletters import LetterShelf, shelve_letters
from copydesk.publish.page_index import PageIndex, Shelves


def make_site_plan(edition: Edition, seen: Survey, look: Look) -> SitePlan:
    """Sort an edition, whose stories are surveyed, into what will be published."""
    beat = edition.beat
    seen.apply_pictures(look.picture, look.digest())
    read, index = seen.reader, seen.index
    records, lost_records = _addressable(map(_surrogates.repair, edition.records))
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
        coverages=coverages,
        official=official,
        gone=tuple(sorted(entry.folder for entry in index.removals())),
        records=by_collection,
        above=seen.grounds.above,
        look=look,
        letters=_shelve_letters(by_collection, edition, seen),
        lists={found.id: found for found in sorted(edition.lists, key=lambda found: found.id)},
        skipped=(*index.nameless(), *lost_records),
    )


def make_front_rules(edition: Edition, plan: SitePlan) -> FrontRules:
    """Return what the order of the front page depends on, of the plan of an edition."""
    rules = _rules(edition, plan.groups, plan.coverages, plan.official)
    named = _find_public(plan.groups, plan.read)
    return replace(rules, options=plan.look.front, named=named)


def _shelve_letters(
    records: Mapping[str, tuple[Record, ...]], edition: Edition, seen: Survey
) -> LetterShelf:
    letters = _records.list_letters(records.get("newsletters", ()))
    zone = seen.grounds.zone
    return shelve_letters(letters, edition.letters, lambda at: local_time(at, zone))


def _under(key: str, index: PageIndex, read: StoryReader) -> Callable[[object, int], ListedStories]:
    """Return what makes the list of so many stories under a value of a key."""

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
