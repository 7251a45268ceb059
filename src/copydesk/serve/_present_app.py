"""PresentApp: the app of the settings that hold now, exchanged under the listening server."""

from __future__ import annotations

import asyncio
import contextlib

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_WAIT_SECONDS = 10.0  # for the next app, before a request is told to come back
_END_SECONDS = 3.0  # for an answer under way, before it is broken off


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
