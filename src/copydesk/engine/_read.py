"""Turn leads into articles: fetch each page, read it, keep what fails for the next round."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from copydesk.engine._mishap import failure_of
from copydesk.engine._pool import Readers
from copydesk.engine.progress import Progress
from copydesk.engine.report import Failure
from copydesk.errors import CopydeskError
from copydesk.kit import urls
from copydesk.news import (
    Article,
    Dropped,
    DropReason,
    Fetcher,
    Lead,
    NotModified,
    Page,
    Refused,
    RefusedReason,
    Request,
)

_HOSTS_AT_ONCE = 64

_EXPECTED: dict[RefusedReason, DropReason] = {
    "robots": "robots",
    "address": "address",
    "gone": "gone",
    "blocked": "blocked",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What became of a lead's page."""

    lead: Lead
    outcome: Article | Dropped | Failure


async def read(
    leads: Sequence[Lead], fetcher: Fetcher, readers: Readers, progress: Progress
) -> list[Read]:
    """Fetch and read every lead's page; nothing that one of them does stops the others.

    Each host is one queue, read in order; so many queues go on at once. Gives the outcomes in the
    order of the leads.
    """
    progress.stage("pages", len(leads))
    gate = asyncio.Semaphore(_HOSTS_AT_ONCE)
    outcomes: dict[str, Read] = {}

    async def one_host(queue: list[Lead]) -> None:
        async with gate:
            for lead in queue:
                outcomes[lead.url] = Read(lead=lead, outcome=await _safely(lead, fetcher, readers))
                progress.step()

    await asyncio.gather(*(one_host(queue) for queue in _queues(leads)))
    return [outcomes[lead.url] for lead in leads]


def _queues(leads: Sequence[Lead]) -> list[list[Lead]]:
    queues: dict[str, list[Lead]] = {}
    for lead in leads:
        queues.setdefault(urls.host(lead.url), []).append(lead)
    return list(queues.values())


async def _safely(lead: Lead, fetcher: Fetcher, readers: Readers) -> Article | Dropped | Failure:
    try:
        return await read_one(lead, fetcher, readers)
    except Exception as error:  # a bug that one page meets must cost only that page
        return failure_of(lead.url, error)


async def read_one(lead: Lead, fetcher: Fetcher, readers: Readers) -> Article | Dropped | Failure:
    """Fetch and read one lead's page."""
    answer = await fetcher.fetch(Request(url=lead.url))
    if isinstance(answer, Refused):
        return _refused(lead, answer)
    if isinstance(answer, NotModified):
        return Failure(url=lead.url, what="the server says 304 to an unconditional request")
    return await _parsed(lead, answer, readers)


async def _parsed(lead: Lead, page: Page, readers: Readers) -> Article | Dropped | Failure:
    try:
        return await readers.article(page, lead)
    except CopydeskError as error:
        return failure_of(lead.url, error)


def _refused(lead: Lead, answer: Refused) -> Dropped | Failure:
    """Take a no for a no, but for a robots.txt that could not be had: it may be there next time."""
    reason = _EXPECTED.get(answer.reason)
    may_change = answer.reason == "robots" and answer.retry_at is not None
    if reason is not None and not may_change:
        return Dropped(url=lead.url, reason=reason, detail=answer.detail)
    return Failure(
        url=lead.url,
        what=f"the page could not be had ({answer.reason}: {answer.detail or answer.status})",
        hint="it is tried again next round",
    )
