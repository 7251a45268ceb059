"""Audience: how often each story's page is read, counted here and by nobody else.

What is kept is a number for each story and day. No cookie is set, and no address is written down:
that one client does not count without end is told by a keyed hash that never leaves the process,
and whose key is thrown away at midnight (UTC).
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import secrets
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING

from copydesk.errors import MemoryStoreError
from copydesk.fetch import Clock
from copydesk.memory import Memory

if TYPE_CHECKING:
    from aiohttp import web

A_CLIENT = 3  # reads of one story on one day that one client counts for
EVERY_SECONDS = 60.0
KEPT_DAYS = 90
CLIENTS_AT_MOST = 200_000  # pairs of client and story a day, some 20 MB; more are not counted

_BROWSER = re.compile(r"(Mozilla|Opera)/\d")
# a browser has no address of its maker in its name; Cubot makes telephones
_MACHINE = re.compile(r"(?i)(?<!cu)bot|crawl|spider|slurp|preview|headless|monitor|scan|https?:|@")
_PURPOSE_HEADERS = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
_PREFETCH = re.compile(r"(?i)prefetch|prerender|preview")


def is_read(request: web.Request) -> bool:
    """Decide whether a person seems to have asked for a page to read it now."""
    headers = request.headers
    agent = headers.get("User-Agent", "")
    return (
        request.method == "GET"
        and _BROWSER.match(agent) is not None
        and _MACHINE.search(agent) is None
        and headers.get("Sec-Fetch-Dest", "document") == "document"
        and not any(_PREFETCH.search(headers.get(name, "")) for name in _PURPOSE_HEADERS)
    )


class AudienceCounts:
    """Count the reads of story pages, and write them to the memory now and then.

    `open_memory` opens the memory for one thread and a short time. What cannot be written now is
    written later.
    """

    def __init__(
        self,
        open_memory: Callable[[], Memory],
        clock: Clock,
        make_key: Callable[[], bytes] = lambda: secrets.token_bytes(32),
        clients_at_most: int = CLIENTS_AT_MOST,
    ) -> None:
        self._clients_at_most = clients_at_most
        self._open_memory = open_memory
        self._clock = clock
        self._make_key = make_key
        self._day = date.min
        self._key = b""
        self._clients: Counter[bytes] = Counter()
        self._counts: Counter[tuple[date, str]] = Counter()

    def note(self, request: web.Request, name: str) -> None:
        """Count a request that the page of a record was the answer to, if somebody reads it."""
        if not is_read(request):
            return
        day = self._clock.now().date()
        if day != self._day:
            self._day, self._key = day, self._make_key()
            self._clients.clear()
        client = self._hash(request, name)
        if client not in self._clients and len(self._clients) >= self._clients_at_most:
            return
        self._clients[client] += 1
        if self._clients[client] <= A_CLIENT:
            self._counts[day, name] += 1

    def _hash(self, request: web.Request, name: str) -> bytes:
        agent = request.headers.get("User-Agent", "")
        said = "\n".join((client_of(request), agent, name))
        return blake2b(said.encode("utf-8", "replace"), key=self._key, digest_size=8).digest()

    async def go_on(self) -> None:
        """Write the counts every minute until cancelled, and once more then."""
        try:
            while True:
                await self._clock.sleep(EVERY_SECONDS)
                await self.write()
        finally:
            await self.write()

    async def write(self) -> None:
        """Write the counts; where the memory is busy or broken they wait for the next time."""
        counts, self._counts = self._counts, Counter()
        if not counts:
            return
        try:
            await asyncio.to_thread(self._keep, counts)
        except MemoryStoreError:
            self._counts.update(counts)

    def _keep(self, counts: Counter[tuple[date, str]]) -> None:
        with closing(self._open_memory()) as memory, memory.together():
            for (day, name), count in counts.items():
                memory.reads.add(day, {name: count})
            memory.reads.forget(before=max(day for day, _ in counts) - timedelta(days=KEPT_DAYS))


def client_of(request: web.Request) -> str:
    """Return who asks: the address, of IPv6 the network.

    Where a machine of our own network asks, that is the web server in front of us: what it says of
    its client comes last in X-Forwarded-For.
    """
    peer = _network(request.remote or "")
    forwarded = ",".join(request.headers.getall("X-Forwarded-For", []))
    if not forwarded or not _is_ours(peer):
        return peer
    return _network(forwarded.rpartition(",")[2].strip())


def _network(address: str) -> str:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:100]
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((int(found), 64), strict=False).network_address)


def _is_ours(peer: str) -> bool:
    try:
        return ipaddress.ip_address(peer).is_private
    except ValueError:
        return False
