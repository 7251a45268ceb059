"""The wire: who answers requests in this round, the web or a recorded one, politely."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from copydesk import fetch
from copydesk.config import Settings
from copydesk.errors import ConfigError
from copydesk.fetch.polite import Polite
from copydesk.fetch.web import Web
from copydesk.kit import urls
from copydesk.memory import Memory
from copydesk.news import Fetcher, NotModified, Page, Refused, Request


@contextlib.asynccontextmanager
async def connect(
    settings: Settings,
    memory: Memory,
    now: datetime,
    web: Path | None = None,
    record: Path | None = None,
) -> AsyncIterator[Fetcher]:
    """Yield a polite fetcher for the block: over the recorded web in `web`, else the real one.

    What comes in is recorded into `record` where one is named. What the real web's hosts said about
    how they want to be asked is remembered for the next round; a replay knows nothing of it and
    leaves nothing, so that its bytes depend on the recording alone. Raises ConfigError where a
    real round has no contact, RecordingError where a recording cannot be read or written.
    """
    options = settings.fetch
    async with contextlib.AsyncExitStack() as stack:
        if web is not None:
            clock: fetch.Clock = fetch.VirtualClock(now)
            raw: Fetcher = fetch.Replay(web, now)
        else:
            _must_have_contact(settings)
            clock = fetch.WallClock()
            raw = await stack.enter_async_context(Web(options, clock))
        if record is not None:
            raw = stack.enter_context(fetch.Recorder(raw, record))
        if web is not None:
            yield Polite(raw, options, clock)
        else:
            polite = Polite(raw, options, clock, memory.hosts)
            proxies = _proxies(settings)
            with _remember_hosts(memory, polite):
                yield _Proxied(polite, proxies) if proxies else polite


def _proxies(settings: Settings) -> Mapping[str, str]:
    """Return the proxy of each site, by registrable domain, that has a source with one."""
    return {
        urls.registrable_domain(url): options.proxy
        for url, options in settings.source_options.items()
        if options.proxy
    }


class _Proxied:
    """Ask the pages and pictures of a site through the proxy that its source is asked through."""

    def __init__(self, inner: Fetcher, proxies: Mapping[str, str]) -> None:
        self._inner = inner
        self._proxies = proxies

    async def fetch(self, request: Request) -> Page | NotModified | Refused:
        """Fetch what one request asks for."""
        if not request.proxy:
            proxy = self._proxies.get(urls.registrable_domain(request.url), "")
            request = replace(request, proxy=proxy)
        return await self._inner.fetch(request)


@contextlib.contextmanager
def _remember_hosts(memory: Memory, polite: Polite) -> Iterator[None]:
    """Keep what was learnt of hosts, also from a block that was cut short."""
    try:
        yield
    finally:
        with memory.together():
            for key, kept in polite.changes().items():
                memory.hosts.put(key, kept)


def _must_have_contact(settings: Settings) -> None:
    if not settings.fetch.contact:
        raise ConfigError(
            "a round on the real web needs a contact that site owners can reach",
            subject="fetch.contact",
            hint='write [fetch] contact = "mailto:you@example.org" into beat.toml',
        )
