"""HTTP messages: URLs, headers, decompression within a limit, what answers mean; time and names."""

from __future__ import annotations

import asyncio
import functools
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol, runtime_checkable

from copydesk.errors import FetchError
from copydesk.kit import dates, tables, urls
from copydesk.news import Page, Refused, Request
from copydesk.news.options import FetchOptions
from copydesk.news.page import Fault, FaultKind, Purpose, RefusedReason

_KNOWN = 1_000  # URLs: each is parsed for its page, its robots.txt and its host's slot


@dataclass(frozen=True, slots=True, kw_only=True)
class WebAddress:
    """The parts of a web URL; `path` is everything after the host, including the query.

    `host` is the name without port and final dot: each host has one slot.
    """

    url: str
    origin: str
    host: str
    path: str


@functools.lru_cache(maxsize=_KNOWN)
def parse_address(url: str) -> WebAddress | None:
    """Parse a URL into its parts, None if it is not a web URL."""
    fetchable = urls.fetchable(url)
    if fetchable is None:
        return None
    scheme, _, rest = fetchable.partition("://")
    authority, _, path = rest.partition("/")
    return WebAddress(
        url=fetchable,
        origin=f"{scheme}://{authority}",
        host=urls.host(fetchable).rstrip("."),
        path=f"/{path}",
    )


_ACCEPT: Mapping[Purpose, str] = {
    "source": "application/atom+xml, application/rss+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, text/html;q=0.5, */*;q=0.1",
    "page": "text/html, application/xhtml+xml;q=0.9, */*;q=0.1",
    "picture": "image/*, */*;q=0.1",
    "robots": "text/plain, */*;q=0.1",
}

# the first of several values counts: a joined value would be nonsense (RFC 9110 5.3)
_SINGLE = frozenset(
    {"content-type", "date", "etag", "expires", "last-modified", "location", "retry-after"}
)

# several values stay on lines of their own: an agent named in one does not apply to the next
_BY_LINE = frozenset({"x-robots-tag"})

_NOT_KEPT = frozenset(tables.read_lines(__package__, "headers_not_kept.txt"))


def request_headers(request: Request, options: FetchOptions) -> dict[str, str]:
    """Return the headers of a request: user agent, accepted types, validators, and its own
    headers.
    """
    headers = dict(_default_headers(request.purpose, options.signature))
    if request.etag:
        headers["If-None-Match"] = request.etag
    if request.last_modified:
        headers["If-Modified-Since"] = request.last_modified
    headers.update(request.headers)
    return headers


@functools.cache
def _default_headers(purpose: Purpose, signature: str) -> Mapping[str, str]:
    return {"User-Agent": signature, "Accept": _ACCEPT[purpose], "Accept-Encoding": ACCEPTED}


def join_values(pairs: Iterable[tuple[str, str]], name: str) -> str:
    """Return all values of a header in one line, "" if it is missing."""
    return ", ".join(value for known, value in pairs if known.lower() == name)


def page_headers(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the response headers to store with a page: lower-case names, one value for each.

    Several values are joined with a comma, those of X-Robots-Tag with a line break; of a header
    that may have one value only, the first counts. Cookies, lengths and codings are left out,
    because the body is complete and unpacked.
    """
    headers: dict[str, str] = {}
    for raw_name, raw_value in pairs:
        name = raw_name.lower()
        if name in _NOT_KEPT:
            continue
        value = " ".join(raw_value.split()) if raw_value.isascii() else _decode_value(raw_value)
        known = headers.get(name)
        if known is None:
            headers[name] = value
        elif name not in _SINGLE:
            mark = "\n" if name in _BY_LINE else ", "
            headers[name] = mark.join(filter(None, (known, value)))
    return headers


def split_lines(headers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield a page's headers as they were sent: a (name, value) pair for each header line."""
    for name, value in headers.items():
        yield from ((name, line) for line in value.split("\n"))


def _decode_value(value: str) -> str:
    """Decode a header value with non-ASCII bytes to one line, as UTF-8 or else Latin-1."""
    raw = value.encode("utf-8", "surrogateescape")
    try:
        plain = raw.decode("utf-8")
    except UnicodeDecodeError:
        plain = raw.decode("latin-1")
    return " ".join(plain.split())


ACCEPTED = "gzip, deflate, br"
_MAX_CODINGS = 3


class BodyError(FetchError):
    """Raised when a response body cannot be accepted; `reason` is the reason for the `Refused`."""

    def __init__(self, what: str, reason: RefusedReason) -> None:
        super().__init__(what)
        self.reason: RefusedReason = reason


class _Coding(Protocol):
    def feed(self, data: bytes, room: int) -> bytes:
        """Return the next decompressed bytes, at most one more than `room`."""
        ...

    def is_whole(self) -> bool:
        """Return whether the compressed stream reached its end."""
        ...


class _Gzip:
    """Decompresses gzip with any number of members; data after the last is ignored, as
    browsers do.
    """

    def __init__(self) -> None:
        self._member = zlib.decompressobj(zlib.MAX_WBITS | 16)

    def feed(self, data: bytes, room: int) -> bytes:
        out = self._member.decompress(data, room + 1)
        while self._member.eof and self._member.unused_data[:2] == b"\x1f\x8b" and len(out) <= room:
            rest = self._member.unused_data
            self._member = zlib.decompressobj(zlib.MAX_WBITS | 16)
            out += self._member.decompress(rest, room + 1 - len(out))
        return out

    def is_whole(self) -> bool:
        return self._member.eof


class _Deflate:
    """Decompresses deflate, with a zlib header (RFC 9110) or, as some servers send it, without."""

    def __init__(self) -> None:
        self._held = b""
        self._stream = zlib.decompressobj()
        self._is_open = False

    def feed(self, data: bytes, room: int) -> bytes:
        if not self._is_open:
            self._held += data
            if len(self._held) < 2:
                return b""
            data, self._is_open = self._held, True
            if data[0] & 0x0F != 8 or int.from_bytes(data[:2], "big") % 31:
                self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
        return self._stream.decompress(data, room + 1)

    def is_whole(self) -> bool:
        return self._stream.eof


class _Brotli:
    def __init__(self) -> None:
        import brotli

        self._stream = brotli.Decompressor()

    def feed(self, data: bytes, room: int) -> bytes:
        out = bytes(self._stream.process(data, output_buffer_limit=room + 1))
        while len(out) <= room and not self._stream.can_accept_more_data():
            out += self._stream.process(b"", output_buffer_limit=room + 1 - len(out))
        return out

    def is_whole(self) -> bool:
        return bool(self._stream.is_finished())


_CODINGS: dict[str, Callable[[], _Coding]] = {
    "gzip": _Gzip,
    "x-gzip": _Gzip,
    "deflate": _Deflate,
    "br": _Brotli,
}


class Unpacker:
    """Decompresses a response body piece by piece, up to `limit` bytes.

    `content_encoding` is the value of the header, the first coding applied first. Raises BodyError:
    "too-big" at the limit, "network" for an unknown coding or for broken or incomplete data.
    """

    def __init__(self, content_encoding: str, limit: int) -> None:
        self._codings = _open_codings(content_encoding)
        self._limit = limit
        self._body = bytearray()
        self._received = 0

    def feed(self, data: bytes) -> None:
        """Decompress the next piece of the body as it arrives."""
        self._received += len(data)
        if self._received > self._limit:
            raise BodyError(f"the body has more than {self._limit:,} bytes", "too-big")
        for coding in self._codings:
            data = self._decode(coding, data)
        self._body += data
        if len(self._body) > self._limit:
            raise BodyError(
                f"the body has more than {self._limit:,} bytes when decompressed", "too-big"
            )

    def _decode(self, coding: _Coding, data: bytes) -> bytes:
        room = self._limit - len(self._body)
        try:
            unpacked = coding.feed(data, room)
        except Exception as error:  # zlib.error, or brotli.error, which is not imported here
            raise BodyError("the body has invalid compression", "network") from error
        if len(unpacked) > room:
            raise BodyError(
                f"the body has more than {self._limit:,} bytes when decompressed", "too-big"
            )
        return unpacked

    def finish(self) -> bytes:
        """Return the whole decompressed body; raise an error if it is incomplete."""
        if self._received and not all(coding.is_whole() for coding in self._codings):
            raise BodyError("the compressed body is incomplete", "network")
        return bytes(self._body)

    def partial(self) -> bytes:
        """Return the decompressed bytes received so far, up to the limit."""
        return bytes(self._body[: self._limit])


def _open_codings(content_encoding: str) -> Sequence[_Coding]:
    names = [name.strip().lower() for name in content_encoding.split(",")]
    names = [name for name in names if name not in {"", "identity"}]
    unknown = [name for name in names if name not in _CODINGS]
    if unknown or len(names) > _MAX_CODINGS:
        raise BodyError(
            f"the body has an unsupported content encoding: {content_encoding}", "network"
        )
    return [_CODINGS[name]() for name in reversed(names)]


# What fetching needs of its users: a clock, and a way to find a host.


class Clock(Protocol):
    """The current time, and a way to wait."""

    def now(self) -> datetime:
        """Return the current time, aware and in UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait for a number of seconds."""
        ...


class WallClock:
    """The real clock of this machine."""

    def now(self) -> datetime:
        """Return the current time of this machine in UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait for that many real seconds."""
        await asyncio.sleep(seconds)


class VirtualClock:
    """A clock that always shows the same time and never waits, so that replays give equal
    results.
    """

    def __init__(self, start: datetime) -> None:
        self._now = dates.utc(start)

    def now(self) -> datetime:
        """Return the time that the clock was made with."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Let other tasks run, then return at once."""
        await asyncio.sleep(0)


@runtime_checkable
class Finder(Protocol):
    """A fetcher that can resolve the host name of a request by DNS before it is sent."""

    async def find(self, request: Request) -> Refused | None:
        """Return why the host of a request cannot be resolved, None if it can."""
        ...


_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LONGEST_WAIT = timedelta(days=1)
_REASONS: dict[int, RefusedReason] = {
    401: "blocked",
    403: "blocked",
    404: "gone",
    410: "gone",
    429: "slow-down",
    451: "blocked",
}
_WORDS = tables.read_rows(__package__, "statuses.toml", str)


def refusal(page: Page, now: datetime) -> Refused | None:
    """Return why an HTTP response is not a usable page, None if it is one (2xx)."""
    if 200 <= page.status < 300:
        return None
    retry_at = wait_until(page, now)
    reason = _REASONS.get(page.status, "server")
    if page.status == 503 and retry_at is not None:
        reason = "slow-down"
    words = _WORDS.get(str(page.status), "no usable answer")
    return Refused(
        url=page.url,
        reason=reason,
        detail=str(Fault.of(FaultKind.STATUS, status=page.status, words=words)),
        status=page.status,
        retry_at=retry_at,
    )


def wait_until(page: Page, now: datetime) -> datetime | None:
    """Return the time until which a 429 or 503 response asks to wait (Retry-After), or None."""
    if page.status not in {429, 503}:
        return None
    value = page.headers.get("retry-after", "").strip()
    at = _parse_retry_after(value, now)
    if at is None or at <= now:
        return None
    return min(at, now + _LONGEST_WAIT)


def _parse_retry_after(value: str, now: datetime) -> datetime | None:
    if re.fullmatch(r"[0-9]{1,9}", value):
        return now + timedelta(seconds=int(value))
    return dates.parse(value)


def is_redirect(page: Page) -> bool:
    """Return whether an HTTP response is a redirect."""
    return page.status in _REDIRECTS


def next_hop(page: Page, asked: Sequence[str], limit: int) -> str | Refused:
    """Return the URL that a redirect points to, or the reason why it is not followed.

    `asked` are the URLs of this chain so far, that of the redirect last.
    """
    location = page.headers.get("location", "").strip()
    if not location:
        return _refuse(page, "has no target")
    parsed = urls.parse(location, asked[-1])
    target = urls.fetchable(location, asked[-1])
    if parsed is None or target is None:
        return _refuse(page, f"leads to an invalid web address: {location[:200]}")
    if parsed.username or parsed.password:
        return _refuse(page, f"leads to an address with a password: {target}")
    if target in asked:
        return _refuse(page, f"leads in a circle: {target}")
    if len(asked) > limit:
        return _refuse(page, f"comes after {limit} other redirects: {target}")
    return target


def _refuse(page: Page, words: str) -> Refused:
    detail = f"the redirect {words}"
    return Refused(url=page.url, reason="redirects", detail=detail, status=page.status)


def same_origin(left: str, right: str) -> bool:
    """Return whether two URLs share scheme, host and port."""
    here, there = parse_address(left), parse_address(right)
    return here is not None and there is not None and here.origin == there.origin
