"""What an edition makes: every listing of the site with its stories, in order. Pure.

Plan is what the outputs read. A story that changes touches its own page and the listings that it
is in: front, its topics (and those above them), its day, its source, its place in the archive.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from copydesk.errors import PublishError
from copydesk.kit import dates, urls
from copydesk.news import Beat, Edition, Record, Show, Story, Thumbnail, Topic
from copydesk.publish import _front, _links, _sound

ARCHIVE_PAGE = 100
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
_Item = TypeVar("_Item", Story, Record)
_Key = TypeVar("_Key", str, date)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """An edition sorted into what will be published.

    `stories` are the published ones, newest first, equal times by path. `by_topic` is keyed by
    topic id and holds what is tagged with the topic or one below it, `by_day` by the day in the
    beat's zone, `by_source` by registrable domain, `by_name` by the record's file name. `archive`
    is cut into pages from the oldest end. `copies` holds the filed copies of a story by the file
    name of their original, `removed` the identities of addresses that an editor took away for
    good, `gone` the folders of their pages. `records` is keyed by collection, each in the order of
    its paths. `skipped` names what cannot have an address.
    `shows` says how the pictures of single stories are shown, by the record's path.
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
    by_name: Mapping[str, Story]
    copies: Mapping[str, tuple[Story, ...]]
    removed: frozenset[str]
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
) -> Plan:
    """Sort an edition into what will be published; `pictures` are those that can be shown.

    Raises PublishError when the beat names a time zone that does not exist.
    """
    beat = edition.beat
    zone = _zone(beat.timezone)
    filed, lost = _addressable(_sound.mend(story) for story in edition.stories)
    records, lost_records = _addressable(_sound.mend(record) for record in edition.records)
    stories = tuple(sorted(filter(_is_public, filed.values()), key=_newest_first))
    removed = [story for story in filed.values() if _is_removed(story)]
    copies = [s for s in filed.values() if s.copy_of and not _is_removed(s)]
    by_id = {topic.id: topic for topic in reversed(beat.topics) if _links.is_segment(topic.id)}
    topics = tuple(topic for topic in beat.topics if by_id.get(topic.id) is topic)
    return Plan(
        beat=beat,
        at=edition.at,
        zone=zone,
        links=_links.Links(
            beat.url or "http://localhost", beat.api_url or beat.url or "http://localhost"
        ),
        stories=stories,
        front=_front.choose(stories, beat.topic, edition.at),
        topics=topics,
        by_topic=_by_topic(stories, topics),
        by_day=_grouped((day, s) for s in stories if (day := _day(s, zone))),
        by_source=_grouped((domain, s) for s in stories if (domain := _domain(s))),
        archive=_archive(stories),
        by_name={_links.stem(story.path): story for story in stories},
        copies=_grouped((_links.stem(f"{copy.copy_of}.md"), copy) for copy in copies),
        removed=frozenset(urls.identity(url) for s in removed for url in s.addresses),
        gone=tuple(sorted(_links.story_folder(story.path) for story in removed)),
        records=_grouped((record.collection, record) for _, record in sorted(records.items())),
        pictures=pictures,
        show=show,
        shows=shows or {},
        skipped=(*lost, *lost_records),
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
