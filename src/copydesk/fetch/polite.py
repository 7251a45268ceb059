"""A fetcher that obeys robots.txt and pauses between requests, built on any other fetcher."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from copydesk.fetch.hosts import (
    DEFAULT_LIMITS,
    HostStore,
    MemoryLimits,
    Notes,
    RobotsRecord,
    Slots,
    TdmRecord,
    make_room,
)
from copydesk.fetch.messages import (
    Clock,
    Finder,
    WebAddress,
    is_redirect,
    next_hop,
    parse_address,
    refusal,
    same_origin,
    wait_until,
)
from copydesk.fetch.robots import (
    TDMREP_PATH,
    RobotsRules,
    UsageLine,
    fits,
    normalize_path,
    read_tdmrep,
)
from copydesk.kit import urls
from copydesk.news import Fetcher, NotModified, Page, Refused, Request
from copydesk.news.article import Signal
from copydesk.news.options import FetchOptions
from copydesk.news.page import RefusedReason

Answer = Page | NotModified | Refused


class Polite:
    """A fetcher that obeys robots.txt, pauses between requests to a host, and returns usable pages
    only.

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
        """Return what was learned about hosts, as bytes by key, to be given to the next run as
        `hosts`.
        """
        return self._notes.changes()

    async def fetch(self, request: Request) -> Answer:
        """Return the page at the end of all redirects (status 2xx), NotModified, or Refused with a
        reason.
        """
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

    async def turn(self, url: str) -> Refused | None:
        """Wait until a URL may get one request, which another fetcher sends; return why it may not.

        The host's pause begins at once. `note` takes the response.
        """
        where = parse_address(url)
        if where is None:
            return Refused(url=url, reason="network", detail="not a web address")
        request = Request(url=url, purpose="source")
        refused = await self._robots.refusal(where) or self._refuse_early(request, where.host)
        if refused is not None:
            return refused
        async with self._slots.turn(where.host):
            return self._refuse_early(request, where.host)

    def note(self, page: Page) -> None:
        """Note what a response asks of the next requests to its host: a later time, a slower
        pace.
        """
        retry_at = wait_until(page, self._clock.now())
        self._slots.note(_must_parse(page.final_url).host, page.status, retry_at)

    def _add_signals(self, page: Page) -> Page:
        """Return a page with what its site says on the use of its content, such as for AI
        training.
        """
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
        """Follow the redirects of a response to their end."""
        asked = [request.url]
        hops: list[tuple[int, str]] = []
        while isinstance(answer, Page) and is_redirect(answer):
            target = next_hop(answer, asked, self._options.max_redirects)
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
        """Fetch the site's tdmrep.json (data mining rights) before its page, if robots.txt allows
        it.
        """
        if (
            await self._robots.refusal(_must_parse(where.origin + TDMREP_PATH), request.proxy)
            is None
        ):
            await tdm.learn(where, request.proxy)

    async def _ask(self, request: Request) -> Answer:
        return await self._ask_in_turn(request, _must_parse(request.url).host)

    async def _ask_in_turn(self, request: Request, host: str) -> Answer:
        """Send one request after the pause of its host, unless the host asked for a longer one."""
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
                self.note(answer)
            elif isinstance(answer, NotModified):
                self._slots.note(host, 304, None)
            return answer

    def _refuse_early(self, request: Request, host: str) -> Refused | None:
        retry_at = self._slots.retry_at(host)
        if retry_at is None:
            return None
        detail = f"{host} asked for a pause"
        return Refused(url=request.url, reason="slow-down", detail=detail, retry_at=retry_at)

    def _judge_status(self, answer: Answer) -> Answer:
        if isinstance(answer, Page):
            return refusal(answer, self._clock.now()) or answer
        return answer


def _redirect(request: Request, target: str) -> Request:
    """Return the request for a redirect's target; headers for one site (a token) are only sent
    there.
    """
    headers = request.headers if same_origin(request.url, target) else {}
    return replace(request, url=target, headers=headers)


def _must_parse(url: str) -> WebAddress:
    """Parse a URL that `parse_address` or `next_hop` returned."""
    where = parse_address(url)
    assert where is not None
    return where


# Fetch robots.txt (RFC 9309) and tdmrep.json of each site once a day, and obey them.
#
# tdmrep.json reserves a site's rights of text and data mining (W3C community report of 2024-02-02).
# Asking for it is a courtesy to the publisher: a failure means no signals, and stops nothing.

_KEEP = timedelta(hours=24)  # RFC 9309 2.4
_KEEP_TROUBLE = timedelta(hours=1)
_MAX_ROBOTS_REDIRECTS = 5  # RFC 9309 2.3.1.2
_LINE_BYTES = 250  # bytes that a rule takes besides its characters

Ask = Callable[[Request], Awaitable[Answer]]

# the host itself cannot be reached: a person must see that, and not a fault of robots.txt
_UNREACHED: frozenset[RefusedReason] = frozenset({"address", "certificate", "network", "too-slow"})
_OF_THE_HOST = _UNREACHED | {"slow-down"}


@dataclass(slots=True)
class _RobotsFile:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0
    rules: RobotsRules | None = None  # None: everything is allowed
    trouble: Refused | None = None  # set: nothing is allowed
    until: datetime | None = None
    etag: str = ""
    last_modified: str = ""
    weight: int = 0

    def know(self, rules: RobotsRules | None) -> None:
        """Store the rules of a robots.txt and their estimated size."""
        lines = () if rules is None else rules.lines
        usage_lines = () if rules is None else rules.usage_lines
        self.rules = rules
        self.weight = sum(3 * len(line) + _LINE_BYTES for line in lines)
        self.weight += sum(len(line.said) + len(line.path) + _LINE_BYTES for line in usage_lines)


class RobotsFiles:
    """The robots.txt files of all origins (scheme, host, port), which decide whether a URL may be
    fetched.

    The pause that a file asks for goes to the host's slot. The contents of a file are stored. An
    unreachable host is not, since our own connection may be down.

    A refusal has `retry_at` if the file cannot be fetched just now. It has none if the file itself
    forbids the URL, or if the host cannot be reached.
    """

    def __init__(
        self,
        ask: Ask,
        clock: Clock,
        slots: Slots,
        notes: Notes,
        limits: MemoryLimits = DEFAULT_LIMITS,
    ) -> None:
        self._ask = ask
        self._limits = limits
        self._clock = clock
        self._slots = slots
        self._notes = notes
        self._entries: OrderedDict[str, _RobotsFile] = OrderedDict()
        self._weight = 0

    async def refusal(self, where: WebAddress, proxy: str = "") -> Refused | None:
        """Return why robots.txt forbids to fetch a URL, None if it may be fetched."""
        entry = self._entries.get(where.origin) or self._recall(where)
        if entry.until is None or entry.until <= self._clock.now():
            await self._keep_fresh(entry, where, proxy)
        if entry.trouble is not None:
            return _refuse_because(where, entry.trouble)
        if entry.rules is None or entry.rules.allow(where.url):
            return None
        detail = f"access is forbidden by {where.origin}/robots.txt"
        return Refused(url=where.url, reason="robots", detail=detail)

    def signals(self, where: WebAddress) -> tuple[Signal, ...]:
        """Return what robots.txt says on the use of a URL's content, () while the file is
        unknown.
        """
        entry = self._entries.get(where.origin) or self._recall(where)
        return () if entry.rules is None else entry.rules.signals(where.url)

    async def _keep_fresh(self, entry: _RobotsFile, where: WebAddress, proxy: str) -> None:
        """Fetch the robots.txt again if it is too old, once for all requests that wait for it."""
        entry.users += 1
        try:
            async with entry.lock:
                if entry.until is None or entry.until <= self._clock.now():
                    before = entry.weight
                    await self._renew(entry, where, proxy)
                    if entry is self._entries.get(where.origin):
                        self._weight += entry.weight - before
        finally:
            entry.users -= 1
        self._make_room()

    async def _renew(self, entry: _RobotsFile, where: WebAddress, proxy: str) -> None:
        """Fetch the robots.txt; while that fails, an older version stays valid (RFC 9309 2.4)."""
        answer = await self._fetch(_request_file(entry, f"{where.origin}/robots.txt", proxy))
        now = self._clock.now()
        if isinstance(answer, Refused):
            entry.until = answer.retry_at or now + _KEEP_TROUBLE
            if entry.rules is None:
                is_unreached = answer.reason in _UNREACHED
                entry.trouble = answer if is_unreached else replace(answer, retry_at=entry.until)
        else:
            _take(entry, answer)
            entry.until = now + _KEEP
            self._slow_down(where, entry.rules)
        if entry.trouble is None or entry.trouble.status:
            self._notes.write(f"robots {where.origin}", _robots_record(entry, entry.until))

    def _slow_down(self, where: WebAddress, rules: RobotsRules | None) -> None:
        self._slots.slow_down(where.host, 0.0 if rules is None else rules.delay_seconds)

    def _recall(self, where: WebAddress) -> _RobotsFile:
        """Return an origin's robots.txt as known in this run, or as stored by earlier ones."""
        self._make_room()
        record = self._notes.read(f"robots {where.origin}", RobotsRecord)
        entry = self._entries[where.origin] = _RobotsFile()
        if record is not None:
            _fill(entry, record, f"{where.origin}/robots.txt")
            if entry.until is not None and entry.until > self._clock.now() + _KEEP:
                entry.until = None  # written when the clock was wrong
            self._slow_down(where, entry.rules)
        self._weight += entry.weight
        return entry

    def _make_room(self) -> None:
        """Forget the oldest files that nobody waits for; their stored versions stay."""
        for entry in make_room(self._entries, self._is_full):
            self._weight -= entry.weight

    def _is_full(self) -> bool:
        is_crowded = len(self._entries) >= self._limits.origins
        return is_crowded or self._weight > self._limits.rule_bytes

    async def _fetch(self, request: Request) -> Page | NotModified | Refused:
        """Return the robots.txt, a 4xx page (which allows everything), or why it is unknown."""
        asked = [request.url]
        while True:
            answer = await self._ask(replace(request, url=asked[-1]))
            if isinstance(answer, NotModified) and (request.etag or request.last_modified):
                return answer
            if not isinstance(answer, Page):
                return _refuse_unknown(answer, request.url, asked)
            if not is_redirect(answer):
                return (
                    answer if _is_known(answer) else _refuse_for_status(answer, self._clock.now())
                )
            target = next_hop(answer, asked, _MAX_ROBOTS_REDIRECTS)
            if isinstance(target, Refused):
                return answer  # RFC 9309 2.3.1.2: too many redirects, as if there were no file
            asked.append(target)


def _request_file(entry: _RobotsFile | _TdmFile, url: str, proxy: str) -> Request:
    """Return the request for such a file, with the validators of a known version."""
    etag, last_modified = entry.etag, entry.last_modified
    return Request(url=url, purpose="robots", etag=etag, last_modified=last_modified, proxy=proxy)


def _take(entry: _RobotsFile, answer: Page | NotModified) -> None:
    """Update the stored rules of a robots.txt: the response has new ones, none, or says that they
    are unchanged.
    """
    entry.trouble = None
    if isinstance(answer, NotModified):
        return
    is_there = answer.status < 300
    entry.know(RobotsRules.read(answer.body) if is_there else None)
    entry.etag = answer.headers.get("etag", "") if is_there else ""
    entry.last_modified = answer.headers.get("last-modified", "") if is_there else ""


def _robots_record(entry: _RobotsFile, until: datetime) -> RobotsRecord:
    trouble, rules = entry.trouble, entry.rules
    return RobotsRecord(
        until=until,
        rules=None if rules is None else rules.lines,
        delay_seconds=0.0 if rules is None else rules.delay_seconds,
        etag=entry.etag,
        last_modified=entry.last_modified,
        trouble="" if trouble is None else trouble.detail,
        status=0 if trouble is None else trouble.status,
        usage_lines=() if rules is None else rules.usage_lines,
    )


def _fill(entry: _RobotsFile, record: RobotsRecord, url: str) -> None:
    """Read the rules of a robots.txt from the form in which they are stored."""
    entry.until = record.until
    entry.etag, entry.last_modified = record.etag, record.last_modified
    if record.rules is not None:
        entry.know(RobotsRules(record.rules, record.delay_seconds, record.usage_lines or ()))
        if record.usage_lines is None:  # without validators the file will be sent whole
            entry.etag = entry.last_modified = ""
    if record.status:
        entry.trouble = Refused(
            url=url,
            reason="slow-down" if record.status == 429 else "robots",
            detail=record.trouble,
            status=record.status,
            retry_at=record.until,
        )


def _is_known(page: Page) -> bool:
    """Return whether the status of a robots.txt response is final: 2xx, or 4xx other than 429."""
    return 200 <= page.status < 300 or (400 <= page.status < 500 and page.status != 429)


def _refuse_for_status(page: Page, now: datetime) -> Refused:
    """Return a refusal for a robots.txt response with 5xx (RFC 9309 2.3.1.4), or 429 (a pause)."""
    refused = refusal(page, now)
    reason: RefusedReason = "slow-down" if page.status == 429 else "robots"
    detail = f"could not fetch robots.txt: status {page.status}"
    retry_at = None if refused is None else refused.retry_at
    return Refused(
        url=page.url, reason=reason, detail=detail, status=page.status, retry_at=retry_at
    )


def _refuse_unknown(answer: NotModified | Refused, url: str, asked: list[str]) -> Refused:
    """Return why a robots.txt is unknown; a failure after a redirect is not the host's own."""
    if isinstance(answer, Refused) and len(asked) == 1:
        return answer
    detail = answer.detail if isinstance(answer, Refused) else "unexpected answer"
    return Refused(url=url, reason="robots", detail=f"could not fetch robots.txt: {detail}")


def _refuse_because(where: WebAddress, trouble: Refused) -> Refused:
    """Return the refusal of a URL because its robots.txt could not be fetched."""
    reason = trouble.reason if trouble.reason in _OF_THE_HOST else "robots"
    detail = trouble.detail if trouble.detail else f"could not fetch {where.origin}/robots.txt"
    return Refused(
        url=where.url,
        reason=reason,
        detail=detail,
        status=trouble.status,
        retry_at=trouble.retry_at,
    )


_MAX_TDMREP_REDIRECTS = 3


@dataclass(slots=True)
class _TdmFile:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    usage_lines: tuple[UsageLine, ...] = ()
    until: datetime | None = None
    etag: str = ""
    last_modified: str = ""

    def know(self, page: Page) -> None:
        """Store the tdmrep.json of a response. Any status but 2xx means that there is none."""
        is_there = page.status < 300
        self.usage_lines = read_tdmrep(page.body) if is_there else ()
        self.etag = page.headers.get("etag", "") if is_there else ""
        self.last_modified = page.headers.get("last-modified", "") if is_there else ""


class TdmFiles:
    """The tdmrep.json files of all origins, by which sites reserve their content from data
    mining.
    """

    def __init__(
        self, ask: Ask, clock: Clock, notes: Notes, limits: MemoryLimits = DEFAULT_LIMITS
    ) -> None:
        self._ask = ask
        self._limits = limits
        self._clock = clock
        self._notes = notes
        self._entries: OrderedDict[str, _TdmFile] = OrderedDict()

    async def learn(self, where: WebAddress, proxy: str = "") -> None:
        """Fetch the tdmrep.json of a URL's origin if it is due, once for all requests that wait for
        it.
        """
        entry = self._entry(where)
        if self._is_known(entry):
            return
        async with entry.lock:
            if not self._is_known(entry):
                await self._renew(entry, where, proxy)

    def signals(self, where: WebAddress) -> tuple[Signal, ...]:
        """Return what tdmrep.json says on the use of a URL: the first matching pattern counts
        (TDMRep 6.1).
        """
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
        """Return an origin's tdmrep.json as known in this run, or as stored by earlier ones."""
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
        """Fetch the tdmrep.json; while that fails, the last known version stays valid."""
        answer = await self._fetch(_request_file(entry, where.origin + TDMREP_PATH, proxy))
        is_trouble = isinstance(answer, Refused) or _is_trouble(answer)
        entry.until = self._clock.now() + (_KEEP_TROUBLE if is_trouble else _KEEP)
        if isinstance(answer, Page) and not is_trouble:
            entry.know(answer)
        if not isinstance(answer, Refused):
            self._notes.write(f"tdm {where.origin}", _tdm_record(entry, entry.until))

    async def _fetch(self, request: Request) -> Answer:
        """Return the response for tdmrep.json at the end of redirects that stay on the site."""
        asked = [request.url]
        while True:
            answer = await self._ask(replace(request, url=asked[-1]))
            if not isinstance(answer, Page) or not is_redirect(answer):
                return answer
            target = next_hop(answer, asked, _MAX_TDMREP_REDIRECTS)
            if isinstance(target, Refused) or not urls.same_site(target, request.url):
                return answer  # a status of 3xx counts as no file
            asked.append(target)


def _tdm_record(entry: _TdmFile, until: datetime) -> TdmRecord:
    return TdmRecord(
        until=until,
        usage_lines=entry.usage_lines,
        etag=entry.etag,
        last_modified=entry.last_modified,
    )


def _is_trouble(answer: Page | NotModified) -> bool:
    """Return whether a response says that the host has a temporary problem (5xx or 429)."""
    return isinstance(answer, Page) and (answer.status >= 500 or answer.status == 429)
