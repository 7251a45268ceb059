"""Options of fetching: who asks, how much, how long, how often."""

from __future__ import annotations

from dataclasses import dataclass

from copydesk import __version__
from copydesk.kit import text


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchOptions:
    """Limits and manners, as `[fetch]` in beat.toml.

    `contact` is a mail or web address for the site owners who read their logs. `max_bytes` counts
    a body packed and unpacked; `timeout_seconds` is for one request from its first byte to its
    last. `delay_seconds` lie between two requests to a host, `penalty_seconds` after it answered
    403 or 429. `allow_hosts` are names of hosts that may have private addresses. `concurrency` is
    the number of hosts asked at one moment.
    """

    contact: str = ""
    user_agent: str = f"copydesk/{__version__}"
    max_bytes: int = 10_000_000
    timeout_seconds: float = 30.0
    delay_seconds: float = 5.0
    penalty_seconds: float = 30.0
    max_redirects: int = 10
    allow_hosts: tuple[str, ...] = ()
    concurrency: int = 32

    @property
    def signature(self) -> str:
        """Give the User-Agent line: `copydesk/0.1.0 (+mailto:desk@example.org)`."""
        contact = text.fold(self.contact).encode("ascii", "ignore").decode()
        return f"{self.user_agent} (+{contact})" if contact else self.user_agent

    def allows(self, host: str) -> bool:
        """Say whether the newsroom allows this host, by its name, to have a private address."""
        return _bare(host) in {_bare(name) for name in self.allow_hosts}


def _bare(host: str) -> str:
    """Spell a host one way: `[::1]` and `::1`, `Intranet.Example.` and `intranet.example`."""
    return host.strip().strip("[]").rstrip(".").lower()
