"""The web app of the newsletter subscribers' pages. It answers requests one at a time,
in a thread.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal, TypeVar

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from copydesk import newsletters
from copydesk.errors import CopydeskError, MailStoreError, PublishError
from copydesk.newsletters.bounces import take_in_webhook
from copydesk.newsletters.reader_pages import _pages, _visit
from copydesk.newsletters.readers import addresses, consent, limits
from copydesk.newsroom import Mark, Newsroom

Say = Callable[[str], None]
ReadNewsroom = Callable[[], Newsroom]
_Value = TypeVar("_Value")

_RETRY_SECONDS = 10  # after which a request that found no place may be repeated
_CROWDED = b"too many requests at the moment: please try again in a minute\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class _MadePages:
    """The rendered pages, and the settings and theme that they were made from."""

    settings: object
    theme: Mark
    pages: _visit.ReaderPages


class ReaderService:
    """Answers subscribers' web requests. If the database fails, it answers with an error page.

    `read_newsroom` returns the newsroom as of now and is called in a thread. A store that could not
    be opened is tried again at the next request, so mending it needs no restart. Requests refused
    in a flood get one prepared page, which costs nothing.
    """

    def __init__(self, read_newsroom: ReadNewsroom, say: Say) -> None:
        self.read_newsroom = read_newsroom
        self._say = say
        self._said = ""
        self._turns = Turns()
        # not the shared thread pool: other work there would delay unsubscribing
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="reader-pages")
        self._stack = contextlib.ExitStack()
        self._store: newsletters.MailStore | None = None
        self._made: _MadePages | None = None
        self._crowded, self._crowded_type = _CROWDED, "text/plain"

    async def open(self) -> None:
        """Open the subscribers' database. On failure tell the operator. A later request tries
        again.
        """
        await self._work(self._prepare)

    async def close(self) -> None:
        """Close the subscribers' database when the current request is done."""
        await self._work(self._stack.close)
        self._thread.shutdown(wait=False)

    async def answer(self, answer: _visit.Answer, sent: _visit.Sent) -> Response:
        """Answer a web request when it is the turn of its client's network."""
        path = limits.list_networks(sent.client)
        return await self._take_turn("others", path, lambda: self._answer(answer, sent))

    async def answer_first(self, answer: _visit.Answer, sent: _visit.Sent) -> Response:
        """Answer a request to unsubscribe, before all other requests.

        Only for links that were signed here, and not without limit: see `Turns.may_go_first`.
        """
        way_out = consent.recognize_way_out(self._store, sent.token) if self._store else ""
        link = f"{'POST' if sent.method == 'POST' else 'GET'} {way_out}"
        if not way_out or not self._turns.may_go_first(link):
            return await self.answer(answer, sent)
        return await self._take_turn("leaving", (link,), lambda: self._answer(answer, sent))

    async def show(self, make: Callable[[_visit.ReaderPages], Response], client: str) -> Response:
        """Return a page that needs no database, when it is the turn of the client's network."""
        path = limits.list_networks(client)
        return await self._take_turn("others", path, lambda: make(self._make_pages()))

    async def _take_turn(self, lane: Lane, path: Path, work: Callable[[], Response]) -> Response:
        try:
            async with self._turns.take(lane, path):
                return await self._work(work)
        except NoPlaceError:
            headers = {"Retry-After": str(_RETRY_SECONDS)}
            return Response(self._crowded, 503, headers, self._crowded_type)

    async def _work(self, work: Callable[[], _Value]) -> _Value:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _make_pages(self) -> _visit.ReaderPages:
        return self._find_pages(self.read_newsroom())

    def _answer(self, answer: _visit.Answer, sent: _visit.Sent) -> Response:
        newsroom = self.read_newsroom()
        try:
            pages = self._find_pages(newsroom)
            try:
                store = self._store or self._open(newsroom)
                store.links.learn_keys()
                made = answer(_visit.Visit(newsroom=newsroom, store=store, pages=pages, sent=sent))
            except consent.ClosedLinkError as closed:
                made = pages.refuse_link(closed)
            except MailStoreError as error:
                self._report(error)
                return pages.notice("failed", status=503)
        except PublishError as error:  # in a template or text of the owner's
            self._report(error)
            return PlainTextResponse("the server could not make this page\n", 500)
        self._said = ""
        return made

    def _find_pages(self, newsroom: Newsroom) -> _visit.ReaderPages:
        """Return the pages for the current settings and theme, which the owner may edit."""
        theme, made = newsroom.mark_theme(), self._made
        if made and made.settings is newsroom.settings and made.theme.still_holds(theme):
            return made.pages
        pages = _visit.ReaderPages(newsroom)
        self._made = _MadePages(settings=newsroom.settings, theme=theme, pages=pages)
        return pages

    def _prepare(self) -> None:
        try:
            self._open(self.read_newsroom()).links.learn_keys()
        except MailStoreError as error:
            self._report(error)
        with contextlib.suppress(PublishError):  # the first request reports it
            self._crowded = bytes(self._make_pages().notice("crowded").body)
            self._crowded_type = "text/html"

    def _open(self, newsroom: Newsroom) -> newsletters.MailStore:
        self._store = self._stack.enter_context(addresses.open_readers(newsroom))
        return self._store

    def _report(self, error: CopydeskError) -> None:
        """Report a problem to the operator, once while it stays the same."""
        words = f"subscribers' pages: {error}" + (f"; {error.hint}" if error.hint else "")
        if words != self._said:
            self._said = words
            self._say(words)


# ---- Fair queueing
#
# Unsubscribing comes before everything else. In each lane the networks take turns. When all
# places are taken, the network with the most waiting requests loses its newest one.

Lane = Literal["leaving", "others"]
Path = tuple[str, ...]

# Requests that may wait. Mail programs unsubscribe many readers from one address at once, each by
# a link of its own; so for unsubscribing each reader has a queue, and there is room for many.
_PLACES: dict[Lane, int] = {"leaving": 400, "others": 64}
_PRIORITY_VISITS_A_MINUTE = 60  # by one link: its owner could keep all others waiting
_MINUTE_SECONDS = 60.0


class NoPlaceError(Exception):
    """Raised for a web request that is refused because the queue is full."""


class FairQueue:
    """A queue of web requests, grouped by client network. Small networks are grouped within large
    ones.

    The groups take turns, and so do the groups within each.
    """

    def __init__(self) -> None:
        self._count = 0
        self._here: deque[asyncio.Future[None]] = deque()
        self._groups: OrderedDict[str, FairQueue] = OrderedDict()

    def __len__(self) -> int:
        return self._count

    def put(self, path: Path, waiting: asyncio.Future[None]) -> None:
        """Add a web request at the end of its network's queue."""
        self._count += 1
        if path:
            self._groups.setdefault(path[0], FairQueue()).put(path[1:], waiting)
        else:
            self._here.append(waiting)

    def take(self) -> asyncio.Future[None]:
        """Remove and return the next web request by turn. The queue must not be empty."""
        self._count -= 1
        if self._here:
            return self._here.popleft()
        name, group = self._groups.popitem(last=False)
        taken = group.take()
        if group:
            self._groups[name] = group
        return taken

    def drop(self, path: Path, waiting: asyncio.Future[None]) -> bool:
        """Remove a web request. Return False if it is no longer in the queue."""
        if path:
            group = self._groups.get(path[0])
            is_found = group is not None and group.drop(path[1:], waiting)
            if is_found and not group:
                del self._groups[path[0]]
        else:
            is_found = waiting in self._here
            if is_found:
                self._here.remove(waiting)
        self._count -= is_found
        return is_found

    def find_to_drop(self, path: Path) -> tuple[Path, asyncio.Future[None]] | None:
        """Return the waiting request to drop for a new one from the networks `path`, None to refuse
        the new one.

        It is the newest of the largest group, if that group stays larger than the new request's
        would become.
        """
        if not path:
            return None
        own = self._groups.get(path[0])
        largest = self._name_largest()
        if largest is not None and len(self._groups[largest]) > (len(own) if own else 0) + 1:
            return self.find_newest()
        found = own.find_to_drop(path[1:]) if own else None
        return ((path[0], *found[0]), found[1]) if found else None

    def find_newest(self) -> tuple[Path, asyncio.Future[None]]:
        """Return the newest request of the network with most requests. The queue must
        not be empty.
        """
        largest = self._name_largest()
        if largest is None:
            return (), self._here[-1]
        path, waiting = self._groups[largest].find_newest()
        return (largest, *path), waiting

    def _name_largest(self) -> str | None:
        return max(self._groups, key=lambda name: len(self._groups[name]), default=None)


class Turns:
    """Lets web requests proceed one at a time. Requests to unsubscribe go before all others."""

    def __init__(self) -> None:
        self._is_taken = False
        self._lanes: dict[Lane, FairQueue] = {lane: FairQueue() for lane in _PLACES}
        self._minute = 0
        self._visits: Counter[str] = Counter()

    def may_go_first(self, link: str) -> bool:
        """Count a request by an unsubscribe link. Return whether the link may still go before
        others.
        """
        minute = int(asyncio.get_running_loop().time() // _MINUTE_SECONDS)
        if minute != self._minute:
            self._minute = minute
            self._visits.clear()
        self._visits[link] += 1
        return self._visits[link] <= _PRIORITY_VISITS_A_MINUTE

    @contextlib.asynccontextmanager
    async def take(self, lane: Lane, path: Path) -> AsyncIterator[None]:
        """Wait until a web request may proceed, for a `with` block. Raises NoPlaceError.

        `path` names the client: the widest network first, then narrower ones.
        """
        if self._is_taken:
            await self._wait(self._lanes[lane], _PLACES[lane], path)
        self._is_taken = True
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, queue: FairQueue, places: int, path: Path) -> None:
        if len(queue) >= places:
            found = queue.find_to_drop(path)
            if found is None:
                raise NoPlaceError
            queue.drop(*found)
            if not found[1].done():  # else its client left this moment
                found[1].set_exception(NoPlaceError())
        waiting = asyncio.get_running_loop().create_future()
        queue.put(path, waiting)
        try:
            await waiting
        except asyncio.CancelledError:
            queue.drop(path, waiting)
            if not waiting.cancelled() and waiting.exception() is None:  # the turn came meanwhile
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        """Give the turn to the next waiting request, if there is one."""
        self._is_taken = False
        for queue in self._lanes.values():
            while queue:
                waiting = queue.take()
                if not waiting.done():  # else its client left this moment
                    self._is_taken = True
                    waiting.set_result(None)
                    return


# The web app for newsletter subscribers below `/mail/`: its routes, headers and methods.

ClientOf = Callable[[Scope], str]

_STYLE_KEPT = {"Cache-Control": "public, max-age=300"}
_NOTICES = {404: "missing"}  # for any other status the page says "refused"
# by path below /mail/: the function that shows the page, and the one that handles its form
_PAGES: Mapping[str, tuple[_visit.Answer, _visit.Answer]] = {
    "/subscribe": (_pages.show_form, _pages.send_form),
    "/confirm/{token}": (_pages.show_confirmation, _pages.confirm),
    "/change/{token}": (_pages.show_change, _pages.change),
    "/choices/{token}": (_pages.show_choices, _pages.act),
    "/manage/{token}": (_pages.show_data, _pages.change_data),
}


def make_app(service: ReaderService, client_of: ClientOf) -> ASGIApp:
    """Create the web app of the subscribers' pages. `client_of` returns a request's
    client network.
    """
    handlers = _Handlers(service, client_of)
    pages = [
        Route(path, handlers.page(show, act), methods=["GET", "POST"])
        for path, (show, act) in _PAGES.items()
    ]
    routes = [
        *pages,
        Route("/leave/{token}", handlers.leave, methods=["GET", "POST"]),
        Route("/manage/{token}/data.json", handlers.data),
        Route("/bounces", handlers.bounces, methods=["POST"]),
        Route("/style.css", handlers.style),
    ]
    app = Starlette(routes=routes, exception_handlers={HTTPException: handlers.refuse})
    app.router.redirect_slashes = False
    return guard_answers(app)


class _Handlers:
    """The handlers of the app's routes."""

    def __init__(self, service: ReaderService, client_of: ClientOf) -> None:
        self._service = service
        self._client_of = client_of

    def page(self, show: _visit.Answer, act: _visit.Answer) -> Callable[[Request], object]:
        """Return a handler that shows a page, and on POST processes the page's form."""

        async def answer(request: Request) -> Response:
            if request.method != "POST":
                return await self._answer(show, request)
            return await self._answer(act, request, await _visit.read_form(request))

        return answer

    async def leave(self, request: Request) -> Response:
        """Ask for confirmation of unsubscribing. On POST unsubscribe, whatever the body holds."""
        if request.method != "POST":
            return await self._service.answer_first(_pages.show_leave, self._read(request))
        if _visit.is_form(request):
            sent = self._read(request, await _visit.read_form(request))
            return await self._service.answer_first(_pages.leave, sent)
        await _visit.read_body(request)
        return await self._service.answer_first(_pages.leave, self._read(request))

    async def data(self, request: Request) -> Response:
        """Answer with everything stored about a subscriber as a JSON file."""
        return await self._answer(_pages.download_data, request)

    async def bounces(self, request: Request) -> Response:
        """Handle a bounce that a mail service posts."""
        body = await _visit.read_body(request, MOST_BYTES)
        signature = request.headers.get(SIGNATURE_HEADER, "")
        return await self._answer(lambda visit: take_in(visit, body, signature), request)

    async def style(self, request: Request) -> Response:
        """Answer with the style sheet of the pages."""
        return await self._service.show(
            lambda pages: Response(pages.style_sheet(), headers=_STYLE_KEPT, media_type="text/css"),
            self._client_of(request.scope),
        )

    async def refuse(self, request: Request, error: Exception) -> Response:
        """Answer an HTTP error with a page."""
        assert isinstance(error, HTTPException)
        name, status = _NOTICES.get(error.status_code, "refused"), error.status_code

        def make(pages: _visit.ReaderPages) -> Response:
            answer = pages.notice(name, status=status)
            answer.headers.update(error.headers or {})
            return answer

        return await self._service.show(make, self._client_of(request.scope))

    async def _answer(
        self, answer: _visit.Answer, request: Request, form: _visit.Form = _visit.NO_FORM
    ) -> Response:
        return await self._service.answer(answer, self._read(request, form))

    def _read(self, request: Request, form: _visit.Form = _visit.NO_FORM) -> _visit.Sent:
        return _visit.Sent(
            method=request.method,
            token=request.path_params.get("token", ""),
            query=_visit.Form(request.query_params.multi_items()),
            form=form,
            client=self._client_of(request.scope),
        )


# ---- Serving


@contextlib.asynccontextmanager
async def serve_subscriptions(
    read_newsroom: ReadNewsroom, say: Say, client_of: ClientOf
) -> AsyncIterator[ASGIApp]:
    """Yield the subscribers' web app and close it at the end. `say` shows problems to the operator.

    `read_newsroom` returns the newsroom as of now (called in threads), `client_of` the network of a
    request. If the subscribers' store cannot be opened, the pages answer 503 and the site is served
    all the same.
    """
    service = ReaderService(read_newsroom, say)
    await service.open()
    try:
        yield make_app(service, client_of)
    finally:
        await service.close()


# ---- Bounces, posted by a mail service that signs with our secret

MOST_BYTES = 1_000_000  # a report may enclose the whole letter; its beginning is what is read
SIGNATURE_HEADER = "X-Copydesk-Signature"


def take_in(visit: _visit.Visit, body: bytes, signature: str) -> Response:
    """Process a bounce posted by a mail service. One that matches no sent issue is accepted and
    ignored.

    After any answer but 200 the service would post it again.
    """
    options = visit.newsroom.settings.mail.bounces
    if not options.secret:
        return PlainTextResponse("this server accepts no bounce reports\n", 404)
    taken = take_in_webhook(visit.store, options, body, signature, visit.newsroom.now)
    if taken is None:
        return PlainTextResponse("the signature of the bounce report is not valid\n", 403)
    return PlainTextResponse("bounce report accepted\n")


# ---- Headers of every answer
#
# A page's URL is the key to it, so browsers may send it to nobody (Referrer-Policy).

POLICY = (
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Frame-Options": "DENY",  # for browsers that do not know frame-ancestors
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def guard_answers(app: ASGIApp) -> ASGIApp:
    """Add security headers to every response of a web app, and Cache-Control if it is missing."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await app(scope, receive, send_on)

    return answer
