"""Connections of aiohttp: sessions, how many connections may be open and how long they stay.

Imported when the first Web is opened, since aiohttp is heavy.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import weakref
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime
from socket import AF_INET, AF_UNSPEC, AI_NUMERICHOST, AddressFamily
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.connector import Connection

from copydesk.fetch.web._addresses import Resolver, Target, UnknownHostError
from copydesk.news import FetchOptions

# aiohttp's own 8 KiB a field are less than the security policies that some sites send
_LINE_BYTES, _FIELD_BYTES, _HEADERS = 16 * 1024, 64 * 1024, 256

_ends: weakref.WeakKeyDictionary[Any, datetime | None] = weakref.WeakKeyDictionary()


def open_session(
    options: FetchOptions,
    names: Resolver,
    tls: ssl.SSLContext,
    open_socket: Callable[[Target], socket.socket] | None,
) -> aiohttp.ClientSession:
    """Open a session, which makes every socket by `open_socket` where that is given."""
    connector = aiohttp.TCPConnector(
        limit=0,  # Polite bounds the number of hosts
        resolver=_AiohttpResolver(names),
        use_dns_cache=False,  # our resolver has one
        keepalive_timeout=idle_seconds(options),
        ssl=tls,
        socket_factory=open_socket,
    )
    return aiohttp.ClientSession(
        connector=connector,
        response_class=_Response,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
        timeout=limits(options, options.connect_seconds),
        max_line_size=_LINE_BYTES,
        max_field_size=_FIELD_BYTES,
        max_headers=_HEADERS,
    )


def limits(options: FetchOptions, connect_seconds: float) -> aiohttp.ClientTimeout:
    """Return the limits of one request, of which so much is left for TCP and TLS."""
    return aiohttp.ClientTimeout(total=options.timeout_seconds, connect=connect_seconds)


def tls_context() -> ssl.SSLContext:
    """Trust whom the system trusts, and what SSL_CERT_FILE names; speak HTTP/1.1.

    As strict as browsers are: Python 3.13 alone would refuse a chain for a missing key identifier.
    """
    context = ssl.create_default_context()
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.set_alpn_protocols(["http/1.1"])
    return context


def certificate_until(response: aiohttp.ClientResponse) -> datetime | None:
    """Return when the certificate of a response's server ends, None without one."""
    return response.certificate_until if isinstance(response, _Response) else None


class _Response(aiohttp.ClientResponse):
    """A response that knows its connection while there is one."""

    certificate_until: datetime | None = None

    async def start(self, connection: Connection) -> aiohttp.ClientResponse:
        transport = connection.transport
        if transport is not None:
            self.certificate_until = _end_of(transport.get_extra_info("ssl_object"))
        protocol = connection.protocol
        is_last = self.request_info.headers.get("Connection") == "close"
        if is_last and protocol is not None:  # an empty protocol is false
            protocol.force_close()  # whatever the server makes of our wish
        return await super().start(connection)


def _end_of(tls: Any) -> datetime | None:
    """Read a peer's certificate once for each connection."""
    if tls is None:
        return None
    if tls not in _ends:
        _ends[tls] = None
        with contextlib.suppress(ValueError, KeyError, TypeError, OverflowError):
            seconds = ssl.cert_time_to_seconds(tls.getpeercert()["notAfter"])
            _ends[tls] = datetime.fromtimestamp(seconds, UTC)
    return _ends[tls]


class _AiohttpResolver(AbstractResolver):
    """Our resolver, in the words of aiohttp."""

    def __init__(self, names: Resolver) -> None:
        self._names = names

    async def resolve(
        self, host: str, port: int = 0, family: AddressFamily = AF_INET
    ) -> list[ResolveResult]:
        try:
            host_addresses = await self._names.find(host)
        except UnknownHostError as error:
            raise OSError(None, error.what) from error
        return [
            ResolveResult(
                hostname=host, host=address, port=port, family=kind, proto=0, flags=AI_NUMERICHOST
            )
            for kind, address in host_addresses.addresses
            if family in {kind, AF_UNSPEC}
        ]

    async def close(self) -> None:
        """Leave the names to whoever opened them."""


_MOST_FILES = 65_536
_FEWEST_KEPT, _MOST_KEPT = 16, 4_096
_SPARE = 256  # files for the rest of the newsroom: git, the database, name servers
_SHORTEST_IDLE, _LONGEST_IDLE = 15.0, 75.0  # seconds; most servers hang up after 5 to 75
_MARGIN = 5.0


def raise_file_limit() -> int:
    """Raise the soft limit of open files as far as we may, and give what it is now."""
    try:
        import resource
    except ImportError:  # not a Unix
        return 512
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    endless = {-1, resource.RLIM_INFINITY}
    wanted = _MOST_FILES if hard in endless else min(hard, _MOST_FILES)
    if soft not in endless and soft < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return _MOST_FILES if soft in endless else min(soft, _MOST_FILES)


def idle_limit(files: int, concurrency: int) -> int:
    """Return how many connections may wait idle where so many files may be open."""
    return min(max((files - _SPARE) // 2 - 2 * concurrency, _FEWEST_KEPT), _MOST_KEPT)


def idle_seconds(options: FetchOptions) -> float:
    """Compute how long a connection is kept: past a pause between two requests that is short."""
    longest = max([options.delay_seconds, *(options.delay(host) for host in options.hosts)])
    return min(max(_SHORTEST_IDLE, longest + _MARGIN), _LONGEST_IDLE)


class IdleConnections:
    """The connections that wait for their host's next request, counted at our end.

    A connection that would be one too many is closed after its answer, and the server is told.
    """

    def __init__(self, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._since: OrderedDict[str, float] = OrderedDict()

    def has_room(self, key: str, now: float) -> bool:
        """Decide whether the connection to ask over may be kept afterwards."""
        if key in self._since or len(self._since) < self._most:
            return True
        while self._since and next(iter(self._since.values())) + self._seconds <= now:
            self._since.popitem(last=False)
        return len(self._since) < self._most

    def keep(self, key: str, now: float) -> None:
        """Note that a connection waits from now on."""
        self._since[key] = now
        self._since.move_to_end(key)
