"""Count filed stories by time, publisher and topic, list decisions, and rank stories by quality."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from copydesk.catalogue._entries import DecidedStory
from copydesk.kit.databases import DisposableDatabase
from copydesk.news import Standing

_QUARTER_HOUR = 900
_MICROSECONDS = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# With the standings named SQLite looks at no more of its index than the days that are wanted.
_BY_TIME = f"""
SELECT at / {_QUARTER_HOUR * _MICROSECONDS}, standing, count(*) FROM stories
WHERE standing = ? AND at >= ? GROUP BY 1
"""
_BY_PUBLISHER = """
SELECT publisher, standing, count(*) FROM stories WHERE at >= ? GROUP BY 1, 2
"""
# Two numbers of one scan; joined with their stories, 50,000 of them cost five times as much.
_BY_TOPIC = """
SELECT topic, count(*),
    count(*) FILTER (WHERE story IN (SELECT id FROM stories WHERE at >= ?))
FROM topics GROUP BY topic
"""
_DECISIONS = """
SELECT path, said, decisions.at, decisions.points, decisions.waited
FROM decisions JOIN stories ON id = story WHERE decisions.at >= ? ORDER BY decisions.at, path
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublisherCount:
    """How many stories of a publisher stand somewhere; `domain` is "" where none is known."""

    domain: str
    standing: Standing
    stories: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicCount:
    """How many stories a topic has: all, and those since a time."""

    stories: int = 0
    recent: int = 0


def count_by_time(tables: DisposableDatabase, since: int) -> Mapping[tuple[int, Standing], int]:
    """Return how many stories stand where, by the first second of the quarter hour they came in."""
    return {
        (quarter * _QUARTER_HOUR, Standing(known)): count
        for standing in Standing
        for quarter, known, count in tables.run(_BY_TIME, standing, since)
    }


def count_publishers(tables: DisposableDatabase, since: int) -> list[PublisherCount]:
    """Return how many stories each publisher has, by where they stand."""
    return [
        PublisherCount(domain=domain, standing=Standing(standing), stories=count)
        for domain, standing, count in tables.run(_BY_PUBLISHER, since)
    ]


def count_topics(tables: DisposableDatabase, since: int) -> Mapping[str, TopicCount]:
    """Return how many stories each topic has that has any, by its name."""
    return {
        topic: TopicCount(stories=stories, recent=recent)
        for topic, stories, recent in tables.run(_BY_TOPIC, since)
    }


def list_decisions(tables: DisposableDatabase, since: int) -> list[DecidedStory]:
    """Return what editors said of stories, the oldest word first."""
    return [
        DecidedStory(
            path=path,
            said=said,
            at=_EPOCH + timedelta(microseconds=at),
            points=points,
            has_waited=bool(waited),
        )
        for path, said, at, points, waited in tables.run(_DECISIONS, since)
    ]


Shown = tuple[int, str]  # a quality, and where its story stands


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicRank:
    """The `place` of a story by quality among `stories` that are counted, itself one of them.

    Who is as good shares its place. `median` is their middle quality, `published` how many of them
    are on the site.
    """

    place: int
    stories: int
    median: int
    published: int


def rank_among(story: Shown, others: Sequence[Shown]) -> TopicRank:
    """Return the place of a story among others."""
    every = (story, *others)
    return TopicRank(
        place=1 + sum(quality > story[0] for quality, _ in others),
        stories=len(every),
        median=_find_median([quality for quality, _ in every]),
        published=sum(standing == Standing.PUBLISHED for _, standing in every),
    )


def _find_median(numbers: Sequence[int]) -> int:
    """Return the middle one of numbers; of an even count the lower of the two."""
    return sorted(numbers)[(len(numbers) - 1) // 2]
