"""Share: how much of a host one round takes, so that no host holds up all the others for long."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from copydesk.engine.newsroom import Newsroom
from copydesk.kit import urls
from copydesk.news import Lead

SECONDS = 600.0  # that one host's sources may take of a round, and its pages again
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def of_a_host(newsroom: Newsroom) -> int | None:
    """Give how many requests to one host fit into its share of a round; None: no pause, no end."""
    delay = newsroom.settings.fetch.delay_seconds
    return max(1, int(SECONDS / delay)) if delay else None


def parted(leads: Sequence[Lead], a_host: int | None) -> tuple[list[Lead], list[Lead]]:
    """Give the leads whose pages this round fetches, in their order, and those that wait.

    Of one host's leads the newest come first, those without a date last.
    """
    if a_host is None:
        return list(leads), []
    hosts: dict[str, list[Lead]] = {}
    for lead in leads:
        hosts.setdefault(urls.host(lead.url), []).append(lead)
    late = {
        lead.url
        for of_host in hosts.values()
        if len(of_host) > a_host
        for lead in sorted(of_host, key=_age, reverse=True)[a_host:]
    }
    return (
        [lead for lead in leads if lead.url not in late],
        [lead for lead in leads if lead.url in late],
    )


def _age(lead: Lead) -> datetime:
    return lead.published_at or _LONG_AGO
