"""Keys: under which headings a published story stands. Whatever lists stories does so by a key.

A heading is the name of a key and a value: `("topic", "ai-policy")`. Each entry holds the headings
of its story, so that what a change touches is known from the entries as they were and are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from copydesk.news import Story
from copydesk.placement import addresses, local_time

UNDATED = "undated"  # the month of a story without a time
Heading = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What the headings of a story depend on beside it.

    `zone` decides on which day it stands; `above` has the ids of a topic and of those above it, by
    the topic's name.
    """

    zone: ZoneInfo
    above: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryKey:
    """A key by which stories are listed: `values` are those of a published story, each once.

    `is_listed` says that the page index keeps the stories of each value in their order; of the
    others it knows how many there are.
    """

    name: str
    values: Callable[[Story, Grounds], Iterable[str]]
    is_listed: bool = True


def headings(story: Story, keys: Iterable[StoryKey], grounds: Grounds) -> tuple[Heading, ...]:
    """Return the headings under which a published story stands."""
    return tuple((key.name, value) for key in keys for value in key.values(story, grounds))


def _day(story: Story, grounds: Grounds) -> Iterable[str]:
    at = story.published_at
    return () if at is None else (local_time(at, grounds.zone).date().isoformat(),)


def _month(story: Story, grounds: Grounds) -> Iterable[str]:
    return [day[: len("2026-11")] for day in _day(story, grounds)] or (UNDATED,)


def _publisher(story: Story, _grounds: Grounds) -> Iterable[str]:
    domain = addresses.addressable_domain(story.provider.domain) if story.provider else ""
    return filter(None, (domain,))


def _topics(story: Story, grounds: Grounds) -> Iterable[str]:
    """Return the ids of a story's topics and of those above them."""
    return dict.fromkeys(id_ for name in story.topics for id_ in grounds.above.get(name, ()))


ALL = StoryKey(name="all", values=lambda _story, _grounds: ("",), is_listed=False)
STORY = StoryKey(
    name="story",
    values=lambda story, _grounds: (addresses.record_name(story.path),),
    is_listed=False,
)
GROUP = StoryKey(
    name="group",
    values=lambda story, _grounds: filter(None, (story.group,)),
    is_listed=False,
)
# The stories of a list are named by the list: no heading of a story tells of it.
LIST = StoryKey(name="list", values=lambda _story, _grounds: (), is_listed=False)
# Nor does one tell of the letters that told the story.
LETTER = StoryKey(name="letter", values=lambda _story, _grounds: (), is_listed=False)
DAY = StoryKey(name="day", values=_day)
MONTH = StoryKey(name="month", values=_month)
# Its name stays as it is kept and as addresses have it: /sources/.
PUBLISHER = StoryKey(name="source", values=_publisher)
TOPIC = StoryKey(name="topic", values=_topics)
