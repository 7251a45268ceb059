"""TDMRep: /.well-known/tdmrep.json of every origin, asked for once a day beside robots.txt.

The file reserves a site's rights of text and data mining (W3C community report of 2024-02-02). It
is a courtesy to its publisher: whatever goes wrong with it says nothing, and stops nothing.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from copydesk.fetch._clock import Clock
from copydesk.fetch._web_address import WebAddress
from copydesk.fetch.polite import _redirects
from copydesk.fetch.polite._limits import DEFAULT_LIMITS, MemoryLimits
from copydesk.fetch.polite._notes import Notes, TdmRecord
from copydesk.fetch.robots import TDMREP_PATH, UsageLine, fits, normalize_path, read_tdmrep
from copydesk.kit import urls
from copydesk.news import NotModified, Page, Refused, Request, Signal

_KEEP = timedelta(hours=24)
_KEEP_TROUBLE = timedelta(hours=1)
_MAX_REDIRECTS = 3

Answer = Page | NotModified | Refused
Ask = Callable[[Request], Awaitable[Answer]]


@dataclass(slots=True)
class _TdmFile:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    usage_lines: tuple[UsageLine, ...] = ()
    until: datetime | None = None
    etag: str = ""
    last_modified: str = ""

    def know(self, page: Page) -> None:
        """Take what a host answered: a file, or by any other status that there is none."""
        is_there = page.status < 300
        self.usage_lines = read_tdmrep(page.body) if is_there else ()
        self.etag = page.headers.get("etag", "") if is_there else ""
        self.last_modified = page.headers.get("last-modified", "") if is_there else ""


class TdmFiles:
    """What the file says, per scheme, host and port; `ask` makes one polite request."""

    def __init__(
        self, ask: Ask, clock: Clock, notes: Notes, limits: MemoryLimits = DEFAULT_LIMITS
    ) -> None:
        self._ask = ask
        self._limits = limits
        self._clock = clock
        self._notes = notes
        self._entries: OrderedDict[str, _TdmFile] = OrderedDict()

    async def learn(self, where: WebAddress, proxy: str = "") -> None:
        """Know what the file of an address's origin says, once for all who wait for it."""
        entry = self._entry(where)
        if self._is_known(entry):
            return
        async with entry.lock:
            if not self._is_known(entry):
                await self._renew(entry, where, proxy)

    def signals(self, where: WebAddress) -> tuple[Signal, ...]:
        """Return what is said of an address: the first pattern that fits (TDMRep 6.1)."""
        path = normalize_path(where.path)
        for line in self._entry(where).usage_lines:
            if fits(line.path, path):
                policy = (Signal(name="tdm-policy", said=line.said, where=TDMREP_PATH),)
                reserved = Signal(name="tdm-reservation", said=line.name, where=TDMREP_PATH)
                return (reserved, *policy) if line.said else (reserved,)
        return ()

    def _is_known(self, entry: _TdmFile) -> bool:
        return entry.until is not None and entry.until > self._clock.now()

    def _entry(self, where: WebAddress) -> _TdmFile:
        """Return what is known of an origin, from this round or an earlier one."""
        known = self._entries.get(where.origin)
        if known is not None:
            return known
        entry = self._entries[where.origin] = _TdmFile()
        record = self._notes.read(f"tdm {where.origin}", TdmRecord)
        if record is not None and record.until <= self._clock.now() + _KEEP:
            entry.usage_lines, entry.until = record.usage_lines, record.until
            entry.etag, entry.last_modified = record.etag, record.last_modified
        while len(self._entries) > self._limits.origins:
            self._entries.popitem(last=False)
        return entry

    async def _renew(self, entry: _TdmFile, where: WebAddress, proxy: str) -> None:
        """Fetch the file; while it cannot be had, what it said last still holds."""
        answer = await self._fetch(_request(entry, where, proxy))
        is_trouble = isinstance(answer, Refused) or _is_trouble(answer)
        entry.until = self._clock.now() + (_KEEP_TROUBLE if is_trouble else _KEEP)
        if isinstance(answer, Page) and not is_trouble:
            entry.know(answer)
        if not isinstance(answer, Refused):
            self._notes.write(f"tdm {where.origin}", _record(entry, entry.until))

    async def _fetch(self, request: Request) -> Answer:
        """Return the answer at the end of its redirects, which are followed within the site."""
        asked = [request.url]
        while True:
            answer = await self._ask(replace(request, url=asked[-1]))
            if not isinstance(answer, Page) or not _redirects.is_redirect(answer):
                return answer
            target = _redirects.next_hop(answer, asked, _MAX_REDIRECTS)
            if isinstance(target, Refused) or not urls.same_site(target, request.url):
                return answer  # a status of 3xx: as if there were no file
            asked.append(target)


def _request(entry: _TdmFile, where: WebAddress, proxy: str) -> Request:
    """Ask for the file, or whether the one that is known still holds."""
    return Request(
        url=where.origin + TDMREP_PATH,
        purpose="robots",
        etag=entry.etag,
        last_modified=entry.last_modified,
        proxy=proxy,
    )


def _record(entry: _TdmFile, until: datetime) -> TdmRecord:
    return TdmRecord(
        until=until,
        usage_lines=entry.usage_lines,
        etag=entry.etag,
        last_modified=entry.last_modified,
    )


def _is_trouble(answer: Page | NotModified) -> bool:
    """Decide whether a host could not answer just now."""
    return isinstance(answer, Page) and (answer.status >= 500 or answer.status == 429)
