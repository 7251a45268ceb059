"""Serve the pages of readers: editors see numbers, owners look after each reader."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import BinaryIO

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from copydesk.desk._desk import Desk, now
from copydesk.desk._http import (
    NEVER_KEPT,
    must_edit,
    page_answer,
    read_body,
    read_form,
    status_of,
    with_errors,
)
from copydesk.desk._newsroom_thread import Counts, OpenNewsroom
from copydesk.desk._pages import Editor, Pages
from copydesk.desk.mailing._keeper import MOST_BYTES, ReaderKeeper, Uploads, read_upload
from copydesk.desk.mailing._reader_pages import (
    ReadersAsked,
    render_reader,
    render_readers,
    render_suppressions,
)
from copydesk.desk.sign_in import require_role, visitor_of
from copydesk.errors import CopydeskError, UsageError
from copydesk.newsletters import exchange

_FORM_BYTES = 100_000  # of a form besides its file
_PIECE = 64_000
_DIGITS = 16
_SUPPRESSIONS = 100  # suppressions of a page
_TOLD = frozenset({"reader_is_erased", "address_is_suppressed", "address_is_lifted"})


def list_reader_routes(desk: Desk, editor_of: Callable[[Request], Editor]) -> list[Route]:
    """Return the routes of an open desk on which readers are managed."""
    handlers = _ReaderHandlers(desk, editor_of)
    gets = {
        "/mailing/readers/": handlers.show_all,
        "/mailing/readers/suppressions/": handlers.show_suppressions,
        "/mailing/readers/{number}/": handlers.show,
    }
    posts = {
        "/mailing/readers/": handlers.decide,
        "/mailing/readers/import": handlers.take_file,
        "/mailing/readers/export": handlers.export,
        "/mailing/readers/{number}/": handlers.change,
    }
    return [
        *(Route(path, with_errors(handler)) for path, handler in gets.items()),
        *(Route(path, with_errors(handler), methods=["POST"]) for path, handler in posts.items()),
    ]


class _ReaderHandlers:
    """Handle each route."""

    def __init__(self, desk: Desk, editor_of: Callable[[Request], Editor]) -> None:
        self._desk = desk
        self._editor_of = editor_of
        self._uploads = Uploads()

    async def show_all(self, request: Request) -> Response:
        """Answer with the numbers of readers."""
        told = request.query_params.get("told", "")
        return await self._show(request, ReadersAsked(told=told if told in _TOLD else ""))

    async def show(self, request: Request) -> Response:
        """Answer with all that is stored about a reader; the look is logged."""
        keeper, number = self._keeper(request), _read_number(request)
        data = await keeper.look_at(number)
        editor = self._editor_of(request)

        def make(opened: OpenNewsroom, pages: Pages, counts: Counts) -> bytes:
            return render_reader(opened, pages, counts, editor, (number, data))

        return page_answer(await self._desk.draw(make))

    async def show_suppressions(self, request: Request) -> Response:
        """Answer with a page of the suppression list; the look is logged."""
        editor, asked = self._editor_of(request), request.query_params.get("skip", "")
        skip = int(asked) if asked.isdecimal() and len(asked) < 10 else 0
        rows = await self._keeper(request).list_suppressions(skip, _SUPPRESSIONS + 1)
        following = skip + _SUPPRESSIONS if len(rows) > _SUPPRESSIONS else 0
        return page_answer(
            await self._desk.draw(
                lambda _, pages, counts: render_suppressions(
                    pages, editor, counts, rows[:_SUPPRESSIONS], following
                )
            )
        )

    async def decide(self, request: Request) -> Response:
        """Find, add or suppress an address, or lift that, and redirect to its reader."""
        keeper, form = self._keeper(request), dict(await read_form(request))
        address, do = form.get("address", "")[:400], form.get("do", "")
        try:
            if do == "find":
                return self._lead(await keeper.find(address))
            if do == "add":
                letter, consent = form.get("letter", ""), form.get("consent", "")
                return self._lead(await keeper.add(address, letter, consent))
            if do == "suppress":
                number = await keeper.suppress(address, form.get("why", ""))
                return self._lead(number, "address_is_suppressed")
            if do == "lift":
                return self._lead(await keeper.lift(address), "address_is_lifted")
            raise UsageError("the form does not say what is to be done", subject=do[:80])
        except CopydeskError as error:
            return await self._tell(request, error)

    async def change(self, request: Request) -> Response:
        """End a reader's subscriptions, or delete the reader, and redirect."""
        keeper, form = self._keeper(request), dict(await read_form(request))
        number, do = _read_number(request), form.get("do", "")
        if do == "remove":
            await keeper.remove(number)
            return self._lead(number)
        if do != "erase" or "sure" not in form:
            raise UsageError("a reader is forgotten only when you say that this is meant")
        await keeper.erase(number)
        return self._lead(0, "reader_is_erased")

    async def take_file(self, request: Request) -> Response:
        """Show what an import would do with each row of a file, or import it."""
        keeper, by = self._keeper(request), visitor_of(request).name
        kind = request.headers.get("content-type", "")
        try:
            if not kind.lower().startswith("multipart/form-data"):
                form = dict(await read_form(request))
                sent = self._uploads.take(form.get("token", ""), by)
                report = await keeper.take_import(sent)
                return await self._show(request, ReadersAsked(report=report))
            body = await read_body(request, MOST_BYTES + _FORM_BYTES)
            sent = await asyncio.to_thread(read_upload, body, kind)
            rehearsal = await keeper.rehearse_import(sent)
        except CopydeskError as error:
            return await self._tell(request, error)
        token = self._uploads.put(sent, by, now())
        asked = ReadersAsked(sent=sent, token=token, rehearsal=rehearsal)
        return await self._show(request, asked)

    async def export(self, request: Request) -> Response:
        """Answer with all readers as a file."""
        keeper, form = self._keeper(request), dict(await read_form(request))
        chosen: exchange.ExportFormat = "json" if form.get("form") == "json" else "csv"
        file = await keeper.export(chosen)
        kind = "application/json" if chosen == "json" else "text/csv; charset=utf-8"
        told = {"Content-Disposition": f'attachment; filename="readers.{chosen}"'}
        return StreamingResponse(
            _read_pieces(file), media_type=kind, headers={**NEVER_KEPT, **told}
        )

    async def _tell(self, request: Request, problem: CopydeskError) -> Response:
        if "text/html" not in request.headers.get("Accept", "text/html"):
            raise problem
        answer = await self._show(request, ReadersAsked(problem=problem))
        answer.status_code = status_of(problem)
        return answer

    async def _show(self, request: Request, asked: ReadersAsked) -> Response:
        viewer = must_edit(self._editor_of(request)), visitor_of(request).may("owner")
        told = await self._desk.say(asked.told) if asked.told else ""
        asked = replace(asked, told=told)
        return page_answer(
            await self._desk.draw(
                lambda opened, pages, counts: render_readers(opened, pages, counts, viewer, asked)
            )
        )

    def _keeper(self, request: Request) -> ReaderKeeper:
        return ReaderKeeper(self._desk, require_role(request, "owner"))

    def _lead(self, number: int, told: str = "") -> Response:
        """Redirect to a reader, or to all readers where there is none."""
        page = f"mailing/readers/{number}/" if number else f"mailing/readers/?told={told}"
        return RedirectResponse(f"{self._desk.path}{page}", 303)


def _read_number(request: Request) -> int:
    """Return the reader's number in an address; raises UsageError for an invalid one."""
    typed = str(request.path_params["number"])
    if not (typed.isascii() and typed.isdigit() and len(typed) < _DIGITS):
        raise UsageError("no such reader", subject=typed[:40], hint="look for their address")
    return int(typed)


def _read_pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece
