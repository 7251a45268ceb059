"""Fetch article pages and extract their articles; read a saved page from a file."""

from __future__ import annotations

import asyncio
import zlib
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from copydesk import extract
from copydesk.errors import CopydeskError, FetchError, PageError, UsageError
from copydesk.kit import files, urls
from copydesk.news import (
    Article,
    Dropped,
    Fetcher,
    Lead,
    NotModified,
    Page,
    Provider,
    Refused,
    Request,
)
from copydesk.news.page import RefusedReason
from copydesk.news.source import DropReason, Tip
from copydesk.newsroom import Failure, Progress, failure_of
from copydesk.rounds._page_memory import NO_TRACE, PageTrace
from copydesk.rounds._pool import ReaderPool

One = TypeVar("One")

_NEXT_ROUND = "the page is fetched again in the next run"
_FILE_AGAIN = "no source lists this page, so add it again later"
_EXPECTED: dict[RefusedReason, DropReason] = {
    "robots": "robots",
    "address": "address",
    "gone": "gone",
    "blocked": "blocked",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRead:
    """The result of fetching the page of a link: its article, or why there is none."""

    lead: Lead
    outcome: Article | Dropped | Failure
    trace: PageTrace = NO_TRACE


async def read_pages(
    leads: Sequence[Lead], fetcher: Fetcher, readers: ReaderPool, progress: Progress
) -> list[PageRead]:
    """Fetch and read the pages of all links; return the results in the order of the links.

    A page that fails does not stop the others.
    """
    progress.stage("pages", len(leads), count_hosts(lead.url for lead in leads))
    outcomes: dict[str, PageRead] = {}

    async def one(lead: Lead) -> None:
        outcomes[lead.url] = await _safely(lead, fetcher, readers)
        progress.step(host=urls.host(lead.url))

    await work_by_host(leads, lambda lead: lead.url, one)
    return [outcomes[lead.url] for lead in leads]


def count_hosts(addresses: Iterable[str]) -> Mapping[str, int]:
    """Return how many of these addresses each host has."""
    return Counter(map(urls.host, addresses))


async def work_by_host(
    things: Sequence[One], url_of: Callable[[One], str], work: Callable[[One], Awaitable[None]]
) -> None:
    """Run `work` for each item: in turn for items of the same host, in parallel for different
    hosts.

    The fetcher limits the requests; the readers limit the pages held in memory.
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
        return await _read_lead(lead, fetcher, readers)
    except Exception as error:  # a bug must not cost more than this page
        return PageRead(lead=lead, outcome=failure_of(lead.url, error))


async def read_page(
    lead: Lead, fetcher: Fetcher, readers: ReaderPool
) -> Article | Dropped | Failure:
    """Fetch the page of a link. Return its article, or the reason why it has none."""
    return (await _read_lead(lead, fetcher, readers)).outcome


async def _read_lead(lead: Lead, fetcher: Fetcher, readers: ReaderPool) -> PageRead:
    await readers.room()
    answer = await fetcher.fetch(Request(url=lead.url))
    if isinstance(answer, Refused):
        return PageRead(lead=lead, outcome=_refusal(lead, answer))
    if isinstance(answer, NotModified):
        what = "the server answered 304 to an unconditional request"
        return PageRead(lead=lead, outcome=Failure(url=lead.url, what=what))
    return PageRead(
        lead=lead, outcome=await parse_page(lead, answer, readers), trace=trace_of(answer)
    )


def require_page(
    answer: Page | NotModified | Refused, what: str = "the page", subject: str = ""
) -> Page:
    """Return the answer to a request if it is a page, else raise FetchError."""
    if isinstance(answer, Page):
        return answer
    subject = subject or answer.url
    if isinstance(answer, Refused):
        why = f"{answer.reason}: {answer.detail or answer.status}"
        raise FetchError(f"{what} cannot be fetched ({why})", subject=subject)
    raise FetchError("the server answered 304 to an unconditional request", subject=subject)


def trace_of(page: Page) -> PageTrace:
    """Return the metadata to store of an article page's HTTP response."""
    return PageTrace(
        etag=page.headers.get("etag", ""),
        last_modified=page.headers.get("last-modified", ""),
        final_url=page.final_url,
        hops=page.hops,
    )


async def parse_page(lead: Lead, page: Page, readers: ReaderPool) -> Article | Dropped | Failure:
    """Extract the article of a fetched page. An error is returned as a failure."""
    try:
        return await readers.article(page, lead)
    except CopydeskError as error:
        return failure_of(lead.url, error)


def _refusal(lead: Lead, answer: Refused) -> Dropped | Failure:
    """Convert a refused request: to a failure if robots.txt is unavailable, else to a drop."""
    reason = _EXPECTED.get(answer.reason)
    may_change = answer.reason == "robots" and answer.retry_at is not None
    if reason is not None and not may_change:
        return Dropped(url=lead.url, reason=reason, detail=answer.detail)
    return Failure(
        url=lead.url,
        what=f"the page could not be fetched ({answer.reason}: {answer.detail or answer.status})",
        hint=_FILE_AGAIN if isinstance(lead, Tip) else _NEXT_ROUND,
    )


# Saved pages, read from a file as if they had been fetched.

_MAX_BYTES = 64 * 1024 * 1024  # of an unpacked file
_GZIP = b"\x1f\x8b"
_SITE = "https://unknown.invalid"
_NOWHERE = f"{_SITE}/page"  # with a path, since a site's root would be taken for a home page


def load_saved_page(path: Path, url: str, now: datetime) -> Page:
    """Read a saved web page from a file, plain or gzip, as if it had been fetched.

    Its address is `url`, else the one that it declares, else a placeholder that `place_article`
    removes again. Raises PageError if the file cannot be read, UsageError if `url` is no address.
    """
    if url and not urls.fetchable(url):
        raise UsageError("invalid web address", subject=url, hint="begin with https://")
    body = _unpack(path)
    address = urls.fetchable(url) or extract.find_declared_address(body) or _NOWHERE
    return Page(
        url=address,
        final_url=address,
        status=200,
        headers={"content-type": "text/html"},
        body=body,
        fetched_at=now,
    )


def _unpack(path: Path) -> bytes:
    data = _read_file(path)
    if not data.startswith(_GZIP):
        return data
    member = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        body = member.decompress(data, _MAX_BYTES)
    except zlib.error as error:
        raise PageError("the file is not valid gzip", subject=str(path)) from error
    if not member.eof:
        what = "the page is too big" if member.unconsumed_tail else "the gzip file is incomplete"
        raise PageError(what, subject=str(path), hint="use at most 64 MB, unpacked")
    return body


def _read_file(path: Path) -> bytes:
    with files.explain_errors(PageError, "the file cannot be read", path):
        if path.stat().st_size > _MAX_BYTES:
            raise PageError("the page is too big", subject=str(path), hint="use at most 64 MB")
        return path.read_bytes()


def place_article(article: Article, url: str) -> Article:
    """Return the article of a saved page, with a note that says how its URL is known.

    A placeholder address is removed; addresses that were resolved against it become relative.
    """
    if not article.url.startswith(_SITE):
        return replace(article, origins={**article.origins, "url": "--url" if url else "declared"})
    figures = tuple(replace(one, url=_bare(one.url)) for one in article.figures)
    provider, origins = article.provider, dict(article.origins)
    nowhere = urls.host(_NOWHERE)
    if provider.domain == nowhere:
        name = "" if provider.name == nowhere else provider.name
        provider = Provider(name=name, domain="", images=provider.images)
        origins |= {} if name else {"provider": ""}
    return replace(
        article,
        url="",
        web_url="" if article.web_url.startswith(_SITE) else article.web_url,
        amp_web_url=_bare(article.amp_web_url),
        image=_bare(article.image),
        figures=figures,
        provider=provider,
        origins=origins,
    )


def _bare(url: str) -> str:
    return url.removeprefix(_SITE)
