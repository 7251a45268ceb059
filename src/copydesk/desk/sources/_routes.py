"""Serve the pages of sources: editors see them, owners change them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from copydesk import building
from copydesk.building import channels
from copydesk.desk._desk import Desk
from copydesk.desk._http import (
    NEVER_KEPT,
    must_edit,
    page_answer,
    read_body,
    read_commit,
    read_fields,
    with_errors,
)
from copydesk.desk._newsroom_thread import Counts, OpenNewsroom
from copydesk.desk._pages import Editor, Pages
from copydesk.desk.sign_in import require_role, visitor_of
from copydesk.desk.sources._board_page import BoardState, Search, render_add, render_board
from copydesk.desk.sources._source_page import read_source_edit, render_source
from copydesk.editing import source_edits
from copydesk.errors import FeedError, FetchError, UsageError
from copydesk.news import Source
from copydesk.newsroom import Newsroom, settings
from copydesk.rounds import sources

_LOOK_AGAIN = {"Refresh": "2"}  # seconds: while a round is under way, with a script or without


def list_source_routes(desk: Desk, editor_of: Callable[[Request], Editor]) -> list[Route]:
    """Return the routes of an open desk on which sources are managed."""
    handlers = _SourceHandlers(desk, editor_of)
    posts = {
        "/sources/one/": handlers.write,
        "/sources/end": handlers.end,
        "/sources/add/": handlers.look,
        "/sources/file": handlers.file,
        "/sources/import": handlers.take_list,
        "/sources/round": handlers.begin_round,
        "/settings/undo": handlers.undo,
    }
    return [
        Route("/sources/", with_errors(handlers.show_all)),
        Route("/sources/one/", with_errors(handlers.show_one)),
        Route("/sources/add/", with_errors(handlers.show_add)),
        Route("/sources/sources.opml", with_errors(handlers.export)),
        *(Route(path, with_errors(handler), methods=["POST"]) for path, handler in posts.items()),
    ]


class _SourceHandlers:
    """Handle each route."""

    def __init__(self, desk: Desk, editor_of: Callable[[Request], Editor]) -> None:
        self._desk = desk
        self._editor_of = editor_of

    async def show_all(self, request: Request) -> Response:
        """Answer with all sources."""
        editor = must_edit(self._editor_of(request))

        def make(opened: OpenNewsroom, pages: Pages, counts: Counts) -> bytes:
            board = sources.read_source_board(opened.newsroom)
            state = self._state(request, opened)
            return render_board(pages, editor, counts, board, state)

        return await self._draw(make)

    async def show_one(self, request: Request) -> Response:
        """Answer with one source."""
        editor, url = must_edit(self._editor_of(request)), request.query_params.get("url", "")

        def make(opened: OpenNewsroom, pages: Pages, counts: Counts) -> bytes:
            board = sources.read_source_board(opened.newsroom)
            state = self._state(request, opened)
            return render_source(pages, editor, counts, (board, url), state)

        return await self._draw(make)

    async def write(self, request: Request) -> Response:
        """Commit the changes to a source, and redirect to it."""
        owner = require_role(request, "owner")
        fields, _ = await _read_form(request)
        form = dict(fields)
        url, seen, edit = form.get("url", ""), form.get("seen", ""), read_source_edit(fields)
        await self._desk.thread.change(
            lambda newsroom: source_edits.edit_source(newsroom, url, edit, owner.name, seen)
        )
        return self._lead("sources/one/", url=sources.source_address(edit.url) if edit.url else url)

    async def end(self, request: Request) -> Response:
        """End a source, and redirect to the others."""
        owner = require_role(request, "owner")
        form = dict((await _read_form(request))[0])
        url, seen = form.get("url", ""), form.get("seen", "")
        await self._desk.thread.change(
            lambda newsroom: source_edits.end_source(newsroom, url, owner.name, seen)
        )
        return self._lead("sources/")

    async def show_add(self, request: Request) -> Response:
        """Answer with the form for a URL or a list of sources."""
        require_role(request, "owner")
        asked = request.query_params
        search = Search(url=asked.get("url", ""), instead=asked.get("instead", ""))
        return await self._show_add(request, search)

    async def look(self, request: Request) -> Response:
        """Answer with the feeds at a URL, or with what a feed would bring."""
        require_role(request, "owner")
        form = dict((await _read_form(request))[0])
        url = form.get("url", "").strip()
        search = Search(url=url, instead=form.get("instead", ""))
        root = await self._desk.thread.ask(lambda opened: opened.newsroom.root)
        try:
            async with self._desk.looking:
                if form.get("do") == "preview":
                    preview = await sources.preview_list(root, url)
                    return await self._show_add(request, replace(search, preview=preview))
                lists = await sources.look_for_lists(root, url)
        except (FetchError, UsageError) as error:
            problem = "; ".join(filter(None, (error.what, error.hint)))
            return await self._show_add(request, replace(search, problem=problem))
        return await self._show_add(request, replace(search, lists=lists))

    async def file(self, request: Request) -> Response:
        """Add a source, or give one a new address."""
        owner = require_role(request, "owner")
        form = dict((await _read_form(request))[0])
        url = sources.source_address(form.get("url", ""))
        source = Source(
            url=url,
            name=form.get("name", "").strip()[:200],
            kind="listing" if form.get("kind") == "listing" else "auto",
        )
        instead = form.get("instead", "")

        def change(newsroom: Newsroom) -> settings.SettingsReport:
            if instead:
                return source_edits.move_source(newsroom, instead, source, owner.name)
            return source_edits.file_sources(newsroom, [source], owner.name)

        await self._desk.thread.change(change)
        return self._lead("sources/one/", url=url)

    async def take_list(self, request: Request) -> Response:
        """Show what an import of a list would do with each row, or import it."""
        owner = require_role(request, "owner")
        fields, data = await _read_form(request)
        form = dict(fields)
        sent = data or form.get("opml", "").encode("utf-8", "replace")
        try:
            rows = await self._desk.thread.change(
                lambda newsroom: source_edits.rehearse_import(newsroom, sent)
            )
        except (FeedError, UsageError) as error:
            return await self._show_add(request, Search(problem=str(error)))
        fresh = [row.source for row in rows if row.becomes == "new"]
        if form.get("do") != "file":
            opml = sent.decode("utf-8", "replace")
            return await self._show_add(request, Search(opml=opml, rows=rows))
        await self._desk.thread.change(
            lambda newsroom: source_edits.file_sources(newsroom, fresh, owner.name)
        )
        return self._lead("sources/")

    async def export(self, request: Request) -> Response:
        """Answer with the sources as OPML."""
        must_edit(self._editor_of(request))
        opml = await self._desk.thread.ask(lambda opened: source_edits.export_opml(opened.newsroom))
        headers = {**NEVER_KEPT, "Content-Disposition": 'attachment; filename="sources.opml"'}
        return Response(opml, media_type="text/x-opml", headers=headers)

    async def begin_round(self, request: Request) -> Response:
        """Start a round of a source or of all due ones, and redirect to it."""
        owner = require_role(request, "owner")
        url = dict((await _read_form(request))[0]).get("url", "")
        if self._desk.on_demand is None:
            hint = self._desk.why_no_rounds
            raise UsageError("no rounds are run here", subject="serve", hint=hint)
        if url:
            found = await self._desk.thread.ask(lambda opened: opened.newsroom.beat.source(url))
            if found is None:
                raise UsageError("the beat has no such source", subject=url[:200])
        self._desk.on_demand.begin(owner.name, url)
        return self._lead("sources/one/", url=url) if url else self._lead("sources/")

    async def undo(self, request: Request) -> Response:
        """Undo a commit of settings, and redirect to the editor's actions of today."""
        owner = require_role(request, "owner")
        commit = read_commit(dict((await _read_form(request))[0]))
        await self._desk.thread.change(
            lambda newsroom: settings.undo_settings(newsroom, commit, owner.name)
        )
        return self._lead("today/")

    async def _show_add(self, request: Request, search: Search) -> Response:
        editor = self._editor_of(request)
        return page_answer(
            await self._desk.draw(
                lambda _opened, pages, counts: render_add(pages, editor, counts, search)
            )
        )

    async def _draw(self, make: Callable[[OpenNewsroom, Pages, Counts], bytes]) -> Response:
        """Answer with a page; it reloads while a started round is running."""
        answer = page_answer(await self._desk.draw(make))
        demand = self._desk.on_demand
        if demand is not None and demand.last is not None and demand.last.code is None:
            answer.headers.update(_LOOK_AGAIN)
        return answer

    def _state(self, request: Request, opened: OpenNewsroom) -> BoardState:
        demand, newsroom = self._desk.on_demand, opened.newsroom
        return BoardState(
            may_write=visitor_of(request).may("owner"),
            round=demand.last if demand else None,
            runs_rounds=demand is not None,
            is_recorded=self._desk.is_recorded,
            owed=building.list_owed_pings(newsroom.memory, newsroom.now),
            owed_calls=channels.describe_owed_calls(newsroom),
        )

    def _lead(self, page: str, **query: str) -> Response:
        asked = f"?{urlencode(query)}" if query else ""
        return RedirectResponse(f"{self._desk.path}{page}{asked}", 303)


async def _read_form(request: Request) -> tuple[list[tuple[str, str]], bytes]:
    body = await read_body(request)
    return read_fields(body, request.headers.get("content-type", ""))
