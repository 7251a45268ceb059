"""Counted: which stories a number of the page of numbers counts, found as the number is.

question ── filing ──> memory: what was timed | review, gate ──> catalogue: decisions ──> paths
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from copydesk.catalogue import Catalogue, DecidedStory
from copydesk.engine.newsroom import Newsroom
from copydesk.engine.numbers import find_reviews, list_decisions, start_of
from copydesk.engine.queue._question import QueueQuestion
from copydesk.kit import dates
from copydesk.news import IS_WANTED
from copydesk.placement.addresses import record_name

_WEEK = timedelta(days=7)
_OPINIONS = {str(said): wanted for said, wanted in IS_WANTED.items()}


def find_number_paths(
    newsroom: Newsroom, catalogue: Catalogue, question: QueueQuestion
) -> frozenset[str] | None:
    """Return the paths of what a question's number counts, None where it is of no such number.

    Its days are those of filing or of deciding, its week is that of deciding. Raises
    CatalogueError.
    """
    if question.number == "filing":
        return _find_filings(newsroom, catalogue, question)
    if question.number in {"review", "gate", "gate-agrees", "gate-differs"}:
        decided = _list_week(newsroom, catalogue, question)
        if question.number == "review":
            return frozenset(one.path for one, _ in find_reviews(newsroom, decided))
        gate = newsroom.beat.scoring.publish_at
        return frozenset(one.path for one in decided if _is_gates(one, question.number, gate))
    return None


def _find_filings(
    newsroom: Newsroom, catalogue: Catalogue, question: QueueQuestion
) -> frozenset[str]:
    today = newsroom.now.astimezone(dates.find_zone(newsroom.beat.timezone)).date()
    until = question.until or today
    since = question.since or until
    timed = newsroom.memory.counts.list_delay_paths(since, until, question.source or None)
    # by name: a record may have moved to the archive since
    return frozenset(catalogue.find_by_name([record_name(path) for path in timed]))


def _list_week(
    newsroom: Newsroom, catalogue: Catalogue, question: QueueQuestion
) -> Sequence[DecidedStory]:
    """Return the decisions of a question's week, from its first day on."""
    if question.decided is None:
        return []
    monday = datetime.combine(question.decided, time(), UTC)
    zone = dates.find_zone(newsroom.beat.timezone)
    first = start_of(question.since, zone) if question.since else monday
    decisions = list_decisions(newsroom, catalogue, max(monday, first))
    return [one for one in decisions if one.at < monday + _WEEK]


def _is_gates(decided: DecidedStory, number: str, gate: int) -> bool:
    """Decide whether the gate had a say in a decision, and that which is asked for."""
    is_wanted = _OPINIONS.get(decided.said)
    if not decided.has_waited or decided.points is None or is_wanted is None:
        return False
    agrees = (decided.points >= gate) == is_wanted
    return number == "gate" or agrees == (number == "gate-agrees")
