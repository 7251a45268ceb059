"""Hub calls: where hubs ask whether we meant a subscription, and push."""

from __future__ import annotations

import re

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import Receive, Scope, Send

from copydesk.engine import Subscriber

_CALLBACK = re.compile(r"/(?:.*/)?websub/([A-Za-z0-9_-]{43})")
_HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}


class HubCalls(BaseRoute):
    """The callbacks of a newsroom's subscriptions; each ends in a secret of its own."""

    def __init__(self, subscriber: Subscriber) -> None:
        self._subscriber = subscriber

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Decide whether a request is a hub's."""
        found = _CALLBACK.fullmatch(scope["path"])
        if found is None or scope["method"] not in {"GET", "HEAD", "POST"}:
            return Match.NONE, {}
        return Match.FULL, {"path_params": {"token": found[1]}}

    def url_path_for(self, name: str, /, **path_params: str) -> str:  # type: ignore[override] # no address is made of a secret
        """Name no callback: whose it is, only its hub knows."""
        raise NoMatchFound(name, path_params)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the hub."""
        request = Request(scope, receive)
        token = scope["path_params"]["token"]
        if request.method == "POST":
            try:
                answer = await self._subscriber.take(token, request.headers, request.stream())
            except ClientDisconnect:
                return
        else:
            answer = await self._subscriber.answer_hub(token, dict(request.query_params))
        headers = _HEADERS
        if request.method == "POST" and answer.status >= 400:
            headers = {**_HEADERS, "Connection": "close"}  # the rest of the body is not wanted
        if answer.status == 429:
            headers = {**headers, "Retry-After": "60"}
        response = Response(answer.words, answer.status, headers, media_type="text/plain")
        await response(scope, receive, send)
