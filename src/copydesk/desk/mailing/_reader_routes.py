"""Serve the pages of newsletter subscribers: editors see numbers, owners manage subscribers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from starlette.responses import Response, StreamingResponse

from copydesk.desk._desk import Page, Visit, now
from copydesk.desk._http import (
    NEVER_KEPT,
    read_body,
    status_of,
)
from copydesk.desk._newsroom_thread import Counts, OpenNewsroom
from copydesk.desk._pages import Pages
from copydesk.desk.mailing._keeper import MOST_BYTES, ReaderKeeper, read_upload
from copydesk.desk.mailing._reader_pages import (
    ReadersAsked,
    render_reader,
    render_readers,
    render_suppressions,
)
from copydesk.desk.sign_in import visitor_of
from copydesk.errors import CopydeskError, UsageError
from copydesk.newsletters import exchange

_FORM_BYTES = 100_000  # of a form besides its file
_PIECE = 64_000
_DIGITS = 16
_SUPPRESSIONS = 100  # suppressions of a page
_TOLD = frozenset({"reader_is_erased", "address_is_suppressed", "address_is_lifted"})


async def show_all(visit: Visit) -> Response:
    """Answer with the page of newsletter subscribers: numbers, import and export."""
    told = visit.request.query_params.get("told", "")
    return await _show(visit, ReadersAsked(told=told if told in _TOLD else ""))


async def show_reader(visit: Visit) -> Response:
    """Answer with all that is stored about a subscriber; the audit log notes the access."""
    keeper, number = _keeper(visit), _read_number(visit)
    data = await keeper.look_at(number)
    editor = visit.editor

    def make(opened: OpenNewsroom, pages: Pages, counts: Counts) -> bytes:
        return render_reader(opened, pages, counts, editor, (number, data))

    return await visit.draw(make)


async def show_suppressions(visit: Visit) -> Response:
    """Answer with a page of suppressed addresses; the audit log notes the access."""
    editor, asked = visit.editor, visit.request.query_params.get("skip", "")
    skip = int(asked) if asked.isdecimal() and len(asked) < 10 else 0
    rows = await _keeper(visit).list_suppressions(skip, _SUPPRESSIONS + 1)
    following = skip + _SUPPRESSIONS if len(rows) > _SUPPRESSIONS else 0
    return await visit.draw(
        lambda _, pages, counts: render_suppressions(
            pages, editor, counts, rows[:_SUPPRESSIONS], following
        )
    )


async def decide_on_address(visit: Visit) -> Response:
    """Find, subscribe, suppress or release a mail address; redirect to its subscriber."""
    keeper, form = _keeper(visit), await visit.read_form()
    address, do = form.get("address", "")[:400], form.get("do", "")
    try:
        if do == "find":
            return _lead(visit, await keeper.find(address))
        if do == "add":
            letter, consent = form.get("letter", ""), form.get("consent", "")
            return _lead(visit, await keeper.add(address, letter, consent))
        if do == "suppress":
            number = await keeper.suppress(address, form.get("why", ""))
            return _lead(visit, number, "address_is_suppressed")
        if do == "lift":
            return _lead(visit, await keeper.lift(address), "address_is_lifted")
        raise UsageError("unknown action in the form", subject=do[:80])
    except CopydeskError as error:
        return await _tell(visit, error)


async def change_reader(visit: Visit) -> Response:
    """End a subscriber's subscriptions, or delete the subscriber's data, and redirect."""
    keeper, form = _keeper(visit), await visit.read_form()
    number, do = _read_number(visit), form.get("do", "")
    if do == "remove":
        await keeper.remove(number)
        return _lead(visit, number)
    if do != "erase" or "sure" not in form:
        raise UsageError("select the checkbox to confirm that you want to delete the subscriber")
    await keeper.erase(number)
    return _lead(visit, 0, "reader_is_erased")


async def take_file(visit: Visit) -> Response:
    """Show what importing a file of newsletter subscribers would do, or import it."""
    keeper, by = _keeper(visit), visit.editor.name
    kind = visit.request.headers.get("content-type", "")
    try:
        if not kind.lower().startswith("multipart/form-data"):
            form = await visit.read_form()
            sent = visit.desk.uploads.take(form.get("token", ""), by)
            report = await keeper.take_import(sent)
            return await _show(visit, ReadersAsked(report=report))
        body = await read_body(visit.request, MOST_BYTES + _FORM_BYTES)
        sent = await asyncio.to_thread(read_upload, body, kind)
        rehearsal = await keeper.rehearse_import(sent)
    except CopydeskError as error:
        return await _tell(visit, error)
    token = visit.desk.uploads.put(sent, by, now())
    asked = ReadersAsked(sent=sent, token=token, rehearsal=rehearsal)
    return await _show(visit, asked)


async def export(visit: Visit) -> Response:
    """Answer with all newsletter subscribers as a file (CSV or JSON)."""
    keeper, form = _keeper(visit), await visit.read_form()
    chosen: exchange.ExportFormat = "json" if form.get("form") == "json" else "csv"
    file = await keeper.export(chosen)
    kind = "application/json" if chosen == "json" else "text/csv; charset=utf-8"
    told = {"Content-Disposition": f'attachment; filename="readers.{chosen}"'}
    return StreamingResponse(_read_pieces(file), media_type=kind, headers={**NEVER_KEPT, **told})


async def _tell(visit: Visit, problem: CopydeskError) -> Response:
    if "text/html" not in visit.request.headers.get("Accept", "text/html"):
        raise problem
    answer = await _show(visit, ReadersAsked(problem=problem))
    answer.status_code = status_of(problem)
    return answer


async def _show(visit: Visit, asked: ReadersAsked) -> Response:
    told = await visit.desk.say(asked.told) if asked.told else ""
    asked = replace(asked, told=told)
    return await visit.draw(
        lambda opened, pages, counts: render_readers(opened, pages, counts, visit.editor, asked)
    )


def _keeper(visit: Visit) -> ReaderKeeper:
    return ReaderKeeper(visit.desk, visitor_of(visit.request))


def _lead(visit: Visit, number: int, told: str = "") -> Response:
    """Redirect to the page of a subscriber, or of all subscribers if `number` is 0."""
    page = f"mailing/readers/{number}/" if number else f"mailing/readers/?told={told}"
    return visit.redirect(page)


def _read_number(visit: Visit) -> int:
    """Return the subscriber's number in a URL; raises UsageError for an invalid one."""
    typed = str(visit.request.path_params["number"])
    if not (typed.isascii() and typed.isdigit() and len(typed) < _DIGITS):
        raise UsageError("unknown subscriber", subject=typed[:40], hint="search for the address")
    return int(typed)


def _read_pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


READER_PAGES: tuple[Page, ...] = (
    Page("GET", "/mailing/readers/", show_all, "editor"),
    Page("GET", "/mailing/readers/suppressions/", show_suppressions, "owner"),
    Page("GET", "/mailing/readers/{number}/", show_reader, "owner"),
    Page("POST", "/mailing/readers/", decide_on_address, "owner"),
    Page("POST", "/mailing/readers/import", take_file, "owner"),
    Page("POST", "/mailing/readers/export", export, "owner"),
    Page("POST", "/mailing/readers/{number}/", change_reader, "owner"),
)
