"""Outcomes: what became of each lead of a round, folded into its report and its memory.

lead ── known | shared out | read | settled | judged ──> one Outcome ──> counts, failures, fates
"""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from copydesk import watch
from copydesk.judge import gate
from copydesk.kit import urls
from copydesk.memory import Fate, Memory
from copydesk.news import Article, Beat, Dropped, Lead, Ruling, Story, Tip
from copydesk.newsroom import Failure, Newsroom
from copydesk.newsroom.filing import read_removals
from copydesk.rounds._judging import Appraised
from copydesk.rounds._missing_parts import FetchedAgain
from copydesk.rounds._page_memory import SiteHabits
from copydesk.rounds._pictures import ChosenPicture
from copydesk.rounds._reading import PageTrace
from copydesk.rounds._revisit_plans import Look
from copydesk.rounds._shelf import FiledShelf
from copydesk.rounds.sources import RULE_REASONS, RuleDigests, SourceAnswers


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


# Candidates: leads whose page was read, and all else that a round gathers before it judges.


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A lead whose page was read and that may become a story.

    `as_read` is its article, `article` the same without what its site repeats; `trace` is what the
    page's answer said of itself, `appraised` what the article is worth by itself.
    """

    lead: Lead
    trace: PageTrace
    as_read: Article
    article: Article
    appraised: Appraised
    picture: ChosenPicture | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What came in over the wire: candidates for stories, looks at filed pages, all else's end.

    `outcomes` are the leads that are no candidates, `sites` what the pages taught of their sites,
    `failed` what failed with sources and looks; `looked_again` counts the looks that were made.
    `again` is what came of the texts and pictures that a restore missed, None where none did.
    """

    asked: SourceAnswers
    outcomes: tuple[Outcome, ...]
    candidates: tuple[Candidate, ...]
    sites: SiteHabits
    looks: Sequence[Look] = ()
    looked_again: int = 0
    again: FetchedAgain | None = None
    failed: tuple[Failure, ...] = ()


# Tell leads that are new from those that are filed, dropped or settled already.

TRIES = 8  # rounds in which a page that fails is asked for
AGAIN = timedelta(hours=24)  # when a page that was refused is asked for again
_MAY_CHANGE = frozenset({"robots", "blocked", "gone", "address"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Knowledge:
    """What is known of leads before their pages are fetched.

    `removed` are the identities of the addresses that an editor removed for good.
    """

    beat: Beat
    now: datetime
    memory: Memory
    shelf: FiledShelf
    removed: frozenset[str]
    rules: RuleDigests


def sift(
    newsroom: Newsroom, shelf: FiledShelf, leads: Sequence[Lead]
) -> tuple[list[Lead], list[Outcome]]:
    """Part the leads whose page must be fetched from those that end here; raises RecordError."""
    knowledge = _Knowledge(
        beat=newsroom.beat,
        now=newsroom.now,
        memory=newsroom.memory,
        shelf=shelf,
        removed=read_removals(newsroom.root),
        rules=RuleDigests(newsroom.settings),
    )
    unknown, outcomes = [], []
    for lead in leads:
        end = _end(knowledge, lead)
        if end is None:
            unknown.append(lead)
        else:
            outcomes.append(Outcome(lead=lead, end=end))
    return unknown, outcomes


def _end(knowledge: _Knowledge, lead: Lead) -> Known | Dropped | None:
    """Return why a lead's page need not be fetched, None where it must be."""
    if urls.identity(lead.url) in knowledge.removed:
        return Dropped(url=lead.url, reason="removed", detail="an editor removed it")
    if path := knowledge.shelf.at(lead.url):
        return Known(reason="seen", path=path)
    if isinstance(lead, Tip):
        return _drop_by_rules(knowledge, lead)  # what earlier rounds made of it does not count
    source = knowledge.beat.source(lead.source)
    fate = knowledge.memory.fate(urls.identity(lead.url))
    reason = fate.reason if fate is not None else ""
    digest = "" if source is None else knowledge.rules.behind(source, reason)
    if fate is not None and is_settled(fate, knowledge.now, digest):
        return Known(reason="seen" if fate.state == "filed" else fate.reason or "given-up")
    if source is not None and not watch.is_wanted(lead, source):
        return Dropped(url=lead.url, reason="filtered", detail=source.url)
    return _drop_by_rules(knowledge, lead)


def _drop_by_rules(knowledge: _Knowledge, lead: Lead) -> Dropped | None:
    if why := gate.blocking_ruling(lead, knowledge.beat.rulings):
        return Dropped(url=lead.url, reason="ruled-out", detail=why)
    return None


def is_settled(fate: Fate, now: datetime, rules: str) -> bool:
    """Decide whether nothing new can come of asking for this lead's page again.

    `rules` is the digest of today's: other rules than those that dropped it may want it.
    """
    if fate.reason in RULE_REASONS and fate.rules and fate.rules != rules:
        return False
    if fate.state == "failed":
        return fate.tries >= TRIES
    if fate.reason in _MAY_CHANGE:
        return fate.tries >= TRIES or timedelta(0) <= now - fate.at < AGAIN
    return True  # dropped; or filed, and a person has deleted the record since


def tries_of(lead: Lead, memory: Memory) -> int:
    """Count the rounds that asked for this lead's page, this one among them."""
    fate = memory.fate(urls.identity(lead.url))
    return 1 if fate is None else fate.tries + 1


# Stopwatch: how long each stage of a round took.


class Stopwatch:
    """Add up the seconds of each stage."""

    def __init__(self) -> None:
        self.stages: dict[str, float] = {}

    @contextlib.contextmanager
    def measure(self, stage: str) -> Iterator[None]:
        """Add the seconds that the block takes to a stage."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.stages[stage] = self.stages.get(stage, 0.0) + time.perf_counter() - began
