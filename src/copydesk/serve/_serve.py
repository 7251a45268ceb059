"""Serve: the site over HTTP, rounds when they are due, pushes from hubs, until told to stop."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path

from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from copydesk import engine
from copydesk.serve._address import Address
from copydesk.serve._app import WebApp
from copydesk.serve._connections import Connections
from copydesk.serve._figures import health_route, metrics_route
from copydesk.serve._first_page import first_page_of
from copydesk.serve._hub_calls import HubCalls
from copydesk.serve._listen import limit_connections, listening, raise_descriptor_limit
from copydesk.serve._metrics import Metrics
from copydesk.serve._readers import count_views_in, trust
from copydesk.serve._site import Site, nobody_counts

Say = Callable[[str], None]


def serve_site(site: Path, address: Address, say: Say) -> None:
    """Serve a web root until SIGTERM or Ctrl-C; raises UsageError where the port is taken."""
    _run(_serve_site(site, address, say))


def serve(
    newsroom: engine.Newsroom,
    address: Address,
    say: Say,
    mounts: Mapping[str, ASGIApp] | None = None,
) -> None:
    """Serve the newsroom's site, run a round now and whenever one is due, and listen to hubs.

    Each round is a process of its own: it can be ended at any instant, and the next one goes on.
    `mounts` are further apps by the path below which they lie.
    """
    _run(_serve(newsroom, address, say, mounts))


def _run(work: Coroutine[object, object, None]) -> None:
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work)


async def _serve_site(root: Path, address: Address, say: Say) -> None:
    stop, site = _hear_signals(), Site(root, "")
    async with listening(address, WebApp(site, say, [health_route()])) as port:
        _say_where(address, port, site, say)
        await stop.wait()
    say("stopped")


async def _serve(
    newsroom: engine.Newsroom,
    address: Address,
    say: Say,
    mounts: Mapping[str, ASGIApp] | None,
) -> None:
    stop = _hear_signals()
    async with engine.open_service(newsroom, say) as service:
        proxies = service.settings.serve.trusted_proxies
        limits = limit_connections(raise_descriptor_limit())
        connections = Connections(limits, trust(proxies))
        metrics = Metrics(connections, service.round_status)
        site = _site_of(service, newsroom.beat.title)
        routes = _routes_of(service, metrics)
        app = WebApp(site, say, routes, mounts, metrics.note_request)
        async with listening(address, app, connections) as port:
            _say_where(address, port, site, say)
            work = asyncio.create_task(service.go_on())
            await stop.wait()
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
    say("stopped")


def _site_of(service: engine.NewsroomService, title: str) -> Site:
    proxies = service.settings.serve.trusted_proxies
    audience = service.audience
    counts = nobody_counts if audience is None else count_views_in(audience, proxies)
    first_page = first_page_of(title, service.rounds is not None, service.round_status)
    return Site(service.site, service.prefix, service.is_gone, counts, first_page)


def _routes_of(service: engine.NewsroomService, metrics: Metrics) -> list[BaseRoute]:
    routes: list[BaseRoute] = [health_route(), metrics_route(metrics, service)]
    if service.rounds is not None:
        service.rounds.after_round = metrics.look_at_round
    if service.subscriber is not None:
        routes.append(HubCalls(service.subscriber))
    return routes


def _hear_signals() -> asyncio.Event:
    """Return what is set by SIGTERM and by Ctrl-C."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


def _say_where(address: Address, port: int, site: Site, say: Say) -> None:
    say(f"the site is at http://{address.host}:{port}{site.path}/ (Ctrl-C ends)")
