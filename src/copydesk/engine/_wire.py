"""The wire: who answers requests in this round, the web or a recorded one, politely."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from copydesk import fetch
from copydesk.engine.newsroom import Newsroom
from copydesk.errors import ConfigError
from copydesk.news import Fetcher


@contextlib.asynccontextmanager
async def connected(
    newsroom: Newsroom, web: Path | None = None, record: Path | None = None
) -> AsyncIterator[Fetcher]:
    """Give a polite fetcher for the block: over the recorded web in `web`, else the real one.

    What comes in is recorded into `record` where one is named. Raises ConfigError where a real
    round has no contact, RecordingError where a recording cannot be read or written.
    """
    options = _options(newsroom)
    async with contextlib.AsyncExitStack() as stack:
        clock: fetch.Clock
        raw: Fetcher
        if web is not None:
            clock = fetch.VirtualClock(newsroom.now)
            raw = fetch.Replay(web, newsroom.now)
        else:
            _must_have_contact(newsroom)
            clock = fetch.WallClock()
            raw = await stack.enter_async_context(fetch.Web(options, clock))
        if record is not None:
            raw = stack.enter_context(fetch.Recorder(raw, record))
        yield fetch.Polite(raw, options, clock)


def _options(newsroom: Newsroom) -> fetch.FetchOptions:
    chosen = newsroom.settings.fetch
    return fetch.FetchOptions(
        contact=chosen.contact,
        max_bytes=chosen.max_bytes,
        timeout_seconds=chosen.timeout_seconds,
        delay_seconds=chosen.delay_seconds,
        max_redirects=chosen.max_redirects,
        allow_hosts=chosen.allow_hosts,
    )


def _must_have_contact(newsroom: Newsroom) -> None:
    if not newsroom.settings.fetch.contact:
        raise ConfigError(
            "a round on the real web needs a contact that site owners can reach",
            subject="fetch.contact",
            hint='write [fetch] contact = "mailto:you@example.org" into beat.toml',
        )
