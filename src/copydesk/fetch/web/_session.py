"""Sessions: aiohttp as we need it. Loaded when the first Web opens, since aiohttp is heavy."""

from __future__ import annotations

import contextlib
import socket
import ssl
import weakref
from collections.abc import Callable
from datetime import UTC, datetime
from socket import AF_INET, AF_UNSPEC, AI_NUMERICHOST, AddressFamily
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.connector import Connection

from copydesk.fetch.web._address import Target
from copydesk.fetch.web._resolver import Resolver, UnknownHostError
from copydesk.fetch.web._sockets import idle_seconds
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
