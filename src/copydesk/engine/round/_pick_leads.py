"""Pick the leads whose pages a round fetches: so many of a host, a site, a source.

Which sources it asks for leads is decided before that, in `engine.sources` (`SourcesToAsk`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from copydesk.config import Settings
from copydesk.engine.sources import is_at_home
from copydesk.kit import urls
from copydesk.news import Lead

SECONDS = 600.0  # that one host's sources may take of a round, and its pages again
A_SITE = 4  # hosts' worth of pages of one registrable domain, however many names it has
PAGES_A_SOURCE = 1_000  # new pages that one source may have in a round
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundLimits:
    """How many requests a round makes to one host, and how many pages it takes of a site."""

    a_host: int
    a_site: int


def round_limits(settings: Settings) -> RoundLimits:
    """Return the limits that follow from the pause between two requests to a host."""
    a_host = max(1, int(SECONDS / max(settings.fetch.delay_seconds, 0.5)))
    return RoundLimits(a_host=a_host, a_site=A_SITE * a_host)


def pick_leads(
    leads: Sequence[Lead], bounds: RoundLimits | None, now: datetime
) -> tuple[list[Lead], list[Lead]]:
    """Return the leads whose pages this round fetches, in their order, and those that wait.

    What a page's own site lists comes first, since others could list invented pages there; then
    the newest, and those without a date last. Without bounds none waits.
    """
    if bounds is None:
        return list(leads), []
    hosts, sites, sources = Counter[str](), Counter[str](), Counter[str]()
    late = set()
    for lead in sorted(leads, key=lambda lead: _rank(lead, now), reverse=True):
        shares = (
            (hosts, urls.host(lead.url), bounds.a_host),
            (sites, urls.registrable_domain(lead.url), bounds.a_site),
            (sources, lead.source, PAGES_A_SOURCE),
        )
        if any(pages[key] >= most for pages, key, most in shares):
            late.add(lead.url)
            continue
        for pages, key, _ in shares:
            pages[key] += 1
    return (
        [lead for lead in leads if lead.url not in late],
        [lead for lead in leads if lead.url in late],
    )


def _rank(lead: Lead, now: datetime) -> tuple[bool, datetime]:
    """Return what a lead is picked by, the highest first; a date to come counts as now."""
    return is_at_home(lead), min(lead.published_at or _LONG_AGO, now)
