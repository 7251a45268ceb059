"""Serve the JSON API of the editors' web interface: endpoints, token check, reference page."""

from __future__ import annotations

import asyncio
import hashlib
import math
import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from copydesk.desk import sign_in
from copydesk.desk._desk import Desk
from copydesk.desk._http import NEVER_KEPT
from copydesk.desk.api import _accounts, _act, _configure, _endpoint, _mailing, _read
from copydesk.desk.mailing import MOST_BYTES
from copydesk.desk_store import DeskStore
from copydesk.errors import CopydeskError
from copydesk.kit import tables

_KEY = re.compile(r"[A-Za-z0-9._-]{1,90}")
_FRESH = {"Cache-Control": "no-cache"}  # kept, and asked about each time


def make_api(desk: Desk, door: sign_in.Door, agents: ASGIApp) -> ASGIApp:
    """Return the ASGI app of the JSON API for an open `Desk`, behind a check of tokens.

    Its paths are below `/api`. `agents` answers at `/api/mcp`.
    """
    paths = dict.fromkeys(endpoint.path for endpoint in ENDPOINTS)
    routes = [_make_route(desk, path) for path in paths]
    routes.append(Route("/api/openapi.json", _show_description))
    routes.append(Route("/api/mcp", _AsApp(agents)))
    handlers: dict[Any, Callable[..., Response]] = {
        _endpoint.ApiProblem: lambda _request, problem: _endpoint.answer_with_problem(problem),
        CopydeskError: lambda _request, error: _endpoint.answer_with_problem(
            _endpoint.make_problem(error)
        ),
        HTTPException: _answer_without_route,
    }
    app = Starlette(routes=routes, exception_handlers=handlers)
    app.router.redirect_slashes = False
    return TokenGuard(app, desk.store, door)


def write_description() -> bytes:
    """Return the API's OpenAPI description as JSON bytes."""
    told = msgspec.json.encode(_endpoint.describe_api(ENDPOINTS), order="sorted")
    return msgspec.json.format(told, indent=1) + b"\n"


def _make_route(desk: Desk, path: str) -> Route:
    """Return the route of an API path, with an endpoint for each of its methods."""
    known = {endpoint.method: endpoint for endpoint in ENDPOINTS if endpoint.path == path}

    async def answer(request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        endpoint = next(found for name, found in known.items() if name == method)
        return await _answer(desk, endpoint, request)

    return Route(f"/api/{path}", answer, methods=list(known))


async def _answer(desk: Desk, endpoint: _endpoint.Endpoint, request: Request) -> Response:
    token = _endpoint.require_scope(request, endpoint.scope)
    call = _endpoint.Call(
        visitor=sign_in.visitor_of(request),
        token=token,
        query=_read_query(endpoint, request),
        body=await _read_body(endpoint, request),
        path=request.path_params,
        key=_read_key(request),
    )
    told = await endpoint.answer(desk, call)
    if isinstance(told, _endpoint.Nothing):
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


def _read_query(endpoint: _endpoint.Endpoint, request: Request) -> msgspec.Struct:
    """Parse a URL query for an endpoint; ApiProblem for unknown, repeated, invalid parameters."""
    pairs = request.query_params.multi_items()
    if len({name for name, _ in pairs}) < len(pairs):
        raise _endpoint.ApiProblem(400, "a query parameter is repeated")
    try:
        return msgspec.convert(dict(pairs), endpoint.query, strict=False)
    except msgspec.ValidationError as error:
        raise _endpoint.ApiProblem(400, f"invalid query: {error}") from error


async def _read_body(endpoint: _endpoint.Endpoint, request: Request) -> object:
    if endpoint.body is _endpoint.Nothing:
        return _endpoint.Nothing()
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > endpoint.body_bytes:
            raise _endpoint.ApiProblem(
                413, f"the body may have at most {endpoint.body_bytes:,} bytes"
            )
    if endpoint.body is bytes:
        return bytes(body)
    try:
        return msgspec.json.decode(body, type=endpoint.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _endpoint.ApiProblem(400, f"invalid request body: {error}") from error


def _read_key(request: Request) -> str:
    keys = request.headers.getlist("Idempotency-Key")
    if not keys:
        return ""
    if len(keys) > 1 or not _KEY.fullmatch(keys[0]):
        hint = "use up to 90 letters, digits, dots and hyphens, such as a UUID"
        raise _endpoint.ApiProblem(400, "invalid Idempotency-Key", hint)
    return keys[0]


class _AsApp:
    """Wraps an ASGI app as a route's endpoint: since it is no function, all methods are allowed."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)


async def _show_description(_request: Request) -> Response:
    return _json(write_description(), 200, _FRESH)


def _answer_without_route(_request: Request, error: HTTPException) -> Response:
    """Answer a request for an unknown API path or method."""
    hint = "openapi.json lists all endpoints"
    return _endpoint.answer_with_problem(
        _endpoint.ApiProblem(error.status_code, "", hint, error.headers)
    )


MAILING_ENDPOINTS = (
    _endpoint.Endpoint("GET", "mailing", "read", _mailing.list_sendings),
    _endpoint.Endpoint("GET", "mailing/unsent", "decide", _mailing.list_unsent),
    _endpoint.Endpoint("GET", "mailing/issues/{issue}", "read", _mailing.read_sending),
    _endpoint.Endpoint("POST", "mailing/issues/{issue}/send", "decide", _mailing.send_issue, 202),
    _endpoint.Endpoint(
        "POST", "mailing/issues/{issue}/send-again", "manage", _mailing.send_again, 202
    ),
    _endpoint.Endpoint("POST", "mailing/issues/{issue}/pause", "decide", _mailing.pause_sending),
    _endpoint.Endpoint("POST", "mailing/issues/{issue}/end", "decide", _mailing.end_sending),
    _endpoint.Endpoint("GET", "mailing/issues/{issue}/who", "decide", _mailing.list_deliveries),
    _endpoint.Endpoint("POST", "mailing/issues/{issue}/who", "decide", _mailing.find_delivery),
    _endpoint.Endpoint("POST", "mailing/issues/{issue}/test", "decide", _mailing.try_letter),
    _endpoint.Endpoint("GET", "mailing/issues/{issue}/letter", "decide", _mailing.read_letter_file),
    _endpoint.Endpoint("GET", "mailing/checks", "decide", _mailing.read_checks),
    _endpoint.Endpoint("POST", "mailing/checks", "decide", _mailing.make_checks),
    _endpoint.Endpoint("GET", "mailing/readers", "decide", _mailing.count_readers),
    _endpoint.Endpoint("POST", "mailing/readers", "manage", _mailing.add_reader, 201),
    _endpoint.Endpoint("POST", "mailing/readers/find", "manage", _mailing.find_reader),
    _endpoint.Endpoint(
        "POST", "mailing/readers/import", "manage", _mailing.import_readers, body_bytes=MOST_BYTES
    ),
    _endpoint.Endpoint("POST", "mailing/readers/export", "manage", _mailing.export_readers),
    _endpoint.Endpoint("GET", "mailing/readers/{number}", "manage", _mailing.read_reader),
    _endpoint.Endpoint("DELETE", "mailing/readers/{number}", "manage", _mailing.erase_reader, 204),
    _endpoint.Endpoint("POST", "mailing/readers/{number}/remove", "manage", _mailing.remove_reader),
    _endpoint.Endpoint("GET", "mailing/suppressions", "manage", _mailing.list_suppressions),
    _endpoint.Endpoint("POST", "mailing/suppressions", "manage", _mailing.put_suppression, 201),
    _endpoint.Endpoint("POST", "mailing/suppressions/lift", "manage", _mailing.lift_suppression),
)


_PICTURE_BYTES = 5_000_000

ENDPOINTS = (
    _endpoint.Endpoint("GET", "token", "read", _accounts.read_token),
    _endpoint.Endpoint("GET", "queue", "read", _read.read_queue),
    _endpoint.Endpoint("GET", "choices", "read", _read.read_choices),
    _endpoint.Endpoint("GET", "stories/{name}", "read", _read.read_story),
    _endpoint.Endpoint("GET", "stories/{name}/trail", "read", _read.read_trail),
    _endpoint.Endpoint("GET", "dropped", "read", _read.read_drops),
    _endpoint.Endpoint("GET", "sources", "read", _read.read_sources),
    _endpoint.Endpoint("GET", "topics", "read", _configure.read_topics),
    _endpoint.Endpoint("GET", "lists", "read", _accounts.read_lists),
    _endpoint.Endpoint("GET", "actions", "read", _act.list_actions),
    _endpoint.Endpoint("POST", "actions", "decide", _act.put_actions, 202),
    _endpoint.Endpoint("GET", "actions/{id}", "read", _act.read_action),
    _endpoint.Endpoint("POST", "actions/{id}/undo", "decide", _act.undo_action, 202),
    _endpoint.Endpoint("GET", "proposals", "read", _act.list_proposals),
    _endpoint.Endpoint("POST", "proposals", "propose", _act.put_proposal, 201),
    _endpoint.Endpoint("GET", "proposals/{id}", "read", _act.read_proposal),
    _endpoint.Endpoint("POST", "proposals/{id}/take", "decide", _act.take, 202),
    _endpoint.Endpoint("POST", "proposals/{id}/refuse", "decide", _act.refuse),
    _endpoint.Endpoint("GET", "posts", "read", _act.list_posts),
    _endpoint.Endpoint("POST", "posts", "propose", _act.put_post, 201),
    _endpoint.Endpoint("POST", "posts/{number}", "decide", _act.decide_on_post),
    _endpoint.Endpoint("POST", "posts/channels/{id}/resume", "decide", _act.resume_channel, 204),
    _endpoint.Endpoint("GET", "views", "read", _read.read_views),
    _endpoint.Endpoint("PUT", "views/{name}", "decide", _accounts.put_view, 204),
    _endpoint.Endpoint("DELETE", "views/{name}", "decide", _accounts.drop_view, 204),
    _endpoint.Endpoint("GET", "stashes", "read", _accounts.list_stashes),
    _endpoint.Endpoint("POST", "stashes", "decide", _accounts.make_stash, 201),
    _endpoint.Endpoint("PATCH", "stashes/{id}", "decide", _accounts.change_stash),
    _endpoint.Endpoint("DELETE", "stashes/{id}", "decide", _accounts.drop_stash, 204),
    _endpoint.Endpoint("GET", "drafts", "read", _accounts.read_draft),
    _endpoint.Endpoint("PUT", "drafts", "decide", _accounts.put_draft, 204),
    _endpoint.Endpoint("DELETE", "drafts", "decide", _accounts.drop_draft, 204),
    _endpoint.Endpoint("POST", "pictures", "decide", _accounts.put_picture, 201, _PICTURE_BYTES),
    _endpoint.Endpoint("POST", "previews", "decide", _accounts.preview_page),
    _endpoint.Endpoint("GET", "numbers", "read", _read.read_numbers),
    _endpoint.Endpoint("GET", "recall", "read", _read.read_recall),
    _endpoint.Endpoint("GET", "doctor", "manage", _read.read_doctor),
    _endpoint.Endpoint("GET", "sources/one", "read", _configure.read_source),
    _endpoint.Endpoint("POST", "sources", "manage", _configure.add_sources, 201),
    _endpoint.Endpoint("PATCH", "sources/one", "manage", _configure.change_source),
    _endpoint.Endpoint("DELETE", "sources/one", "manage", _configure.end_source),
    _endpoint.Endpoint("POST", "sources/looks", "manage", _configure.look_for_sources),
    _endpoint.Endpoint("GET", "round", "read", _configure.read_round),
    _endpoint.Endpoint("POST", "round", "manage", _configure.begin_round, 202),
    _endpoint.Endpoint("GET", "rejudging", "read", _configure.read_rejudging),
    _endpoint.Endpoint("POST", "rejudging", "manage", _configure.begin_rejudging, 202),
    _endpoint.Endpoint("GET", "topics/{id}", "read", _configure.read_topic),
    _endpoint.Endpoint("POST", "topics", "manage", _configure.add_topic, 201),
    _endpoint.Endpoint("PATCH", "topics/{id}", "manage", _configure.change_topic),
    _endpoint.Endpoint("DELETE", "topics/{id}", "manage", _configure.end_topic),
    _endpoint.Endpoint("GET", "organizations", "read", _configure.read_organizations),
    _endpoint.Endpoint("PATCH", "organizations/{domain}", "manage", _configure.change_organization),
    _endpoint.Endpoint("GET", "settings", "manage", _configure.read_settings),
    _endpoint.Endpoint("PATCH", "settings", "manage", _configure.change_settings),
    _endpoint.Endpoint("POST", "settings/{commit}/undo", "manage", _configure.undo_settings),
    _endpoint.Endpoint("POST", "trials", "decide", _configure.try_rules, 202),
    _endpoint.Endpoint("GET", "trials/{id}", "decide", _configure.read_trial),
    _endpoint.Endpoint("DELETE", "trials/{id}", "decide", _configure.give_up_trial, 204),
    _endpoint.Endpoint("POST", "trials/{id}/write", "manage", _configure.write_trial),
    _endpoint.Endpoint("GET", "letters", "read", _mailing.read_letters),
    _endpoint.Endpoint("GET", "letters/{id}", "read", _mailing.read_issue),
    _endpoint.Endpoint("PUT", "letters/{id}/edits", "decide", _mailing.change_issue),
    *MAILING_ENDPOINTS,
    _endpoint.Endpoint("GET", "people", "manage", _accounts.list_people),
    _endpoint.Endpoint("POST", "people", "manage", _accounts.add_person, 201),
    _endpoint.Endpoint("PATCH", "people/{name}", "manage", _accounts.set_role, 204),
    _endpoint.Endpoint("POST", "people/{name}/reset", "manage", _accounts.reset_person),
    _endpoint.Endpoint("POST", "people/{name}/end", "manage", _accounts.end_sessions, 204),
    _endpoint.Endpoint("DELETE", "people/{name}", "manage", _accounts.remove_person, 204),
)


_BEARER = re.compile(r"Bearer +([A-Za-z0-9._~+/-]{1,200}=*)", re.IGNORECASE)  # RFC 6750, 2.1
_WINDOW_SECONDS = 60.0
_KNOWN_TOKENS = 10_000


class TokenGuard:
    """ASGI middleware that passes on API requests with a valid token, and answers all others.

    Requests from where the desk is not open are refused (403). Those that pass have a Visitor.
    Browsers send no token by themselves, so no page of another site can act with one.
    """

    def __init__(self, app: ASGIApp, store: DeskStore, door: sign_in.Door) -> None:
        self._app = app
        self._store = store
        self._door = door
        self._paces = RequestPaces(door.api_requests_a_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check the token of one HTTP request, and pass the request on or refuse it."""
        is_secure = False
        try:
            visitor = await asyncio.to_thread(self._find_out, scope)
            is_secure = visitor.admission.is_secure
            if visitor.token is not None:
                self._paces.count(visitor.token.id, self._door.read_clocks().uptime_seconds)
            sign_in.put_visitor(scope, visitor)
        except CopydeskError as error:
            answer: ASGIApp = _endpoint.answer_with_problem(_endpoint.make_problem(error))
        except _endpoint.ApiProblem as problem:
            answer = _endpoint.answer_with_problem(problem)
        else:
            answer = self._app
        await answer(scope, receive, sign_in.send_with_policy(send, is_secure=is_secure))

    def _find_out(self, scope: Scope) -> sign_in.Visitor:
        """Return the sender of a request, nameless without a token; ApiProblem if it is invalid."""
        admission = sign_in.find_admission(scope, self._store, self._door)
        if admission is None:
            raise _endpoint.ApiProblem(403, "the desk is not available at this address")
        visitor = sign_in.Visitor(admission=admission, address=self._door.client_of(scope))
        brought = Headers(scope=scope).getlist("Authorization")
        if not brought:
            return visitor
        found = _BEARER.fullmatch(brought[0].strip()) if len(brought) == 1 else None
        token = found and self._store.tokens.find(found[1], self._door.read_clocks().now)
        if not token:
            raise _endpoint.refuse_token("the API token is unknown, expired or revoked")
        return replace(visitor, name=token.name, role=token.role, token=token)


class RequestPaces:
    """Counts, in memory, the API requests of each token within a minute."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._counts: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def count(self, token: str, seconds: float) -> None:
        """Count an API request of a token. Raises ApiProblem after too many in a minute."""
        began, count = self._counts.pop(token, (seconds, 0))
        if not began <= seconds < began + _WINDOW_SECONDS:
            began, count = seconds, 0
        self._counts[token] = began, min(count + 1, self._most)
        if len(self._counts) > _KNOWN_TOKENS:
            self._counts.popitem(last=False)
        if count >= self._most:
            wait = max(1, math.ceil(began + _WINDOW_SECONDS - seconds))
            raise _endpoint.ApiProblem(
                429,
                f"a token may send at most {self._most:,} requests per minute",
                f"send the request again in {wait} seconds",
                {"Retry-After": str(wait)},
            )


_HEAD = tables.load_text(__package__, "reference.md")


def reference_page() -> str:
    """Return the reference page of the JSON API's endpoints as Markdown."""
    rows = (
        f"| `{endpoint.method} {endpoint.path}` | `{endpoint.scope}` | {endpoint.about} |"
        for endpoint in ENDPOINTS
    )
    return _HEAD + "\n".join(rows) + "\n"
