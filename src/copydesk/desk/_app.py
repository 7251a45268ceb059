"""The desk's web app: who answers which request. It knows HTTP, forms and JSON."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import wraps
from urllib.parse import parse_qsl, quote

import msgspec
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
from copydesk.desk._desk import Desk, now
from copydesk.desk._filer import describe
from copydesk.desk._pages import ASSETS, Editor, asset_name
from copydesk.desk._presence import Presence
from copydesk.errors import CopydeskError, RecordError, UsageError

EditorOf = Callable[[Request], Editor]
Handler = Callable[[Request], Awaitable[Response]]

_MOST_BYTES = 2_000_000  # of a request's body: 200 notes
_MOST_ROWS = 100
_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
_NEVER_KEPT = {"Cache-Control": "no-store"}
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


def make_app(desk: Desk, editor_of: EditorOf) -> Starlette:
    """Return the app of an open desk; `editor_of` says who sends a request that was let in."""
    handlers = _Handlers(desk, editor_of)
    routes = [
        Route("/", _with_errors(handlers.queue)),
        Route("/story/{name}/", _with_errors(handlers.story)),
        Route("/story/{name}/edit/", _with_errors(handlers.edit)),
        Route("/story/{name}/edit/", _with_errors(handlers.put_edit), methods=["POST"]),
        Route("/today/", _with_errors(handlers.today)),
        Route("/rows", _with_errors(handlers.rows)),
        Route("/versions", _with_errors(handlers.versions)),
        Route("/actions", _with_errors(handlers.put_actions), methods=["POST"]),
        Route("/actions", _with_errors(handlers.list_actions)),
        Route("/act", _with_errors(handlers.put_form), methods=["POST"]),
        Route("/presence", _with_errors(handlers.put_presence), methods=["POST"]),
        Route("/events", _with_errors(handlers.events)),
        Route("/picture/{name}", _with_errors(handlers.picture)),
        Route("/assets/{name}", _with_errors(handlers.asset)),
    ]
    return Starlette(routes=routes)


class _Handlers:
    """What each route does."""

    def __init__(self, desk: Desk, editor_of: EditorOf) -> None:
        self._desk = desk
        self._editor_of = editor_of
        self._presence = Presence()
        self._tasks: set[asyncio.Task[None]] = set()
        self._assets = {asset_name(file.name): file for file in ASSETS.iterdir()}

    async def queue(self, request: Request) -> Response:
        """Answer with a page of the queue."""
        question = _query.read_question(request.query_params)
        return _page(await self._desk.queue_page(self._editor_of(request), question))

    async def story(self, request: Request) -> Response:
        """Answer with the page of a story."""
        name = request.path_params["name"]
        return _page(await self._desk.story_page(self._editor_of(request), name))

    async def edit(self, request: Request) -> Response:
        """Answer with the form in which a story is edited."""
        name = request.path_params["name"]
        return _page(await self._desk.edit_page(self._must_edit(request), name))

    async def put_edit(self, request: Request) -> Response:
        """Keep what the form of a story changed, and lead to the story."""
        editor, name = self._must_edit(request), request.path_params["name"]
        fields = parse_qsl((await _read_body(request)).decode("utf-8", "replace"), True)
        actions = _actions.read_edit(name, fields, editor.name, now())
        if actions:
            await self._desk.put(actions)
        return RedirectResponse(f"{self._desk.path}story/{quote(name, safe='')}/", 303)

    async def today(self, request: Request) -> Response:
        """Answer with what this editor did."""
        return _page(await self._desk.today_page(self._editor_of(request)))

    async def rows(self, request: Request) -> Response:
        """Answer with the rows of some events, or of those that some stories belong to, alone."""
        asked = request.query_params
        events = asked.getlist("event")[:_MOST_ROWS]
        names = asked.getlist("story")[:_MOST_ROWS]
        rows = await self._desk.rows(self._editor_of(request), events, names)
        return Response(rows, media_type="text/html", headers=_NEVER_KEPT)

    async def versions(self, request: Request) -> Response:
        """Answer with the versions of a question's rows, for a page that is open."""
        question = _query.read_question(request.query_params)
        return JSONResponse(await self._desk.versions(question), headers=_NEVER_KEPT)

    async def put_actions(self, request: Request) -> Response:
        """Keep actions that a script sends; they are on the disk before this answers."""
        editor = self._must_edit(request)
        actions = _actions.read_json(await _read_body(request), editor.name, now())
        await self._desk.put(actions)
        return JSONResponse({"kept": [action.id for action in actions]}, 202, _NEVER_KEPT)

    async def list_actions(self, request: Request) -> Response:
        """Answer with what has become of this editor's actions of the last day."""
        done = await self._desk.list_actions_since(
            self._editor_of(request), now() - timedelta(days=1)
        )
        return JSONResponse([describe(queued) for queued in done], headers=_NEVER_KEPT)

    async def put_form(self, request: Request) -> Response:
        """Keep the actions of a form, and lead back to where it was sent from."""
        editor = self._must_edit(request)
        fields = parse_qsl((await _read_body(request)).decode("utf-8", "replace"))
        await self._desk.put(_actions.read_form(fields, editor.name, now()))
        return RedirectResponse(self._own_page(dict(fields).get("return", "")), 303)

    async def put_presence(self, request: Request) -> Response:
        """Take in which story an editor stands on, and tell everybody."""
        name = self._editor_of(request).name
        self._presence.note(await _read_body(request), name, now())
        self._desk.broadcast.tell("presence", {"there": self._presence.list_all()})
        return Response(status_code=204)

    async def events(self, request: Request) -> Response:
        """Answer with a stream of what happens."""
        self._tasks.add(task := asyncio.create_task(self._desk.filer.prepare()))
        task.add_done_callback(self._tasks.discard)
        stream = self._desk.broadcast.stream()
        headers = {**_NEVER_KEPT, "X-Accel-Buffering": "no"}
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

    def _must_edit(self, request: Request) -> Editor:
        editor = self._editor_of(request)
        if not editor.may_edit:
            raise UsageError("your account may look, not decide", subject=editor.name)
        return editor

    def _own_page(self, address: str) -> str:
        """Return an address on the desk that a form may lead back to, else the first page."""
        is_ours = address.startswith(self._desk.path) and not address.startswith("//")
        return address if is_ours and address.isprintable() else self._desk.path


def _page(body: bytes) -> Response:
    return Response(body, media_type="text/html", headers=_NEVER_KEPT)


def _with_errors(handler: Handler) -> Handler:
    """Let errors of ours be answers that say what is wrong and how to mend it."""

    @wraps(handler)
    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except CopydeskError as error:
            known = {UsageError: 400, RecordError: 404}
            status = known.get(type(error), 503)
            told = {"title": str(error), "detail": error.hint, "status": status}
            body = msgspec.json.encode(told)
            return Response(body, status, _NEVER_KEPT, media_type="application/problem+json")

    return answer


async def _read_body(request: Request) -> bytes:
    body = bytearray()
    async for some in request.stream():
        body += some
        if len(body) > _MOST_BYTES:
            raise UsageError("too much at once", subject=f"{_MOST_BYTES:,} bytes at most")
    return bytes(body)
