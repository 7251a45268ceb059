"""Serve the pages of letters: everyone sees them, editors compose and file."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from copydesk.desk._desk import Desk, now
from copydesk.desk._http import NEVER_KEPT, must_edit, page_answer, read_form, with_errors
from copydesk.desk._newsroom_thread import Counts, OpenNewsroom
from copydesk.desk._pages import Editor, Pages
from copydesk.desk._previews import ComposedLetter
from copydesk.desk.letters._changes import (
    add_stories,
    file_looked_at,
    make_changes,
    needs_issue,
    read_number,
    repeat_form,
)
from copydesk.desk.letters._pages import (
    ComposerAnswer,
    LetterNow,
    Offer,
    describe_difference,
    describe_letter,
    describe_offer,
    find_pictures,
    link_letter,
    render_composer,
    render_letters,
    show_mail,
    show_text,
)
from copydesk.desk.sign_in import FRAMED_POLICY, FRAMING_POLICY
from copydesk.desk_store import Stash
from copydesk.desk_store.letter_edits import IssueDiffers
from copydesk.errors import CopydeskError, UsageError
from copydesk.newsletters import issues

Fields = Sequence[tuple[str, str]]
_SEARCH = 200  # characters
_NOTHING = Offer()


def list_letter_routes(desk: Desk, editor_of: Callable[[Request], Editor]) -> list[Route]:
    """Return the routes of an open desk on which newsletters are composed."""
    handlers = _LetterHandlers(desk, editor_of)
    posts = {
        "/letters/add": handlers.add,
        "/letters/forget": handlers.forget,
        "/letters/{id}/": handlers.change,
        "/letters/{id}/file": handlers.file,
    }
    return [
        Route("/letters/", with_errors(handlers.show_all)),
        Route("/letters/{id}/", with_errors(handlers.show)),
        Route("/letters/{id}/now", with_errors(handlers.show_now)),
        Route("/letters/{id}/found", with_errors(handlers.show_offer)),
        Route("/letters/{id}/preview", with_errors(handlers.show_mail)),
        Route("/letters/{id}/text", with_errors(handlers.show_text)),
        *(Route(path, with_errors(handler), methods=["POST"]) for path, handler in posts.items()),
    ]


class _LetterHandlers:
    """Handle each route."""

    def __init__(self, desk: Desk, editor_of: Callable[[Request], Editor]) -> None:
        self._desk = desk
        self._editor_of = editor_of

    async def show_all(self, request: Request) -> Response:
        """Answer with all newsletters."""
        editor, filed = self._editor_of(request), request.query_params.get("filed", "")[:200]
        found = await self._find_all()
        return page_answer(
            await self._desk.draw(
                lambda _opened, pages, counts: render_letters(pages, editor, counts, found, filed)
            )
        )

    async def show(self, request: Request) -> Response:
        """Answer with the composer of a newsletter."""
        return await self._show(request, offer=await self._read_offer(request))

    async def show_now(self, request: Request) -> Response:
        """Answer with the current issue alone, for a page that is open."""
        editor = self._editor_of(request)
        composed = await self._compose(request)

        def make(opened: OpenNewsroom, pages: Pages, _counts: Counts) -> bytes:
            letter = describe_letter(opened, pages, composed, editor.name)
            return pages.fragment("letter_issue.html", letter=letter, may_edit=editor.may_edit)

        return page_answer(await self._desk.draw(make))

    async def show_offer(self, request: Request) -> Response:
        """Answer with stories to add alone, for a page that is open."""
        must_edit(self._editor_of(request))
        asked, composed = await self._read_offer(request), await self._compose(request)

        def make(opened: OpenNewsroom, pages: Pages, _counts: Counts) -> bytes:
            offer = describe_offer(opened, pages, composed, asked)
            letter = {"href": link_letter(pages.views.root, composed.row.options.id)}
            return pages.fragment("letter_offer.html", letter=letter, offer=offer)

        return page_answer(await self._desk.draw(make))

    async def show_mail(self, request: Request) -> Response:
        """Answer with the mail of the issue, for a frame."""
        composed, root = await self._compose(request), self._desk.path
        pictures = await self._desk.thread.ask(
            lambda opened: find_pictures(opened, composed.issue, root)
        )
        return _frame(
            await self._desk.thread.change(
                lambda newsroom: show_mail(newsroom, composed.issue, pictures)
            )
        )

    async def show_text(self, request: Request) -> Response:
        """Answer with the plain text of the issue, for a frame."""
        issue = (await self._compose(request)).issue
        return _frame(await self._desk.thread.change(lambda newsroom: show_text(newsroom, issue)))

    async def change(self, request: Request) -> Response:
        """Make the changes in a form; where somebody changed the same field, show both."""
        editor, fields = must_edit(self._editor_of(request)), await read_form(request)
        letter_id, store = await self._find_letter(request), self._desk.store
        composed = await self._compose(request) if needs_issue(fields) else None
        differs = await asyncio.to_thread(
            make_changes, store, letter_id, fields, editor.name, composed
        )
        self._tell(letter_id)
        if _is_script(request):
            return await self._tell_script(letter_id, fields, differs)
        if differs:
            return await self._show(request, sent=fields, differs=differs)
        return RedirectResponse(link_letter(self._desk.path, letter_id), 303)

    async def add(self, request: Request) -> Response:
        """Add stories from any page of the desk to a newsletter, by default the first one."""
        editor, fields = must_edit(self._editor_of(request)), await read_form(request)
        form = dict(fields)
        names = [value for name, value in fields if name == "story" and value]
        store = self._desk.store

        def work(opened: OpenNewsroom) -> tuple[str, str]:
            first = next((one.id for one in opened.newsroom.settings.letters), "")
            letter_id = form.get("letter", "") or first
            row = issues.find_letter(opened.newsroom, letter_id)
            with store.at_once():
                for change in add_stories(store.letters.of(letter_id), names):
                    store.letters.change(letter_id, change, editor.name, now())
            return letter_id, row.options.title or opened.newsroom.beat.title

        letter_id, title = await self._desk.thread.ask(work)
        self._tell(letter_id)
        if _is_script(request):
            return JSONResponse({"name": title, "count": len(set(names))}, headers=NEVER_KEPT)
        address = self._desk.own_page(form.get("return", ""), f"letters/{letter_id}/")
        return RedirectResponse(address, 303)

    async def file(self, request: Request) -> Response:
        """File the issue that the editor saw, and redirect to the newsletters."""
        editor, form = must_edit(self._editor_of(request)), dict(await read_form(request))
        letter_id, store = request.path_params["id"], self._desk.store
        if "sure" not in form:
            raise UsageError("an issue is filed only when you say that this is meant")
        digest = form.get("digest", "")
        filed = await self._desk.thread.change(
            lambda newsroom: file_looked_at(newsroom, store, letter_id, digest, editor.name)
        )
        self._tell(letter_id)
        return RedirectResponse(f"{self._desk.path}letters/?{urlencode({'filed': filed})}", 303)

    async def forget(self, request: Request) -> Response:
        """Delete the edits of a newsletter that no longer exists."""
        must_edit(self._editor_of(request))
        form = dict(await read_form(request))
        version = read_number(form.get("version", ""))
        letters = self._desk.store.letters
        await asyncio.to_thread(letters.end, form.get("letter", ""), version)
        return RedirectResponse(f"{self._desk.path}letters/", 303)

    async def _read_offer(self, request: Request) -> Offer:
        editor, asked = self._editor_of(request), request.query_params
        if not editor.may_edit:
            return Offer()
        stashes = await asyncio.to_thread(self._desk.store.stashes.of, editor.name)
        chosen = [stash for stash in stashes if str(stash.id) == asked.get("stash")]
        stash: Stash | None = chosen[0] if chosen else None
        return Offer(words=asked.get("q", "")[:_SEARCH], stash=stash, stashes=stashes)

    async def _find_all(self) -> Sequence[LetterNow]:
        """Return all newsletters, each with its issue or its problem."""
        rows = await self._desk.thread.ask(lambda opened: issues.list_letters(opened.newsroom))
        found = []
        for row in rows:
            try:
                composed = await self._desk.issues.compose(row.options.id)
                found.append(LetterNow(row=row, composed=composed))
            except CopydeskError as error:
                found.append(LetterNow(row=row, problem=error))
        return found

    async def _find_letter(self, request: Request) -> str:
        """Return the id of a newsletter; raises UsageError for an unknown one."""
        letter_id: str = request.path_params["id"]
        await self._desk.thread.ask(lambda opened: issues.find_letter(opened.newsroom, letter_id))
        return letter_id

    async def _compose(self, request: Request) -> ComposedLetter:
        return await self._desk.issues.compose(request.path_params["id"])

    async def _show(
        self,
        request: Request,
        *,
        offer: Offer = _NOTHING,
        sent: Fields = (),
        differs: Sequence[IssueDiffers] = (),
    ) -> Response:
        editor, composed = self._editor_of(request), await self._compose(request)
        answer = ComposerAnswer(composed=composed, offer=offer, sent=sent, differs=differs)
        body = await self._desk.draw(
            lambda opened, pages, counts: render_composer(opened, pages, editor, counts, answer)
        )
        headers = {**NEVER_KEPT, "Content-Security-Policy": FRAMING_POLICY}
        status = 409 if differs else 200
        return Response(body, status, headers, media_type="text/html")

    async def _tell_script(
        self, letter_id: str, fields: Fields, differs: Sequence[IssueDiffers]
    ) -> Response:
        """Answer a script with the order that its next move has seen; else with what differs."""

        def make(opened: OpenNewsroom, pages: Pages, counts: Counts) -> bytes:
            kept = counts.store.letters.of(letter_id)
            told = {
                "order": kept.digest("order"),
                "differs": [describe_difference(opened, pages, one) for one in differs],
                "again": repeat_form(fields, differs) if differs else [],
            }
            return json.dumps(told, ensure_ascii=False).encode()

        body = await self._desk.draw(make)
        return Response(body, 409 if differs else 200, NEVER_KEPT, media_type="application/json")

    def _tell(self, letter_id: str) -> None:
        self._desk.broadcast.tell("letter", {"id": letter_id})


def _frame(body: bytes) -> Response:
    headers = {**NEVER_KEPT, "Content-Security-Policy": FRAMED_POLICY}
    return Response(body, headers=headers, media_type="text/html; charset=utf-8")


def _is_script(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")
