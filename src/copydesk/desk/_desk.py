"""Open the editors' web interface of a site: what its pages use, and its background work."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Literal, TypeVar, TypeVarTuple
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from copydesk import background, building, editing
from copydesk.desk import _query
from copydesk.desk._http import page_answer, read_form
from copydesk.desk._newsroom_thread import Counts, NewsroomThread, OpenNewsroom, SourceTroubles
from copydesk.desk._pages import Editor, Pages
from copydesk.desk._previews import IssuesToCome, Trials, Uploads
from copydesk.desk.live import Broadcast, Filer, PictureWishes, Presence, Refresher
from copydesk.desk_store import DeskStore, open_desk
from copydesk.desk_store.accounts import Role
from copydesk.desk_store.drafts import Draft
from copydesk.editing import queue
from copydesk.editing.queue import story_page
from copydesk.errors import CopydeskError
from copydesk.news import Beat, EditorAction
from copydesk.newsroom import Newsroom, reports, uploads

_Made = TypeVar("_Made")
_Given = TypeVarTuple("_Given")
_RECORDED = "this newsroom reads a recording of the web: run `copydesk demo`"
_LOOK_SECONDS = 1.0  # between two checks of the catalogue and the round


@dataclass(slots=True, kw_only=True)
class Desk:
    """The open editors' web interface of a site: its database, page renderer and background tasks.

    `path` is its URL path on its host, such as `/desk/`. Methods ask the thread that has the
    newsroom open, and raise what their question raises.
    """

    path: str
    thread: NewsroomThread
    store: DeskStore
    filer: Filer
    broadcast: Broadcast
    refresher: Refresher
    pictures: PictureWishes
    read_status: Callable[[], reports.RoundStatus | None]
    trials: Trials
    issues: IssuesToCome
    # each preview runs a process, each picture may take 100 MB
    looking: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))
    decoding: asyncio.Lock = field(default_factory=asyncio.Lock)
    on_demand: background.CommandOnDemand | None = field(default=None)
    rejudging: background.CommandOnDemand | None = field(default=None)
    is_recorded: bool = False
    presence: Presence = field(default_factory=Presence)
    uploads: Uploads = field(default_factory=Uploads)
    # explaining the front page waits for a build
    explaining: asyncio.Lock = field(default_factory=asyncio.Lock)
    front: building.FrontExplanations = field(default_factory=building.FrontExplanations)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _pages: tuple[Beat, Pages] | None = field(default=None)
    _troubles: SourceTroubles = field(default_factory=SourceTroubles)

    @property
    def why_no_rounds(self) -> str:
        """Return what an owner must do before fetching can be started in the web interface."""
        return _RECORDED if self.is_recorded else "set [fetch] contact in beat.toml"

    async def draw(
        self, editor: Editor, make: Callable[[Pages, *_Given], _Made], *given: *_Given
    ) -> _Made:
        """Return what `make` makes from an editor's pages, in the newsroom's thread."""

        def draw(opened: OpenNewsroom) -> _Made:
            pages = self._pages_of(opened).for_editor(editor, self._counts(opened))
            return make(pages, *given)

        return await self.thread.ask(draw)

    async def say(self, word: str) -> str:
        """Return a text of the web interface by its key, in the site's language."""
        return await self.thread.ask(lambda opened: self._pages_of(opened).strings.say(word))

    def own_page(self, address: str, otherwise: str = "") -> str:
        """Return `address` if it is a path of the web interface, else that of `otherwise`."""
        is_ours = address.startswith(self.path) and not address.startswith("//")
        return address if is_ours and address.isprintable() else self.path + otherwise

    async def list_drafts(self, editor: Editor, story: str) -> Sequence[Draft]:
        """Return the texts that an editor typed into a story's form and has not saved."""
        return await asyncio.to_thread(self.store.drafts.of_story, editor.name, story)

    async def drop_drafts(self, editor: Editor, story: str) -> None:
        """Delete an editor's unsaved texts for a story's form."""
        await asyncio.to_thread(self.store.drafts.drop, editor.name, story)

    async def problem_page(self, editor: Editor, error: CopydeskError) -> bytes:
        """Return a page about an error, with its hint, as HTML bytes."""
        title, hint = str(error), error.hint
        return await self.draw(
            editor, lambda pages: pages.page("problem.html", title=title, hint=hint)
        )

    async def find_standings(self, names: Collection[str]) -> Mapping[str, str]:
        """Return the status of stories as a mapping from record name to status."""
        return await self.thread.ask(
            lambda opened: opened.queue.find_standings(opened.newsroom, names)
        )

    async def picture(self, name: str) -> Path | None:
        """Return the file of a stored picture by its name, None if there is none."""
        return await self.thread.ask(lambda opened: queue.picture_file(opened.newsroom, name))

    async def put(self, actions: Sequence[EditorAction]) -> None:
        """Store editors' actions and have them carried out; raises UsageError, DeskStoreError."""
        await asyncio.to_thread(self.store.actions.put, actions)
        self.filer.wake(action.id for action in actions)

    async def keep_upload(self, data: bytes) -> str:
        """Store an uploaded picture and return its URL; raises PictureError for other data."""
        newsroom = await self.thread.ask(lambda opened: opened.newsroom)
        async with self.decoding:
            return await asyncio.to_thread(uploads.keep_upload, newsroom, data)

    async def look_at(self, url: str) -> story_page.PagePreview:
        """Fetch a web page and return the story that it would become; UsageError for a bad URL."""
        root = await self.thread.ask(lambda opened: opened.newsroom.root)
        async with self.looking:
            return await story_page.preview_page(root, url)

    async def go_on(self) -> None:
        """Carry out editors' actions and send events about changes to browsers, until cancelled."""
        parts = (self.filer.go_on(), self.refresher.go_on(), self.pictures.go_on(), self._look())
        work = [asyncio.create_task(part) for part in parts]
        try:
            await asyncio.gather(*work)
        finally:
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)
            self.broadcast.close()

    def _counts(self, opened: OpenNewsroom) -> Counts:
        return Counts(opened, self.store, _query.read_question, self._troubles)

    def _pages_of(self, opened: OpenNewsroom) -> Pages:
        """Return the page renderer for today's settings; call this in the newsroom's thread."""
        beat = opened.newsroom.beat
        if self._pages is None or self._pages[0] is not beat:
            find_proposals = self.store.proposals.of_stories
            self._pages = (
                beat,
                Pages(beat, self.path, self.read_status, self.pictures.want, find_proposals),
            )
        pages = self._pages[1]
        pages.letters = opened.newsroom.settings.letters
        return pages

    async def _look(self) -> None:
        """Send browsers an event when the stories' index or the state of a fetching run changes."""
        version, status = None, None
        while True:
            if self.broadcast.listeners:
                with contextlib.suppress(Exception):  # the next page shows the error
                    now = await self.thread.ask(
                        lambda opened: opened.queue.version(opened.newsroom)
                    )
                    if version is not None and now != version:
                        self.broadcast.tell("changed", {})
                    version = now
                told = await asyncio.to_thread(self.read_status)
                if told != status and self._pages is not None:
                    status = told
                    words = self._pages[1].describe_round(told)
                    self.broadcast.tell("round", {"words": words})
            await asyncio.sleep(_LOOK_SECONDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One HTTP request of an editor to the web interface, with its open `Desk`."""

    desk: Desk
    request: Request
    editor: Editor

    async def draw(self, make: Callable[[Pages, *_Given], bytes], *given: *_Given) -> Response:
        """Answer with the page that `make` renders in the newsroom's thread."""
        return page_answer(await self.desk.draw(self.editor, make, *given))

    async def read_form(self) -> dict[str, str]:
        """Return the fields of the sent form, each with its last value; raises UsageError."""
        return dict(await read_form(self.request))

    async def show_outcome(self, page: str, actions: Sequence[EditorAction]) -> Response:
        """Redirect to a page that shows the outcome of the actions, after a short wait for it."""
        await self.desk.filer.await_outcomes([action.id for action in actions])
        return self.redirect(self.desk.own_page(page), told=actions[0].id)

    def redirect(self, page: str = "", **query: str) -> Response:
        """Answer with a redirect to a page of the web interface: its whole path, or below it."""
        own = self.desk.own_page(page, page)
        asked = f"{'&' if '?' in own else '?'}{urlencode(query)}" if query else ""
        return RedirectResponse(f"{own}{asked}", 303)

    def show_commit(self, page: str, commit: str | None, **query: str) -> Response:
        """Redirect to a page that shows how a commit changed the settings, with an undo button."""
        return self.redirect(page, **query, changed=commit or "")


@dataclass(frozen=True, slots=True)
class Page:
    """A route of the web interface: method, path, the function that answers, the required role."""

    method: Literal["GET", "POST", "PUT"]
    path: str
    answer: Callable[[Visit], Awaitable[Response]]
    role: Role


@contextlib.asynccontextmanager
async def open_newsroom_desk(
    newsroom: Newsroom, path: str, say: Callable[[str], None]
) -> AsyncIterator[Desk]:
    """Open the editors' web interface of a newsroom (all files of one site) for the block.

    Raises DeskStoreError where its database cannot be used: locked, damaged, of a newer version.
    """
    root, environ, store = newsroom.root, os.environ, open_desk(newsroom.private)
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(contextlib.closing(store))
        starter, broadcast = background.ActionStarter(root), Broadcast()
        stack.push_async_callback(starter.close)
        thread = NewsroomThread(root, environ, store)
        stack.push_async_callback(asyncio.to_thread, thread.close)
        trials = Trials(root, environ)
        stack.push_async_callback(asyncio.to_thread, trials.close)
        desk = Desk(
            path=path,
            thread=thread,
            store=store,
            filer=Filer(store, starter, broadcast, say),
            broadcast=broadcast,
            refresher=Refresher(starter.refresh_catalogue),
            pictures=PictureWishes(partial(editing.make_pictures_apart, root), broadcast),
            read_status=lambda: reports.read_round_status(root / ".copydesk"),
            trials=trials,
            issues=IssuesToCome(thread=thread, store=store),
        )
        desk.filer.find_standings = desk.find_standings
        yield desk


def now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)
