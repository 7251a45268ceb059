"""Tell leads that are new from those that are filed, dropped or settled already."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from copydesk import judge, watch
from copydesk.engine.filing import removed_addresses
from copydesk.engine.newsroom import Newsroom
from copydesk.engine.round._tally import Tally
from copydesk.engine.sources import RULE_REASONS, RuleDigests
from copydesk.kit import urls
from copydesk.memory import Fate
from copydesk.news import Dropped, Lead

TRIES = 8  # rounds in which a page that fails is asked for
AGAIN = timedelta(hours=24)  # when a page that was refused is asked for again
_MAY_CHANGE = frozenset({"robots", "blocked", "gone", "address"})


def find_unknown(
    leads: Sequence[Lead], newsroom: Newsroom, shelf: judge.MemoryShelf, tally: Tally
) -> list[Lead]:
    """Give the leads whose page must be fetched; the others are counted in the tally."""
    tally.leads = len(leads)
    removed = removed_addresses(newsroom)
    rules = RuleDigests(newsroom)
    return [
        lead
        for lead in leads
        if not _is_removed(lead, removed, tally) and _is_news(lead, newsroom, shelf, tally, rules)
    ]


def _is_removed(lead: Lead, removed: frozenset[str], tally: Tally) -> bool:
    if urls.identity(lead.url) not in removed:
        return False
    tally.drop(lead, Dropped(url=lead.url, reason="removed", detail="an editor removed it"))
    return True


def _is_news(
    lead: Lead,
    newsroom: Newsroom,
    shelf: judge.MemoryShelf,
    tally: Tally,
    rules: RuleDigests,
) -> bool:
    path = shelf.at(lead.url)
    if path is not None:
        tally.dropped["seen"] += 1
        return False
    source = newsroom.beat.source(lead.source)
    fate = newsroom.memory.fate(urls.identity(lead.url))
    reason = fate.reason if fate is not None else ""
    digest = "" if source is None else rules.behind(source, reason)
    if fate is not None and is_settled(fate, newsroom.now, digest):
        tally.dropped["seen" if fate.state == "filed" else fate.reason or "given-up"] += 1
        return False
    if source is not None and not watch.is_wanted(lead, source):
        tally.drop(lead, Dropped(url=lead.url, reason="filtered", detail=source.url))
        return False
    if why := judge.blocking_ruling(lead, newsroom.beat.rulings):
        tally.drop(lead, Dropped(url=lead.url, reason="ruled-out", detail=why))
        return False
    return True


def is_settled(fate: Fate, now: datetime, rules: str) -> bool:
    """Say whether nothing new can come of asking for this lead's page again.

    `rules` is the digest of today's: other rules than those that dropped it may want it.
    """
    if fate.reason in RULE_REASONS and fate.rules and fate.rules != rules:
        return False
    if fate.state == "failed":
        return fate.tries >= TRIES
    if fate.reason in _MAY_CHANGE:
        return fate.tries >= TRIES or now - fate.at < AGAIN
    return True  # dropped; or filed, and a person has deleted the record since


def tries_of(lead: Lead, newsroom: Newsroom) -> int:
    """Give the number of rounds that asked for this lead's page, this one among them."""
    fate = newsroom.memory.fate(urls.identity(lead.url))
    return 1 if fate is None else fate.tries + 1
