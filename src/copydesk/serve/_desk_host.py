"""The desk's own host: there the site is not served, whose theme must not act as an editor."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

DESK = "/desk"


def keep_site_off(app: ASGIApp, host: str) -> ASGIApp:
    """Return an app that at `host` answers for the desk alone, elsewhere as `app` does.

    `/desk` leads to `/desk/` at any host, and at the desk's own so does `/`.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(f"{DESK}/"):
            await app(scope, receive, send)
            return
        asked = Headers(scope=scope).get("Host", "").lower()
        is_desk_host = bool(host) and asked in {host, f"{host}:443"}
        if scope["path"] == DESK or (is_desk_host and scope["path"] == "/"):
            await RedirectResponse(f"{DESK}/", 307)(scope, receive, send)
        elif is_desk_host:
            await PlainTextResponse("the site is not served at this host\n", 404)(
                scope, receive, send
            )
        else:
            await app(scope, receive, send)

    return answer
