"""Options of fetching: who asks, how much, how long, how often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from copydesk import __version__
from copydesk.kit import text


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How one host is treated, as `[[host]]` in beat.toml; None: as every other."""

    delay_seconds: float | None = None
    penalty_seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class FetchOptions:
    """Limits and manners, as `[fetch]` in beat.toml.

    `contact` is a mail or web address for the site owners who read their logs. `max_bytes` counts
    a body packed and unpacked; `timeout_seconds` is for one request from its first byte to its
    last, `connect_seconds` for finding the address, TCP and TLS. `delay_seconds` lie between the
    end of one answer of a host and the next request to it, `penalty_seconds` after a 429 and
    after several 403 in a row; `hosts` has other manners for some, by exact name. `allow_hosts`
    are names of hosts that may have private addresses. `nameservers` are `ip` or `ip:port`, none:
    the system's. `concurrency` is the number of hosts asked at one moment. `tdmrep` asks the host
    of a page once a day for /.well-known/tdmrep.json.
    """

    contact: str = ""
    user_agent: str = f"copydesk/{__version__}"
    max_bytes: int = 10_000_000
    timeout_seconds: float = 30.0
    connect_seconds: float = 10.0
    delay_seconds: float = 5.0
    penalty_seconds: float = 30.0
    max_redirects: int = 10
    allow_hosts: tuple[str, ...] = ()
    nameservers: tuple[str, ...] = ()
    hosts: Mapping[str, Manners] = field(default_factory=dict)
    concurrency: int = 64
    tdmrep: bool = True

    @cached_property
    def signature(self) -> str:
        """Return the User-Agent line: `copydesk/0.1.0 (+mailto:desk@example.org)`."""
        contact = text.fold(self.contact).encode("ascii", "ignore").decode()
        return f"{self.user_agent} (+{contact})" if contact else self.user_agent

    def allows(self, host: str) -> bool:
        """Decide whether the newsroom allows this host, by its name, to have a private address."""
        return bool(self._allowed) and _bare(host) in self._allowed

    def delay(self, host: str) -> float:
        """Return the seconds between an answer of a host and the next request to it."""
        chosen = self._manners.get(_bare(host)) if self._manners else None
        given = None if chosen is None else chosen.delay_seconds
        return self.delay_seconds if given is None else given

    def penalty(self, host: str) -> float:
        """Return the seconds that a host is left alone after it showed that we ask too much."""
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
    """Spell a host one way: `[::1]` and `::1`, `Intranet.Example.` and `intranet.example`."""
    return host.strip().strip("[]").rstrip(".").lower()
