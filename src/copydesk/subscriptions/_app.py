"""The app: who answers which address below `/mail/`, and by which methods."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Scope

from copydesk.subscriptions import _bounces, _choices, _confirm, _data, _leave, _subscribe
from copydesk.subscriptions._form import NO_FORM, Form, is_form, read_body, read_form
from copydesk.subscriptions._pages import ReaderPages
from copydesk.subscriptions._policy import guard_answers
from copydesk.subscriptions._reader_service import ReaderService
from copydesk.subscriptions._visit import Answer, Sent

ClientOf = Callable[[Scope], str]

_STYLE_KEPT = {"Cache-Control": "public, max-age=300"}
_NOTICES = {404: "missing"}  # what else is refused could not be read
# below /mail/, what a page shows and what its forms do
_PAGES: Mapping[str, tuple[Answer, Answer]] = {
    "/subscribe": (_subscribe.show_form, _subscribe.send_form),
    "/confirm/{token}": (_confirm.show_confirmation, _confirm.confirm),
    "/change/{token}": (_confirm.show_change, _confirm.change),
    "/choices/{token}": (_choices.show_choices, _choices.act),
    "/manage/{token}": (_data.show_data, _data.manage),
}


def make_app(service: ReaderService, client_of: ClientOf) -> ASGIApp:
    """Return the app of an open service; `client_of` returns the network of who asks."""
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
    """What each route does."""

    def __init__(self, service: ReaderService, client_of: ClientOf) -> None:
        self._service = service
        self._client_of = client_of

    def page(self, show: Answer, act: Answer) -> Callable[[Request], object]:
        """Return what shows a page, and does what its forms ask for by POST alone."""

        async def answer(request: Request) -> Response:
            if request.method != "POST":
                return await self._answer(show, request)
            return await self._answer(act, request, await read_form(request))

        return answer

    async def leave(self, request: Request) -> Response:
        """Show the page that asks; by POST end it at once, whatever a mail program sends along."""
        if request.method != "POST":
            return await self._service.answer_first(_leave.show_leave, self._read(request))
        if is_form(request):
            sent = self._read(request, await read_form(request))
            return await self._service.answer_first(_leave.leave, sent)
        await read_body(request)
        return await self._service.answer_first(_leave.leave, self._read(request))

    async def data(self, request: Request) -> Response:
        """Answer with a reader's data as a file."""
        return await self._answer(_data.download_data, request)

    async def bounces(self, request: Request) -> Response:
        """Take in what a mail service posts."""
        body = await read_body(request, _bounces.MOST_BYTES)
        signature = request.headers.get(_bounces.SIGNATURE_HEADER, "")
        return await self._answer(lambda visit: _bounces.take_in(visit, body, signature), request)

    async def style(self, request: Request) -> Response:
        """Answer with the style sheet."""
        return await self._service.show(
            lambda pages: Response(pages.style_sheet(), headers=_STYLE_KEPT, media_type="text/css"),
            self._client_of(request.scope),
        )

    async def refuse(self, request: Request, error: Exception) -> Response:
        """Answer with a page to what cannot be answered otherwise."""
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
