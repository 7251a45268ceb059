"""HTTP connections by aiohttp: open sessions, limit how many connections stay open and how long.

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

from copydesk.fetch.hosts import Resolver, Target, UnknownHostError
from copydesk.news.options import FetchOptions

# aiohttp's default of 8 KiB a field is too little for the security policies of some sites
_LINE_BYTES, _FIELD_BYTES, _HEADERS = 16 * 1024, 64 * 1024, 256

_ends: weakref.WeakKeyDictionary[Any, datetime | None] = weakref.WeakKeyDictionary()


def open_session(
    options: FetchOptions,
    names: Resolver,
    tls: ssl.SSLContext,
    open_socket: Callable[[Target], socket.socket] | None,
) -> aiohttp.ClientSession:
    """Return an aiohttp session; all its sockets are made by `open_socket` if that is given."""
    connector = aiohttp.TCPConnector(
        limit=0,  # Polite limits the number of hosts
        resolver=_AiohttpResolver(names),
        use_dns_cache=False,  # our resolver has its own
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
    """Return the timeouts of one HTTP request; `connect_seconds` remain for TCP and TLS."""
    return aiohttp.ClientTimeout(total=options.timeout_seconds, connect=connect_seconds)


def piecewise_limits(options: FetchOptions) -> aiohttp.ClientTimeout:
    """Return the timeouts of a request whose body may take hours: for each of its pieces."""
    connect, piece = options.connect_seconds, options.timeout_seconds
    return aiohttp.ClientTimeout(total=None, connect=connect, sock_read=piece)


def tls_context() -> ssl.SSLContext:
    """Return a TLS context with the system's certificates and those of SSL_CERT_FILE, for HTTP/1.1.

    It is as strict as browsers are: Python 3.13 alone would refuse a chain without a key
    identifier.
    """
    context = ssl.create_default_context()
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.set_alpn_protocols(["http/1.1"])
    return context


def certificate_until(response: aiohttp.ClientResponse) -> datetime | None:
    """Return the expiry time of the server's TLS certificate, None without one."""
    return response.certificate_until if isinstance(response, _Response) else None


class _Response(aiohttp.ClientResponse):
    """An HTTP response that notes when the TLS certificate expires while the connection is open."""

    certificate_until: datetime | None = None

    async def start(self, connection: Connection) -> aiohttp.ClientResponse:
        transport = connection.transport
        if transport is not None:
            self.certificate_until = _end_of(transport.get_extra_info("ssl_object"))
        protocol = connection.protocol
        is_last = self.request_info.headers.get("Connection") == "close"
        if is_last and protocol is not None:  # a protocol without data is false
            protocol.force_close()  # even if the server ignores `Connection: close`
        return await super().start(connection)


def _end_of(tls: Any) -> datetime | None:
    """Return when a TLS certificate expires, reading it only once for each connection."""
    if tls is None:
        return None
    if tls not in _ends:
        _ends[tls] = None
        with contextlib.suppress(ValueError, KeyError, TypeError, OverflowError):
            seconds = ssl.cert_time_to_seconds(tls.getpeercert()["notAfter"])
            _ends[tls] = datetime.fromtimestamp(seconds, UTC)
    return _ends[tls]


class _AiohttpResolver(AbstractResolver):
    """An adapter by which aiohttp uses copydesk's DNS resolver."""

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
        """Do nothing: the resolver belongs to Web."""


_MOST_FILES = 65_536
_FEWEST_KEPT, _MOST_KEPT = 16, 4_096
_SPARE = 256  # files for the rest of the newsroom: git, the database, name servers
_SHORTEST_IDLE, _LONGEST_IDLE = 15.0, 75.0  # seconds; most servers close a connection after 5 to 75
_MARGIN = 5.0


def raise_file_limit() -> int:
    """Raise the process's limit of open files as far as allowed, and return the limit."""
    try:
        import resource
    except ImportError:  # not on Unix
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
    """Return how many idle connections may stay open with this limit of open files."""
    return min(max((files - _SPARE) // 2 - 2 * concurrency, _FEWEST_KEPT), _MOST_KEPT)


def idle_seconds(options: FetchOptions) -> float:
    """Return how many seconds an idle connection stays open, which is longer than most pauses."""
    longest = max([options.delay_seconds, *(options.delay(host) for host in options.hosts)])
    return min(max(_SHORTEST_IDLE, longest + _MARGIN), _LONGEST_IDLE)


class IdleConnections:
    """Counts the idle HTTP connections that are kept open for the next request to their host.

    A connection over the limit is closed after its answer, by `Connection: close`.
    """

    def __init__(self, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._since: OrderedDict[str, float] = OrderedDict()

    def has_room(self, key: str, now: float) -> bool:
        """Return whether the next request's connection may stay open when the request is done."""
        if key in self._since or len(self._since) < self._most:
            return True
        while self._since and next(iter(self._since.values())) + self._seconds <= now:
            self._since.popitem(last=False)
        return len(self._since) < self._most

    def keep(self, key: str, now: float) -> None:
        """Count a connection as idle from now on."""
        self._since[key] = now
        self._since.move_to_end(key)
