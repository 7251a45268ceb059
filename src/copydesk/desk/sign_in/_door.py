"""The door: what sign-in has to know of the server, the newsroom and the clocks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from starlette.types import Scope

from copydesk import engine
from copydesk.desk_store import Moment

ROOT = "/desk/"


def read_clocks() -> Moment:
    """Return what the clocks say now."""
    return Moment(now=datetime.now(UTC), uptime_seconds=engine.read_uptime())


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where the desk is, and what the server finds out about who asks.

    `is_from_here` decides whether a request comes from this machine, `is_proxy` whether an address
    is that of a web server which was declared to stand in front, `client_of` returns the address
    of who asks. `host` and `user_header` are `[desk]`'s, `proxy_secret` is what such a web server
    sends with that header, "" for nothing;
    `provider` is that of `[desk.oidc]`, `api_requests_a_minute` how many each token may make.
    """

    is_from_here: Callable[[Scope], bool]
    is_proxy: Callable[[str], bool]
    client_of: Callable[[Scope], str]
    host: str = ""
    user_header: str = ""
    proxy_secret: str = field(default="", repr=False)
    provider: engine.IdentityProvider | None = None
    api_requests_a_minute: int = 600
    session_lifetime: timedelta = timedelta(days=14)
    read_clocks: Callable[[], Moment] = read_clocks
    root: str = ROOT

    @property
    def is_open_to_programs(self) -> bool:
        """Whether whatever runs on this machine may be anybody, by sending a header."""
        is_here = self.is_proxy("127.0.0.1") or self.is_proxy("::1")
        return bool(self.user_header) and not self.proxy_secret and is_here
