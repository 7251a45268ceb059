"""Tally: what a round brought, counted by source, for the memory's counts of the day.

outcomes ── by source ──> new leads, filed, dropped by reason, failed ──> the day's counts
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable
from datetime import timedelta

from copydesk.engine.newsroom import Newsroom
from copydesk.engine.round._outcomes import Known, NewStory, Outcome, Waiting
from copydesk.engine.sources import SourceAnswers
from copydesk.kit import dates, urls
from copydesk.memory import CountKind, Tally, find_step
from copydesk.news import Dropped

KEPT_DAYS = 90
_REMOVED = "removed"  # an editor did that, and is told so each time a source lists the page
_SourceTally = Counter[tuple[CountKind, str]]


def note_counts(
    newsroom: Newsroom,
    asked: SourceAnswers,
    outcomes: Iterable[Outcome],
    unwritten: Collection[str],
) -> None:
    """Add what a round brought to the counts of its day, and forget those of long ago.

    `unwritten` are the paths of stories that reached no disk. Fates are as before the round.
    """
    memory = newsroom.memory

    def find_state(url: str) -> str:
        fate = memory.fate(urls.identity(url))
        return "" if fate is None else fate.state

    day = newsroom.now.astimezone(dates.find_zone(newsroom.beat.timezone)).date()
    for source, tally in tally_round(asked, outcomes, unwritten, find_state).items():
        memory.counts.add(day, source, tally)
    memory.counts.forget(before=day - timedelta(days=KEPT_DAYS))


def tally_round(
    asked: SourceAnswers,
    outcomes: Iterable[Outcome],
    unwritten: Collection[str],
    find_state: Callable[[str], str],
) -> dict[str, Tally]:
    """Count what a round brought, by source: "" for what persons had filed.

    `find_state` returns what an earlier round made of the page at an address, "" for one that none
    met: a page that fails or is dropped again is counted once.
    """
    tallies: defaultdict[str, _SourceTally] = defaultdict(Counter)
    for answer in asked.answers:
        tallies[answer.source.url]["asked", ""] += 1
        tallies[answer.source.url]["unanswered", ""] += answer.failure is not None
    for outcome in outcomes:
        if not isinstance(outcome.end, Known | Waiting):
            before = find_state(outcome.lead.url)
            _count(tallies[outcome.lead.source], outcome, before, unwritten)
    return {source: +tally for source, tally in tallies.items() if +tally}


def _count(tally: _SourceTally, outcome: Outcome, before: str, unwritten: Collection[str]) -> None:
    match outcome.end:
        case Dropped(reason=reason) if reason == _REMOVED:
            return
        case Dropped(reason=reason):
            tally["dropped", reason] += before != "dropped"
        case NewStory() as new if new.story.path not in unwritten:
            tally["filed", ""] += 1
            if (seconds := _find_delay(new)) is not None:
                tally["delay", str(find_step(seconds))] += 1
                tally["timed", new.story.path] += 1
        case _:
            tally["failed", ""] += before != "failed"
    tally["lead", ""] += not before


def _find_delay(new: NewStory) -> float | None:
    """Return the seconds from a story's publication to its filing, None where nothing tells.

    What was published before its source was watched is no measure of how fast it is; nor is a time
    that is the round's own, or a day without an hour.
    """
    article = new.as_read
    watched, published = new.lead.watched_since, article.published_at
    if watched is None or published < watched or article.origins.get("published_at") == "found":
        return None
    seconds = (new.lead.found - published).total_seconds()
    return seconds if seconds >= 0 else None
