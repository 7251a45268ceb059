"""A fetcher that obeys robots.txt and pauses, built on any raw fetcher."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from copydesk.fetch._interfaces import Clock, Finder
from copydesk.fetch.messages import WebAddress, parse_address
from copydesk.fetch.polite import _answers
from copydesk.fetch.polite._hosts import DEFAULT_LIMITS, HostStore, MemoryLimits, Notes, Slots
from copydesk.fetch.polite._site_files import RobotsFiles, TdmFiles
from copydesk.fetch.robots import TDMREP_PATH
from copydesk.news import Fetcher, NotModified, Page, Refused, Request
from copydesk.news.options import FetchOptions

Answer = Page | NotModified | Refused


class Polite:
    """A fetcher that treats hosts politely and returns usable pages only.

    It obeys robots.txt for every purpose but "robots", sends one request at a time to a host with a
    pause after it, and follows redirects hop by hop under the same rules. After a Retry-After it
    sends the host nothing until that time. `hosts` stores what was learned about hosts in earlier
    runs; `changes` returns what this run learned.

    A page (purpose "page") comes with the signals of its site about its use. For them the host is
    asked once a day for /.well-known/tdmrep.json, unless `options.tdmrep` is off.
    """

    def __init__(
        self,
        inner: Fetcher,
        options: FetchOptions,
        clock: Clock,
        hosts: HostStore | None = None,
        limits: MemoryLimits = DEFAULT_LIMITS,
    ) -> None:
        self._inner = inner
        self._finder = inner if isinstance(inner, Finder) else None
        self._options = options
        self._clock = clock
        self._room = asyncio.Semaphore(options.concurrency)
        self._notes = Notes(hosts, limits)
        self._slots = Slots(options, clock, self._notes, limits)
        self._robots = RobotsFiles(self._ask, clock, self._slots, self._notes, limits)
        self._tdm = TdmFiles(self._ask, clock, self._notes, limits) if options.tdmrep else None

    def changes(self) -> Mapping[str, bytes]:
        """Return what was learned about hosts, as bytes by key: the next run's `hosts`."""
        return self._notes.changes()

    async def fetch(self, request: Request) -> Answer:
        """Return a 2xx page at the end of its redirects, NotModified, or Refused with a reason."""
        where = parse_address(request.url)
        if where is None:
            return Refused(url=request.url, reason="network", detail="not a web address")
        asked = request if request.url == where.url else replace(request, url=where.url)
        answer = await self._fetch_hop(asked, where)
        hops: tuple[tuple[int, str], ...] = ()
        if isinstance(answer, Page) and answer.status != 200:
            answer, hops = await self._follow(asked, answer)
        if isinstance(answer, Page) and request.purpose == "page":
            answer = self._add_signals(answer)
        if answer.url == request.url and not hops:
            return answer
        if isinstance(answer, Refused):
            return replace(answer, url=request.url)
        return replace(answer, url=request.url, hops=hops)

    def _add_signals(self, page: Page) -> Page:
        """Return a page with its site's signals about its use, such as for training models."""
        where = parse_address(page.final_url)
        if where is None:
            return page
        signals = self._robots.signals(where)
        if self._tdm is not None:
            signals += self._tdm.signals(where)
        return replace(page, signals=signals) if signals else page

    async def _follow(
        self, request: Request, answer: Answer
    ) -> tuple[Answer, tuple[tuple[int, str], ...]]:
        """Follow the redirects of an answer to their end."""
        asked = [request.url]
        hops: list[tuple[int, str]] = []
        while isinstance(answer, Page) and _answers.is_redirect(answer):
            target = _answers.next_hop(answer, asked, self._options.max_redirects)
            if isinstance(target, Refused):
                return target, tuple(hops)
            asked.append(target)
            hops.append((answer.status, target))
            request = _redirect(request, target)
            answer = await self._fetch_hop(request, _must_parse(target))
        return self._judge_status(answer), tuple(hops)

    async def _fetch_hop(self, request: Request, where: WebAddress) -> Answer:
        """Send one request, if robots.txt allows it."""
        if request.purpose != "robots":
            refused = await self._robots.refusal(where, request.proxy)
            if refused is not None:
                return refused
        if request.purpose == "page" and self._tdm is not None:
            await self._learn_tdm(self._tdm, request, where)
        return await self._ask_in_turn(request, where.host)

    async def _learn_tdm(self, tdm: TdmFiles, request: Request, where: WebAddress) -> None:
        """Fetch the site's tdmrep.json before its page, if robots.txt allows it."""
        if (
            await self._robots.refusal(_must_parse(where.origin + TDMREP_PATH), request.proxy)
            is None
        ):
            await tdm.learn(where, request.proxy)

    async def _ask(self, request: Request) -> Answer:
        return await self._ask_in_turn(request, _must_parse(request.url).host)

    async def _ask_in_turn(self, request: Request, host: str) -> Answer:
        """Send one request when it is the host's turn, unless the host asked for a longer pause."""
        if retry := self._refuse_early(request, host):
            return retry
        async with self._slots.turn(host):
            if retry := self._refuse_early(request, host):  # noted while we waited in the queue
                return retry
            if self._finder is not None and (lost := await self._finder.find(request)):
                return lost
            async with self._room:
                answer = await self._inner.fetch(request)
            if isinstance(answer, Page):
                retry_at = _answers.wait_until(answer, self._clock.now())
                self._slots.note(host, answer.status, retry_at)
            elif isinstance(answer, NotModified):
                self._slots.note(host, 304, None)
            return answer

    def _refuse_early(self, request: Request, host: str) -> Refused | None:
        retry_at = self._slots.retry_at(host)
        if retry_at is None:
            return None
        detail = f"{host} asked to be left alone for a while"
        return Refused(url=request.url, reason="slow-down", detail=detail, retry_at=retry_at)

    def _judge_status(self, answer: Answer) -> Answer:
        if isinstance(answer, Page):
            return _answers.refusal(answer, self._clock.now()) or answer
        return answer


def _redirect(request: Request, target: str) -> Request:
    """Return the request for a redirect's target; headers for one site (a token) stay with it."""
    headers = request.headers if _answers.same_origin(request.url, target) else {}
    return replace(request, url=target, headers=headers)


def _must_parse(url: str) -> WebAddress:
    """Parse a URL that `parse_address` or `next_hop` returned."""
    where = parse_address(url)
    assert where is not None
    return where
