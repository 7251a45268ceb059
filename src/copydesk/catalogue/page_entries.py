"""Page index entries: what a build of the site must know of each story without reading its record.

A heading is a key's name and a value, as `("topic", "ai-policy")`. Every list of stories has a key,
so the entries of a story before and after a change show which lists the change affects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from copydesk.kit import dates, text, urls
from copydesk.news import Story
from copydesk.news.ruling import Ruling, find_matter
from copydesk.news.story import PUBLISHERS_CHANGES, EventKind, is_backfilled
from copydesk.placement import addresses
from copydesk.placement.addresses import local_time

_LARGEST = 2**53  # the largest integer that every JSON parser keeps exact
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
UNDATED = "undated"  # the month of a story without a time
Heading = tuple[str, str]


class StoryEntry(NamedTuple):
    """The page index entry of one stored story, published or not; every field is plain JSON.

    `name` is the record's name (`2023-07-28-a-title`), "" if it cannot be part of a URL. `stamp`
    changes with the record, `shown` with how its picture is shown. `image` is the picture's URL, ""
    if the publisher refuses its use; `files` are our copies of it that pages show. `when` is the
    story's time in seconds since 1970, `day` its day in the site's time zone, `month` the name of
    its sitemap. `domain` is the folder of its publisher's page, "" for none, `publisher` the
    publisher's name. `address`, `removed_at` and `beside` are identities of URLs: the story's own,
    those of a removed story, those of its coverage; `sources` are the publishers of the coverage.
    `has_led` says that it once led its group and no longer does, `has_changed` that its publisher
    changed it since it was filed. `keyed` has the headings of a
    published story as alternating names and values: to restore pairs would take most of the time
    for an entry.
    """

    path: str
    name: str
    stamp: str
    shown: str
    files: tuple[str, ...]
    is_public: bool
    is_removed: bool
    when: float
    is_dated: bool
    day: str
    month: str
    changed: str
    domain: str
    publisher: str
    topics: tuple[str, ...]
    heat: int
    group: str
    copy_of: str
    credit: str
    trust: int | None
    is_hosted: bool
    image: str
    web_url: str
    address: str
    removed_at: tuple[str, ...]
    beside: tuple[str, ...]
    sources: tuple[str, ...]
    background: tuple[str, ...]
    has_led: bool
    has_changed: bool
    keyed: tuple[str, ...]

    @property
    def headings(self) -> tuple[Heading, ...]:
        """Return the lists in which the story appears, as pairs such as ("topic", "ai-policy")."""
        return tuple(zip(self.keyed[::2], self.keyed[1::2], strict=True))

    @property
    def folder(self) -> str:
        """Return the folder of the story's page on the site."""
        return f"news/{self.name}/"

    @property
    def event(self) -> str:
        """Return the name of the story's event: of its group, or its own if it is in none."""
        return self.group or self.name

    @property
    def original(self) -> str:
        """Return the record name of the story that this story copies, "" if it is no copy."""
        return addresses.record_name(f"{self.copy_of}.md") if self.copy_of else ""


def make_entry(story: Story, stamp: str, keys: Iterable[StoryKey], grounds: Grounds) -> StoryEntry:
    """Return a story's page index entry; how its picture is shown is filled in later."""
    published = story.published_at
    local = local_time(published, grounds.zone) if published else None
    is_removed = story.verdict is not None and story.verdict.said == "remove"
    domain = story.provider.domain if story.provider else ""
    changed = story.updated_at or published
    name = addresses.record_name(story.path)
    is_public = story.published is True and not is_removed
    return StoryEntry(
        path=story.path,
        name=name if addresses.is_folder(name) else "",
        stamp=stamp,
        shown="",
        files=(),
        is_public=is_public,
        is_removed=is_removed,
        when=dates.utc(published or _LONG_AGO).timestamp(),
        is_dated=published is not None,
        day=local.date().isoformat() if local else "",
        month=f"{local.year:04}-{local.month:02}" if local else UNDATED,
        changed=dates.utc(changed).isoformat(timespec="seconds") if changed else "",
        domain=addresses.addressable_domain(domain),
        publisher=_publisher(story),
        topics=story.topics,
        heat=_clamp(story.heat or 0),
        group=story.group,
        copy_of=story.copy_of,
        credit=story.credit if story.web_url else "",
        trust=None if story.trust is None else _clamp(story.trust),
        is_hosted=not story.web_url,
        image=image(story),
        web_url=story.web_url,
        address=urls.identity(story.web_url) if story.web_url else "",
        removed_at=tuple(map(urls.identity, story.addresses)) if is_removed else (),
        beside=tuple(urls.identity(article.web_url) for article in story.related),
        sources=_sources(story),
        background=story.background,
        has_led=any(event.kind is EventKind.DEPOSED for event in story.events),
        has_changed=any(event.kind in PUBLISHERS_CHANGES for event in story.events),
        keyed=tuple(chain.from_iterable(headings(story, keys, grounds))) if is_public else (),
    )


def _clamp(number: int) -> int:
    """Return a number from a record, limited to what JSON holds."""
    return max(-_LARGEST, min(_LARGEST, number))


def image(story: Story) -> str:
    """Return the URL of a story's picture, "" if it has none or its publisher refuses the use."""
    return story.images[0].url if story.images and "image" not in story.refuses else ""


def _publisher(story: Story) -> str:
    provider = story.provider
    return (text.fold(provider.name) or text.fold(provider.domain)) if provider else ""


def _sources(story: Story) -> tuple[str, ...]:
    found = (article.provider.domain for article in story.related if article.provider)
    return tuple(dict.fromkeys(filter(None, found)))


def restore_entry(row: list[Any]) -> StoryEntry:
    """Make a page index entry from its JSON, in which tuples became lists."""
    for at in _LISTS:
        row[at] = tuple(row[at])
    return StoryEntry._make(row)


_LISTS = tuple(
    StoryEntry._fields.index(name)
    for name in ("files", "topics", "removed_at", "beside", "sources", "background", "keyed")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """The settings that decide in which lists a story appears: time zone, topics, rules.

    `zone` decides on the day. `above` maps a topic's name to its id and the ids of topics above it.
    `rulings` are the editors' rules on matters.
    """

    zone: ZoneInfo
    above: Mapping[str, tuple[str, ...]]
    rulings: tuple[Ruling, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryKey:
    """A property by which stories are listed, such as day or topic; `values` gives a story's
    values.

    With `is_listed` the page index keeps the ordered stories of each value, otherwise only their
    number.
    """

    name: str
    values: Callable[[Story, Grounds], Iterable[str]]
    is_listed: bool = True


def headings(story: Story, keys: Iterable[StoryKey], grounds: Grounds) -> tuple[Heading, ...]:
    """Return the lists in which a published story is, as pairs such as ("topic", "ai-policy").

    A story out of an archive of the web is only in that of its month.
    """
    keys = (STORY, BACKFILLED) if is_backfilled(story.path) else keys
    return tuple((key.name, value) for key in keys for value in key.values(story, grounds))


def _day(story: Story, grounds: Grounds) -> Iterable[str]:
    at = story.published_at
    return () if at is None else (local_time(at, grounds.zone).date().isoformat(),)


def _month(story: Story, grounds: Grounds) -> Iterable[str]:
    return [day[: len("2026-11")] for day in _day(story, grounds)] or (UNDATED,)


def _publisher_domains(story: Story, _grounds: Grounds) -> Iterable[str]:
    domain = addresses.addressable_domain(story.provider.domain) if story.provider else ""
    return filter(None, (domain,))


def _topics(story: Story, grounds: Grounds) -> Iterable[str]:
    """Return the ids of a story's topics and of the topics above them."""
    return dict.fromkeys(id_ for name in story.topics for id_ in grounds.above.get(name, ()))


def _matters(story: Story, grounds: Grounds) -> Iterable[str]:
    """Return the name of a story's matter under the editors' rules."""
    event = story.group or addresses.record_name(story.path)
    return filter(None, (find_matter(event, story.matter, grounds.rulings),))


def _matter_events(story: Story, grounds: Grounds) -> Iterable[str]:
    event = story.group or addresses.record_name(story.path)
    return (f"{matter}\n{event}" for matter in _matters(story, grounds))


def _find_archive_month(story: Story, _grounds: Grounds) -> Iterable[str]:
    """Return the month of a story out of an archive of the web, by its folder."""
    return ["-".join(story.path.split("/")[-3:-1])] if is_backfilled(story.path) else ()


ALL = StoryKey(name="all", values=lambda _story, _grounds: ("",), is_listed=False)
STORY = StoryKey(
    name="story",
    values=lambda story, _grounds: (addresses.record_name(story.path),),
    is_listed=False,
)
GROUP = StoryKey(
    name="group", values=lambda story, _grounds: filter(None, (story.group,)), is_listed=False
)
# A list names its stories; stories do not know of it and have no such heading.
LIST = StoryKey(name="list", values=lambda _story, _grounds: (), is_listed=False)
# Nor do they know of newsletters.
LETTER = StoryKey(name="letter", values=lambda _story, _grounds: (), is_listed=False)
DAY = StoryKey(name="day", values=_day)
MONTH = StoryKey(name="month", values=_month)
BACKFILLED = StoryKey(name="backfilled", values=_find_archive_month)
# The name stays "source", as in the index and in URLs: /sources/.
PUBLISHER = StoryKey(name="source", values=_publisher_domains)
TOPIC = StoryKey(name="topic", values=_topics)
MATTER = StoryKey(name="matter", values=_matters)
# An event of a matter, so that the sums of this key tell how many events a matter has.
MATTER_EVENT = StoryKey(name="matter event", values=_matter_events, is_listed=False)
