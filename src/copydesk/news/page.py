"""An HTTP request and its results: Page, NotModified or Refused; with Fetcher and Fault."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol

from copydesk.news.article import Signal
from copydesk.news.wording import Wording, read_sentences


class FaultKind(StrEnum):
    """The kinds of faults of a fetched page, feed or sitemap, or of the request for it."""

    PROXY_UNSET = "proxy-unset"  # the environment variable that should name a proxy is not set
    CERTIFICATE_ENDED = "certificate-ended"
    CERTIFICATE = "certificate"
    STATUS = "status"
    NAMED_FEED = "named-feed"  # a web page instead of a feed; the page names its feed
    HTML_PAGE = "html-page"
    RULE_BROKEN = "rule-broken"
    RULE_EMPTY = "rule-empty"
    OTHER = "other"


_WORDING = Wording(read_sentences(__package__, "faults.toml", FaultKind), other=FaultKind.OTHER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault of a fetched page or feed: its kind, and the values for its message."""

    kind: FaultKind
    values: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return _WORDING.say(self.kind, self.values)

    @classmethod
    def of(cls, kind: FaultKind, **values: str | int) -> Fault:
        """Return a fault of a page or feed, with the values for its message."""
        return cls(kind=kind, values={name: str(value) for name, value in values.items()})

    @classmethod
    def parse(cls, text: str) -> Fault:
        """Parse the message of a fault of a page or feed. An unknown message has the kind OTHER."""
        kind, values = _WORDING.parse(text)
        return cls(kind=kind, values=values)


Purpose = Literal["source", "page", "picture", "robots"]
RefusedReason = Literal[
    "robots",  # robots.txt forbids it, or cannot be fetched (RFC 9309: 5xx)
    "address",  # a private, loopback or link-local address that the newsroom does not allow
    "gone",  # 410, or 404
    "blocked",  # 401, 403, 451
    "slow-down",  # 429, or 503 with Retry-After; `retry_at` says when
    "too-big",  # more bytes than allowed, packed or unpacked
    "too-slow",  # more time than allowed
    "redirects",  # too many, a loop, or a target that is no http or https URL
    "server",  # any other 4xx or 5xx
    "certificate",  # a certificate that is expired, another host's or untrusted
    "network",  # DNS failure, no connection, broken protocol, broken compression
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An HTTP request for `url`; `etag` and `last_modified` make it conditional.

    `proxy` is the address of an HTTP proxy, "" for none. `env:NAME` means that the environment
    variable for the proxy is not set: the request is refused without opening a socket.
    """

    url: str
    purpose: Purpose = "page"
    etag: str = ""
    last_modified: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    proxy: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An HTTP response with a body, decompressed, at most the allowed number of bytes.

    `url` is the requested address, `final_url` the one after redirects; `hops` are the (status,
    target) of each redirect. `headers` has lower-case names. From a raw fetcher `status` may be
    anything; a polite one returns only 2xx. `certificate_until` is when the server's certificate
    expires, None without one. `signals` are the site's statements on the use of its pages, from
    robots.txt and well-known addresses.
    """

    url: str
    final_url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    fetched_at: datetime
    hops: tuple[tuple[int, str], ...] = ()
    certificate_until: datetime | None = None
    signals: tuple[Signal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """The HTTP response 304: nothing changed since the validators in the request.

    `headers` may update those of the page (Cache-Control, Expires, ETag); the rest as in Page.
    """

    url: str
    final_url: str = ""
    hops: tuple[tuple[int, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    certificate_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The result of a request without a usable response: reason, detail, and when to try again.

    `status` is the HTTP status or 0; `retry_at` is None if the server named no time. `is_unsent`
    means that the request certainly did not reach the server.
    """

    url: str
    reason: RefusedReason
    detail: str = ""
    status: int = 0
    retry_at: datetime | None = None
    is_unsent: bool = field(default=False, compare=False)

    @property
    def fault(self) -> Fault:
        """Return the reason for a failed request as a Fault, parsed from `detail`."""
        return Fault.parse(self.detail)


class Fetcher(Protocol):
    """The interface of an HTTP client: the real web, a recording, or a recorder around either."""

    async def fetch(self, request: Request) -> Page | NotModified | Refused:
        """Send one HTTP request and return its result. Any exception is a bug."""
        ...
