"""The token guard: who asks the API, by the token that a program brings; cookies say nothing."""

from __future__ import annotations

import asyncio
import math
import re
from collections import OrderedDict

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from copydesk.desk.api._problems import ApiProblem, answer_with_problem, make_problem
from copydesk.desk.sign_in import Door, Visitor, find_admission, put_visitor, send_with_policy
from copydesk.desk_store import DeskStore
from copydesk.errors import CopydeskError

_BEARER = re.compile(r"Bearer +([A-Za-z0-9._~+/-]{1,200}=*)", re.IGNORECASE)  # RFC 6750, 2.1
_WINDOW_SECONDS = 60.0
_KNOWN_TOKENS = 10_000


class TokenGuard:
    """Let those requests through to `app` that bring a token which is good; answer all others.

    Only where the desk itself would answer (403). What passes has its Visitor. A browser sends a
    token along by itself to nobody, so that no other site's page acts by it.
    """

    def __init__(self, app: ASGIApp, store: DeskStore, door: Door) -> None:
        self._app = app
        self._store = store
        self._door = door
        self._paces = RequestPaces(door.api_requests_a_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        is_secure = False
        try:
            visitor = await asyncio.to_thread(self._find_out, scope)
            is_secure = visitor.admission.is_secure
            if visitor.token is not None:
                self._paces.count(visitor.token.id, self._door.read_clocks().uptime_seconds)
            put_visitor(scope, visitor)
        except CopydeskError as error:
            answer: ASGIApp = answer_with_problem(make_problem(error))
        except ApiProblem as problem:
            answer = answer_with_problem(problem)
        else:
            answer = self._app
        await answer(scope, receive, send_with_policy(send, is_secure=is_secure))

    def _find_out(self, scope: Scope) -> Visitor:
        """Find out who asks: nobody where no token is brought; one that is no good is a problem."""
        admission = find_admission(scope, self._store, self._door)
        if admission is None:
            raise ApiProblem(403, "the desk is not reached from here")
        address = self._door.client_of(scope)
        brought = Headers(scope=scope).getlist("Authorization")
        if not brought:
            return Visitor(admission=admission, address=address)
        found = _BEARER.fullmatch(brought[0].strip()) if len(brought) == 1 else None
        token = found and self._store.tokens.find(found[1], self._door.read_clocks().now)
        if not token:
            raise refuse_token("it is unknown, has expired, or was ended")
        return Visitor(
            admission=admission,
            address=address,
            name=token.name,
            role=token.role,
            token=token,
        )


class RequestPaces:
    """Count the requests of each token within a minute; a restart begins anew."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._counts: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def count(self, token: str, seconds: float) -> None:
        """Count a request at a time; raises ApiProblem for one too many, which is not counted."""
        began, count = self._counts.pop(token, (seconds, 0))
        if not began <= seconds < began + _WINDOW_SECONDS:
            began, count = seconds, 0
        self._counts[token] = began, min(count + 1, self._most)
        if len(self._counts) > _KNOWN_TOKENS:
            self._counts.popitem(last=False)
        if count >= self._most:
            wait = max(1, math.ceil(began + _WINDOW_SECONDS - seconds))
            raise ApiProblem(
                429,
                f"{self._most:,} requests a minute are the most",
                f"ask again in {wait} seconds",
                {"Retry-After": str(wait)},
            )


def refuse_token(why: str) -> ApiProblem:
    """Return the problem of a request without a token that is good."""
    hint = "copydesk desk user token NAME makes one; send it as Authorization: Bearer TOKEN"
    return ApiProblem(401, why, hint, {"WWW-Authenticate": "Bearer"})
