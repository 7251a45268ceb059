"""Tell leads that are new from those that are filed, dropped or settled already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from copydesk import watch
from copydesk.engine.filing import read_removals
from copydesk.engine.judging import FiledShelf
from copydesk.engine.newsroom import Newsroom
from copydesk.engine.round._outcomes import Known, Outcome
from copydesk.engine.sources import RULE_REASONS, RuleDigests
from copydesk.judge import gate
from copydesk.kit import urls
from copydesk.memory import Fate, Memory
from copydesk.news import Beat, Dropped, Lead, Tip

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
