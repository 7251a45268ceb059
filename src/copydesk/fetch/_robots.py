"""Robots: robots.txt of every host, fetched once a day, obeyed (RFC 9309)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from copydesk.fetch import _hops, _status
from copydesk.fetch._clock import Clock
from copydesk.fetch._rules import Rules
from copydesk.fetch._slots import Slots
from copydesk.kit import urls
from copydesk.news import NotModified, Page, Refused, RefusedReason, Request

_KEEP = timedelta(hours=24)  # RFC 9309 2.4
_KEEP_TROUBLE = timedelta(hours=1)
_MAX_REDIRECTS = 5  # RFC 9309 2.3.1.2
_MAX_ORIGINS = 2_000

Answer = Page | NotModified | Refused
Ask = Callable[[Request], Awaitable[Answer]]

# the host itself cannot be had: that, and not its robots.txt, is what a person must know
_OF_THE_HOST: frozenset[RefusedReason] = frozenset({"address", "network", "too-slow", "slow-down"})


@dataclass(slots=True)
class _Entry:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    rules: Rules | None = None  # None: everything is allowed
    trouble: Refused | None = None  # set: nothing is allowed
    until: datetime | None = None


class Robots:
    """What robots.txt says, per scheme, host and port; `ask` makes one polite request.

    The pause that a file asks for between two requests goes to the host's slot.

    A refusal because the file cannot be had right now carries `retry_at`; one without it is the
    file's own word.
    """

    def __init__(self, ask: Ask, clock: Clock, slots: Slots) -> None:
        self._ask = ask
        self._clock = clock
        self._slots = slots
        self._entries: dict[str, _Entry] = {}

    async def refusal(self, url: str) -> Refused | None:
        """Give why an address must not be asked for, None where it may."""
        origin = _hops.origin(url)
        entry = await self._entry(origin)
        if entry.trouble is not None:
            return _because(url, origin, entry.trouble)
        if entry.rules is None or entry.rules.allow(url):
            return None
        return Refused(url=url, reason="robots", detail=f"forbidden by {origin}/robots.txt")

    async def _entry(self, origin: str) -> _Entry:
        entry = self._entries.get(origin)
        if entry is None:
            while len(self._entries) >= _MAX_ORIGINS:
                self._entries.pop(next(iter(self._entries)))
            entry = self._entries.setdefault(origin, _Entry())
        async with entry.lock:
            if entry.until is None or entry.until <= self._clock.now():
                await self._renew(entry, origin)
        return entry

    async def _renew(self, entry: _Entry, origin: str) -> None:
        """Fetch the file; a copy of yesterday serves while it cannot be had (RFC 9309 2.4)."""
        answer = await self._fetch(f"{origin}/robots.txt")
        now = self._clock.now()
        if isinstance(answer, Page):
            entry.rules = Rules.read(answer.body) if answer.status < 300 else None
            entry.trouble, entry.until = None, now + _KEEP
            if entry.rules is not None:
                self._slots.slower(urls.host(origin), entry.rules.delay_seconds)
            return
        entry.until = answer.retry_at or now + _KEEP_TROUBLE
        if entry.rules is None:
            entry.trouble = replace(answer, retry_at=entry.until)

    async def _fetch(self, url: str) -> Page | Refused:
        """Give the file, a Page that is none (4xx: all is allowed), or why nothing is known."""
        asked = [url]
        while True:
            answer = await self._ask(Request(url=asked[-1], purpose="robots"))
            if not isinstance(answer, Page):
                return _unknown(answer, url, asked)
            if not _hops.is_redirect(answer):
                return answer if _is_known(answer) else _trouble(answer, self._clock.now())
            target = _hops.next_hop(answer, asked, _MAX_REDIRECTS)
            if isinstance(target, Refused):
                return answer  # RFC 9309 2.3.1.2: too many redirects, as if there were no file
            asked.append(target)


def _is_known(page: Page) -> bool:
    """Say whether a status settles the matter: 2xx is read, 4xx allows all, 429 is trouble."""
    return 200 <= page.status < 300 or (400 <= page.status < 500 and page.status != 429)


def _trouble(page: Page, now: datetime) -> Refused:
    """Say that nothing is known: 5xx forbids all (RFC 9309 2.3.1.4), 429 asks for patience."""
    refused = _status.refused(page, now)
    reason: RefusedReason = "slow-down" if page.status == 429 else "robots"
    detail = f"robots.txt cannot be had: status {page.status}"
    retry_at = None if refused is None else refused.retry_at
    return Refused(
        url=page.url, reason=reason, detail=detail, status=page.status, retry_at=retry_at
    )


def _unknown(answer: NotModified | Refused, url: str, asked: list[str]) -> Refused:
    """Say why there is no file; what befell the target of a redirect is not the host's fate."""
    if isinstance(answer, Refused) and len(asked) == 1:
        return answer
    detail = answer.detail if isinstance(answer, Refused) else "an answer to another question"
    return Refused(url=url, reason="robots", detail=f"robots.txt cannot be had: {detail}")


def _because(url: str, origin: str, trouble: Refused) -> Refused:
    """Put the trouble with a robots.txt on the address that was asked for."""
    reason = trouble.reason if trouble.reason in _OF_THE_HOST else "robots"
    detail = trouble.detail if trouble.detail else f"{origin}/robots.txt cannot be had"
    return Refused(
        url=url,
        reason=reason,
        detail=detail,
        status=trouble.status,
        retry_at=trouble.retry_at,
    )
