"""The fetcher that sends single HTTP requests over the network, to public addresses only."""

from __future__ import annotations

import asyncio
import errno
import os
import re
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from copydesk.fetch.hosts import (
    AddressRefusedError,
    InvalidHostError,
    Resolver,
    UnknownHostError,
    guard,
    is_public,
)
from copydesk.fetch.messages import (
    BodyError,
    Clock,
    Unpacker,
    WebAddress,
    page_headers,
    parse_address,
    request_headers,
)
from copydesk.kit import tables, text, urls
from copydesk.news import NotModified, Page, Refused, Request
from copydesk.news.options import FetchOptions
from copydesk.news.page import Fault, FaultKind, RefusedReason

if TYPE_CHECKING:
    import aiohttp

ROBOTS_BYTES = 1_500_000  # at least this much is read; the rules themselves use the first 500 KiB
_SLOWEST_BYTES = 1_000  # a second
_NOTICED_SECONDS = 0.1  # the time of a longer look-up is taken from connect_seconds

Begin = Callable[[Page], Callable[[bytes], None] | None]


class Web:
    """The fetcher for the network: `async with Web(options, clock) as web`, then `web.fetch`.

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

    async def __aexit__(self, *_: object) -> None:
        for session in (self._guarded, self._allowed):
            if session is not None:
                await session.close()
        self._guarded = self._allowed = None
        await self._names.close()

    async def find(self, request: Request) -> Refused | None:
        """Resolve a request's host name in advance; return the reason if that fails, else None."""
        where = parse_address(request.url)
        if where is None or request.proxy or self._names.knows(where.host):
            return None
        return await self._resolve(request.url, where.host)

    async def _resolve(self, url: str, host: str) -> Refused | None:
        try:
            host_addresses = await self._names.find(host)
        except UnknownHostError as error:
            return refuse_name(url, host, error)
        if host_addresses.took > _NOTICED_SECONDS:
            self._spent[host] = host_addresses.took
        return None

    async def fetch(self, request: Request) -> Page | NotModified | Refused:
        """Return the server's response with any status, or Refused if the network fails."""
        return await self._answer(request, None)

    async def post(
        self, url: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> Page | Refused:
        """Send a form by POST, with further headers, and return the response with any status."""
        return await self._change(Request(url=url, headers=headers or {}), "POST", fields)

    async def post_json(
        self, url: str, body: bytes, headers: Mapping[str, str] | None = None
    ) -> Page | Refused:
        """Send JSON by POST, with further headers, and return the response as `post` does."""
        kind = {"Content-Type": "application/json; charset=utf-8"}
        return await self.send("POST", Request(url=url, headers={**kind, **(headers or {})}), body)

    async def send(self, method: str, request: Request, body: bytes = b"") -> Page | Refused:
        """Send a request with any method and body, and return the response as `post` does.

        The request's own headers name the type of the body. An interrupted PUT or DELETE may be
        repeated once on a new connection (RFC 9110 9.2.2), a POST or PATCH is sent only once.
        """
        return await self._change(request, method, body or None)

    async def receive(self, request: Request, begin: Begin) -> Page | Refused:
        """Send a request whose body may be huge, and pass the body on in pieces, as they are sent.

        `begin` gets the page without its body and with every header, and returns what takes the
        pieces, None to leave the body unread. What both raise is raised here, except a BodyError,
        which ends as its Refused. `timeout_seconds` are for each piece, and a body may not be
        slower than 1,000 bytes a second.
        """
        answer = await self._answer(request, None, begin=begin)
        assert not isinstance(answer, NotModified)  # only `_ask` returns it
        return answer

    async def _change(
        self, request: Request, method: str, content: Mapping[str, str] | bytes | None
    ) -> Page | Refused:
        answer = await self._answer(request, content, method)
        assert not isinstance(answer, NotModified)  # the request had no validators
        return answer

    async def _answer(
        self,
        request: Request,
        form: Mapping[str, str] | bytes | None,
        method: str = "GET",
        begin: Begin | None = None,
    ) -> Page | NotModified | Refused:
        where = parse_address(request.url)
        if where is None:
            detail = "not a web address"
            return Refused(url=request.url, reason="network", detail=detail, is_unsent=True)
        refused = None
        if request.proxy:
            refused = refuse_proxy(where, request.proxy, self._options)
        elif not self._names.knows(where.host):
            refused = await self._resolve(request.url, where.host)
        if refused is not None:
            return refused
        try:
            if begin is not None:
                return await self._pass_on(request, where, begin)
            return await self._ask(request, where, form, method)
        except BodyError as error:
            return Refused(url=request.url, reason=error.reason, detail=error.what)
        except Exception as error:  # aiohttp's tree is not loaded here, and below it lie OSError,
            # ValueError and UnicodeError for hostile hosts and headers; each is named in _refusals
            refused = refuse_error(request, where.host, error, self._options)
            # aiohttp may have sent the others before, on a connection that the server closed
            is_unsent = refused.is_unsent and method in {"POST", "PATCH"}
            return replace(refused, is_unsent=is_unsent)

    async def _ask(
        self,
        request: Request,
        where: WebAddress,
        form: Mapping[str, str] | bytes | None,
        method: str,
    ) -> Page | NotModified | Refused:
        key = request.proxy + where.origin
        headers = request_headers(request, self._options)
        is_kept = self._idle.has_room(key, self._loop.time())
        if not is_kept:
            headers["Connection"] = "close"
        async with self._open(request, where, headers, method, data=form) as response:
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

    async def _pass_on(self, request: Request, where: WebAddress, begin: Begin) -> Page:
        headers = {**request_headers(request, self._options), "Connection": "close"}
        patience = self._session.piecewise_limits(self._options)
        async with self._open(request, where, headers, "GET", timeout=patience) as response:
            page = Page(
                url=request.url,
                final_url=where.url,
                status=response.status,
                headers={name.lower(): value for name, value in response.headers.items()},
                body=b"",
                fetched_at=self._clock.now(),
            )
            take = begin(page)
            if take is not None:
                await self._take(response, take)
            return page

    async def _take(self, response: aiohttp.ClientResponse, take: Callable[[bytes], None]) -> None:
        since, count = self._loop.time(), 0
        async for piece in response.content.iter_any():
            take(piece)
            count += len(piece)
            seconds = self._loop.time() - since
            if seconds > self._options.timeout_seconds:
                if count < _SLOWEST_BYTES * seconds:
                    raise BodyError(f"fewer than {_SLOWEST_BYTES:,} bytes a second", "too-slow")
                since, count = self._loop.time(), 0

    def _open(
        self,
        request: Request,
        where: WebAddress,
        headers: Mapping[str, str],
        method: str,
        **more: Any,
    ) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        is_free = bool(request.proxy) or self._options.allows(where.host)
        session = self._allowed if is_free else self._guarded
        if session is None:
            msg = "Web is used outside of its `async with`"
            raise RuntimeError(msg)
        if request.proxy:
            more["proxy"] = request.proxy
        if "timeout" not in more and self._spent and (spent := self._spent.pop(where.host, 0.0)):
            left = max(self._options.connect_seconds - spent, _NOTICED_SECONDS)
            more["timeout"] = self._session.limits(self._options, left)
        return session.request(
            method,
            self._url(where.url, encoded=True),
            headers=headers,
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


# Turn network errors, and proxies that must not be used, into a Refused that says why.

# OpenSSL's codes for an invalid certificate (X509_V_ERR_…); it does not tell when one expired
_ENDED = 10
_CERTIFICATES = {
    9: "is not valid yet",
    18: "is self-signed",
    19: "is not from a trusted authority",  # a chain that ends in an unknown authority
    20: "is not from a trusted authority",
    21: "is not from a trusted authority",  # or the server does not send a part of the chain
    62: "is for another host",
    64: "is for another host",  # the host is an IP address
}
_TLS = tables.read_rows("copydesk.fetch", "tls_faults.toml", str)
_CONNECTIONS = {
    errno.ECONNREFUSED: "refused",
    errno.ECONNRESET: "the server reset the connection",
    errno.EPIPE: "the server closed the connection",
    errno.EHOSTUNREACH: "no route to the host",
    errno.ENETUNREACH: "the network is unreachable",
    errno.ETIMEDOUT: "no answer",
}
_ERRNO = re.compile(r"\[Errno (\d{1,5})\]")
_FAULT = re.compile(r"[A-Za-z][A-Za-z0-9` -]{2,60}\b")


def refuse_name(url: str, host: str, error: UnknownHostError) -> Refused:
    """Return the `Refused` for a host name that cannot be resolved."""
    is_name = not isinstance(error, InvalidHostError)
    detail = f"no such host: {host} ({error.what})" if is_name else f"{error.what}: {host}"
    return Refused(url=url, reason="network", detail=text.shorten(detail, 300), is_unsent=True)


def refuse_error(request: Request, host: str, error: Exception, options: FetchOptions) -> Refused:
    """Return the `Refused` for a network error; re-raise any other error."""
    import aiohttp

    known = (aiohttp.ClientError, OSError, ValueError, EOFError)
    if not isinstance(error, known):
        raise error
    is_unsent = isinstance(error, (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError))
    if isinstance(error, TimeoutError):
        detail = _describe_timeout(error, host, options)
        return Refused(url=request.url, reason="too-slow", detail=detail, is_unsent=is_unsent)
    cause = error if isinstance(error, AddressRefusedError) else getattr(error, "os_error", None)
    if isinstance(cause, AddressRefusedError):
        detail = f"{host} is not a public address: {cause.address}"
        return Refused(url=request.url, reason="address", detail=detail, is_unsent=True)
    is_certificate = isinstance(error, aiohttp.ClientConnectorCertificateError)
    reason: RefusedReason = "certificate" if is_certificate else "network"
    detail = text.shorten(_describe(host, error), 300)
    return Refused(url=request.url, reason=reason, detail=detail, is_unsent=is_unsent)


def _describe_timeout(error: TimeoutError, host: str, options: FetchOptions) -> str:
    import aiohttp

    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return f"no connection to {host} within {options.connect_seconds:g} seconds"
    return f"no complete answer within {options.timeout_seconds:g} seconds"


def _describe(host: str, error: Exception) -> str:
    """Describe a network error in plain words; subclasses are tested before their base classes."""
    import aiohttp

    kinds: list[tuple[type[Exception], Callable[[str, Any], str]]] = [
        (aiohttp.ClientProxyConnectionError, lambda _, no: _describe_connection("the proxy", no)),
        (aiohttp.ClientHttpProxyError, _describe_proxy),
        (aiohttp.ClientConnectorCertificateError, _describe_certificate),
        (aiohttp.ClientSSLError, _describe_tls),
        (aiohttp.ClientConnectorDNSError, _describe_name),
        (aiohttp.ClientConnectorError, _describe_connection),
        (
            aiohttp.ServerDisconnectedError,
            lambda at, _: f"{at} closed the connection without an answer",
        ),
        (
            aiohttp.ClientPayloadError,
            lambda _, __: "the connection broke before the end of the body",
        ),
        (aiohttp.ClientResponseError, _describe_http),
        (aiohttp.InvalidURL, lambda _, __: "not a web address"),
        (UnicodeError, lambda at, _: f"not a valid host name: {at}"),
        (OSError, lambda at, no: f"the connection to {at} broke: {_describe_os_error(no)}"),
    ]
    for kind, words in kinds:
        if isinstance(error, kind):
            return words(host, error)
    return f"{host} sent no usable answer ({text.fold(str(error))})"


def _describe_connection(host: str, error: OSError) -> str:
    return f"no connection to {host}: {_describe_os_error(error)}"


def _describe_proxy(host: str, error: aiohttp.ClientHttpProxyError) -> str:
    message = text.fold(error.message)
    return f"the proxy refuses the connection to {host} ({message or error.status})"


def _describe_certificate(host: str, error: aiohttp.ClientConnectorCertificateError) -> str:
    code = getattr(error.certificate_error, "verify_code", 0)
    if code == _ENDED:
        return str(Fault.of(FaultKind.CERTIFICATE_ENDED, host=host))
    why = _CERTIFICATES.get(code)
    if why is None:
        why = f"is not valid ({getattr(error.certificate_error, 'verify_message', code)})"
    return str(Fault.of(FaultKind.CERTIFICATE, host=host, why=why))


def _describe_tls(host: str, error: aiohttp.ClientConnectorSSLError) -> str:
    code = str(getattr(getattr(error, "os_error", error), "reason", None) or "")
    why = _TLS.get(code) or code.removeprefix("TLSV1_ALERT_").replace("_", " ").lower()
    return f"no secure connection to {host}{f': {why}' if why else ''}"


def _describe_name(host: str, error: aiohttp.ClientConnectorDNSError) -> str:
    """Describe which host name cannot be resolved, without the name of a proxy."""
    whose = host if error.host == host.strip("[]") else "the host of the proxy"
    return f"no such host: {whose} ({error.strerror})"


def _describe_http(host: str, error: aiohttp.ClientResponseError) -> str:
    """Describe an HTTP error by the first line of the parser's message."""
    match = _FAULT.match(error.message)
    return f"{host} sent invalid HTTP{f' ({match[0].lower()})' if match else ''}"


def _describe_os_error(error: OSError) -> str:
    """Describe in a word or two why the system could not connect."""
    inner = getattr(error, "os_error", error)
    number = inner.errno
    if number is None and (match := _ERRNO.search(str(inner))):  # several addresses failed
        number = int(match[1])
    if number is None:
        return text.fold(str(inner)) or "no reason given"
    return _CONNECTIONS.get(number) or os.strerror(number).lower()


_UNSET = re.compile(r"env:(\w+)", re.ASCII)  # the variable is not set


def refuse_proxy(where: WebAddress, proxy: str, options: FetchOptions) -> Refused | None:
    """Return why a URL must not be requested through a proxy, None if it may be.

    The newsroom chose its proxy, so the proxy's own address is not judged. The address guard cannot
    see where a proxy connects to: only a private address in the URL itself can be refused here.
    """
    if unset := _UNSET.fullmatch(proxy):
        fault = Fault.of(FaultKind.PROXY_UNSET, variable=unset[1])
        return Refused(url=where.url, reason="network", detail=str(fault))
    if not _is_proxy(proxy):
        detail = "the proxy is not an http:// or https:// address with a host"
        return Refused(url=where.url, reason="network", detail=detail)
    if options.allows(where.host) or not _is_private(where.host):
        return None
    detail = f"{where.host} is not a public address, so no proxy may fetch it"
    return Refused(url=where.url, reason="address", detail=detail)


def _is_proxy(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _is_private(host: str) -> bool:
    """Return whether a host is a private IP address or a local name."""
    bare = host.strip("[]")
    if host != bare or host[-1:].isdigit():
        return not is_public(bare)
    return urls.is_local(bare)
