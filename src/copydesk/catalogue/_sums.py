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
# With the standing as a parameter, SQLite reads only the wanted days of its index.
_BY_TIME = f"""
SELECT at / {_QUARTER_HOUR * _MICROSECONDS}, standing, count(*) FROM stories
WHERE standing = ? AND at >= ? GROUP BY 1
"""
_BY_PUBLISHER = """
SELECT publisher, standing, count(*) FROM stories WHERE at >= ? GROUP BY 1, 2
"""
# Both numbers come from one scan; a join with 50,000 stories takes five times as long.
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
    """How many stories of a publisher have a standing; `domain` is "" if unknown."""

    domain: str
    standing: Standing
    stories: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicCount:
    """How many stories a topic has: all, and those since a time."""

    stories: int = 0
    recent: int = 0


def count_by_time(tables: DisposableDatabase, since: int) -> Mapping[tuple[int, Standing], int]:
    """Count stories by the first second of their quarter hour, and by standing."""
    return {
        (quarter * _QUARTER_HOUR, Standing(known)): count
        for standing in Standing
        for quarter, known, count in tables.run(_BY_TIME, standing, since)
    }


def count_publishers(tables: DisposableDatabase, since: int) -> list[PublisherCount]:
    """Count stories by publisher and standing."""
    return [
        PublisherCount(domain=domain, standing=Standing(standing), stories=count)
        for domain, standing, count in tables.run(_BY_PUBLISHER, since)
    ]


def count_topics(tables: DisposableDatabase, since: int) -> Mapping[str, TopicCount]:
    """Count stories by topic; topics without stories are left out."""
    return {
        topic: TopicCount(stories=stories, recent=recent)
        for topic, stories, recent in tables.run(_BY_TOPIC, since)
    }


def list_decisions(tables: DisposableDatabase, since: int) -> list[DecidedStory]:
    """Return the verdicts of editors, the oldest first."""
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


Shown = tuple[int, str]  # a story's quality and standing


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicRank:
    """A story's rank by quality among `stories` stories, itself included.

    Equal stories share a `place`. `median` is the middle quality, `published` the number on the
    site.
    """

    place: int
    stories: int
    median: int
    published: int


def rank_among(story: Shown, others: Sequence[Shown]) -> TopicRank:
    """Return a story's rank among others."""
    every = (story, *others)
    return TopicRank(
        place=1 + sum(quality > story[0] for quality, _ in others),
        stories=len(every),
        median=_find_median([quality for quality, _ in every]),
        published=sum(standing == Standing.PUBLISHED for _, standing in every),
    )


def _find_median(numbers: Sequence[int]) -> int:
    """Return the median; of an even count the lower of the two."""
    return sorted(numbers)[(len(numbers) - 1) // 2]
