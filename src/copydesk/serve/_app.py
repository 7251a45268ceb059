"""The server's ASGI app: routes, mounted apps, security checks before the site; its metrics.

Where the desk is on the same host, the site's pages may run only our own scripts: a theme arrives
by `git pull`, and its scripts could act as an editor who looks at the site.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Match, Mount, NoMatchFound, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from copydesk import background, newsletters
from copydesk.background import Subscriber
from copydesk.kit import logs, text, urls
from copydesk.newsletters import reader_pages
from copydesk.newsroom import Newsroom
from copydesk.serve._clients import client_of, is_of_our_network, trust
from copydesk.serve._site import NO_STORE

Say = Callable[[str], None]
Note = Callable[[int, float], None]

_WAIT_SECONDS = 10.0  # that a request waits for the next app before a 503
_CLIENT_LEFT = 499  # nginx's status for it
_END_SECONDS = 3.0  # for a running answer, before it is cancelled
_SECRET_END = re.compile(r"(/(?:mail/[a-z]+|desk/enter|websub)/).+", re.DOTALL)


def note_nothing(_status: int, _seconds: float) -> None:
    """Do nothing. It is the default of `note`, which is called after each request."""


class WebApp:
    """An ASGI app that passes each request to a mounted app, to a route, or else to the site.

    `mounts` maps a path to the app that answers below it. An error fails only its own request, and
    is reported by `say`. `note` is called with the status and the seconds of each answer.
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
        """Check the token of one HTTP request, and pass the request on or refuse it."""
        began, status = time.perf_counter(), 0
        request = logs.begin_request(Headers(scope=scope).get("X-Request-Id", ""))

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = request
            await send(message)

        try:
            await self._router(scope, receive, send_on)
        except ClientDisconnect:  # the client left while sending: nobody to answer
            status = status or _CLIENT_LEFT
        except Exception as error:  # a bug on one page must not stop the others
            what = f"{type(error).__name__}: {error}"
            self._say(text.fold(f"a request failed: {what}: {_cut_secret(scope['path'])}")[:500])
            if status:
                raise  # the server closes the connection, as the answer is incomplete
            await PlainTextResponse("internal error\n", 500)(scope, receive, send_on)
        finally:
            self._note(status, time.perf_counter() - began)


class PresentApp:
    """An ASGI app that passes requests to another, replaceable app; during a replacement they
    wait.
    """

    def __init__(self) -> None:
        self._app: ASGIApp | None = None
        self._is_there = asyncio.Event()
        self._is_over = False
        self._answering: set[asyncio.Task[object]] = set()

    def put(self, app: ASGIApp) -> None:
        """Set the app to which requests are passed from now on."""
        self._app = app
        self._is_there.set()

    async def take_away(self, *, is_for_good: bool = False) -> None:
        """Remove the current app, after a few seconds for requests that it is answering.

        New requests wait for the next app; with `is_for_good` they are refused at once.
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
        """Answer one HTTP request with the current app."""
        if not (self._is_there.is_set() or self._is_over):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._is_there.wait(), _WAIT_SECONDS)
        task = asyncio.current_task()
        if self._app is None or task is None or not self._is_there.is_set():
            answer = PlainTextResponse("try again in a moment\n", 503, {"Retry-After": "5"})
            await answer(scope, receive, send)
            return
        self._answering.add(task)
        try:
            await self._app(scope, receive, send)
        finally:
            self._answering.discard(task)


def _cut_secret(path: str) -> str:
    """Return a URL path for the log, without the secret in sign-in links and WebSub callbacks."""
    return _SECRET_END.sub(r"\1…", path)


def _mount(path: str, app: ASGIApp) -> Mount:
    """Return a Starlette mount of an app for every URL below a path.

    Starlette's own pattern stops at a line feed, so `/desk/x%0Ay` would go to the site.
    """
    mount = Mount(path, app)
    mount.path_regex = re.compile(mount.path_regex.pattern, re.DOTALL)
    return mount


_CALLBACK = re.compile(r"/(?:.*/)?websub/([A-Za-z0-9_-]{43})")


class HubCalls(BaseRoute):
    """The route for requests from WebSub hubs; each subscription's path ends with its own
    secret.
    """

    def __init__(self, subscriber: Subscriber) -> None:
        self._subscriber = subscriber

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match requests whose path is that of a WebSub callback."""
        found = _CALLBACK.fullmatch(scope["path"])
        if found is None or scope["method"] not in {"GET", "HEAD", "POST"}:
            return Match.NONE, {}
        return Match.FULL, {"path_params": {"token": found[1]}}

    def url_path_for(self, name: str, /, **path_params: str) -> str:  # type: ignore[override] # no address is made of a secret
        """Raise NoMatchFound: no URL is built, since a callback's secret must not leak."""
        raise NoMatchFound(name, path_params)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request from a WebSub hub."""
        request = Request(scope, receive)
        token = scope["path_params"]["token"]
        if request.method == "POST":
            try:
                answer = await self._subscriber.take(token, request.headers, request.stream())
            except ClientDisconnect:
                return
        else:
            answer = await self._subscriber.answer_hub(token, dict(request.query_params))
        headers = NO_STORE
        if request.method == "POST" and answer.status >= 400:
            headers = {**NO_STORE, "Connection": "close"}  # the rest of the body is not read
        if answer.status == 429:
            headers = {**headers, "Retry-After": "60"}
        response = Response(answer.words, answer.status, headers, media_type="text/plain")
        await response(scope, receive, send)


DESK = "/desk"


def keep_site_off(app: ASGIApp, host: str) -> ASGIApp:
    """Return an app that serves only the desk (editors' web interface) at `host`, all else at other
    hosts.

    `/desk` redirects to `/desk/` at any host, and so does `/` at the desk's own host.
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


_SCRIPTS = (".js", ".mjs")


class ScriptGuard:
    """An ASGI app around `site` that blocks scripts of themes for persons at this machine.

    Other scripts get a 403, and answers a Content-Security-Policy that allows scripts by their
    whole address.

    `find_own` returns the paths below `prefix` of our own scripts on the disk, checked by hash. The
    policy in the header applies in addition to that of the page, and no page can weaken it. Forms
    may be sent only below `forms_to`, the address of the readers' pages; "" for none.
    """

    def __init__(
        self,
        site: ASGIApp,
        prefix: str,
        find_own: Callable[[], Collection[str]],
        is_from_here: Callable[[Scope], bool],
        forms_to: str = "",
    ) -> None:
        self._site = site
        self._prefix = f"/{prefix}/" if prefix else "/"
        self._find_own = find_own
        self._is_from_here = is_from_here
        below = quote(urls.path(forms_to), safe="/%")  # without characters of policy syntax
        self._forms = f"{urls.origin(forms_to)}{below}" if forms_to else "'none'"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check the token of one HTTP request, and pass the request on or refuse it."""
        if scope["type"] != "http" or not self._is_from_here(scope):
            await self._site(scope, receive, send)
            return
        own = await asyncio.to_thread(self._find_own)
        if scope["path"].endswith(_SCRIPTS) and not self._is_own(scope["path"], own):
            words = "scripts of the theme are blocked on the host of the desk (web editor)\n"
            await PlainTextResponse(words, 403)(scope, receive, send)
            return
        policy = self._make_policy(Headers(scope=scope).get("Host", ""), own)

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.append("Content-Security-Policy", policy)
            await send(message)

        await self._site(scope, receive, send_on)

    def _is_own(self, path: str, own: Collection[str]) -> bool:
        return path.startswith(self._prefix) and path.removeprefix(self._prefix) in own

    def _make_policy(self, host: str, own: Collection[str]) -> str:
        """Return the Content-Security-Policy header of a page; `host` is known to be this
        machine's.
        """
        addresses = [f"http://{host}{self._prefix}{path}" for path in sorted(own)]
        scripts = " ".join(addresses) or "'none'"
        forms = f"form-action {self._forms}"
        return f"script-src {scripts}; object-src 'none'; base-uri 'none'; {forms}"


_MAIL = "/mail"


def needs_reader_pages(newsroom: Newsroom) -> bool:
    """Return whether newsletters have or may get subscribers who can reach this server."""
    has_letters = bool(newsroom.settings.letters) or newsletters.has_mail(newsroom.private)
    return bool(newsroom.settings.serve.public_url) and has_letters


def find_reader_pages(public_url: str) -> str:
    """Return the base URL of the newsletter subscribers' pages, "" if nobody can reach them."""
    return f"{public_url.rstrip('/')}{_MAIL}/" if public_url else ""


@contextlib.asynccontextmanager
async def mount_reader_pages(
    newsroom: Newsroom, service: background.NewsroomService, say: Say
) -> AsyncIterator[Mapping[str, ASGIApp]]:
    """Open the pages for newsletter subscribers during the `with` block; yield their apps by path.

    They are also mounted below the path of `serve.public_url`, which a proxy may pass on. If there
    are subscribers they exist whatever the settings: unsubscribing must always work.
    """
    settings = newsroom.settings
    if not needs_reader_pages(newsroom):
        yield {}
        return

    def read_newsroom() -> Newsroom:
        return replace(newsroom, settings=service.folder.settings(), now=datetime.now(UTC))

    networks = settings.serve.trusted_proxies
    is_proxy = trust(networks) if networks else is_of_our_network

    def find_client(scope: Scope) -> str:
        peer = scope["client"][0] if scope.get("client") else ""
        return client_of(peer, Headers(scope=scope).getlist("X-Forwarded-For"), is_proxy)

    async with reader_pages.serve_subscriptions(read_newsroom, say, find_client) as app:
        yield {below + _MAIL: app for below in {"", urls.path(settings.serve.public_url)}}
