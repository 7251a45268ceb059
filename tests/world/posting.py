"""Talk to a network on loopback by the guarded fetcher, with little patience."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from copydesk.fetch import WallClock
from copydesk.fetch.web import Web
from copydesk.news.options import FetchOptions
from world.networks import FakeNetwork

T = TypeVar("T")
N = TypeVar("N", bound=FakeNetwork)
DEFAULT_TEMPLATE = "{headline}\n\n{line}\n\n{link}\n\n{tags}"
PATIENCE_SECONDS = 0.5
LINK = "https://news.example.com/news/2026/12/a-story/"


def talk(network: N, work: Callable[[N, Web], Awaitable[T]], *, is_allowed: bool = True) -> T:
    """Run the network and do some work with it; its address is private, but may be allowed."""

    async def run() -> T:
        hosts = ("127.0.0.1",) if is_allowed else ()
        options = FetchOptions(allow_hosts=hosts, timeout_seconds=PATIENCE_SECONDS)
        async with network, Web(options, WallClock()) as web:
            return await work(network, web)

    return asyncio.run(run())
