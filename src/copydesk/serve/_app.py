"""The web app: who answers which request."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Mount, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from copydesk.kit import text

Say = Callable[[str], None]


class WebApp:
    """Pass each request to who answers it: a mounted app, a route, else the site.

    `mounts` are apps by the path below which they lie. What goes wrong with one request costs only
    that one, and `say` is told.
    """

    def __init__(
        self,
        site: ASGIApp,
        say: Say,
        routes: Sequence[BaseRoute] = (),
        mounts: Mapping[str, ASGIApp] | None = None,
    ) -> None:
        mounted = [Mount(path, app) for path, app in (mounts or {}).items()]
        self._router = Router([*mounted, *routes], redirect_slashes=False, default=site)
        self._say = say

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        started = False

        async def note_start(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._router(scope, receive, note_start)
        except Exception as error:  # a bug on one page must not be one on every page
            what = f"{type(error).__name__}: {error}"
            self._say(text.fold(f"a request failed: {what}: {scope['path']}")[:500])
            if started:
                raise  # the server closes the connection: the answer is not whole
            await PlainTextResponse("internal error\n", 500)(scope, receive, send)
