"""The web app for newsletter subscribers below `/mail/`: its routes, headers and methods."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from copydesk.newsletters.bounces import take_in_webhook
from copydesk.newsletters.reader_pages import _choices, _data
from copydesk.newsletters.reader_pages._reader_service import ReaderService, ReadNewsroom, Say
from copydesk.newsletters.reader_pages._visit import (
    NO_FORM,
    Answer,
    Form,
    ReaderPages,
    Sent,
    Visit,
    is_form,
    read_body,
    read_form,
)

ClientOf = Callable[[Scope], str]

_STYLE_KEPT = {"Cache-Control": "public, max-age=300"}
_NOTICES = {404: "missing"}  # for any other status the page says "refused"
# by path below /mail/: the function that shows the page, and the one that handles its form
_PAGES: Mapping[str, tuple[Answer, Answer]] = {
    "/subscribe": (_data.show_form, _data.send_form),
    "/confirm/{token}": (_choices.show_confirmation, _choices.confirm),
    "/change/{token}": (_choices.show_change, _choices.change),
    "/choices/{token}": (_choices.show_choices, _choices.act),
    "/manage/{token}": (_data.show_data, _data.manage),
}


def make_app(service: ReaderService, client_of: ClientOf) -> ASGIApp:
    """Return the subscribers' web app; `client_of` returns the network of a request."""
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

    def page(self, show: Answer, act: Answer) -> Callable[[Request], object]:
        """Return a handler that shows a page, and on POST acts on the page's form."""

        async def answer(request: Request) -> Response:
            if request.method != "POST":
                return await self._answer(show, request)
            return await self._answer(act, request, await read_form(request))

        return answer

    async def leave(self, request: Request) -> Response:
        """Ask for confirmation of unsubscribing; on POST unsubscribe, whatever the body holds."""
        if request.method != "POST":
            return await self._service.answer_first(_choices.show_leave, self._read(request))
        if is_form(request):
            sent = self._read(request, await read_form(request))
            return await self._service.answer_first(_choices.leave, sent)
        await read_body(request)
        return await self._service.answer_first(_choices.leave, self._read(request))

    async def data(self, request: Request) -> Response:
        """Answer with everything stored about a reader as a JSON file."""
        return await self._answer(_data.download_data, request)

    async def bounces(self, request: Request) -> Response:
        """Handle a bounce that a mail service posts."""
        body = await read_body(request, MOST_BYTES)
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

        def make(pages: ReaderPages) -> Response:
            answer = pages.notice(name, status=status)
            answer.headers.update(error.headers or {})
            return answer

        return await self._service.show(make, self._client_of(request.scope))

    async def _answer(self, answer: Answer, request: Request, form: Form = NO_FORM) -> Response:
        return await self._service.answer(answer, self._read(request, form))

    def _read(self, request: Request, form: Form = NO_FORM) -> Sent:
        return Sent(
            method=request.method,
            token=request.path_params.get("token", ""),
            query=Form(request.query_params.multi_items()),
            form=form,
            client=self._client_of(request.scope),
        )


# ---- Serving


@contextlib.asynccontextmanager
async def serve_subscriptions(
    read_newsroom: ReadNewsroom, say: Say, client_of: ClientOf
) -> AsyncIterator[ASGIApp]:
    """Yield the subscribers' web app, then close it; `say` reports problems to the operator.

    `read_newsroom` returns the newsroom as of now (called in threads), `client_of` the network of a
    request. If the readers' store cannot be opened, the pages answer 503 and the site is served all
    the same.
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


def take_in(visit: Visit, body: bytes, signature: str) -> Response:
    """Handle one posted bounce; one that matches no issue sent from here is accepted and ignored.

    After any answer but 200 the service would post it again.
    """
    options = visit.newsroom.settings.mail.bounces
    if not options.secret:
        return PlainTextResponse("nothing is taken in here\n", 404)
    taken = take_in_webhook(visit.store, options, body, signature, visit.newsroom.now)
    if taken is None:
        return PlainTextResponse("not signed by the secret of this newsroom\n", 403)
    return PlainTextResponse("taken in\n")


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
    """Add security headers to every response of an app; Cache-Control is kept if it is set."""

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
