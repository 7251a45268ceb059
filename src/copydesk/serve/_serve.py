"""Serve the site over HTTP, run due fetching rounds, and receive pushed feeds (WebSub), until
stopped.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from starlette.datastructures import Headers
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from copydesk import background, building, desk
from copydesk.desk import sign_in
from copydesk.errors import DeskStoreError
from copydesk.kit import urls
from copydesk.newsroom import Newsroom, accounts, checks, identity
from copydesk.serve import _app, _clients
from copydesk.serve._health import Metrics, full_route, health_route, metrics_route, ready_route
from copydesk.serve._listen import Address, limit_connections, listening, raise_descriptor_limit
from copydesk.serve._site import Site, first_page_of

Say = Callable[[str], None]

_NO_HOST = (
    "the desk has no host name of its own: set `host` in [desk] of beat.toml"
    " (docs/guides/who-may-use-the-desk.md)"
)
_LOOK_SECONDS = 2.0  # between two checks of beat.toml for changed settings of the pages


def serve_site(site: Path, address: Address, say: Say) -> None:
    """Serve a built site from a folder until SIGTERM or Ctrl-C; UsageError if the port is taken."""
    _run(_serve_site(site, address, say))


def serve(
    newsroom: Newsroom, address: Address, say: Say, mounts: Mapping[str, ASGIApp] | None = None
) -> None:
    """Serve the site and the editors' web interface; run a fetching round now and whenever one is
    due.

    Each round is a process of its own: it can be killed at any time, and the next one continues.
    `mounts` maps paths to further apps that answer below them.
    """
    _run(_serve(newsroom, address, say, mounts))


def serve_demo(newsroom: Newsroom, address: Address, editor: str, say: Say) -> None:
    """Serve the demo site without fetching, and print a link that signs in `editor` to edit
    stories.
    """
    _run(_serve(newsroom, address, say, None, guest=editor))


def _run(work: Coroutine[object, object, None]) -> None:
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work)


async def _serve_site(root: Path, address: Address, say: Say) -> None:
    stop, site = _hear_signals(), Site(root, "")
    async with listening(
        address, _app.WebApp(site, say, [health_route(), ready_route(site)])
    ) as port:
        _say_where(address, port, site, say)
        await stop.wait()
    say("stopped")


async def _serve(
    newsroom: Newsroom,
    address: Address,
    say: Say,
    mounts: Mapping[str, ASGIApp] | None,
    guest: str = "",
) -> None:
    stop = _hear_signals()
    async with background.open_service(newsroom, say, runs_rounds=not guest) as service:
        limits = limit_connections(raise_descriptor_limit())
        connections = _clients.Connections(
            limits, _clients.trust(service.settings.serve.trusted_proxies)
        )
        metrics = Metrics(connections, service.round_status, service.count)
        site = _site_of(service, newsroom.beat.title, metrics.note_preview)
        routes = _routes_of(service, site, metrics)
        present, front = _app.PresentApp(), _Front(service, say)
        async with listening(address, present, connections) as port:
            gc.collect()
            gc.freeze()  # looking through all that is loaded would hold up answers for 0.2 s
            going_on = asyncio.create_task(service.go_on())
            while not stop.is_set():
                now = replace(newsroom, settings=service.settings)
                async with _open_pages(now, service, say, guest) as pages:
                    mounted = {**pages.mounts, **(mounts or {})}
                    guarded = _guard(site, service)
                    app = _app.WebApp(guarded, say, routes, mounted, metrics.note_request)
                    present.put(
                        front.watch.look_through(_app.keep_site_off(app, now.settings.desk.host))
                    )
                    if now.settings is newsroom.settings:  # at the first time
                        _say_where(address, port, site, say)
                    _say_desk(now, port, guest, say)
                    front.advise()
                    await _go_on_until_others_hold(now, service, pages, stop)
                    if stop.is_set():
                        going_on.cancel()
                    else:
                        say("beat.toml changed: the desk and the subscribers' pages are reloaded")
                    await present.take_away(is_for_good=stop.is_set())
            await asyncio.gather(going_on, return_exceptions=True)
    say("stopped")


class _Front:
    """The reverse proxies found in front of the server; problems with them are printed for the
    operator.
    """

    def __init__(self, service: background.NewsroomService, say: Say) -> None:
        self._service = service
        self._say = say
        self._said: set[str] = set()
        known = checks.read_front_servers(service.private)
        self.watch = _clients.FrontWatch(known, self._keep, lambda: datetime.now(UTC))

    def advise(self) -> None:
        """Print problems with reverse proxies that were not printed before."""
        settings, private = self._service.settings, self._service.private
        advice = checks.advise_on_front(settings, private, datetime.now(UTC))
        said = f"{advice.what}; {advice.hint}" if advice else ""
        if said and said not in self._said:
            self._said.add(said)
            self._say(said)

    def _keep(self, servers: Sequence[checks.FrontServer]) -> None:
        checks.keep_front_servers(self._service.private, servers)
        self.advise()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pages:
    """The editors' web interface and the newsletter subscribers' pages, for the current
    settings.
    """

    mounts: Mapping[str, ASGIApp]
    go_on: Callable[[], Coroutine[object, object, None]]


@contextlib.asynccontextmanager
async def _open_pages(
    newsroom: Newsroom, service: background.NewsroomService, say: Say, guest: str
) -> AsyncIterator[_Pages]:
    demands = desk.OnDemand(
        rounds=service.on_demand, rejudging=service.rejudging, is_recorded=bool(guest)
    )
    async with (
        desk.serve_desk(newsroom, _door_of(service), say, demands) as served,
        _app.mount_reader_pages(newsroom, service, say) as reader_pages,
    ):
        yield _Pages(mounts={_app.DESK: served.app, **reader_pages}, go_on=served.go_on)


async def _go_on_until_others_hold(
    newsroom: Newsroom, service: background.NewsroomService, pages: _Pages, stop: asyncio.Event
) -> None:
    """Wait until the server must stop, or until the settings of the editors' web interface
    change.
    """
    going_on = asyncio.create_task(service.keep_going(pages.go_on))
    others = asyncio.create_task(_wait_for_other_settings(newsroom, service))
    stopped = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({others, stopped}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (going_on, others, stopped):
            task.cancel()
        await asyncio.gather(going_on, others, stopped, return_exceptions=True)


async def _wait_for_other_settings(newsroom: Newsroom, service: background.NewsroomService) -> None:
    before = now = _settings_of_pages(newsroom)
    while before == now:
        await asyncio.sleep(_LOOK_SECONDS)
        settings = await asyncio.to_thread(service.folder.settings)
        now = _settings_of_pages(replace(newsroom, settings=settings))


def _settings_of_pages(newsroom: Newsroom) -> tuple[object, ...]:
    """Return the settings that the editors' and the subscribers' pages depend on, to notice
    changes.
    """
    settings = newsroom.settings
    return settings.serve, settings.desk, _app.needs_reader_pages(newsroom)


def _guard(site: Site, service: background.NewsroomService) -> _app.ScriptGuard:
    """Return the site, guarded so that scripts of themes cannot act in the editors' web
    interface.
    """
    digests = building.own_script_digests()
    public_url, desk_host = service.settings.serve.public_url, service.settings.desk.host
    return _app.ScriptGuard(
        site,
        service.prefix,
        lambda: building.find_own_scripts(service.site, digests),
        lambda scope: _clients.is_from_here(scope, public_url, desk_host),
        _app.find_reader_pages(public_url),
    )


def _door_of(service: background.NewsroomService) -> sign_in.Door:
    """Return the functions and settings by which the editors' web interface identifies clients."""
    settings = service.settings
    is_proxy = _clients.trust(settings.serve.trusted_proxies)
    return sign_in.Door(
        is_from_here=lambda scope: _clients.is_from_here(
            scope, settings.serve.public_url, settings.desk.host
        ),
        is_proxy=is_proxy,
        client_of=lambda scope: _clients.client_of(
            scope["client"][0] if scope.get("client") else "",
            Headers(scope=scope).getlist("X-Forwarded-For"),
            is_proxy,
        ),
        host=settings.desk.host,
        user_header=settings.desk.user_header,
        proxy_secret=settings.desk.proxy_secret,
        api_requests_a_minute=settings.desk.api_requests_a_minute,
        provider=identity.identity_provider(settings),
        session_lifetime=timedelta(days=settings.desk.session_days),
    )


def _say_desk(newsroom: Newsroom, port: int, guest: str, say: Say) -> None:
    """Print the URL of the editors' web interface, with a link to become owner or sign in as
    guest.
    """
    try:
        now = replace(newsroom, now=datetime.now(UTC))  # the demo's clock is set to its recording
        way_in = accounts.make_guest_link(now, guest, port) if guest else ""
        link = "" if guest else accounts.make_setup_link(now, now.now, port)
        is_empty = not accounts.list_accounts(now)
    except DeskStoreError:  # reported already
        return
    if way_in:
        say(f"sign in to the desk (web editor) at {way_in} (works once, within 15 minutes)")
        return
    public_url = newsroom.settings.serve.public_url
    is_shut = urls.is_for_others(public_url) and not newsroom.settings.desk.host
    what = f", but it is disabled: this server is public ({public_url}), and {_NO_HOST}"
    address = accounts.desk_address(newsroom, port)
    say(f"the desk (web editor) is at {address}{what if is_shut else ''}")
    if link:
        say(f"create the first owner account at {link} (works once, within 15 minutes)")
    elif is_empty:
        say("the desk has no user yet: run copydesk desk user add NAME --role owner")


def _site_of(
    service: background.NewsroomService, title: str, note_preview: Callable[[str], None]
) -> Site:
    proxies = service.settings.serve.trusted_proxies
    found: dict[_clients.PageShelf, background.AudienceCounts | None] = {
        "news": service.audience,
        "newsletter": service.issue_views,
    }
    audiences = {shelf: audience for shelf, audience in found.items() if audience is not None}
    counts = _clients.count_views_in(audiences, proxies, note_preview)
    first_page = first_page_of(title, service.rounds is not None, service.round_status)
    return Site(service.site, service.prefix, service.is_gone, counts, first_page)


def _routes_of(
    service: background.NewsroomService, site: Site, metrics: Metrics
) -> list[BaseRoute]:
    routes: list[BaseRoute] = [
        health_route(),
        ready_route(site),
        full_route(service),
        metrics_route(metrics, service),
    ]
    if service.rounds is not None:
        service.rounds.after_round = metrics.look_at_round
    if service.on_demand is not None:
        service.on_demand.after_round = metrics.look_at_round
    if service.subscriber is not None:
        routes.append(_app.HubCalls(service.subscriber))
    return routes


def _hear_signals() -> asyncio.Event:
    """Return an event that is set on SIGTERM and Ctrl-C."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


def _say_where(address: Address, port: int, site: Site, say: Say) -> None:
    say(f"the site is at http://{address.host}:{port}{site.path}/ (Ctrl-C stops the server)")
