"""Serve: the site over HTTP, rounds when they are due, pushes from hubs, until told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from copydesk import fetch
from copydesk.config import Settings
from copydesk.engine.newsroom import Newsroom
from copydesk.engine.publishing import is_gone
from copydesk.engine.serving._audience import AudienceCounts
from copydesk.engine.serving._due import NewsroomFolder
from copydesk.engine.serving._rounds import Rounds
from copydesk.engine.serving._site import Site
from copydesk.engine.serving._subscriber import Subscriber
from copydesk.errors import UsageError
from copydesk.kit import urls

if TYPE_CHECKING:
    from aiohttp import web

Say = Callable[[str], None]

_HUB_BYTES = 65_536  # of a hub's answer to a request
_CALLBACK = r"/{before:(?:.*/)?}websub/{token:[A-Za-z0-9_-]{43}}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where to listen; port 0 takes a free one."""

    host: str = "127.0.0.1"
    port: int = 8000


def serve_site(site: Path, address: Address, say: Say) -> None:
    """Serve a web root until SIGTERM or Ctrl-C; raises UsageError where the port is taken."""
    asyncio.run(_serve_until_signal(address, say, Site(site, "")))


def serve(newsroom: Newsroom, address: Address, say: Say) -> None:
    """Serve the newsroom's site, run a round now and whenever one is due, and listen to hubs.

    Each round is a process of its own: it can be ended at any instant, and the next one goes on.
    """
    parsed = urls.parse(newsroom.beat.url)
    prefix = "" if parsed is None else str(parsed.pathname).strip("/")
    readers = _audience(newsroom.settings) if newsroom.settings.serve.count_reads else None
    site = Site(newsroom.site, prefix, lambda path: is_gone(newsroom.private, path), readers)
    asyncio.run(_serve(newsroom.settings, address, say, site))


async def _serve(settings: Settings, address: Address, say: Say, site: Site) -> None:
    if not settings.fetch.contact:
        say("no rounds: [fetch] contact is not set in beat.toml; serving what is published")
        await _serve_until_signal(address, say, site)
        return
    clock = fetch.WallClock()
    folder = NewsroomFolder(settings, os.environ)
    rounds = Rounds(folder, clock, with_time(say, clock))
    async with fetch.Web(replace(settings.fetch, max_bytes=_HUB_BYTES), clock) as wire:
        subscriber = Subscriber(folder, wire.post, clock, with_time(say, clock))
        subscriber.soon = rounds.soon
        await subscriber.load()
        await _serve_until_signal(address, say, site, subscriber, rounds)


def _audience(settings: Settings) -> AudienceCounts:
    """Count readers in the newsroom's memory, opened anew each time: a round may replace it."""
    return AudienceCounts(NewsroomFolder(settings, os.environ).memory, fetch.WallClock())


def with_time(say: Say, clock: fetch.Clock) -> Say:
    """Put the time in front of each message: days later somebody wonders when that was."""
    return lambda words: say(f"{clock.now():%H:%M} {words}")


async def _serve_until_signal(
    address: Address,
    say: Say,
    site: Site,
    subscriber: Subscriber | None = None,
    rounds: Rounds | None = None,
) -> None:
    """Answer strangers until SIGTERM or Ctrl-C, rounds and hubs at work beside it."""
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # strangers' nonsense
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with listening(address, site, subscriber) as port:
        say(f"the site is at http://{address.host}:{port}{site.path}/ (Ctrl-C ends)")
        workers = (rounds, subscriber, site.readers)
        work = [asyncio.create_task(worker.go_on()) for worker in workers if worker is not None]
        await stop.wait()
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)
    say("stopped")


@contextlib.asynccontextmanager
async def listening(
    address: Address, site: Site, subscriber: Subscriber | None = None
) -> AsyncIterator[int]:
    """Answer strangers for the block, and give the port; raises UsageError where it is taken."""
    from aiohttp import web

    app = web.Application()
    if subscriber is not None:
        app.router.add_get(_CALLBACK, subscriber.answer_hub)
        app.router.add_post(_CALLBACK, subscriber.take)
    app.router.add_get("/{path:.*}", site.answer)
    if site.readers is not None:
        app.on_response_prepare.append(site.count_view)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=3, auto_decompress=False)
    await runner.setup()
    try:
        place = web.TCPSite(runner, address.host, address.port)
        await _start(place, address)
        port: int = runner.addresses[0][1]
        yield port
    finally:
        await runner.cleanup()


async def _start(place: web.TCPSite, address: Address) -> None:
    try:
        await place.start()
    except (OSError, UnicodeError) as error:
        what, option = _refusal(error)
        raise UsageError(
            f"cannot listen ({what})",
            subject=f"{address.host}:{address.port}",
            hint=f"choose another with {option}",
        ) from error


def _refusal(error: OSError | UnicodeError) -> tuple[str, str]:
    """Return why the system lets nobody listen there, and which option names another place."""
    if isinstance(error, socket.gaierror | UnicodeError):
        return "no such host", "--host"
    if error.errno == errno.EADDRINUSE:
        return "somebody else listens there", "--port"
    if error.errno == errno.EACCES:
        return "only the administrator may listen there", "--port"
    return "this machine has no such address", "--host"
