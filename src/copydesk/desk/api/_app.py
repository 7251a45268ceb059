"""The API's app: finds the endpoint of a request, reads what it sends, writes what it is told."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from copydesk.desk._answers import NEVER_KEPT
from copydesk.desk._desk import Desk
from copydesk.desk.api._endpoint import Call, Endpoint, Nothing
from copydesk.desk.api._openapi import describe_api
from copydesk.desk.api._problems import ApiProblem, answer_with_problem, make_problem
from copydesk.desk.api._table import ENDPOINTS
from copydesk.desk.api._token_guard import TokenGuard, refuse_token
from copydesk.desk.sign_in import Door, visitor_of
from copydesk.desk_store import ApiToken, TokenScope
from copydesk.errors import CopydeskError

_KEY = re.compile(r"[A-Za-z0-9._-]{1,90}")
_FRESH = {"Cache-Control": "no-cache"}  # kept, and asked about each time
Handler = Callable[[Request], Awaitable[Response]]


def make_api(desk: Desk, door: Door, agents: ASGIApp) -> ASGIApp:
    """Return the app of the API of an open desk, behind its guard; it lies below `/api`.

    What agents ask is answered by `agents`, at `/api/mcp`.
    """
    paths = dict.fromkeys(endpoint.path for endpoint in ENDPOINTS)
    routes = [_make_route(desk, path) for path in paths]
    routes.append(Route("/api/openapi.json", _show_description))
    routes.append(Route("/api/mcp", _AsApp(agents)))
    handlers: dict[Any, Callable[..., Response]] = {
        ApiProblem: lambda _request, problem: answer_with_problem(problem),
        CopydeskError: lambda _request, error: answer_with_problem(make_problem(error)),
        HTTPException: _answer_without_route,
    }
    app = Starlette(routes=routes, exception_handlers=handlers)
    app.router.redirect_slashes = False
    return TokenGuard(app, desk.store, door)


def write_description() -> bytes:
    """Return the API's OpenAPI description as JSON."""
    told = msgspec.json.encode(describe_api(ENDPOINTS), order="sorted")
    return msgspec.json.format(told, indent=1) + b"\n"


def require_scope(request: Request, scope: TokenScope) -> ApiToken:
    """Return the token of a request that may do what a scope is for; raises ApiProblem."""
    token = visitor_of(request).token
    if token is None:
        raise refuse_token("none was sent")
    if not token.may(scope):
        hint = f"make one with --scope {scope}, for an account that may do so"
        raise ApiProblem(403, f"this token is not for: {scope}", hint)
    return token


def _make_route(desk: Desk, path: str) -> Route:
    """Return the route of a path, whose endpoints differ by their methods."""
    known = {endpoint.method: endpoint for endpoint in ENDPOINTS if endpoint.path == path}

    async def answer(request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        endpoint = next(found for name, found in known.items() if name == method)
        return await _answer(desk, endpoint, request)

    return Route(f"/api/{path}", answer, methods=list(known))


async def _answer(desk: Desk, endpoint: Endpoint, request: Request) -> Response:
    token = require_scope(request, endpoint.scope)
    call = Call(
        visitor=visitor_of(request),
        token=token,
        query=_read_query(endpoint, request),
        body=await _read_body(endpoint, request),
        path=request.path_params,
        key=_read_key(request),
    )
    told = await endpoint.answer(desk, call)
    if isinstance(told, Nothing):
        return Response(status_code=endpoint.status, headers=NEVER_KEPT)
    body = msgspec.json.encode(told)
    if endpoint.method != "GET":
        return _json(body, endpoint.status, NEVER_KEPT)
    tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    if tag in request.headers.get("If-None-Match", ""):
        return Response(status_code=304, headers={**_FRESH, "ETag": tag})
    return _json(body, endpoint.status, {**_FRESH, "ETag": tag})


def _json(body: bytes, status: int, headers: dict[str, str]) -> Response:
    return Response(body, status, headers, media_type="application/json")


def _read_query(endpoint: Endpoint, request: Request) -> msgspec.Struct:
    """Return the parameters of an address; raises ApiProblem for unknown, double, unfit ones."""
    pairs = request.query_params.multi_items()
    if len({name for name, _ in pairs}) < len(pairs):
        raise ApiProblem(400, "a parameter stands twice in the address")
    try:
        return msgspec.convert(dict(pairs), endpoint.query, strict=False)
    except msgspec.ValidationError as error:
        raise ApiProblem(400, f"the address: {error}") from error


async def _read_body(endpoint: Endpoint, request: Request) -> object:
    if endpoint.body is Nothing:
        return Nothing()
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > endpoint.body_bytes:
            raise ApiProblem(413, f"{endpoint.body_bytes:,} bytes at most")
    if endpoint.body is bytes:
        return bytes(body)
    try:
        return msgspec.json.decode(body, type=endpoint.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ApiProblem(400, f"the body: {error}") from error


def _read_key(request: Request) -> str:
    keys = request.headers.getlist("Idempotency-Key")
    if not keys:
        return ""
    if len(keys) > 1 or not _KEY.fullmatch(keys[0]):
        hint = "up to 90 letters, digits, dots and dashes; a UUID is one"
        raise ApiProblem(400, "no Idempotency-Key", hint)
    return keys[0]


class _AsApp:
    """An app as the endpoint of a route: it is no function, so that all methods are its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)


async def _show_description(_request: Request) -> Response:
    return _json(write_description(), 200, _FRESH)


def _answer_without_route(_request: Request, error: HTTPException) -> Response:
    """Answer for a path or a method that is none."""
    hint = "openapi.json lists what may be asked"
    return answer_with_problem(ApiProblem(error.status_code, "", hint, error.headers))
