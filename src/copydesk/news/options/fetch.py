"""The settings of fetching: User-Agent, size limits, timeouts and delays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from copydesk import __version__
from copydesk.kit import kinds, text
from copydesk.kit.options import option


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """Delays between requests to one host, as `[[host]]` in beat.toml; None: the general ones."""

    delay_seconds: float | None = option(
        None,
        "As `fetch.delay_seconds`, for this host. Its own robots.txt may ask for more.",
        kinds.number(),
    )
    penalty_seconds: float | None = option(
        None, "As `fetch.penalty_seconds`, for this host.", kinds.number()
    )


@dataclass(frozen=True, kw_only=True)
class FetchOptions:
    """The settings of all requests to other sites, as `[fetch]` in beat.toml.

    `timeout_seconds` is for one request from its first byte to its last, `connect_seconds` for
    DNS, TCP and TLS. `delay_seconds` is the pause between the end of a host's answer and the next
    request to it, `penalty_seconds` the pause after a 429 or several 403 in a row; `hosts` has
    other settings for single hosts, by exact name.
    """

    contact: str = option(
        "",
        "Who to write to about this newsroom's requests; stands in the User-Agent. A round on the "
        "real web needs it, a replay does not.",
        kinds.CONTACT,
        variable="COPYDESK_CONTACT",
    )
    max_age_days: int = option(0, "Leave articles alone that are older than this; 0: no limit.")
    max_bytes: int = option(
        10_000_000,
        "Take no more than this of one answer, counted unpacked.",
        kinds.whole(minimum=1_000),
    )
    timeout_seconds: float = option(
        30.0, "Give up on one request after this time.", kinds.number(minimum=0.1)
    )
    delay_seconds: float = option(5.0, "Wait this long between two requests to one host.")
    penalty_seconds: float = option(
        30.0, "Leave a host alone this long after it answered 429, or 403 several times in a row."
    )
    connect_seconds: float = option(
        10.0, "Give up on finding and reaching a host after this time.", kinds.number(minimum=0.1)
    )
    concurrency: int = option(
        64, "Ask at most this many hosts at one moment.", kinds.whole(minimum=1)
    )
    nameservers: tuple[str, ...] = option(
        (),
        "Resolve names there: addresses such as `9.9.9.9` or `[2620:fe::fe]:53`. Without any: "
        "those of the system.",
        kinds.NAMESERVERS,
    )
    max_redirects: int = option(
        10, "Follow at most this many redirects; each is checked like a first request."
    )
    allow_hosts: tuple[str, ...] = option(
        (),
        "Hosts that may be asked although their address is private or this machine's.",
        kinds.HOSTS,
    )
    tdmrep: bool = option(
        True,
        "Ask the host of a page once a day what it says of text and data mining, at "
        "`/.well-known/tdmrep.json`: one request more a host and day.",
    )
    articles_max_bytes: int = option(
        500_000_000,
        "Keep at most this much extracted text in `.copydesk/articles`; the oldest goes.",
    )
    user_agent: str = f"copydesk/{__version__}"
    hosts: Mapping[str, Manners] = field(default_factory=dict)

    @cached_property
    def signature(self) -> str:
        """Return the User-Agent line: `copydesk/0.1.0 (+mailto:desk@example.org)`."""
        contact = text.fold(self.contact).encode("ascii", "ignore").decode()
        return f"{self.user_agent} (+{contact})" if contact else self.user_agent

    def allows(self, host: str) -> bool:
        """Return whether the settings allow the host of this name to have a private address."""
        return bool(self._allowed) and _bare(host) in self._allowed

    def delay(self, host: str) -> float:
        """Return the seconds to wait between a host's answer and the next request to it."""
        chosen = self._manners.get(_bare(host)) if self._manners else None
        given = None if chosen is None else chosen.delay_seconds
        return self.delay_seconds if given is None else given

    def penalty(self, host: str) -> float:
        """Return the seconds to wait after a host refused us for asking too often."""
        chosen = self._manners.get(_bare(host)) if self._manners else None
        given = None if chosen is None else chosen.penalty_seconds
        return self.penalty_seconds if given is None else given

    @cached_property
    def _allowed(self) -> frozenset[str]:
        return frozenset(_bare(name) for name in self.allow_hosts)

    @cached_property
    def _manners(self) -> Mapping[str, Manners]:
        return {_bare(name): manners for name, manners in self.hosts.items()}


def _bare(host: str) -> str:
    """Return a host name in one spelling: `[::1]` and `::1`, `A.Example.` and `a.example`."""
    return host.strip().strip("[]").rstrip(".").lower()
