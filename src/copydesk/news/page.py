"""What came of a request for a URL: a page, "not modified", or a fault; and who is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol

from copydesk.news.article import Signal
from copydesk.news.wording import Wording


class FaultKind(StrEnum):
    """What is wrong with an answer of the web, or with how it is asked for."""

    PROXY_UNSET = "proxy-unset"  # the environment should name one, and does not
    CERTIFICATE_ENDED = "certificate-ended"
    CERTIFICATE = "certificate"
    STATUS = "status"
    NAMED_FEED = "named-feed"  # a page instead of a feed, which says where that is
    HTML_PAGE = "html-page"
    RULE_BROKEN = "rule-broken"
    RULE_EMPTY = "rule-empty"
    OTHER = "other"


# With a page named they are the last errors of sources, as those are remembered.
_WORDING = Wording(
    {
        FaultKind.PROXY_UNSET: ("the proxy is not set: {variable:word} is not in the environment",),
        FaultKind.CERTIFICATE_ENDED: ("the certificate of {host:address} has ended",),
        FaultKind.CERTIFICATE: ("the certificate of {host:address} {why}",),
        FaultKind.STATUS: ("status {status:number}: {words}",),
        FaultKind.NAMED_FEED: (
            "{page}; the page names its feed: {feed:address}",
            "the page names its feed: {feed:address}",
        ),
        FaultKind.HTML_PAGE: (
            "an html page instead of a feed: {page}",
            "an html page instead of a feed",
        ),
        FaultKind.RULE_BROKEN: (
            "the listing rule of {written} has a broken selector ({selector}): {page:address}",
            "the listing rule of {written} has a broken selector ({selector})",
        ),
        FaultKind.RULE_EMPTY: (
            "the listing rule of {written} finds nothing: {page}",
            "the listing rule of {written} finds nothing",
        ),
    },
    other=FaultKind.OTHER,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault: its kind, and the values that its words name."""

    kind: FaultKind
    values: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return _WORDING.say(self.kind, self.values)

    @classmethod
    def of(cls, kind: FaultKind, **values: str | int) -> Fault:
        """Return a fault of a kind."""
        return cls(kind=kind, values={name: str(value) for name, value in values.items()})

    @classmethod
    def parse(cls, text: str) -> Fault:
        """Read a fault's words back; words of nobody known are kept whole, of kind OTHER."""
        kind, values = _WORDING.parse(text)
        return cls(kind=kind, values=values)


Purpose = Literal["source", "page", "picture", "robots"]
RefusedReason = Literal[
    "robots",  # robots.txt forbids it, or cannot be had (RFC 9309: 5xx)
    "address",  # a private, loopback or link-local address that the newsroom does not allow
    "gone",  # 410, or 404
    "blocked",  # 401, 403, 451
    "slow-down",  # 429, or 503 with Retry-After; `retry_at` says when
    "too-big",  # more bytes than allowed, packed or unpacked
    "too-slow",  # more time than allowed
    "redirects",  # too many, a loop, or to something that is no web address
    "server",  # any other 4xx or 5xx
    "certificate",  # https, and the certificate has ended, is another host's or nobody vouches
    "network",  # no name, no connection, broken protocol, broken compression
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Ask for `url`; `etag` and `last_modified` make it conditional, `headers` are extra.

    `proxy` is the address of an HTTP proxy to ask through, "" for none; `env:NAME` says that the
    environment should name one and does not: the web refuses, and opens no socket.
    """

    url: str
    purpose: Purpose = "page"
    etag: str = ""
    last_modified: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    proxy: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An answer with a body, decompressed, at most the allowed number of bytes.

    `url` is what was asked, `final_url` where it ended; `hops` are the (status, target) of each
    redirect between. `headers` has lower-case names. From a raw fetcher `status` may be anything;
    a polite one gives only 2xx. `certificate_until` is when the server's certificate ends, None
    without one. `signals` are what the site says beside the page on its use: in robots.txt, at
    well-known places.
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
    """The server says that nothing changed since the validators in the request.

    `headers` may renew what the page's said (Cache-Control, Expires, ETag); the rest as in Page.
    """

    url: str
    final_url: str = ""
    hops: tuple[tuple[int, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    certificate_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """No usable answer: the reason of a closed list, the detail for a person, when to try again.

    `status` is the HTTP status or 0; `retry_at` is None when nobody said.
    """

    url: str
    reason: RefusedReason
    detail: str = ""
    status: int = 0
    retry_at: datetime | None = None

    @property
    def fault(self) -> Fault:
        """Return what its detail says, as a value."""
        return Fault.parse(self.detail)


class Fetcher(Protocol):
    """Whoever answers requests: the web, a recorded web, a recorder around either."""

    async def fetch(self, request: Request) -> Page | NotModified | Refused:
        """Return the answer to one request; raise only what is a bug."""
        ...
