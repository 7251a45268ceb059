"""A desk behind its door, served over loopback, and browsers that ask it."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from copydesk.desk.sign_in import Door, require_role, sign_in_app, visitor_of
from copydesk.desk_store import DeskStore, open_desk
from copydesk.desk_store.sessions import Moment
from copydesk.news import Beat, Topic
from copydesk.serve import Address, Site, WebApp, client_of, is_from_here, listening, trust
from world.machine import PATIENCE_SECONDS

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOST = "desk.example.org"
MAIN = Topic(id="tides", name="Tides")
BEAT = Beat(title="Tides & Co", topics=(MAIN,))


@dataclass
class Clocks:
    """Clocks that stand still until they are moved or set."""

    moment: Moment = field(default_factory=lambda: Moment(now=NOON, uptime_seconds=100.0))

    def __call__(self) -> Moment:
        """Return what they say."""
        return self.moment

    def move(self, by: timedelta) -> None:
        """Let time go by."""
        seconds = self.moment.uptime_seconds + by.total_seconds()
        self.moment = Moment(now=self.moment.now + by, uptime_seconds=seconds)

    def set(self, by: timedelta) -> None:
        """Set the wall's clock by so much."""
        now = self.moment.now + by
        self.moment = Moment(now=now, uptime_seconds=self.moment.uptime_seconds)


@dataclass(frozen=True)
class Answer:
    """What a browser got."""

    status: int
    headers: Mapping[str, str]
    body: str
    cookies: tuple[str, ...]

    def json(self) -> Any:
        """Return its JSON."""
        return json.loads(self.body)


@dataclass
class Browser:
    """A browser at this machine, or behind a web server at the desk's own host; it has cookies."""

    port: int
    host: str = ""
    sends: Mapping[str, str] = field(default_factory=dict)
    jar: dict[str, str] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        """What it says of the page that sends a form."""
        return f"https://{self.host}" if self.host else f"http://localhost:{self.port}"

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask for a page."""
        return self.ask("GET", path, headers={"Sec-Fetch-Mode": "navigate", **(headers or {})})

    def post(
        self,
        path: str,
        body: Mapping[str, str] | bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a form or JSON as a page of the desk does, with these headers in place of its."""
        sent = body if isinstance(body, bytes) else urlencode(body).encode()
        own = {"Sec-Fetch-Site": "same-origin", "Origin": self.origin}
        return self.ask("POST", path, sent, {**own, **(headers or {})})

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a request with nothing but its cookies and these headers ("" leaves one out)."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.jar.items())
        known = {"Host": self.host or f"localhost:{self.port}", "Cookie": cookies}
        told = {**known, **self.sends, **(headers or {})}
        sent = {name: value for name, value in told.items() if value}
        with closing(
            http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        ) as connection:
            connection.request(method, path, body or None, sent)
            answer = connection.getresponse()
            text = answer.read().decode()
        cookies_set = tuple(answer.headers.get_all("Set-Cookie") or ())
        for cookie in cookies_set:
            name, _, rest = cookie.partition("=")
            self.jar[name] = rest.partition(";")[0].strip('"')
        return Answer(answer.status, dict(answer.headers), text, cookies_set)


@dataclass(frozen=True)
class ServedDesk:
    """A desk that is served: its store, its clocks, and browsers for it."""

    port: int
    store: DeskStore
    clocks: Clocks

    def here(self) -> Browser:
        """Return a new browser at this machine."""
        return Browser(self.port)

    def outside(self, headers: Mapping[str, str] | None = None) -> Browser:
        """Return a new browser that comes to the desk's own host, with these headers always."""
        return Browser(self.port, HOST, {"X-Forwarded-For": "203.0.113.5", **(headers or {})})


@contextlib.contextmanager
def serve_desk(folder: Path, **door: Any) -> Iterator[ServedDesk]:
    """Serve a desk whose pages say who asks, with a door as the server makes it, for the block."""
    clocks = Clocks()
    is_proxy = trust(["127.0.0.1"])
    options = {
        "is_from_here": lambda scope: is_from_here(scope, ""),
        "is_proxy": is_proxy,
        "client_of": lambda scope: client_of(
            scope["client"][0],
            [value.decode() for name, value in scope["headers"] if name == b"x-forwarded-for"],
            is_proxy,
        ),
        "read_clocks": clocks,
        **door,
    }
    with closing(open_desk(folder)) as store:
        desk = sign_in_app(_pages(), store, BEAT, Door(**options))
        app = WebApp(Site(folder / "site", ""), print, mounts={"/desk": desk})
        with serve_app(app) as port:
            yield ServedDesk(port, store, clocks)


def _pages() -> Starlette:
    """Return a desk of three pages, for all, editors, owners, and a stream without an end."""

    async def name(request: Request) -> JSONResponse:
        visitor = visitor_of(request)
        return JSONResponse([visitor.name, visitor.role])

    async def edit(request: Request) -> JSONResponse:
        return JSONResponse(require_role(request, "editor").name)

    async def own(request: Request) -> JSONResponse:
        return JSONResponse(require_role(request, "owner").name)

    async def events(_request: Request) -> StreamingResponse:
        async def tick() -> AsyncIterator[str]:
            while True:
                yield ": tick\n\n"
                await asyncio.sleep(0.01)

        return StreamingResponse(tick(), media_type="text/event-stream")

    return Starlette(
        routes=[
            Route("/events", events),
            Route("/", name),
            Route("/edit", edit, methods=["POST"]),
            Route("/own", own, methods=["POST"]),
        ]
    )


@contextlib.contextmanager
def serve_app(app: ASGIApp) -> Iterator[int]:
    """Serve an app in a thread of its own and give its port."""
    ports: list[int] = []
    ready = threading.Event()
    ends: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def work() -> None:
        end = asyncio.Event()
        ends.append((asyncio.get_running_loop(), end))
        async with listening(Address(port=0), app) as port:
            ports.append(port)
            ready.set()
            await end.wait()

    def run() -> None:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:  # as `serve` does
            runner.run(work())

    thread = threading.Thread(target=run)
    thread.start()
    try:
        assert ready.wait(PATIENCE_SECONDS)
        yield ports[0]
    finally:
        loop, end = ends[0]
        loop.call_soon_threadsafe(end.set)
        thread.join(PATIENCE_SECONDS)
