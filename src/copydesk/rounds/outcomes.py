"""Record what became of each link of a fetching round, for its report and for the memory database.

lead ── known | no place | read | settled | judged ──> one Outcome ──> counts, failures, fates
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
from copydesk.news import Article, Beat, Dropped, Lead, Ruling, Story
from copydesk.news.source import Tip
from copydesk.newsroom import Failure, Newsroom
from copydesk.newsroom.filing import read_removals
from copydesk.rounds._judging import Appraised
from copydesk.rounds._missing_parts import FetchedAgain
from copydesk.rounds._page_memory import PageTrace, SiteHabits
from copydesk.rounds._pictures import ChosenPicture
from copydesk.rounds._revisit_plans import Look
from copydesk.rounds._shelf import FiledShelf
from copydesk.rounds.sources import SourceAnswers
from copydesk.rounds.sources.states import RULE_REASONS, RuleDigests


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The outcome of a link that needs no work, because an earlier fetching round has finished it.

    `reason` is the earlier outcome, `path` the record of the page, "" if there is none.
    """

    reason: str
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The outcome of a link that did not fit into this fetching round and waits for the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStory:
    """The outcome of a link that became a story; `story.path` is the path of its record.

    `as_read` is its article including its site's repeated text, `trace` the metadata of the
    response; `is_held` if it waits for an editor. `rule` is the rule that an editor's tip adds.
    """

    lead: Lead
    story: Story
    as_read: Article
    trace: PageTrace
    is_held: bool
    rule: Ruling | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a link found in a source; `tries` counts the rounds that fetched its page."""

    lead: Lead
    end: Known | Waiting | Dropped | Failure | NewStory
    tries: int = 1


def count_drops(outcomes: Iterable[Outcome]) -> Mapping[str, int]:
    """Count the links from which no story was made, by reason, in the order of the reasons."""
    dropped = Counter(
        outcome.end.reason for outcome in outcomes if isinstance(outcome.end, Known | Dropped)
    )
    return dict(sorted(dropped.items()))


def find_declined_tip(outcomes: Iterable[Outcome]) -> Dropped | None:
    """Return why the page that an editor asked for was dropped. It is None if it became a story or
    failed, or if there was no such page.

    If its page is filed already, the detail is its record's path.
    """
    for outcome in outcomes:
        match outcome:
            case Outcome(lead=Tip(), end=Dropped() as dropped):
                return dropped
            case Outcome(lead=Tip(url=url), end=Known(path=path)):
                return Dropped(url=url, reason="seen", detail=path)
    return None


def failures(outcomes: Iterable[Outcome]) -> Iterator[Failure]:
    """Yield the links whose fetching or scoring failed, in the order of the outcomes."""
    return (outcome.end for outcome in outcomes if isinstance(outcome.end, Failure))


def waiting(outcomes: Iterable[Outcome]) -> list[Lead]:
    """Return the links whose pages wait to be fetched in the next round."""
    return [outcome.lead for outcome in outcomes if isinstance(outcome.end, Waiting)]


def fates(outcomes: Iterable[Outcome], now: datetime, unwritten: Collection[str]) -> Iterator[Fate]:
    """Yield each link's outcome in the stored form; `unwritten` are paths of stories not
    written.
    """
    for outcome in outcomes:
        fate = _fate(outcome, now, unwritten)
        if fate is not None:
            yield fate


def find_settled_tips(
    outcomes: Iterable[Outcome], unwritten: Collection[str], most_tries: int
) -> Iterator[Tip]:
    """Yield the pages that editors asked for and that became a story, were dropped or failed."""
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
            return replace(fate, detail="the story file could not be written")
        case NewStory(story=story):
            return replace(fate, state="filed", path=story.path)
    return None


# The input of judging: candidates, and everything else that a round gathers.


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A link whose page was fetched and read, and whose article may become a story.

    `as_read` is its article including its site's repeated text, `article` the same without it;
    `trace` is the metadata of the response, `appraised` the judgement of the article by itself.
    """

    lead: Lead
    trace: PageTrace
    as_read: Article
    article: Article
    appraised: Appraised
    picture: ChosenPicture | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """The results of fetching: articles that may become stories, re-fetched pages of stored
    stories, and what became of other links.

    `outcomes` are those of other links, `sites` the repeated text learned from pages, `failed` the
    failures of sources and re-fetches; `looked_again` counts the re-fetched pages. `again` is the
    result of fetching what a restore missed, None if it missed nothing.
    """

    asked: SourceAnswers
    outcomes: tuple[Outcome, ...]
    candidates: tuple[Candidate, ...]
    sites: SiteHabits
    looks: Sequence[Look] = ()
    looked_again: int = 0
    again: FetchedAgain | None = None
    failed: tuple[Failure, ...] = ()


# Separate new links from those that are filed, dropped or settled already.

TRIES = 8  # rounds that ask for a failing page
AGAIN = timedelta(hours=24)  # after a refusal, until a page is asked for again
_MAY_CHANGE = frozenset({"robots", "blocked", "gone", "address"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Knowledge:
    """The data by which is decided whether to fetch a link's page.

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
    """Split links: return those whose pages to fetch, and outcomes of the others; raises
    RecordError.
    """
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
    """Return why the page of a link need not be fetched, or None if it must be."""
    if urls.identity(lead.url) in knowledge.removed:
        return Dropped(url=lead.url, reason="removed", detail="removed by an editor")
    if path := knowledge.shelf.at(lead.url):
        return Known(reason="seen", path=path)
    if isinstance(lead, Tip):
        return _drop_by_rules(knowledge, lead)  # outcomes of earlier rounds do not count
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
    """Return whether a link's stored outcome is final, so that fetching its page again is useless.

    `rules` is the digest of today's rules: a page that other rules dropped may be wanted now.
    """
    if fate.reason in RULE_REASONS and fate.rules and fate.rules != rules:
        return False
    if fate.state == "failed":
        return fate.tries >= TRIES
    if fate.reason in _MAY_CHANGE:
        return fate.tries >= TRIES or timedelta(0) <= now - fate.at < AGAIN
    return True  # dropped; or filed, but a person has deleted the record since


def tries_of(lead: Lead, memory: Memory) -> int:
    """Return how many fetching rounds have fetched a link's page, including the current one."""
    fate = memory.fate(urls.identity(lead.url))
    return 1 if fate is None else fate.tries + 1


# The duration of each stage of a round.


class Stopwatch:
    """Adds up the seconds that each stage of a fetching round takes."""

    def __init__(self) -> None:
        self.stages: dict[str, float] = {}

    @contextlib.contextmanager
    def measure(self, stage: str) -> Iterator[None]:
        """Add the seconds that the `with` block takes to a stage."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.stages[stage] = self.stages.get(stage, 0.0) + time.perf_counter() - began
