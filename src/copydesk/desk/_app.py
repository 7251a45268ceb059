"""The desk's web app: who answers which request. It knows HTTP, forms and JSON."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    JSONResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route

from copydesk.desk import _actions, _query
from copydesk.desk._answers import (
    NEVER_KEPT,
    must_edit,
    page_answer,
    problem_answer,
    read_body,
    read_form,
    status_of,
    with_errors,
)
from copydesk.desk._desk import Desk, now
from copydesk.desk._draft_fields import draft_form, drop_filed_drafts, keep_drafts
from copydesk.desk._drops_page import read_drop_question
from copydesk.desk._pages import ASSETS, Editor, asset_name
from copydesk.desk._story_pages import link_edit
from copydesk.desk.letters import list_letter_routes
from copydesk.desk.live import Presence, describe
from copydesk.desk.mailing import list_mailing_routes
from copydesk.desk.numbers import list_number_routes
from copydesk.desk.own_words import list_routes
from copydesk.desk.proposals import list_proposal_routes
from copydesk.desk.rules import list_rule_routes
from copydesk.desk.sources import list_source_routes
from copydesk.desk.topics import list_topic_routes
from copydesk.desk_store import QueuedAction
from copydesk.errors import CopydeskError, RecordError

EditorOf = Callable[[Request], Editor]

_MOST_ROWS = 100
_OUTCOME_SECONDS = 5.0  # that the answer to a form waits for what becomes of it
_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


def make_app(desk: Desk, editor_of: EditorOf) -> Starlette:
    """Return the app of an open desk; `editor_of` says who sends a request that was let in."""
    handlers = _Handlers(desk, editor_of)
    routes = [
        Route("/", with_errors(handlers.queue)),
        Route("/story/{name}/", with_errors(handlers.story)),
        Route("/story/{name}/neighbours/", with_errors(handlers.neighbours)),
        Route("/story/{name}/trail/", with_errors(handlers.trail)),
        Route("/story/{name}/edit/", with_errors(handlers.edit)),
        Route("/story/{name}/edit/", with_errors(handlers.put_edit), methods=["POST"]),
        Route("/dropped/", with_errors(handlers.drops)),
        Route("/today/", with_errors(handlers.today)),
        Route("/rows", with_errors(handlers.rows)),
        Route("/versions", with_errors(handlers.versions)),
        Route("/actions", with_errors(handlers.put_actions), methods=["POST"]),
        Route("/actions", with_errors(handlers.list_actions)),
        Route("/act", with_errors(handlers.put_form), methods=["POST"]),
        Route("/presence", with_errors(handlers.put_presence), methods=["POST"]),
        Route("/views", with_errors(handlers.put_view), methods=["POST"]),
        Route("/events", with_errors(handlers.events)),
        Route("/picture/{name}", with_errors(handlers.picture)),
        Route("/assets/{name}", with_errors(handlers.asset)),
        *list_routes(desk, editor_of),
        *list_proposal_routes(desk, editor_of),
        *list_number_routes(desk, editor_of),
        *list_source_routes(desk, editor_of),
        *list_letter_routes(desk, editor_of),
        *list_mailing_routes(desk, editor_of),
        *list_topic_routes(desk, editor_of),
        *list_rule_routes(desk, editor_of),
    ]
    exceptions = {CopydeskError: handlers.problem, 404: handlers.nothing}
    return Starlette(routes=routes, exception_handlers=exceptions)


class _Handlers:
    """What each route does."""

    def __init__(self, desk: Desk, editor_of: EditorOf) -> None:
        self._desk = desk
        self._editor_of = editor_of
        self._presence = Presence()
        self._tasks: set[asyncio.Task[None]] = set()
        self._assets = {asset_name(file.name): file for file in ASSETS.iterdir()}

    async def problem(self, request: Request, error: Exception) -> Response:
        """Answer with a page that says what is wrong; where none can be made, without one."""
        assert isinstance(error, CopydeskError)
        try:
            page = await self._desk.problem_page(self._editor_of(request), error)
        except CopydeskError:
            return problem_answer(error)
        return Response(page, status_of(error), NEVER_KEPT, media_type="text/html")

    async def nothing(self, request: Request, _error: Exception) -> Response:
        """Answer that there is no such page, with one that leads back for who asked for one."""
        error = RecordError("the desk has no such page", subject=request.url.path[:200])
        if "text/html" in request.headers.get("Accept", ""):
            return await self.problem(request, error)
        return problem_answer(error)

    async def queue(self, request: Request) -> Response:
        """Answer with a page of the queue."""
        question = _query.read_question(request.query_params)
        return page_answer(await self._desk.queue_page(self._editor_of(request), question))

    async def story(self, request: Request) -> Response:
        """Answer with the page of a story."""
        name = request.path_params["name"]
        return page_answer(await self._desk.story_page(self._editor_of(request), name))

    async def trail(self, request: Request) -> Response:
        """Answer with the page of what befell a story."""
        name = request.path_params["name"]
        return page_answer(await self._desk.trail_page(self._editor_of(request), name))

    async def neighbours(self, request: Request) -> Response:
        """Answer with the page of what a story is most like."""
        name = request.path_params["name"]
        return page_answer(await self._desk.neighbours_page(self._editor_of(request), name))

    async def edit(self, request: Request) -> Response:
        """Answer with the form in which a story is edited, or with what became of one."""
        editor, name = must_edit(self._editor_of(request)), request.path_params["name"]
        if "sent" in request.query_params:
            return await self._answer_outcome(editor, name, request.query_params["sent"])
        takes_up = "draft" in request.query_params
        return page_answer(await self._desk.edit_page(editor, name, takes_up=takes_up))

    async def _answer_outcome(self, editor: Editor, name: str, first: str) -> Response:
        """Lead on from a form whose edit is filed; else show its outcome, or that it waits."""
        sent = await self._find_actions(editor, name, first)
        if any(queued.outcome is None for queued in sent):
            answer = page_answer(await self._desk.waiting_page(editor, sent))
            answer.headers["Refresh"] = "1"  # the next answer waits for the outcome again
            return answer
        filed = [one.action for one in sent if one.outcome and one.outcome.state == "done"]
        inputs = _actions.list_inputs(filed)
        await drop_filed_drafts(self._desk.store, editor.name, name, inputs)
        if sent and len(filed) == len(sent):
            return self._lead_to_story(name)
        return page_answer(await self._desk.edit_page(editor, name, sent))

    async def _find_actions(self, editor: Editor, name: str, first: str) -> list[QueuedAction]:
        """Return the actions of a form that an editor sent, once all have an outcome or soon."""
        ids = _actions.list_edit_ids(first)
        states = await self._desk.filer.await_outcomes(ids, _OUTCOME_SECONDS)
        own = (editor.name, (name,))
        told = (states[each] for each in ids if each in states)
        return [one for one in told if (one.action.by, one.action.stories) == own]

    async def put_edit(self, request: Request) -> Response:
        """File the edits of a story's form; redirect to the page that shows their outcome."""
        editor, name = must_edit(self._editor_of(request)), request.path_params["name"]
        fields, store = await read_form(request), self._desk.store
        was, _ = _actions.read_versions(fields)
        typed = draft_form(name, dict(fields), _actions.list_texts(was), now())
        await keep_drafts(store, editor.name, typed)
        actions = _actions.read_edit(name, fields, editor.name, now())
        if not actions:
            await drop_filed_drafts(store, editor.name, name, dict(fields))
            return self._lead_to_story(name)
        known = await asyncio.to_thread(store.actions.state, [one.id for one in actions])
        if _actions.has_other_values(actions, [queued.action for queued in known.values()]):
            actions = _actions.name_anew(actions)
        await self._desk.put(actions)
        return RedirectResponse(link_edit(self._desk.path, actions[0]), 303)

    def _lead_to_story(self, name: str) -> Response:
        return RedirectResponse(f"{self._desk.path}story/{quote(name, safe='')}/", 303)

    async def drops(self, request: Request) -> Response:
        """Answer with what rounds dropped."""
        question = read_drop_question(request.query_params)
        return page_answer(await self._desk.drops_page(self._editor_of(request), question))

    async def today(self, request: Request) -> Response:
        """Answer with what this editor did."""
        return page_answer(await self._desk.today_page(self._editor_of(request)))

    async def rows(self, request: Request) -> Response:
        """Answer with the rows of some events, or of those that some stories belong to, alone."""
        asked = request.query_params
        events = asked.getlist("event")[:_MOST_ROWS]
        names = asked.getlist("story")[:_MOST_ROWS]
        rows = await self._desk.rows(self._editor_of(request), events, names)
        return Response(rows, media_type="text/html", headers=NEVER_KEPT)

    async def versions(self, request: Request) -> Response:
        """Answer with the versions of a question's rows, and of those that a page shows still."""
        asked = request.query_params
        shown = asked.getlist("event")[:_MOST_ROWS]
        versions = await self._desk.versions(_query.read_question(asked), shown)
        return JSONResponse(versions, headers=NEVER_KEPT)

    async def put_actions(self, request: Request) -> Response:
        """Keep actions that a script sends; they are on the disk before this answers."""
        editor = must_edit(self._editor_of(request))
        actions = _actions.read_json(await read_body(request), editor.name, now())
        await self._desk.put(actions)
        return JSONResponse({"kept": [action.id for action in actions]}, 202, NEVER_KEPT)

    async def list_actions(self, request: Request) -> Response:
        """Answer with what has become of this editor's actions of the last day."""
        done = await self._desk.list_actions_since(
            self._editor_of(request), now() - timedelta(days=1)
        )
        return JSONResponse([describe(queued) for queued in done], headers=NEVER_KEPT)

    async def put_form(self, request: Request) -> Response:
        """Keep the actions of a form, and lead back to where it was sent from."""
        editor = must_edit(self._editor_of(request))
        fields = [(name, value) for name, value in await read_form(request) if value]
        await self._desk.put(_actions.read_form(fields, editor.name, now()))
        return RedirectResponse(self._desk.own_page(dict(fields).get("return", "")), 303)

    async def put_view(self, request: Request) -> Response:
        """Keep a question under a name, or forget it, and lead to it."""
        form = dict(await read_form(request))
        query = "" if "forget" in form else form.get("query", "")
        await self._desk.save_view(self._editor_of(request), form.get("name", ""), query)
        return RedirectResponse(f"{self._desk.path}?{form.get('query', '')}".rstrip("?"), 303)

    async def put_presence(self, request: Request) -> Response:
        """Take in which story an editor stands on, and tell everybody."""
        name = self._editor_of(request).name
        self._presence.note(await read_body(request), name, now())
        self._desk.broadcast.tell("presence", {"there": self._presence.list_all()})
        return Response(status_code=204)

    async def events(self, request: Request) -> Response:
        """Answer with a stream of what happens."""
        self._tasks.add(task := asyncio.create_task(self._desk.filer.prepare()))
        task.add_done_callback(self._tasks.discard)
        stream = self._desk.broadcast.stream()
        headers = {**NEVER_KEPT, "X-Accel-Buffering": "no"}
        return StreamingResponse(stream, media_type="text/event-stream", headers=headers)

    async def picture(self, request: Request) -> Response:
        """Answer with a picture of the album."""
        file = await self._desk.picture(request.path_params["name"])
        if file is None:
            return Response(status_code=404)
        kind = "image/jpeg" if file.suffix == ".jpg" else "image/webp"
        return FileResponse(file, media_type=kind, headers=_FOR_EVER)

    async def asset(self, request: Request) -> Response:
        """Answer with the style sheet or the script."""
        file = self._assets.get(request.path_params["name"])
        if file is None:
            return Response(status_code=404)
        return FileResponse(file, media_type=_TYPES[file.suffix], headers=_FOR_EVER)
