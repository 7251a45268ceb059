"""Serve the pages of one story: the story, its history, similar stories, and its edit form."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from copydesk.desk import _actions
from copydesk.desk._desk import Page, Visit, now
from copydesk.desk._http import (
    draft_form,
    drop_filed_drafts,
    keep_drafts,
    read_form,
)
from copydesk.desk._newsroom_thread import Counts, OpenNewsroom
from copydesk.desk._pages import Editor, Pages
from copydesk.desk._story_pages import (
    OpenEdit,
    link_edit,
    render_edit,
    render_neighbours,
    render_sent_edit,
    render_story,
    render_trail,
)
from copydesk.desk_store.action_queue import QueuedAction
from copydesk.editing.queue import story_page
from copydesk.editing.trail import trace_story
from copydesk.errors import RecordError
from copydesk.rounds.rejudging.neighbours import list_neighbours

_OUTCOME_SECONDS = 5.0  # how long a form's answer waits for the outcome


async def show_story(visit: Visit) -> Response:
    """Answer with the page of a story."""
    editor, name = visit.editor, visit.request.path_params["name"]

    def make(opened: OpenNewsroom, pages: Pages, counts: Counts) -> bytes:
        found = story_page.read_story_page(opened.newsroom, opened.queue, name)
        return render_story(pages, editor, counts, found)

    return await visit.draw(make)


async def show_trail(visit: Visit) -> Response:
    """Answer with the page of a story's history."""
    editor, name = visit.editor, visit.request.path_params["name"]

    def make(opened: OpenNewsroom, pages: Pages, counts: Counts) -> bytes:
        seen = story_page.read_queue_story(opened.newsroom, opened.queue, name)
        trail = trace_story(opened.newsroom, seen.story.path)
        return render_trail(pages, editor, counts, seen, trail)

    return await visit.draw(make)


async def show_neighbours(visit: Visit) -> Response:
    """Answer with the page of the stories that are most similar to a story."""
    editor, name = visit.editor, visit.request.path_params["name"]

    def make(opened: OpenNewsroom, pages: Pages, counts: Counts) -> bytes:
        seen = story_page.read_queue_story(opened.newsroom, opened.queue, name)
        found = list_neighbours(opened.newsroom, seen.story.path)
        return render_neighbours(pages, editor, counts, seen, found)

    return await visit.draw(make)


async def show_edit(visit: Visit) -> Response:
    """Answer with the edit form of a story, or with the outcome of edits that were sent."""
    editor, name = visit.editor, visit.request.path_params["name"]
    if "sent" in visit.request.query_params:
        return await _answer_outcome(visit, editor, name, visit.request.query_params["sent"])
    takes_up = "draft" in visit.request.query_params
    return await _show_form(visit, editor, name, takes_up=takes_up)


async def _show_form(
    visit: Visit,
    editor: Editor,
    name: str,
    sent: Sequence[QueuedAction] = (),
    *,
    takes_up: bool = False,
) -> Response:
    """Answer with the edit form of a story.

    With `takes_up` the editor's unsaved draft fills it. What was `sent` from it and is not filed
    fills it, too, or is shown on a page of its own if the story is gone.
    """
    drafts = await visit.desk.list_drafts(editor, name)

    def make(opened: OpenNewsroom, pages: Pages, counts: Counts) -> bytes:
        try:
            found = story_page.read_story_page(opened.newsroom, opened.queue, name)
        except RecordError as error:
            if not sent:
                raise
            return render_sent_edit(pages, editor, counts, sent, str(error))
        return render_edit(pages, editor, counts, found, OpenEdit(drafts, takes_up, sent))

    return await visit.draw(make)


async def _answer_outcome(visit: Visit, editor: Editor, name: str, first: str) -> Response:
    """Redirect to the story if its edit is saved; else show the outcome, or a waiting page."""
    sent = await _find_actions(visit, editor, name, first)
    if any(queued.outcome is None for queued in sent):
        answer = await visit.draw(
            lambda _, pages, counts: render_sent_edit(pages, editor, counts, sent)
        )
        answer.headers["Refresh"] = "1"  # in a second, to wait for the outcome again
        return answer
    filed = [one.action for one in sent if one.state == "done"]
    inputs = _actions.list_inputs(filed)
    await drop_filed_drafts(visit.desk.store, editor.name, name, inputs)
    if sent and len(filed) == len(sent):
        return _lead_to_story(visit, name)
    return await _show_form(visit, editor, name, sent)


async def _find_actions(visit: Visit, editor: Editor, name: str, first: str) -> list[QueuedAction]:
    """Return the actions that an editor sent from a form, after a short wait for outcomes."""
    ids = _actions.list_edit_ids(first)
    states = await visit.desk.filer.await_outcomes(ids, _OUTCOME_SECONDS)
    own = (editor.name, (name,))
    told = (states[each] for each in ids if each in states)
    return [one for one in told if (one.action.by, one.action.stories) == own]


async def put_edit(visit: Visit) -> Response:
    """Store the edits in a story's form; redirect to the page that shows their outcome."""
    editor, name = visit.editor, visit.request.path_params["name"]
    fields, store = await read_form(visit.request), visit.desk.store
    was, _ = _actions.read_versions(fields)
    typed = draft_form(name, dict(fields), _actions.list_texts(was), now())
    await keep_drafts(store, editor.name, typed)
    actions = _actions.read_edit(name, fields, editor.name, now())
    if not actions:
        await drop_filed_drafts(store, editor.name, name, dict(fields))
        return _lead_to_story(visit, name)
    known = await asyncio.to_thread(store.actions.state, [one.id for one in actions])
    if _actions.has_other_values(actions, [queued.action for queued in known.values()]):
        actions = _actions.name_anew(actions)
    await visit.desk.put(actions)
    return RedirectResponse(link_edit(visit.desk.path, actions[0]), 303)


def _lead_to_story(visit: Visit, name: str) -> Response:
    return visit.redirect(f"story/{quote(name, safe='')}/")


STORY_PAGES: tuple[Page, ...] = (
    Page("GET", "/story/{name}/", show_story, "viewer"),
    Page("GET", "/story/{name}/neighbours/", show_neighbours, "viewer"),
    Page("GET", "/story/{name}/trail/", show_trail, "viewer"),
    Page("GET", "/story/{name}/edit/", show_edit, "editor"),
    Page("POST", "/story/{name}/edit/", put_edit, "editor"),
)
