"""Serve the pages of newsletters: everyone sees them, editors compose and store issues."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from urllib.parse import urlencode

from starlette.responses import JSONResponse, RedirectResponse, Response

from copydesk.desk._desk import Page, Visit, now
from copydesk.desk._http import NEVER_KEPT, read_form
from copydesk.desk._newsroom_thread import OpenNewsroom
from copydesk.desk._pages import Pages
from copydesk.desk._previews import ComposedLetter
from copydesk.desk.letters import _changes, _pages
from copydesk.desk.sign_in import FRAMED_POLICY, FRAMING_POLICY
from copydesk.desk_store.drafts import Stash
from copydesk.desk_store.letter_edits import IssueDiffers
from copydesk.errors import CopydeskError, UsageError
from copydesk.newsletters import issues

Fields = Sequence[tuple[str, str]]
_SEARCH = 200  # characters
_NOTHING = _pages.Offer()


async def show_all(visit: Visit) -> Response:
    """Answer with the page of all newsletters."""
    filed = visit.request.query_params.get("filed", "")[:200]
    found = await _find_all(visit)
    return await visit.draw(_pages.render_letters, found, filed)


async def show_composer(visit: Visit) -> Response:
    """Answer with the page where the next issue of a newsletter is composed."""
    return await _show(visit, offer=await _read_offer(visit))


async def show_now(visit: Visit) -> Response:
    """Answer with the HTML of the newsletter issue only, to update an open composer page."""
    editor = visit.editor
    composed = await _compose(visit)

    def make(pages: Pages) -> bytes:
        letter = _pages.describe_letter(pages, composed, editor.name)
        return pages.fragment("letter_issue.html", letter=letter, may_edit=editor.may_edit)

    return await visit.draw(make)


async def show_offer(visit: Visit) -> Response:
    """Answer with the HTML of offered stories only, to update an open composer page."""
    asked, composed = await _read_offer(visit), await _compose(visit)

    def make(pages: Pages) -> bytes:
        offer = _pages.describe_offer(pages, composed, asked)
        letter = {"href": _pages.link_letter(pages.views.root, composed.row.options.id)}
        return pages.fragment("letter_offer.html", letter=letter, offer=offer)

    return await visit.draw(make)


async def frame_mail(visit: Visit) -> Response:
    """Answer with the HTML mail of the newsletter issue, for the preview's frame."""
    composed, root = await _compose(visit), visit.desk.path
    pictures = await visit.desk.thread.ask(_pages.find_pictures, composed.issue, root)
    return _frame(await visit.desk.thread.change(_pages.show_mail, composed.issue, pictures))


async def frame_text(visit: Visit) -> Response:
    """Answer with the plain text of the newsletter issue, for the preview's frame."""
    issue = (await _compose(visit)).issue
    return _frame(await visit.desk.thread.change(_pages.show_text, issue))


async def change_issue(visit: Visit) -> Response:
    """Store the edits in a form of the composer, or show conflicts with somebody else's edits."""
    editor, fields = visit.editor, await read_form(visit.request)
    letter_id, store = await _find_letter(visit), visit.desk.store
    composed = await _compose(visit) if _changes.needs_issue(fields) else None
    differs = await asyncio.to_thread(
        _changes.make_changes, store, letter_id, fields, editor.name, composed
    )
    _tell(visit, letter_id)
    if _is_script(visit):
        return await _tell_script(visit, letter_id, fields, differs)
    if differs:
        return await _show(visit, sent=fields, differs=differs)
    return RedirectResponse(_pages.link_letter(visit.desk.path, letter_id), 303)


async def add_to_issue(visit: Visit) -> Response:
    """Add stories from any page to the next issue of a newsletter, by default the first one."""
    editor, fields = visit.editor, await read_form(visit.request)
    form = dict(fields)
    names = [value for name, value in fields if name == "story" and value]
    store = visit.desk.store

    def work(opened: OpenNewsroom) -> tuple[str, str]:
        first = next((one.id for one in opened.newsroom.settings.letters), "")
        letter_id = form.get("letter", "") or first
        row = issues.find_letter(opened.newsroom, letter_id)
        with store.at_once():
            for change in _changes.add_stories(store.letters.of(letter_id), names):
                store.letters.change(letter_id, change, editor.name, now())
        return letter_id, row.options.title or opened.newsroom.beat.title

    letter_id, title = await visit.desk.thread.ask(work)
    _tell(visit, letter_id)
    if _is_script(visit):
        return JSONResponse({"name": title, "count": len(set(names))}, headers=NEVER_KEPT)
    address = visit.desk.own_page(form.get("return", ""), f"letters/{letter_id}/")
    return RedirectResponse(address, 303)


async def file_issue(visit: Visit) -> Response:
    """Store the newsletter issue that the editor saw, and redirect to all newsletters."""
    editor, form = visit.editor, await visit.read_form()
    letter_id, store = visit.request.path_params["id"], visit.desk.store
    if "sure" not in form:
        raise UsageError("select the checkbox to confirm that you checked the issue")
    digest = form.get("digest", "")
    filed = await visit.desk.thread.change(
        _changes.file_looked_at, store, letter_id, digest, editor.name
    )
    _tell(visit, letter_id)
    return visit.redirect(f"letters/?{urlencode({'filed': filed})}")


async def forget_edits(visit: Visit) -> Response:
    """Delete the stored edits of a newsletter that no longer exists."""
    form = await visit.read_form()
    version = _changes.read_number(form.get("version", ""))
    letters = visit.desk.store.letters
    await asyncio.to_thread(letters.end, form.get("letter", ""), version)
    return visit.redirect("letters/")


async def _read_offer(visit: Visit) -> _pages.Offer:
    editor, asked = visit.editor, visit.request.query_params
    if not editor.may_edit:
        return _pages.Offer()
    stashes = await asyncio.to_thread(visit.desk.store.stashes.of, editor.name)
    chosen = [stash for stash in stashes if str(stash.id) == asked.get("stash")]
    stash: Stash | None = chosen[0] if chosen else None
    return _pages.Offer(words=asked.get("q", "")[:_SEARCH], stash=stash, stashes=stashes)


async def _find_all(visit: Visit) -> Sequence[_pages.LetterNow]:
    """Return all newsletters, each with its next issue or the error that prevents it."""
    rows = await visit.desk.thread.ask(lambda opened: issues.list_letters(opened.newsroom))
    found = []
    for row in rows:
        try:
            composed = await visit.desk.issues.compose(row.options.id)
            found.append(_pages.LetterNow(row=row, composed=composed))
        except CopydeskError as error:
            found.append(_pages.LetterNow(row=row, problem=error))
    return found


async def _find_letter(visit: Visit) -> str:
    """Return the id of the newsletter in the URL; raises UsageError for an unknown one."""
    letter_id: str = visit.request.path_params["id"]
    await visit.desk.thread.ask(lambda opened: issues.find_letter(opened.newsroom, letter_id))
    return letter_id


async def _compose(visit: Visit) -> ComposedLetter:
    return await visit.desk.issues.compose(visit.request.path_params["id"])


async def _show(
    visit: Visit,
    *,
    offer: _pages.Offer = _NOTHING,
    sent: Fields = (),
    differs: Sequence[IssueDiffers] = (),
) -> Response:
    composed = await _compose(visit)
    body = await visit.desk.draw(
        visit.editor, _pages.render_composer, composed, offer, sent, differs
    )
    headers = {**NEVER_KEPT, "Content-Security-Policy": FRAMING_POLICY}
    status = 409 if differs else 200
    return Response(body, status, headers, media_type="text/html")


async def _tell_script(
    visit: Visit, letter_id: str, fields: Fields, differs: Sequence[IssueDiffers]
) -> Response:
    """Answer a script with the digest of the story order, and with conflicts of edits."""

    def make(pages: Pages) -> bytes:
        kept = pages.counts.store.letters.of(letter_id)
        told = {
            "order": kept.digest("order"),
            "differs": [_pages.describe_difference(pages, one) for one in differs],
            "again": _changes.repeat_form(fields, differs) if differs else [],
        }
        return json.dumps(told, ensure_ascii=False).encode()

    body = await visit.desk.draw(visit.editor, make)
    return Response(body, 409 if differs else 200, NEVER_KEPT, media_type="application/json")


def _tell(visit: Visit, letter_id: str) -> None:
    visit.desk.broadcast.tell("letter", {"id": letter_id})


def _frame(body: bytes) -> Response:
    headers = {**NEVER_KEPT, "Content-Security-Policy": FRAMED_POLICY}
    return Response(body, headers=headers, media_type="text/html; charset=utf-8")


def _is_script(visit: Visit) -> bool:
    return "application/json" in visit.request.headers.get("accept", "")


LETTER_PAGES: tuple[Page, ...] = (
    Page("GET", "/letters/", show_all, "viewer"),
    Page("GET", "/letters/{id}/", show_composer, "viewer"),
    Page("GET", "/letters/{id}/now", show_now, "viewer"),
    Page("GET", "/letters/{id}/found", show_offer, "editor"),
    Page("GET", "/letters/{id}/preview", frame_mail, "viewer"),
    Page("GET", "/letters/{id}/text", frame_text, "viewer"),
    Page("POST", "/letters/add", add_to_issue, "editor"),
    Page("POST", "/letters/forget", forget_edits, "editor"),
    Page("POST", "/letters/{id}/", change_issue, "editor"),
    Page("POST", "/letters/{id}/file", file_issue, "editor"),
)
