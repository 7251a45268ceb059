"""Outcomes: what became of each lead of a round, folded into its report and its memory.

lead ── known | shared out | read | settled | judged ──> one Outcome ──> counts, failures, fates
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from copydesk.engine.newsroom import Failure
from copydesk.engine.reading import PageTrace
from copydesk.kit import urls
from copydesk.memory import Fate
from copydesk.news import Article, Dropped, Lead, Ruling, Story, Tip


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Nothing new can come of the lead: an earlier round ended it, for this reason.

    `path` is the record that its page is filed as, "" where it is none.
    """

    reason: str
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The lead found no place in this round and comes next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStory:
    """The lead became a story: the record at `story.path`.

    `as_read` is its article with what its site repeats, `trace` what its page's answer said of
    itself; `is_held` where it waits for an editor. `rule` is what a person's tip lays down with it.
    """

    lead: Lead
    story: Story
    as_read: Article
    trace: PageTrace
    is_held: bool
    rule: Ruling | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one lead; `tries` is the number of rounds that asked for its page."""

    lead: Lead
    end: Known | Waiting | Dropped | Failure | NewStory
    tries: int = 1


def count_drops(outcomes: Iterable[Outcome]) -> Mapping[str, int]:
    """Count the leads that came to nothing, by reason and in its order."""
    dropped = Counter(
        outcome.end.reason for outcome in outcomes if isinstance(outcome.end, Known | Dropped)
    )
    return dict(sorted(dropped.items()))


def find_declined_tip(outcomes: Iterable[Outcome]) -> Dropped | None:
    """Return why a person's tip was not filed, None where it was, or failed, or there was none.

    Of a page that is filed already the detail is its record's path.
    """
    for outcome in outcomes:
        match outcome:
            case Outcome(lead=Tip(), end=Dropped() as dropped):
                return dropped
            case Outcome(lead=Tip(url=url), end=Known(path=path)):
                return Dropped(url=url, reason="seen", detail=path)
    return None


def failures(outcomes: Iterable[Outcome]) -> Iterator[Failure]:
    """Walk what failed, in the order of the outcomes."""
    return (outcome.end for outcome in outcomes if isinstance(outcome.end, Failure))


def waiting(outcomes: Iterable[Outcome]) -> list[Lead]:
    """Return the leads that come next."""
    return [outcome.lead for outcome in outcomes if isinstance(outcome.end, Waiting)]


def fates(outcomes: Iterable[Outcome], now: datetime, unwritten: Collection[str]) -> Iterator[Fate]:
    """Walk what memory has to know of the leads; `unwritten` are paths that reached no disk."""
    for outcome in outcomes:
        fate = _fate(outcome, now, unwritten)
        if fate is not None:
            yield fate


def find_settled_tips(
    outcomes: Iterable[Outcome], unwritten: Collection[str], most_tries: int
) -> Iterator[Tip]:
    """Walk the tips that need not wait any more: filed, not to be filed, or failed for good."""
    for outcome in outcomes:
        match outcome:
            case Outcome(end=Waiting()):
                continue
            case Outcome(lead=Tip(), end=Failure(), tries=tries) if tries < most_tries:
                continue
            case Outcome(lead=Tip(), end=NewStory(story=story)) if story.path in unwritten:
                continue
            case Outcome(lead=Tip() as tip):
                yield tip


def _fate(outcome: Outcome, now: datetime, unwritten: Collection[str]) -> Fate | None:
    lead, tries = outcome.lead, outcome.tries
    identity = urls.identity(lead.url)
    fate = Fate(identity=identity, url=lead.url, state="failed", at=now, source=lead.source)
    match outcome.end:
        case Dropped(reason=reason, detail=detail):
            return replace(fate, state="dropped", reason=reason, detail=detail, tries=tries)
        case Failure(what=what, hint=hint):
            return replace(fate, detail=what, hint=hint, tries=tries)
        case NewStory(story=story) if story.path in unwritten:
            return replace(fate, detail="the record could not be written")
        case NewStory(story=story):
            return replace(fate, state="filed", path=story.path)
    return None
