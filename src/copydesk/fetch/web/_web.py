"""The raw fetcher that sends one HTTP request to the network, to public addresses only."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Any

from copydesk.fetch._interfaces import Clock
from copydesk.fetch.messages import (
    BodyError,
    Unpacker,
    WebAddress,
    page_headers,
    parse_address,
    request_headers,
)
from copydesk.fetch.web import _refusals
from copydesk.fetch.web._addresses import Resolver, UnknownHostError, guard, is_public
from copydesk.news import NotModified, Page, Refused, Request
from copydesk.news.options import FetchOptions

if TYPE_CHECKING:
    import aiohttp

ROBOTS_BYTES = 1_500_000  # at least this much is read; the rules themselves use the first 500 KiB
_NOTICED_SECONDS = 0.1  # the time of a longer look-up is taken from connect_seconds


class Web:
    """The raw fetcher of the network: `async with Web(options, clock) as web`, then `web.fetch`.

    Returns any status as it is, follows no redirect, stores no cookies, and uses only the proxy
    that a request names. A host with a private address is Refused "address", unless it is in
    `options.allow_hosts`; `is_allowed` decides about an address. Opening a Web raises the limit of
    open files; half of them may be idle connections, or `most_idle`.
    """

    def __init__(
        self,
        options: FetchOptions,
        clock: Clock,
        *,
        is_allowed: Callable[[str], bool] = is_public,
        most_idle: int | None = None,
    ) -> None:
        self._options = options
        self._open_socket = guard(is_allowed)
        self._most_idle = most_idle
        self._clock = clock
        self._names = Resolver(options.nameservers, options.connect_seconds)
        self._spent: dict[str, float] = {}
        self._guarded: aiohttp.ClientSession | None = None
        self._allowed: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Web:
        from yarl import URL

        from copydesk.fetch.web import _connections

        self._session, self._url = _connections, URL  # imported late, since aiohttp is heavy
        most = _connections.idle_limit(_connections.raise_file_limit(), self._options.concurrency)
        most = most if self._most_idle is None else self._most_idle
        self._idle = _connections.IdleConnections(most, _connections.idle_seconds(self._options))
        self._loop = asyncio.get_running_loop()
        tls = _connections.tls_context()
        self._guarded = _connections.open_session(
            self._options, self._names, tls, self._open_socket
        )
        self._allowed = _connections.open_session(self._options, self._names, tls, None)
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
        await self._names.close()

    async def find(self, request: Request) -> Refused | None:
        """Resolve a request's host in advance; return why that fails, None if it is resolved."""
        where = parse_address(request.url)
        if where is None or request.proxy or self._names.knows(where.host):
            return None
        return await self._resolve(request.url, where.host)

    async def _resolve(self, url: str, host: str) -> Refused | None:
        try:
            host_addresses = await self._names.find(host)
        except UnknownHostError as error:
            return _refusals.refuse_name(url, host, error)
        if host_addresses.took > _NOTICED_SECONDS:
            self._spent[host] = host_addresses.took
        return None

    async def fetch(self, request: Request) -> Page | NotModified | Refused:
        """Return the server's answer with any status; Refused if the network fails."""
        return await self._answer(request, None)

    async def post(self, url: str, fields: Mapping[str, str]) -> Page | Refused:
        """Send a form by POST and return the answer as `fetch` does, with any status."""
        return await self._post(Request(url=url), fields)

    async def post_json(
        self, url: str, body: bytes, headers: Mapping[str, str] | None = None
    ) -> Page | Refused:
        """Send JSON by POST, with further headers, and return the answer as `post` does."""
        return await self._post(Request(url=url, headers=headers or {}), body)

    async def _post(self, request: Request, content: Mapping[str, str] | bytes) -> Page | Refused:
        answer = await self._answer(request, content)
        assert not isinstance(answer, NotModified)  # the request had no validators
        return answer

    async def _answer(
        self, request: Request, form: Mapping[str, str] | bytes | None
    ) -> Page | NotModified | Refused:
        where = parse_address(request.url)
        if where is None:
            return Refused(url=request.url, reason="network", detail="not a web address")
        refused = None
        if request.proxy:
            refused = _refusals.refuse_proxy(where, request.proxy, self._options)
        elif not self._names.knows(where.host):
            refused = await self._resolve(request.url, where.host)
        if refused is not None:
            return refused
        try:
            return await self._ask(request, where, form)
        except BodyError as error:
            return Refused(url=request.url, reason=error.reason, detail=error.what)
        except Exception as error:  # aiohttp's tree is not loaded here, and below it lie OSError,
            # ValueError and UnicodeError for hostile hosts and headers; each is named in _refusals
            return _refusals.refuse_error(request, where.host, error, self._options)

    async def _ask(
        self, request: Request, where: WebAddress, form: Mapping[str, str] | bytes | None
    ) -> Page | NotModified | Refused:
        key = request.proxy + where.origin
        headers = request_headers(request, self._options)
        if isinstance(form, bytes):
            headers["Content-Type"] = "application/json; charset=utf-8"
        is_kept = self._idle.has_room(key, self._loop.time())
        if not is_kept:
            headers["Connection"] = "close"
        async with self._open(request, where, headers, form) as response:
            if is_kept:
                self._idle.keep(key, self._loop.time())
            until = self._session.certificate_until(response)
            headers_kept = page_headers(response.headers.items())
            if response.status == 304 and (request.etag or request.last_modified):
                return NotModified(
                    url=request.url,
                    final_url=where.url,
                    headers=headers_kept,
                    certificate_until=until,
                )
            return Page(
                url=request.url,
                final_url=where.url,
                status=response.status,
                headers=headers_kept,
                body=await self._body(response, request),
                fetched_at=self._clock.now(),
                certificate_until=until,
            )

    def _open(
        self,
        request: Request,
        where: WebAddress,
        headers: Mapping[str, str],
        form: Mapping[str, str] | bytes | None,
    ) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        is_free = bool(request.proxy) or self._options.allows(where.host)
        session = self._allowed if is_free else self._guarded
        if session is None:
            msg = "Web is used outside of its `async with`"
            raise RuntimeError(msg)
        more: dict[str, Any] = {}
        if request.proxy:
            more["proxy"] = request.proxy
        if self._spent and (spent := self._spent.pop(where.host, 0.0)):
            left = max(self._options.connect_seconds - spent, _NOTICED_SECONDS)
            more["timeout"] = self._session.limits(self._options, left)
        return session.request(
            "GET" if form is None else "POST",
            self._url(where.url, encoded=True),
            headers=headers,
            data=form,
            allow_redirects=False,
            **more,
        )

    async def _body(self, response: aiohttp.ClientResponse, request: Request) -> bytes:
        limit = ROBOTS_BYTES if request.purpose == "robots" else self._options.max_bytes
        coding = ", ".join(response.headers.getall("Content-Encoding", ()))
        unpacker = Unpacker(coding, limit)
        try:
            async for piece in response.content.iter_any():
                unpacker.feed(piece)
        except BodyError as error:
            if request.purpose == "robots" and error.reason == "too-big":
                return unpacker.partial()
            raise
        return unpacker.finish()
