"""Serve the editors' web interface: its ASGI app, its routes and its background work."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from copydesk import background
from copydesk.desk._desk import Desk, Page, Visit, open_newsroom_desk
from copydesk.desk._http import NEVER_KEPT, problem_answer, status_of
from copydesk.desk._own_word_pages import OWN_WORD_PAGES
from copydesk.desk._pages import ASSETS, Editor, asset_name
from copydesk.desk._post_pages import POST_PAGES
from copydesk.desk._proposals import decide_on_proposal
from copydesk.desk._queue_routes import QUEUE_PAGES, tell_outcome
from copydesk.desk._rules import RULE_PAGES
from copydesk.desk._story_pages import STORY_PAGES
from copydesk.desk._summary_pages import SUMMARY_PAGES
from copydesk.desk.agents import open_mcp
from copydesk.desk.api import make_api
from copydesk.desk.letters import LETTER_PAGES
from copydesk.desk.mailing import MAILING_PAGES, READER_PAGES
from copydesk.desk.numbers import NUMBER_PAGES
from copydesk.desk.sign_in import Door, require_role, sign_in_app, visitor_of
from copydesk.desk.sources import ORGANIZATION_PAGES, SETTINGS_PAGES, SOURCE_PAGES
from copydesk.desk.topics import TOPIC_PAGES
from copydesk.errors import CopydeskError, DeskStoreError, RecordError, UsageError
from copydesk.newsroom import Newsroom

EditorOf = Callable[[Request], Editor]

Say = Callable[[str], None]

_OPEN_TO_PROGRAMS = (
    "any program on this machine can sign in to the desk by sending [desk] user_header; to prevent"
    " this, set the same secret in your web server and in COPYDESK_PROXY_SECRET"
)
_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedDesk:
    """The served web interface: its ASGI app, and background work that runs until cancelled."""

    app: ASGIApp
    go_on: Callable[[], Coroutine[object, object, None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDemand:
    """The commands that owners may start in the web interface: fetch stories, score them again.

    `rounds` (fetching and filing) is None where that is not allowed. `is_recorded` says that a
    recorded web is the reason.
    """

    rounds: background.CommandOnDemand | None
    rejudging: background.CommandOnDemand
    is_recorded: bool = False


@contextlib.asynccontextmanager
async def serve_desk(
    newsroom: Newsroom, door: Door, say: Say, on_demand: OnDemand
) -> AsyncIterator[ServedDesk]:
    """Open a site's editors' web interface for the block; `say` prints lines for the operator.

    Where the desk's file cannot be used (locked, damaged, of a newer version), the desk answers
    with that error, and the site is served all the same.
    """
    if door.is_open_to_programs:
        say(_OPEN_TO_PROGRAMS)
    async with contextlib.AsyncExitStack() as stack:
        try:
            opened = await stack.enter_async_context(open_newsroom_desk(newsroom, door.root, say))
        except DeskStoreError as error:
            say(f"could not start the desk (web editor): {error}; {error.hint}")
            answer = PlainTextResponse(f"{error.what}\n{error.hint}\n", 503)
            yield ServedDesk(app=answer, go_on=_wait)
            return
        opened.on_demand, opened.rejudging = on_demand.rounds, on_demand.rejudging
        opened.is_recorded = on_demand.is_recorded
        agents = await stack.enter_async_context(open_mcp(opened))
        pages = make_app(opened, _name_editors(door.host))
        api = make_api(opened, door, agents)
        app = sign_in_app(pages, opened.store, newsroom.beat, door, api)
        yield ServedDesk(app=app, go_on=opened.go_on)


def _name_editors(host: str) -> Callable[[Request], Editor]:
    """Return a function that finds the editor who sends a request; `host` is the desk's."""

    def name_editor(request: Request) -> Editor:
        visitor = visitor_of(request)
        return Editor(
            name=visitor.name,
            may_edit=visitor.may("editor"),
            is_beside_site=not host or request.url.hostname != host,
            is_owner=visitor.may("owner"),
        )

    return name_editor


async def _wait() -> None:
    await asyncio.Event().wait()


def make_app(desk: Desk, editor_of: EditorOf) -> Starlette:
    """Return the ASGI app of the pages of an open desk (the editors' web interface).

    `editor_of` returns the editor who sends a request.
    """
    problems = _Problems(desk, editor_of)
    exceptions = {CopydeskError: problems.problem, 404: problems.nothing}
    routes = [_make_route(desk, editor_of, page) for page in PAGES]
    return Starlette(routes=routes, exception_handlers=exceptions)


def _make_route(desk: Desk, editor_of: EditorOf, page: Page) -> Route:
    """Return the route of a page; a script gets an error as JSON, a browser as a page."""

    async def answer(request: Request) -> Response:
        try:
            if page.role == "owner":
                require_role(request, "owner")
            editor = editor_of(request)
            if page.role != "viewer" and not editor.may_edit:
                raise UsageError("this account has no permission to edit", subject=editor.name)
            visit = await tell_outcome(Visit(desk=desk, request=request, editor=editor))
            answered = await page.answer(visit)
        except CopydeskError as error:
            if "text/html" in request.headers.get("Accept", ""):
                raise
            return problem_answer(error)
        if visit.editor.told and visit.editor.told["waits"]:
            answered.headers["Refresh"] = "2"  # in two seconds, to look for the outcome again
        return answered

    return Route(page.path, answer, methods=[page.method])


async def show_picture(visit: Visit) -> Response:
    """Answer with a stored thumbnail of a story's picture."""
    file = await visit.desk.picture(visit.request.path_params["name"])
    if file is None:
        return Response(status_code=404)
    kind = "image/jpeg" if file.suffix == ".jpg" else "image/webp"
    return FileResponse(file, media_type=kind, headers=_FOR_EVER)


async def show_asset(visit: Visit) -> Response:
    """Answer with a style sheet, script or icon of the editors' web interface."""
    file = _list_assets().get(visit.request.path_params["name"])
    if file is None:
        return Response(status_code=404)
    return FileResponse(file, media_type=_TYPES[file.suffix], headers=_FOR_EVER)


@functools.cache
def _list_assets() -> Mapping[str, Path]:
    return {asset_name(file.name): file for file in ASSETS.iterdir()}


PAGES: tuple[Page, ...] = (
    Page("GET", "/picture/{name}", show_picture, "viewer"),
    Page("GET", "/assets/{name}", show_asset, "viewer"),
    Page("POST", "/proposal", decide_on_proposal, "editor"),
    *QUEUE_PAGES,
    *STORY_PAGES,
    *SUMMARY_PAGES,
    *OWN_WORD_PAGES,
    *NUMBER_PAGES,
    *SETTINGS_PAGES,
    *SOURCE_PAGES,
    *LETTER_PAGES,
    *READER_PAGES,  # before `/mailing/{issue}/`
    *MAILING_PAGES,
    *POST_PAGES,
    *TOPIC_PAGES,
    *ORGANIZATION_PAGES,
    *RULE_PAGES,
)


class _Problems:
    """Answers errors with a page of the web interface or with JSON."""

    def __init__(self, desk: Desk, editor_of: EditorOf) -> None:
        self._desk = desk
        self._editor_of = editor_of

    async def problem(self, request: Request, error: Exception) -> Response:
        """Answer with a page about an error. If rendering fails, answer in plain JSON."""
        assert isinstance(error, CopydeskError)
        try:
            page = await self._desk.problem_page(self._editor_of(request), error)
        except CopydeskError:
            return problem_answer(error)
        return Response(page, status_of(error), NEVER_KEPT, media_type="text/html")

    async def nothing(self, request: Request, _error: Exception) -> Response:
        """Answer a request for an unknown path with 404; a browser gets a page that links back."""
        error = RecordError("the desk has no page at this path", subject=request.url.path[:200])
        if "text/html" in request.headers.get("Accept", ""):
            return await self.problem(request, error)
        return problem_answer(error)
