"""Serve forms for editors: own stories, pictures, drafts, stashes (collections), reading lists."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from urllib.parse import quote

from starlette.responses import JSONResponse, RedirectResponse, Response

from copydesk.desk._desk import Page, Visit, now
from copydesk.desk._http import (
    NEVER_KEPT,
    PICTURE_BYTES,
    find_draft,
    keep_drafts,
    read_body,
    read_drafts,
    read_fields,
    read_form,
    read_picture,
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
    set_picture,
    take_up,
)
from copydesk.desk._pages import Editor
from copydesk.desk._story_pages import link_edit
from copydesk.editing import applying
from copydesk.editing.queue import story_page
from copydesk.errors import UsageError


async def show_write(visit: Visit) -> Response:
    """Answer with the form in which an editor writes a story."""
    editor = visit.editor
    draft = find_draft(await visit.desk.list_drafts(editor, ""))
    return await visit.draw(
        lambda opened, pages, counts: render_write(
            pages, editor, counts, opened.newsroom.beat, draft
        )
    )


async def put_story(visit: Visit) -> Response:
    """Store the story that an editor wrote, and redirect to the list of today's actions."""
    editor = visit.editor
    body = await read_body(visit.request, PICTURE_BYTES)
    fields, data = read_fields(body, visit.request.headers.get("content-type", ""))
    if data:
        fields.append(("other_picture", await visit.desk.keep_upload(data)))
    action = await visit.desk.thread.ask(
        lambda opened: read_write(opened.newsroom.beat, fields, editor.name, now())
    )
    await visit.desk.put([action])
    await visit.desk.drop_drafts(editor, "")
    return visit.redirect("today/")


async def show_file(visit: Visit) -> Response:
    """Answer with the form for adding a web page by its URL."""
    return await _show_file(visit, visit.editor, None)


async def put_file(visit: Visit) -> Response:
    """Show a preview of the web page at a URL, or store the action that adds it as a story."""
    editor, form = visit.editor, await visit.read_form()
    if form.get("do") == "look":
        preview = await visit.desk.look_at(form.get("url", "").strip())
        return await _show_file(visit, editor, preview)
    action = await visit.desk.thread.ask(
        lambda opened: read_file(opened.newsroom, form, editor.name, now())
    )
    await visit.desk.put([action])
    return visit.redirect("today/")


async def _show_file(
    visit: Visit, editor: Editor, preview: story_page.PagePreview | None
) -> Response:
    return await visit.draw(
        lambda opened, pages, counts: render_file(opened, pages, editor, counts, preview)
    )


async def put_picture(visit: Visit) -> Response:
    """Store an uploaded picture, and set it as the picture of the story that the form names.

    Without a story the answer is the picture's URL, for a script.
    """
    editor = visit.editor
    body = await read_body(visit.request, PICTURE_BYTES)
    sent = read_picture(body, visit.request.headers.get("content-type", ""))
    address = await visit.desk.keep_upload(sent.data)
    if not sent.story:
        return JSONResponse({"address": address}, 201, NEVER_KEPT)
    action = set_picture(sent, address, editor.name, now())
    await visit.desk.put([action])
    return RedirectResponse(link_edit(visit.desk.path, action), 303)


async def show_stashes(visit: Visit) -> Response:
    """Answer with the page of the stashes (collections of stories) that an editor may see."""
    editor = visit.editor
    found = await asyncio.to_thread(visit.desk.store.stashes.of, editor.name)
    return await visit.draw(
        lambda opened, pages, counts: render_stashes(opened, pages, editor, counts, found)
    )


async def put_stash(visit: Visit) -> Response:
    """Change a stash (a collection of stories); a script gets its name and story count."""
    editor, fields = visit.editor, await read_form(visit.request)
    default = await visit.desk.say("stash_default")
    stash = await asyncio.to_thread(change_stash, visit.desk.store, editor.name, fields, default)
    if "application/json" in visit.request.headers.get("accept", "") and stash is not None:
        told = {"name": stash.name, "count": len(stash.stories)}
        return JSONResponse(told, headers=NEVER_KEPT)
    return RedirectResponse(visit.desk.own_page(dict(fields).get("return", ""), "stash/"), 303)


async def show_lists(visit: Visit) -> Response:
    """Answer with all reading lists, or with the edit form of one (`id`).

    `action` names a conflicting edit to resolve.
    """
    editor, asked = visit.editor, visit.request.query_params
    if not {"id", "stash", "action"} & asked.keys():
        return await visit.draw(
            lambda opened, pages, counts: render_lists(opened, pages, editor, counts)
        )
    find = await _find_list(visit, editor, asked)
    return await visit.draw(
        lambda opened, pages, counts: render_list(opened, pages, editor, counts, find(opened))
    )


async def _find_list(
    visit: Visit, editor: Editor, asked: Mapping[str, str]
) -> Callable[[OpenNewsroom], applying.FiledList]:
    """Return a function that finds the reading list of a form in the newsroom's thread."""
    store, list_id = visit.desk.store, asked.get("id", "")
    if "action" in asked:
        known = await asyncio.to_thread(store.actions.state, [asked["action"]])
        done = known.get(asked["action"])
        if done is None or done.action.by != editor.name or done.action.said != "set":
            raise UsageError("no action of this account has this id", subject=asked["action"][:80])
        return lambda opened: take_up(opened, done.action)
    if "stash" not in asked:
        return lambda opened: find_list(opened, list_id)
    named = read_stash_id(asked["stash"])
    stash = await asyncio.to_thread(store.stashes.find, editor.name, named)
    return lambda opened: add_stash(find_list(opened, list_id), stash)


async def put_list(visit: Visit) -> Response:
    """Store an edit of a reading list, and redirect to the list of today's actions."""
    editor, fields = visit.editor, await read_form(visit.request)
    action = await visit.desk.thread.ask(
        lambda opened: read_list_form(opened, fields, editor.name, now())
    )
    await visit.desk.put([action])
    return visit.redirect("today/")


async def keep_draft(visit: Visit) -> Response:
    """Store the texts that an editor has typed into a form so far."""
    editor = visit.editor
    drafts = read_drafts(await read_body(visit.request), now())
    await keep_drafts(visit.desk.store, editor.name, drafts)
    return Response(status_code=204)


async def drop_draft(visit: Visit) -> Response:
    """Delete the unsaved texts of a form, and redirect to the form."""
    editor = visit.editor
    story = (await visit.read_form()).get("story", "")
    await visit.desk.drop_drafts(editor, story)
    form = f"story/{quote(story, safe='')}/edit/" if story else "write/"
    return visit.redirect(f"{form}")


OWN_WORD_PAGES: tuple[Page, ...] = (
    Page("GET", "/write/", show_write, "editor"),
    Page("POST", "/write/", put_story, "editor"),
    Page("GET", "/file/", show_file, "editor"),
    Page("POST", "/file/", put_file, "editor"),
    Page("GET", "/stash/", show_stashes, "editor"),
    Page("POST", "/stash/", put_stash, "editor"),
    Page("GET", "/list/", show_lists, "editor"),
    Page("POST", "/list/", put_list, "editor"),
    Page("POST", "/pictures", put_picture, "editor"),
    Page("PUT", "/drafts", keep_draft, "editor"),
    Page("POST", "/drafts", drop_draft, "editor"),
)
