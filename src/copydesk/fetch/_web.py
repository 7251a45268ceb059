"""Web: one request to the network, through the address guard, within the limits."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import TYPE_CHECKING

from copydesk.fetch import _headers
from copydesk.fetch._address import AddressRefusedError, public_socket
from copydesk.fetch._clock import Clock
from copydesk.fetch._options import FetchOptions
from copydesk.fetch._trouble import refusal
from copydesk.fetch._unpack import BodyError, Unpacker
from copydesk.kit import urls
from copydesk.news import NotModified, Page, Refused, Request

if TYPE_CHECKING:
    import aiohttp

ROBOTS_BYTES = 1_500_000  # read at least; the rules themselves use the first 500 KiB

# aiohttp's own 8 KiB a field are less than the security policies that some sites send
_LINE_BYTES, _FIELD_BYTES, _HEADERS = 16 * 1024, 64 * 1024, 256


class Web:
    """The network: `async with Web(options, clock) as web`, then `await web.fetch(request)`.

    Gives any status as it is and follows no redirect. Keeps no cookie, uses no proxy from the
    environment. A name or address that leads to a private network is Refused "address" unless
    `options.allow_hosts` has the host.
    """

    def __init__(self, options: FetchOptions, clock: Clock) -> None:
        self._options = options
        self._clock = clock
        self._guarded: aiohttp.ClientSession | None = None
        self._allowed: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Web:
        self._guarded = _session(self._options, guarded=True)
        self._allowed = _session(self._options, guarded=False)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for session in (self._guarded, self._allowed):
            if session is not None:
                await session.close()
        self._guarded = self._allowed = None

    async def fetch(self, request: Request) -> Page | NotModified | Refused:
        """Give the answer of the server, or why there is none; never raise for its faults."""
        url = urls.fetchable(request.url)
        if url is None:
            return Refused(url=request.url, reason="network", detail="not a web address")
        try:
            async with asyncio.timeout(self._options.timeout_seconds):
                return await self._ask(request, url)
        except TimeoutError:
            detail = f"no whole answer within {self._options.timeout_seconds:g} seconds"
            return Refused(url=request.url, reason="too-slow", detail=detail)
        except BodyError as error:
            return Refused(url=request.url, reason=error.reason, detail=error.what)
        except AddressRefusedError as error:
            return _not_public(request.url, error)
        except Exception as error:  # aiohttp's tree is not loaded here, and below it lie OSError,
            # ValueError and UnicodeError for hostile hosts and headers; each is named in _trouble
            return refusal(request.url, error)

    async def _ask(self, request: Request, url: str) -> Page | NotModified | Refused:
        from yarl import URL

        session = self._session_for(url)
        headers = _headers.for_request(request, self._options)
        target = URL(url, encoded=True)
        async with session.get(target, headers=headers, allow_redirects=False) as response:
            if response.status == 304 and (request.etag or request.last_modified):
                return NotModified(url=request.url, final_url=url)
            return Page(
                url=request.url,
                final_url=url,
                status=response.status,
                headers=_headers.for_page(response.headers.items()),
                body=await self._body(response, request),
                fetched_at=self._clock.now(),
            )

    def _session_for(self, url: str) -> aiohttp.ClientSession:
        session = self._allowed if self._options.allows(urls.host(url)) else self._guarded
        if session is None:
            msg = "Web is used outside of its `async with`"
            raise RuntimeError(msg)
        return session

    async def _body(self, response: aiohttp.ClientResponse, request: Request) -> bytes:
        limit = ROBOTS_BYTES if request.purpose == "robots" else self._options.max_bytes
        coding = _headers.joined(response.headers.items(), "content-encoding")
        unpacker = Unpacker(coding, limit)
        try:
            async for piece in response.content.iter_any():
                unpacker.feed(piece)
        except BodyError as error:
            if request.purpose == "robots" and error.reason == "too-big":
                return unpacker.cut()
            raise
        return unpacker.finish()


def _not_public(url: str, error: AddressRefusedError) -> Refused:
    detail = f"{urls.host(url)} is no public address: {error.address}"
    return Refused(url=url, reason="address", detail=detail)


def _session(options: FetchOptions, *, guarded: bool) -> aiohttp.ClientSession:
    """Open a session; a guarded one makes every socket through the address guard."""
    import aiohttp

    connector = aiohttp.TCPConnector(
        limit=options.concurrency,
        limit_per_host=1,
        socket_factory=public_socket if guarded else None,
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=options.timeout_seconds),
        max_line_size=_LINE_BYTES,
        max_field_size=_FIELD_BYTES,
        max_headers=_HEADERS,
    )
