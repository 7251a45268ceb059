"""Serve sign-in, and check each request to the editors' web interface for a session."""

from __future__ import annotations

import asyncio
import contextlib
import re
from dataclasses import replace
from hmac import compare_digest
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from copydesk.desk.sign_in._accounts import OwnAccount, People
from copydesk.desk.sign_in._provider import ProviderSignIn
from copydesk.desk.sign_in._visitor import (
    ASSETS,
    Admission,
    Door,
    SecretCookie,
    SignInPages,
    Visitor,
    decide_admission,
    put_visitor,
)
from copydesk.desk.sign_in._ways_in import WaysIn
from copydesk.desk_store import DeskStore
from copydesk.errors import CopydeskError, UsageError
from copydesk.news import Beat


def sign_in_app(
    desk: ASGIApp, store: DeskStore, beat: Beat, door: Door, api: ASGIApp | None = None
) -> ASGIApp:
    """Wrap the web interface's ASGI app in the check of sessions, with the routes of sign-in.

    Requests below `api/` go to `api`, which checks tokens itself.
    """
    pages = SignInPages(beat, door)
    ways_in, account = WaysIn(store, door, pages), OwnAccount(store, door, pages)
    people = People(store, door, pages)
    provider = ProviderSignIn(store, door, pages, ways_in)
    local = [*_routes_in(ways_in), *_account_routes(account), *_people_routes(people)]
    routes: list[BaseRoute] = [
        Route("/sign-in/provider", provider.leave),
        Route("/sign-in/provider/back", provider.come_back),
        Route(f"/{_LOGOUT}", provider.log_out, methods=["POST"]),
    ]
    if door.provider and door.provider.only:
        routes += [Route(path, ways_in.refuse_local, methods=["POST"]) for path in _LOCAL_ONLY]
    routes += local
    app = ExceptionMiddleware(
        Router(routes, default=desk), handlers={CopydeskError: answer_with_error}
    )
    guard = Guard(app, store, door)
    if api is None:
        return guard

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        is_for_api = scope["type"] == "http" and first_part(scope) == "api"
        await (api if is_for_api else guard)(scope, receive, send)

    return answer


def _routes_in(ways: WaysIn) -> list[BaseRoute]:
    return [
        Route("/sign-in", ways.show),
        Route("/sign-in", ways.sign_in, methods=["POST"]),
        Route("/sign-in/passkey/ask", ways.ask_passkey, methods=["POST"]),
        Route("/sign-in/passkey", ways.use_passkey, methods=["POST"]),
        Route("/sign-in/assets/{name}", _show_asset),
        Route("/sign-out", ways.sign_out, methods=["POST"]),
        Route("/enter/{secret}", ways.show_link),
        Route("/enter/{secret}", ways.use_link, methods=["POST"]),
    ]


def _account_routes(account: OwnAccount) -> list[BaseRoute]:
    return [
        Route("/account/", account.show),
        Route("/account/password", account.set_password, methods=["POST"]),
        Route("/account/passkey/ask", account.ask_passkey, methods=["POST"]),
        Route("/account/passkey", account.add_passkey, methods=["POST"]),
        Route("/account/passkey/remove", account.remove_passkey, methods=["POST"]),
        Route("/account/session/end", account.end_session, methods=["POST"]),
        Route("/account/token/end", account.end_token, methods=["POST"]),
        Route("/account/sessions/end", account.end_others, methods=["POST"]),
    ]


def _people_routes(people: People) -> list[BaseRoute]:
    return [
        Route("/people/", people.show),
        Route("/people/add", people.add, methods=["POST"]),
        Route("/people/role", people.set_role, methods=["POST"]),
        Route("/people/reset", people.reset, methods=["POST"]),
        Route("/people/end", people.end, methods=["POST"]),
        Route("/people/remove", people.remove, methods=["POST"]),
    ]


async def _show_asset(request: Request) -> Response:
    """Answer with a style sheet or script of sign-in; the browser asks again each time."""
    file, kind = ASSETS.get(request.path_params["name"], (None, ""))
    if file is None:
        return Response(status_code=404)
    return FileResponse(file, media_type=kind, headers={"Cache-Control": "no-cache"})


# first parts of the paths that need no session
_OPEN_TO_ALL = ("sign-in", "sign-out", "enter")
# where the OpenID provider sends its sign-outs: not from a page of the desk
_LOGOUT = "sign-in/provider/logout"
# what is closed when the OpenID provider alone signs people in
_LOCAL_ONLY = (
    *("/sign-in", "/sign-in/passkey/ask", "/sign-in/passkey", "/account/password"),
    *("/account/passkey/ask", "/account/passkey", "/people/add", "/people/reset"),
)
_LOOK_SECONDS = 30.0
_NOT_FROM_HERE = """the desk (web editor) is not available at this address
If this server is public ([serve] public_url, or a web server in front), the desk needs a host name
of its own: set [desk] host in beat.toml.
"""
_PROXY_SECRET = "X-Copydesk-Secret"  # noqa: S105 # the header's name
_PORT = re.compile(r":\d+$")


class _SessionOver(Exception):  # noqa: N818 - no error: it ends one answer
    """Raised to end an answer when the session of its browser is over."""


class Guard:
    """ASGI middleware that passes on requests of signed-in users, and answers all others itself.

    It refuses requests from where the desk is not open (403), changes that no page of the desk
    sent (403), and requests without a session (401; browsers are led to sign-in). Requests that
    pass have a Visitor, and all answers the policy headers. A stream ends within half a minute of
    its session. A CopydeskError costs only its own request (503).
    """

    def __init__(self, app: ASGIApp, store: DeskStore, door: Door) -> None:
        self._app = app
        self._store = store
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check the session of one HTTP request, and pass the request on or refuse it."""
        if scope["type"] == "websocket":  # the desk has no websockets, so they are refused
            await send({"type": "websocket.close", "code": 1008})
            return
        headers = Headers(scope=scope)
        try:
            visitor = await asyncio.to_thread(self._find_out, scope, headers)
            refusal = self._refuse(scope, headers, visitor)
        except CopydeskError as error:
            visitor, refusal = None, answer_with_error(None, error)
        is_secure = visitor is not None and visitor.admission.is_secure
        send = send_with_policy(send, is_secure=is_secure)
        if visitor is None or visitor.role is None or refusal is not None:
            await (refusal or self._app)(scope, receive, send)
            return
        with contextlib.suppress(_SessionOver):
            await self._app(scope, receive, self._send_while_signed_in(scope, headers, send))

    def _send_while_signed_in(self, scope: Scope, headers: Headers, send: Send) -> Send:
        """Return a `send` that ends a long answer when its browser's session is over."""
        looked = self._door.read_clocks().uptime_seconds

        async def send_on(message: Message) -> None:
            nonlocal looked
            now = self._door.read_clocks().uptime_seconds
            if message["type"] == "http.response.body" and now - looked >= _LOOK_SECONDS:
                looked = now
                if not await asyncio.to_thread(self._is_signed_in, scope, headers):
                    await send({"type": "http.response.body", "more_body": False})
                    raise _SessionOver
            await send(message)

        return send_on

    def _is_signed_in(self, scope: Scope, headers: Headers) -> bool:
        """Return whether a request's session is still valid; a busy store ends no session."""
        try:
            visitor = self._find_out(scope, headers)
        except CopydeskError:
            return True
        return visitor is not None and visitor.role is not None

    def _find_out(self, scope: Scope, headers: Headers) -> Visitor | None:
        """Return the sender of a request, None if the web interface is closed to the request."""
        admission = find_admission(scope, self._store, self._door)
        return None if admission is None else self._recognise(scope, headers, admission)

    def _refuse(self, scope: Scope, headers: Headers, visitor: Visitor | None) -> Response | None:
        """Return the answer to a request that may not pass, None for a request that may."""
        if visitor is None:
            return PlainTextResponse(_NOT_FROM_HERE, 403)
        is_fit = is_from_desk(scope["method"], headers, visitor.admission.origin)
        if not is_fit and _path_in_desk(scope) != _LOGOUT:
            return PlainTextResponse("this request does not come from a page of the desk\n", 403)
        put_visitor(scope, visitor)
        if visitor.role is None and first_part(scope) not in _OPEN_TO_ALL:
            return self._lead_to_sign_in(scope, headers, visitor.admission)
        return None

    def _recognise(self, scope: Scope, headers: Headers, admission: Admission) -> Visitor:
        """Return who sends a request: the user that a trusted proxy names, else the session's."""
        visitor = Visitor(admission=admission, address=self._door.client_of(scope))
        if name := self._name_of_proxy(scope, headers, admission):
            account = self._store.accounts.find(name)
            return replace(visitor, name=account.name, role=account.role) if account else visitor
        secret = SecretCookie(admission, self._door.root).read(headers)
        session = secret and self._store.sessions.find(secret, self._door.read_clocks().now)
        if not session:
            return visitor
        named = replace(visitor, name=session.name, role=session.role)
        return replace(named, session=session.id, since=session.made)

    def _name_of_proxy(self, scope: Scope, headers: Headers, admission: Admission) -> str:
        """Return the user name that a trusted proxy sends, at the desk's own host only."""
        peer = scope["client"][0] if scope.get("client") else ""
        if not self._door.user_header or not admission.is_secure or not self._door.is_proxy(peer):
            return ""
        sent = headers.get(_PROXY_SECRET, "").encode("latin-1")
        if self._door.proxy_secret and not compare_digest(sent, self._door.proxy_secret.encode()):
            return ""
        names = headers.getlist(self._door.user_header)
        return names[0].encode("latin-1").decode("utf-8", "replace") if len(names) == 1 else ""

    def _lead_to_sign_in(self, scope: Scope, headers: Headers, admission: Admission) -> Response:
        """Redirect to sign-in, on this machine at the host `localhost`, where passkeys work."""
        is_page = headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
        if scope["method"] != "GET" or not is_page:
            return PlainTextResponse("sign in to the desk first\n", 401)
        query = scope["query_string"].decode("latin-1")
        wanted = f"{scope['path']}?{query}" if query else scope["path"]
        if not admission.passkey_host:
            port = _PORT.search(admission.origin)
            return RedirectResponse(f"http://localhost{port[0] if port else ''}{wanted}", 307)
        return RedirectResponse(f"{self._door.root}sign-in?next={quote(wanted, safe='/')}", 303)


def find_admission(scope: Scope, store: DeskStore, door: Door) -> Admission | None:
    """Return the origin (scheme and host) of a request, None if it is not allowed in."""
    hosts = Headers(scope=scope).getlist("Host")
    if len(hosts) != 1:
        return None
    is_from_here = door.is_from_here(scope)
    has_accounts = is_from_here or store.accounts.has_any()
    return decide_admission(
        hosts[0], door.host, is_from_here=is_from_here, has_accounts=has_accounts
    )


def answer_with_error(_request: Request | None, error: Exception) -> Response:
    """Return a plain text response with an error and its hint, without file paths."""
    status = 400 if isinstance(error, UsageError) else 503
    told = (error.what, error.hint) if isinstance(error, CopydeskError) else ()
    return PlainTextResponse("".join(f"{line}\n" for line in told), status)


def first_part(scope: Scope) -> str:
    """Return the first path segment of a request's URL below the web interface."""
    return _path_in_desk(scope).partition("/")[0]


def _path_in_desk(scope: Scope) -> str:
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", "")).strip("/")


# Go 1.25 and datasette decide the same way: `Sec-Fetch-Site` where it is sent, else `Origin`.

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def is_from_desk(method: str, headers: Headers, origin: str) -> bool:
    """Return whether a changing request comes from a page of `origin` (CSRF protection)."""
    if method in _SAFE:
        return True
    sites, origins = headers.getlist("Sec-Fetch-Site"), headers.getlist("Origin")
    if sites:
        return sites == ["same-origin"]
    return origins == [origin]


POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# for a page that frames another, and for the framed mail: own styles, no scripts
FRAMING_POLICY = f"{POLICY}; frame-src 'self'"
FRAMED_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'self'; "
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Frame-Options": "DENY",  # for browsers that do not know frame-ancestors
    "X-Content-Type-Options": "nosniff",
    # one-use links are secret URLs; with "no-referrer" browsers would send `Origin: null`
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_OF_FRAMES = {
    FRAMING_POLICY: {"Content-Security-Policy": FRAMING_POLICY},
    FRAMED_POLICY: {"Content-Security-Policy": FRAMED_POLICY, "X-Frame-Options": "SAMEORIGIN"},
}
_TLS = {"Strict-Transport-Security": "max-age=31536000"}
_UNKEPT = {"Cache-Control": "no-store"}


def send_with_policy(send: Send, *, is_secure: bool) -> Send:
    """Return an ASGI `send` that adds security headers to a response.

    A response may set its own caching, and may ask for one of the framing policies.
    """

    async def send_on(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            own = _OF_FRAMES.get(headers.get("Content-Security-Policy", ""), {})
            for name, value in {**_HEADERS, **own, **(_TLS if is_secure else {})}.items():
                headers[name] = value
            for name, value in _UNKEPT.items():
                headers.setdefault(name, value)
        await send(message)

    return send_on
