"""The web app: who answers which request, and the exchange of one app for the next."""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections.abc import Callable, Mapping, Sequence

from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Mount, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from copydesk.kit import text

Say = Callable[[str], None]
Note = Callable[[int, float], None]

_WAIT_SECONDS = 10.0  # for the next app, before a request is told to come back
_CLIENT_LEFT = 499  # as nginx counts it
_END_SECONDS = 3.0  # for an answer under way, before it is broken off
_SECRET_END = re.compile(r"(/(?:mail/[a-z]+|desk/enter|websub)/).+", re.DOTALL)


def note_nothing(_status: int, _seconds: float) -> None:
    """Count no request."""


class WebApp:
    """Pass each request to who answers it: a mounted app, a route, else the site.

    `mounts` are apps by the path below which they lie. What goes wrong with one request costs only
    that one, and `say` is told. `note` is told of each answer: its status, and how many seconds it
    took.
    """

    def __init__(
        self,
        site: ASGIApp,
        say: Say,
        routes: Sequence[BaseRoute] = (),
        mounts: Mapping[str, ASGIApp] | None = None,
        note: Note = note_nothing,
    ) -> None:
        mounted = [_mount(path, app) for path, app in (mounts or {}).items()]
        self._router = Router([*mounted, *routes], redirect_slashes=False, default=site)
        self._say = say
        self._note = note

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        began, status = time.perf_counter(), 0

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._router(scope, receive, send_on)
        except ClientDisconnect:  # who asked left while they sent: there is nobody to answer
            status = status or _CLIENT_LEFT
        except Exception as error:  # a bug on one page must not be one on every page
            what = f"{type(error).__name__}: {error}"
            self._say(text.fold(f"a request failed: {what}: {_cut_secret(scope['path'])}")[:500])
            if status:
                raise  # the server closes the connection: the answer is not whole
            await PlainTextResponse("internal error\n", 500)(scope, receive, send_on)
        finally:
            self._note(status, time.perf_counter() - began)


class PresentApp:
    """Pass each request to the app that is there; while it is exchanged, requests wait for it."""

    def __init__(self) -> None:
        self._app: ASGIApp | None = None
        self._is_there = asyncio.Event()
        self._is_over = False
        self._answering: set[asyncio.Task[object]] = set()

    def put(self, app: ASGIApp) -> None:
        """Have this app answer from now on."""
        self._app = app
        self._is_there.set()

    async def take_away(self, *, is_for_good: bool = False) -> None:
        """Let the app finish what it answers, for a few seconds.

        What comes in meanwhile waits for the next app; where none comes, it is told so at once.
        """
        self._is_there.clear()
        self._is_over = is_for_good
        if self._answering:
            await asyncio.wait(self._answering, timeout=_END_SECONDS)
        for task in self._answering:
            task.cancel()
        await asyncio.gather(*self._answering, return_exceptions=True)
        self._app = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if not (self._is_there.is_set() or self._is_over):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._is_there.wait(), _WAIT_SECONDS)
        task = asyncio.current_task()
        if self._app is None or task is None or not self._is_there.is_set():
            answer = PlainTextResponse("come back in a moment\n", 503, {"Retry-After": "5"})
            await answer(scope, receive, send)
            return
        self._answering.add(task)
        try:
            await self._app(scope, receive, send)
        finally:
            self._answering.discard(task)


def _cut_secret(path: str) -> str:
    """Return a path as a log may have it: the end of a link in, or of a hub's, is the key."""
    return _SECRET_END.sub(r"\1…", path)


def _mount(path: str, app: ASGIApp) -> Mount:
    """Return a mount of an app for every address below a path.

    Starlette's own pattern ends at a line feed: `/desk/x%0Ay` would be the site's.
    """
    mount = Mount(path, app)
    mount.path_regex = re.compile(mount.path_regex.pattern, re.DOTALL)
    return mount
