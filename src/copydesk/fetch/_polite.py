"""Polite: any raw fetcher with manners."""

from __future__ import annotations

from dataclasses import replace

from copydesk.fetch import _hops, _status
from copydesk.fetch._clock import Clock
from copydesk.fetch._options import FetchOptions
from copydesk.fetch._robots import Robots
from copydesk.fetch._slots import Slots
from copydesk.kit import urls
from copydesk.news import Fetcher, NotModified, Page, Refused, Request


class Polite:
    """A Fetcher that asks as a guest should, and gives only usable pages.

    robots.txt is obeyed for every purpose but "robots" (a picture's too), one request at a time
    goes to a host with a pause after it, redirects are followed hop by hop under the same rules,
    and a host that says Retry-After is asked nothing more until then.
    """

    def __init__(self, inner: Fetcher, options: FetchOptions, clock: Clock) -> None:
        self._inner = inner
        self._options = options
        self._clock = clock
        self._slots = Slots(options, clock)
        self._robots = Robots(self._ask, clock, self._slots)

    async def fetch(self, request: Request) -> Page | NotModified | Refused:
        """Give a 2xx page at the end of its redirects, NotModified, or why there is neither."""
        url = urls.fetchable(request.url)
        if url is None:
            return Refused(url=request.url, reason="network", detail="not a web address")
        answer, hops = await self._follow(replace(request, url=url))
        if isinstance(answer, Refused):
            return replace(answer, url=request.url)
        return replace(answer, url=request.url, hops=hops)

    async def _follow(
        self, request: Request
    ) -> tuple[Page | NotModified | Refused, tuple[tuple[int, str], ...]]:
        """Ask, and ask again where the answer points, until there is an end."""
        asked = [request.url]
        hops: list[tuple[int, str]] = []
        while True:
            answer = await self._one_hop(request)
            if not isinstance(answer, Page) or not _hops.is_redirect(answer):
                return self._judged(answer), tuple(hops)
            target = _hops.next_hop(answer, asked, self._options.max_redirects)
            if isinstance(target, Refused):
                return target, tuple(hops)
            asked.append(target)
            hops.append((answer.status, target))
            request = _redirected(request, target)

    async def _one_hop(self, request: Request) -> Page | NotModified | Refused:
        """Ask once, if robots.txt allows it."""
        if request.purpose != "robots":
            refused = await self._robots.refusal(request.url)
            if refused is not None:
                return refused
        return await self._ask(request)

    async def _ask(self, request: Request) -> Page | NotModified | Refused:
        """Ask once, in the host's turn, unless the host wants to be left alone."""
        host = urls.host(request.url)
        if retry := self._left_alone(request, host):
            return retry
        async with self._slots.turn(host):
            if retry := self._left_alone(request, host):  # said while we stood in the queue
                return retry
            answer = await self._inner.fetch(request)
            if isinstance(answer, Page):
                retry_at = _status.wait_until(answer, self._clock.now())
                self._slots.note(host, answer.status, retry_at)
            return answer

    def _left_alone(self, request: Request, host: str) -> Refused | None:
        retry_at = self._slots.retry_at(host)
        if retry_at is None:
            return None
        detail = f"{host} asked to be left alone for a while"
        return Refused(url=request.url, reason="slow-down", detail=detail, retry_at=retry_at)

    def _judged(self, answer: Page | NotModified | Refused) -> Page | NotModified | Refused:
        if isinstance(answer, Page):
            return _status.refused(answer, self._clock.now()) or answer
        return answer


def _redirected(request: Request, target: str) -> Request:
    """Ask the next address; headers meant for one site (a token) stay with it."""
    headers = request.headers if _hops.same_origin(request.url, target) else {}
    return replace(request, url=target, headers=headers)
