"""What an edition makes: every listing of the site with its stories, in order. Pure.

Plan is what the outputs read. A story that changes touches its own page and the listings that it
is in: front, its topics (and those above them), its day, its source, its place in the archive.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from copydesk.errors import PublishError
from copydesk.kit import dates, urls
from copydesk.news import Beat, Edition, Record, Show, Story, Thumbnail, Topic
from copydesk.publish import _coverage, _front, _groups, _links, _readers, _sound
from copydesk.publish._coverage import Coverages

ARCHIVE_PAGE = 100
TRUSTED = 80  # a story's trust from which its word alone is firm
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
_Item = TypeVar("_Item", Story, Record)
_Key = TypeVar("_Key", str, date)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """An edition sorted into what will be published.

    `stories` are the published ones, newest first, equal times by path. `by_topic` is keyed by
    topic id and holds what is tagged with the topic or one below it, `by_day` by the day in the
    beat's zone, `by_source` by registrable domain. `archive` is cut into pages from the oldest
    end. `groups` knows who tells one happening, `coverages` who else has a story. `official` are
    the domains of the beat's own official sources, `gone` the folders of the pages that an editor
    took away for good. `records` is keyed by collection, each in the order of its paths. `skipped`
    names what cannot have an address. `shows` says how the pictures of single stories are shown,
    by the record's path.
    """

    beat: Beat
    at: datetime
    zone: ZoneInfo
    links: _links.Links
    stories: tuple[Story, ...]
    front: _front.Front
    topics: tuple[Topic, ...]
    by_topic: Mapping[str, tuple[Story, ...]]
    by_day: Mapping[date, tuple[Story, ...]]
    by_source: Mapping[str, tuple[Story, ...]]
    archive: tuple[tuple[Story, ...], ...]
    groups: _groups.Groups
    coverages: _coverage.Coverages
    official: frozenset[str]
    gone: tuple[str, ...]
    records: Mapping[str, tuple[Record, ...]]
    pictures: Mapping[str, Thumbnail] = field(default_factory=dict)
    show: Show = "cached"
    shows: Mapping[str, Show] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()

    def local(self, moment: datetime) -> datetime:
        """Give a time in the beat's zone."""
        return _local(moment, self.zone)

    def show_of(self, story: Story) -> Show:
        """Say how a story's picture is shown: as its publisher allows, then as the owner rules."""
        if "image" in story.refuses:
            return "none"
        return self.shows.get(story.path, self.show)


def plan(
    edition: Edition,
    pictures: Mapping[str, Thumbnail],
    show: Show,
    shows: Mapping[str, Show] | None = None,
    half_life_hours: float = _front.HALF_LIFE_HOURS,
) -> Plan:
    """Sort an edition into what will be published; `pictures` are those that can be shown.

    Raises PublishError when the beat names a time zone that does not exist.
    """
    beat = edition.beat
    zone = _zone(beat.timezone)
    filed, lost = _addressable(map(_sound.mend, edition.stories))
    records, lost_records = _addressable(map(_sound.mend, edition.records))
    stories = tuple(sorted(filter(_is_public, filed.values()), key=_newest_first))
    removed = [story for story in filed.values() if _is_removed(story)]
    groups = _grouping(filed, stories)
    coverages = _coverages(beat, groups.filed.values(), removed)
    official = frozenset(urls.registrable_domain(s.url) for s in beat.sources if s.official)
    rules = replace(_rules(edition, groups, coverages, official), half_life_hours=half_life_hours)
    topics = _topics(beat)
    return Plan(
        beat=beat,
        at=edition.at,
        zone=zone,
        links=_addresses(beat),
        stories=stories,
        front=_front.choose(stories, rules),
        topics=topics,
        by_topic=_by_topic(stories, topics),
        by_day=_grouped((day, s) for s in stories if (day := _day(s, zone))),
        by_source=_grouped((domain, s) for s in stories if (domain := _domain(s))),
        archive=_archive(stories),
        groups=groups,
        coverages=coverages,
        official=official,
        gone=tuple(sorted(_links.story_folder(story.path) for story in removed)),
        records=_grouped((record.collection, record) for _, record in sorted(records.items())),
        pictures=pictures,
        show=show,
        shows=shows or {},
        skipped=(*lost, *lost_records),
    )


def _addresses(beat: Beat) -> _links.Links:
    site = beat.url or "http://localhost"
    return _links.Links(site, beat.api_url or site)


def _grouping(filed: Mapping[str, Story], stories: Iterable[Story]) -> _groups.Groups:
    return _groups.Groups(
        filed={name: story for name, story in filed.items() if not _is_removed(story)},
        public={_links.stem(story.path): story for story in stories},
    )


def _topics(beat: Beat) -> tuple[Topic, ...]:
    """Give the topics that can have an address, the first of two with one id."""
    by_id = {topic.id: topic for topic in reversed(beat.topics) if _links.is_segment(topic.id)}
    return tuple(topic for topic in beat.topics if by_id.get(topic.id) is topic)


def _coverages(beat: Beat, kept: Collection[Story], removed: Iterable[Story]) -> Coverages:
    copies = [story for story in kept if story.copy_of]
    gone = {urls.identity(url) for story in removed for url in story.addresses}
    return Coverages(
        houses=_coverage.Houses(beat.organizations),
        copies=_grouped((_links.stem(f"{copy.copy_of}.md"), copy) for copy in copies),
        hidden=frozenset(gone | {urls.identity(copy.web_url) for copy in copies if copy.web_url}),
        credits=_coverage.credits_of(kept),
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


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise PublishError(
            "no such time zone", subject=name, hint='site.timezone wants a name such as "UTC"'
        ) from error


def _is_public(story: Story) -> bool:
    return story.published is True and not _is_removed(story)


def _is_removed(story: Story) -> bool:
    return story.verdict is not None and story.verdict.said == "remove"


def _newest_first(story: Story) -> tuple[float, str]:
    return (-dates.utc(story.published_at or _LONG_AGO).timestamp(), story.path)


def _addressable(items: Iterable[_Item]) -> tuple[dict[str, _Item], list[str]]:
    """Key items by the name that their address will have, and name those that can have none.

    A story that lies both in `_news/` and in `_archive/_news/` is taken from `_news/`.
    """
    kept: dict[str, _Item] = {}
    lost = []
    for item in sorted(items, key=lambda item: item.path):
        is_story = isinstance(item, Story)
        name = _links.stem(item.path) if is_story else _links.record_folder(item.path)
        if all(_links.is_segment(part) for part in name.rstrip("/").split("/")):
            kept[name] = item
        else:
            lost.append(item.path)
    return kept, lost


def _day(story: Story, zone: ZoneInfo) -> date | None:
    if story.published_at is None:
        return None
    return _local(story.published_at, zone).date()


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    """Give a time in a zone; one at the end of the calendar stays in UTC."""
    try:
        return dates.utc(moment).astimezone(zone)
    except OverflowError:
        return dates.utc(moment)


def _domain(story: Story) -> str:
    domain = story.provider.domain if story.provider else ""
    return domain if _links.is_segment(domain) else ""


def _by_topic(
    stories: Iterable[Story], topics: tuple[Topic, ...]
) -> Mapping[str, tuple[Story, ...]]:
    """Put each story under its topics and under those above them, once."""
    by_name = {topic.name: topic for topic in topics}
    return _grouped(
        (topic_id, story)
        for story in stories
        for topic_id in dict.fromkeys(
            above.id for name in story.topics for above in _upwards(name, by_name)
        )
    )


def _upwards(name: str, by_name: Mapping[str, Topic]) -> list[Topic]:
    """Give a topic and those above it; a circle of parents ends where it closes."""
    found: list[Topic] = []
    while (topic := by_name.get(name)) is not None and topic not in found:
        found.append(topic)
        name = topic.parent
    return found


def _archive(stories: tuple[Story, ...]) -> tuple[tuple[Story, ...], ...]:
    oldest_first = stories[::-1]
    starts = range(0, len(oldest_first), ARCHIVE_PAGE)
    return tuple(oldest_first[start : start + ARCHIVE_PAGE][::-1] for start in starts)


def _grouped(pairs: Iterable[tuple[_Key, _Item]]) -> dict[_Key, tuple[_Item, ...]]:
    groups: defaultdict[_Key, list[_Item]] = defaultdict(list)
    for key, item in pairs:
        groups[key].append(item)
    return {key: tuple(items) for key, items in groups.items()}
