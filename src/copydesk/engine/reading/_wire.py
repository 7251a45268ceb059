"""The wire: who answers requests in this round, the web or a recorded one, politely."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from copydesk import fetch
from copydesk.engine.newsroom import Newsroom
from copydesk.errors import ConfigError
from copydesk.kit import urls
from copydesk.news import Fetcher, NotModified, Page, Refused, Request


@contextlib.asynccontextmanager
async def connect(
    newsroom: Newsroom, web: Path | None = None, record: Path | None = None
) -> AsyncIterator[Fetcher]:
    """Give a polite fetcher for the block: over the recorded web in `web`, else the real one.

    What comes in is recorded into `record` where one is named. What the real web's hosts said about
    how they want to be asked is remembered for the next round; a replay knows nothing of it and
    leaves nothing, so that its bytes depend on the recording alone. Raises ConfigError where a
    real round has no contact, RecordingError where a recording cannot be read or written.
    """
    options = newsroom.settings.fetch
    async with contextlib.AsyncExitStack() as stack:
        if web is not None:
            clock: fetch.Clock = fetch.VirtualClock(newsroom.now)
            raw: Fetcher = fetch.Replay(web, newsroom.now)
        else:
            _must_have_contact(newsroom)
            clock = fetch.WallClock()
            raw = await stack.enter_async_context(fetch.Web(options, clock))
        if record is not None:
            raw = stack.enter_context(fetch.Recorder(raw, record))
        if web is not None:
            yield fetch.Polite(raw, options, clock)
        else:
            polite = fetch.Polite(raw, options, clock, newsroom.memory.hosts)
            proxies = _proxies(newsroom)
            with _remembered(newsroom, polite):
                yield _Proxied(polite, proxies) if proxies else polite


def _proxies(newsroom: Newsroom) -> Mapping[str, str]:
    """Give the proxy of each site, by registrable domain, that has a source with one."""
    return {
        urls.registrable_domain(url): options.proxy
        for url, options in newsroom.settings.source_options.items()
        if options.proxy
    }


class _Proxied:
    """Ask the pages and pictures of a site through the proxy that its source is asked through."""

    def __init__(self, inner: Fetcher, proxies: Mapping[str, str]) -> None:
        self._inner = inner
        self._proxies = proxies

    async def fetch(self, request: Request) -> Page | NotModified | Refused:
        """Give the answer to one request."""
        if not request.proxy:
            proxy = self._proxies.get(urls.registrable_domain(request.url), "")
            request = replace(request, proxy=proxy)
        return await self._inner.fetch(request)


@contextlib.contextmanager
def _remembered(newsroom: Newsroom, polite: fetch.Polite) -> Iterator[None]:
    """Keep what was learnt of hosts, also from a block that was cut short."""
    try:
        yield
    finally:
        with newsroom.memory.together():
            for key, kept in polite.changes().items():
                newsroom.memory.hosts.put(key, kept)


def _must_have_contact(newsroom: Newsroom) -> None:
    if not newsroom.settings.fetch.contact:
        raise ConfigError(
            "a round on the real web needs a contact that site owners can reach",
            subject="fetch.contact",
            hint='write [fetch] contact = "mailto:you@example.org" into beat.toml',
        )
