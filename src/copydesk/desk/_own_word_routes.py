"""Serve the forms for editors' own stories, pictures, drafts, stashes and reading lists."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from copydesk import editing
from copydesk.desk._desk import Desk, now
from copydesk.desk._http import (
    NEVER_KEPT,
    PICTURE_BYTES,
    find_draft,
    keep_drafts,
    must_edit,
    page_answer,
    read_body,
    read_drafts,
    read_fields,
    read_form,
    read_picture,
    set_picture,
    with_errors,
)
from copydesk.desk._newsroom_thread import OpenNewsroom
from copydesk.desk._own_word_pages import (
    add_stash,
    change_stash,
    find_list,
    read_file,
    read_list_form,
    read_stash_id,
    read_write,
    render_file,
    render_list,
    render_lists,
    render_stashes,
    render_write,
    take_up,
)
from copydesk.desk._pages import Editor
from copydesk.desk._story_pages import link_edit
from copydesk.editing import queue
from copydesk.errors import UsageError


def list_routes(desk: Desk, editor_of: Callable[[Request], Editor]) -> list[Route]:
    """Return the routes for editors' own stories, filed pages, stashes and lists."""
    handlers = _OwnWords(desk, editor_of)
    return [
        Route("/write/", with_errors(handlers.write)),
        Route("/write/", with_errors(handlers.put_story), methods=["POST"]),
        Route("/file/", with_errors(handlers.file)),
        Route("/file/", with_errors(handlers.put_file), methods=["POST"]),
        Route("/stash/", with_errors(handlers.stashes)),
        Route("/stash/", with_errors(handlers.put_stash), methods=["POST"]),
        Route("/list/", with_errors(handlers.lists)),
        Route("/list/", with_errors(handlers.put_list), methods=["POST"]),
        Route("/pictures", with_errors(handlers.put_picture), methods=["POST"]),
        Route("/drafts", with_errors(handlers.keep_draft), methods=["PUT"]),
        Route("/drafts", with_errors(handlers.drop_draft), methods=["POST"]),
    ]


class _OwnWords:
    """Handle each route."""

    def __init__(self, desk: Desk, editor_of: Callable[[Request], Editor]) -> None:
        self._desk = desk
        self._editor_of = editor_of

    async def write(self, request: Request) -> Response:
        """Answer with the form of a new story."""
        editor = must_edit(self._editor_of(request))
        draft = find_draft(await self._desk.list_drafts(editor, ""))
        return page_answer(
            await self._desk.draw(
                lambda opened, pages, counts: render_write(
                    pages, editor, counts, opened.newsroom.beat, draft
                )
            )
        )

    async def put_story(self, request: Request) -> Response:
        """Store a new story, and redirect to its outcome."""
        editor = must_edit(self._editor_of(request))
        body = await read_body(request, PICTURE_BYTES)
        fields, data = read_fields(body, request.headers.get("content-type", ""))
        if data:
            fields.append(("other_picture", await self._desk.keep_upload(data)))
        action = await self._desk.thread.ask(
            lambda opened: read_write(opened.newsroom.beat, fields, editor.name, now())
        )
        await self._desk.put([action])
        await self._desk.drop_drafts(editor, "")
        return RedirectResponse(f"{self._desk.path}today/", 303)

    async def file(self, request: Request) -> Response:
        """Answer with the form for the URL of a page."""
        return await self._show_file(must_edit(self._editor_of(request)), None)

    async def put_file(self, request: Request) -> Response:
        """Show the page at a URL, or store the action that files it."""
        editor, form = must_edit(self._editor_of(request)), dict(await read_form(request))
        if form.get("do") == "look":
            preview = await self._desk.look_at(form.get("url", "").strip())
            return await self._show_file(editor, preview)
        action = await self._desk.thread.ask(
            lambda opened: read_file(opened.newsroom, form, editor.name, now())
        )
        await self._desk.put([action])
        return RedirectResponse(f"{self._desk.path}today/", 303)

    async def _show_file(self, editor: Editor, preview: queue.PagePreview | None) -> Response:
        return page_answer(
            await self._desk.draw(
                lambda opened, pages, counts: render_file(opened, pages, editor, counts, preview)
            )
        )

    async def put_picture(self, request: Request) -> Response:
        """Store a picture: for the story of a form, or for a script, which gets its address."""
        editor = must_edit(self._editor_of(request))
        body = await read_body(request, PICTURE_BYTES)
        sent = read_picture(body, request.headers.get("content-type", ""))
        address = await self._desk.keep_upload(sent.data)
        if not sent.story:
            return JSONResponse({"address": address}, 201, NEVER_KEPT)
        action = set_picture(sent, address, editor.name, now())
        await self._desk.put([action])
        return RedirectResponse(link_edit(self._desk.path, action), 303)

    async def stashes(self, request: Request) -> Response:
        """Answer with the stashes that an editor may see."""
        editor = must_edit(self._editor_of(request))
        found = await asyncio.to_thread(self._desk.store.stashes.of, editor.name)
        return page_answer(
            await self._desk.draw(
                lambda opened, pages, counts: render_stashes(opened, pages, editor, counts, found)
            )
        )

    async def put_stash(self, request: Request) -> Response:
        """Change a stash; a script gets its name and number of stories."""
        editor, fields = must_edit(self._editor_of(request)), await read_form(request)
        default = await self._desk.say("stash_default")
        stash = await asyncio.to_thread(
            change_stash, self._desk.store, editor.name, fields, default
        )
        if "application/json" in request.headers.get("accept", "") and stash is not None:
            told = {"name": stash.name, "count": len(stash.stories)}
            return JSONResponse(told, headers=NEVER_KEPT)
        return RedirectResponse(self._desk.own_page(dict(fields).get("return", ""), "stash/"), 303)

    async def lists(self, request: Request) -> Response:
        """Answer with all reading lists, or the form of one (`id`, or `action` for a conflict)."""
        editor, asked = must_edit(self._editor_of(request)), request.query_params
        if not {"id", "stash", "action"} & asked.keys():
            return page_answer(
                await self._desk.draw(
                    lambda opened, pages, counts: render_lists(opened, pages, editor, counts)
                )
            )
        find = await self._find_list(editor, asked)
        return page_answer(
            await self._desk.draw(
                lambda opened, pages, counts: render_list(
                    opened, pages, editor, counts, find(opened)
                )
            )
        )

    async def _find_list(
        self, editor: Editor, asked: Mapping[str, str]
    ) -> Callable[[OpenNewsroom], editing.FiledList]:
        """Return a function that finds the list of a form in the newsroom's thread."""
        store, list_id = self._desk.store, asked.get("id", "")
        if "action" in asked:
            known = await asyncio.to_thread(store.actions.state, [asked["action"]])
            done = known.get(asked["action"])
            if done is None or done.action.by != editor.name or done.action.said != "set":
                raise UsageError("no such action", subject=asked["action"][:80])
            return lambda opened: take_up(opened, done.action)
        if "stash" not in asked:
            return lambda opened: find_list(opened, list_id)
        named = read_stash_id(asked["stash"])
        stash = await asyncio.to_thread(store.stashes.find, editor.name, named)
        return lambda opened: add_stash(find_list(opened, list_id), stash)

    async def put_list(self, request: Request) -> Response:
        """Store the changes to a list, and redirect to the outcome."""
        editor, fields = must_edit(self._editor_of(request)), await read_form(request)
        action = await self._desk.thread.ask(
            lambda opened: read_list_form(opened, fields, editor.name, now())
        )
        await self._desk.put([action])
        return RedirectResponse(f"{self._desk.path}today/", 303)

    async def keep_draft(self, request: Request) -> Response:
        """Store what an editor has typed so far."""
        editor = must_edit(self._editor_of(request))
        drafts = read_drafts(await read_body(request), now())
        await keep_drafts(self._desk.store, editor.name, drafts)
        return Response(status_code=204)

    async def drop_draft(self, request: Request) -> Response:
        """Delete an editor's draft, and redirect to the form."""
        editor = must_edit(self._editor_of(request))
        story = dict(await read_form(request)).get("story", "")
        await self._desk.drop_drafts(editor, story)
        form = f"story/{quote(story, safe='')}/edit/" if story else "write/"
        return RedirectResponse(f"{self._desk.path}{form}", 303)
