"""Turn leads into articles: fetch each page, read it, keep what fails for the next round."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from copydesk.engine.newsroom import Failure, Progress, failure_of
from copydesk.engine.reading._pool import ReaderPool
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
    Tip,
)

One = TypeVar("One")

_NEXT_ROUND = "it is tried again next round"
_FILE_AGAIN = "no source lists it, so nobody tries it again: file it later"
_EXPECTED: dict[RefusedReason, DropReason] = {
    "robots": "robots",
    "address": "address",
    "gone": "gone",
    "blocked": "blocked",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTrace:
    """What a page's answer says of itself: its validators, where it ended, the redirects there."""

    etag: str = ""
    last_modified: str = ""
    final_url: str = ""
    hops: tuple[tuple[int, str], ...] = ()


NO_TRACE = PageTrace()


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRead:
    """What became of a lead's page."""

    lead: Lead
    outcome: Article | Dropped | Failure
    trace: PageTrace = NO_TRACE


async def read_pages(
    leads: Sequence[Lead], fetcher: Fetcher, readers: ReaderPool, progress: Progress
) -> list[PageRead]:
    """Fetch and read every lead's page; nothing that one of them does stops the others.

    Gives the outcomes in the order of the leads.
    """
    progress.stage("pages", len(leads))
    outcomes: dict[str, PageRead] = {}

    async def one(lead: Lead) -> None:
        outcomes[lead.url] = await _safely(lead, fetcher, readers)
        progress.step()

    await work_by_host(leads, lambda lead: lead.url, one)
    return [outcomes[lead.url] for lead in leads]


async def work_by_host(
    things: Sequence[One],
    url_of: Callable[[One], str],
    work: Callable[[One], Awaitable[None]],
) -> None:
    """Do the work of each thing: a host is one queue, in order, and all hosts go on at once.

    The fetcher bounds the requests, the readers the pages that are held.
    """
    queues: dict[str, list[One]] = {}
    for thing in things:
        queues.setdefault(urls.host(url_of(thing)), []).append(thing)

    async def one_host(queue: list[One]) -> None:
        for thing in queue:
            await work(thing)

    await asyncio.gather(*(one_host(queue) for queue in queues.values()))


async def _safely(lead: Lead, fetcher: Fetcher, readers: ReaderPool) -> PageRead:
    try:
        return await _read(lead, fetcher, readers)
    except Exception as error:  # a bug that one page meets must cost only that page
        return PageRead(lead=lead, outcome=failure_of(lead.url, error))


async def read_page(
    lead: Lead, fetcher: Fetcher, readers: ReaderPool
) -> Article | Dropped | Failure:
    """Fetch and read one lead's page."""
    return (await _read(lead, fetcher, readers)).outcome


async def _read(lead: Lead, fetcher: Fetcher, readers: ReaderPool) -> PageRead:
    await readers.room()
    answer = await fetcher.fetch(Request(url=lead.url))
    if isinstance(answer, Refused):
        return PageRead(lead=lead, outcome=_refusal(lead, answer))
    if isinstance(answer, NotModified):
        what = "the server says 304 to an unconditional request"
        return PageRead(lead=lead, outcome=Failure(url=lead.url, what=what))
    return PageRead(
        lead=lead, outcome=await parse_page(lead, answer, readers), trace=trace_of(answer)
    )


def trace_of(page: Page) -> PageTrace:
    """Return what there is to remember of a page's answer."""
    return PageTrace(
        etag=page.headers.get("etag", ""),
        last_modified=page.headers.get("last-modified", ""),
        final_url=page.final_url,
        hops=page.hops,
    )


async def parse_page(lead: Lead, page: Page, readers: ReaderPool) -> Article | Dropped | Failure:
    """Read one fetched page."""
    try:
        return await readers.article(page, lead)
    except CopydeskError as error:
        return failure_of(lead.url, error)


def _refusal(lead: Lead, answer: Refused) -> Dropped | Failure:
    """Take a no for a no, but for a robots.txt that could not be had: it may be there next time."""
    reason = _EXPECTED.get(answer.reason)
    may_change = answer.reason == "robots" and answer.retry_at is not None
    if reason is not None and not may_change:
        return Dropped(url=lead.url, reason=reason, detail=answer.detail)
    return Failure(
        url=lead.url,
        what=f"the page could not be had ({answer.reason}: {answer.detail or answer.status})",
        hint=_FILE_AGAIN if isinstance(lead, Tip) else _NEXT_ROUND,
    )
