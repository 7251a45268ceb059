"""The desk at work: what its routes ask, and what happens behind them while the server runs."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import parse_qsl

from copydesk import engine
from copydesk.desk import _query
from copydesk.desk._counts import Counts, SourceTroubles
from copydesk.desk._drops_page import render_drops
from copydesk.desk._newsroom_thread import NewsroomThread, OpenNewsroom
from copydesk.desk._pages import Editor, Pages, QueueAnswer
from copydesk.desk._story_pages import (
    OpenEdit,
    render_edit,
    render_neighbours,
    render_sent_edit,
    render_story,
    render_trail,
)
from copydesk.desk._today import describe_actions, describe_settings, find_title
from copydesk.desk.live import (
    Broadcast,
    Filer,
    IssuesToCome,
    PictureWishes,
    Refresh,
    Refresher,
    Trials,
)
from copydesk.desk_store import DeskStore, Draft, QueuedAction, SavedView, open_desk
from copydesk.errors import CopydeskError, RecordError
from copydesk.news import Beat, EditorAction

_RECORDED = "its web is a recording: copydesk demo runs a round of it"
_MOST_PINS = 5  # that end soon and are named above the rows
_LOOK_SECONDS = 1.0  # between two looks at the catalogue and the round


@dataclass(slots=True, kw_only=True)
class Desk:
    """An open desk of the newsroom in `root`; `path` is where it lies on its host.

    Methods ask the newsroom's thread, and raise what it raises.
    """

    path: str
    thread: NewsroomThread
    store: DeskStore
    filer: Filer
    broadcast: Broadcast
    refresher: Refresher
    pictures: PictureWishes
    read_status: Callable[[], engine.RoundStatus | None]
    trials: Trials
    issues: IssuesToCome
    # each page that is looked at has a process of its own, each picture may take 100 MB
    looking: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))
    decoding: asyncio.Lock = field(default_factory=asyncio.Lock)
    on_demand: engine.CommandOnDemand | None = field(default=None)
    rejudging: engine.CommandOnDemand | None = field(default=None)
    is_recorded: bool = False
    _pages: tuple[Beat, Pages] | None = field(default=None)
    _troubles: SourceTroubles = field(default_factory=SourceTroubles)

    @property
    def why_no_rounds(self) -> str:
        """Return what to do about it that there are no rounds on demand."""
        return _RECORDED if self.is_recorded else "set [fetch] contact in beat.toml"

    async def queue_page(self, editor: Editor, question: engine.QueueQuestion) -> bytes:
        """Return a page of the queue as HTML."""

        def answer(opened: OpenNewsroom) -> tuple[bytes, bool]:
            pages = self._pages_of(opened)
            found = QueueAnswer(
                question=question,
                page=opened.queue.page(opened.newsroom, question),
                counts=self._counts(opened),
                ending_pins=[
                    (pin, find_title(opened, pin.stories[0]))
                    for pin in engine.find_ending_pins(opened.newsroom)[:_MOST_PINS]
                ],
                choices=opened.queue.list_choices(opened.newsroom, question),
            )
            return pages.queue(editor, found), found.page.is_by_former_rules

        body, is_by_former_rules = await self.thread.ask(answer)
        if is_by_former_rules:
            self.refresher.ask()
        return body

    async def drops_page(self, editor: Editor, question: engine.DropQuestion) -> bytes:
        """Return the page of what rounds dropped."""
        return await self.draw(
            lambda opened, pages, counts: render_drops(
                pages, editor, counts, question, engine.list_drops(opened.newsroom, question)
            )
        )

    async def story_page(self, editor: Editor, name: str) -> bytes:
        """Return the page of a story; raises RecordError where there is none."""

        def answer(opened: OpenNewsroom) -> bytes:
            found = engine.read_story_page(opened.newsroom, opened.queue, name)
            return render_story(self._pages_of(opened), editor, self._counts(opened), found)

        return await self.thread.ask(answer)

    async def trail_page(self, editor: Editor, name: str) -> bytes:
        """Return the page of what befell a story; raises RecordError where there is none."""

        def make(opened: OpenNewsroom, pages: Pages, counts: Counts) -> bytes:
            seen = engine.read_queue_story(opened.newsroom, opened.queue, name)
            trail = engine.trace_story(opened.newsroom, seen.story.path)
            return render_trail(pages, editor, counts, seen, trail)

        return await self.draw(make)

    async def neighbours_page(self, editor: Editor, name: str) -> bytes:
        """Return the page of what a story is most like; raises RecordError where there is none."""

        def make(opened: OpenNewsroom, pages: Pages, counts: Counts) -> bytes:
            seen = engine.read_queue_story(opened.newsroom, opened.queue, name)
            found = engine.list_neighbours(opened.newsroom, seen.story.path)
            return render_neighbours(pages, editor, counts, seen, found)

        return await self.draw(make)

    async def edit_page(
        self,
        editor: Editor,
        name: str,
        sent: Sequence[QueuedAction] = (),
        *,
        takes_up: bool = False,
    ) -> bytes:
        """Return the form in which a story is edited; raises RecordError where there is none.

        With `takes_up` it has what the editor typed into it before. What was `sent` from it and is
        not filed is in it again, or on a page of its own where the story is gone.
        """
        drafts = await self.list_drafts(editor, name)

        def make(opened: OpenNewsroom, pages: Pages, counts: Counts) -> bytes:
            try:
                found = engine.read_story_page(opened.newsroom, opened.queue, name)
            except RecordError as error:
                if not sent:
                    raise
                return render_sent_edit(pages, editor, counts, sent, str(error))
            return render_edit(pages, editor, counts, found, OpenEdit(drafts, takes_up, sent))

        return await self.draw(make)

    async def waiting_page(self, editor: Editor, sent: Sequence[QueuedAction]) -> bytes:
        """Return the page of an edit that waits to be filed."""
        return await self.draw(
            lambda _, pages, counts: render_sent_edit(pages, editor, counts, sent)
        )

    async def draw(self, make: Callable[[OpenNewsroom, Pages, Counts], bytes]) -> bytes:
        """Return a page that is made in the newsroom's thread."""
        return await self.thread.ask(
            lambda opened: make(opened, self._pages_of(opened), self._counts(opened))
        )

    async def say(self, word: str) -> str:
        """Return a word in the site's language."""
        return await self.thread.ask(lambda opened: self._pages_of(opened).strings.say(word))

    def own_page(self, address: str, otherwise: str = "") -> str:
        """Return an address on the desk that a form may lead back to, else a page of it."""
        is_ours = address.startswith(self.path) and not address.startswith("//")
        return address if is_ours and address.isprintable() else self.path + otherwise

    async def list_drafts(self, editor: Editor, story: str) -> Sequence[Draft]:
        """Return what an editor typed into the form of a story and did not save."""
        return await asyncio.to_thread(self.store.drafts.of_story, editor.name, story)

    async def drop_drafts(self, editor: Editor, story: str) -> None:
        """Forget what an editor typed into the form of a story."""
        await asyncio.to_thread(self.store.drafts.drop, editor.name, story)

    async def problem_page(self, editor: Editor, error: CopydeskError) -> bytes:
        """Return a page that says what is wrong and how to mend it."""

        def answer(opened: OpenNewsroom) -> bytes:
            counts = self._counts(opened)
            pages = self._pages_of(opened)
            title = str(error)
            return pages.page("problem.html", editor, counts, title=title, hint=error.hint)

        return await self.thread.ask(answer)

    async def today_page(self, editor: Editor) -> bytes:
        """Return what an editor did since yesterday, the latest first, each to be taken back."""
        done = await self.list_actions_since(editor, now() - timedelta(days=1))

        def answer(opened: OpenNewsroom) -> bytes:
            pages = self._pages_of(opened)
            title = pages.strings.say("today")
            since = now() - timedelta(days=1)
            return pages.page(
                "today.html",
                editor,
                self._counts(opened),
                title=title,
                actions=describe_actions(pages, opened, done),
                settings=describe_settings(
                    pages, engine.list_settings_commits(opened.newsroom, editor.name, since)
                ),
            )

        return await self.thread.ask(answer)

    async def rows(
        self, editor: Editor, events: Collection[str], names: Collection[str] = ()
    ) -> bytes:
        """Return some events, and those of some stories, as rows of HTML by today's records."""

        def answer(opened: OpenNewsroom) -> bytes:
            of_stories = map(opened.queue.find_happening, names)
            wanted = dict.fromkeys(filter(None, [*events, *of_stories]))
            rows = opened.queue.rows(opened.newsroom, tuple(wanted))
            return self._pages_of(opened).fragments(editor, rows, self.path)

        return await self.thread.ask(answer)

    async def versions(
        self, question: engine.QueueQuestion, shown: Collection[str] = ()
    ) -> Mapping[str, object]:
        """Return which rows a question has now, each with its version, and the views' counts.

        Events that are `shown` and not among them have their versions, too.
        """

        def answer(opened: OpenNewsroom) -> Mapping[str, object]:
            page = opened.queue.page(opened.newsroom, question)
            views = self._pages_of(opened).proposals
            listed = {row.happening for row in page.rows}
            left = tuple(event for event in dict.fromkeys(shown) if event not in listed)

            def describe(rows: Iterable[engine.QueueRow]) -> Mapping[str, str]:
                return {row.happening: views.version(row, views.find_for(row)) for row in rows}

            return {
                "rows": describe(page.rows),
                "left": describe(opened.queue.rows(opened.newsroom, left)) if left else {},
                "total": page.total,
                "former_rules": page.is_by_former_rules,
                "counts": self._counts(opened).count_views(),
            }

        return await self.thread.ask(answer)

    async def find_standings(self, names: Collection[str]) -> Mapping[str, str]:
        """Return where the stories of these records stand, by their names."""
        return await self.thread.ask(
            lambda opened: opened.queue.find_standings(opened.newsroom, names)
        )

    async def picture(self, name: str) -> Path | None:
        """Return the file of a picture in the album, None where there is none."""
        return await self.thread.ask(lambda opened: engine.picture_file(opened.newsroom, name))

    async def save_view(self, editor: Editor, name: str, query: str) -> None:
        """Keep a question under a name for an editor, without a question under it no more."""
        views = self.store.saved_views
        if not query:
            await asyncio.to_thread(views.drop, editor.name, name)
            return
        asked = _query.first_page(_query.read_question(dict(parse_qsl(query))))
        view = SavedView(name=name.strip(), query=_query.write_question(asked))
        await asyncio.to_thread(views.keep, editor.name, view)

    async def put(self, actions: Sequence[EditorAction]) -> None:
        """Keep actions on the disk, and let them be filed; raises UsageError, DeskStoreError."""
        await asyncio.to_thread(self.store.actions.put, actions)
        self.filer.wake(action.id for action in actions)

    async def keep_upload(self, data: bytes) -> str:
        """Keep a picture and return its address; raises PictureError for what is none."""
        newsroom = await self.thread.ask(lambda opened: opened.newsroom)
        async with self.decoding:
            return await asyncio.to_thread(engine.keep_upload, newsroom, data)

    async def look_at(self, url: str) -> engine.PagePreview:
        """Return what a round would read at an address; raises UsageError for what is none."""
        root = await self.thread.ask(lambda opened: opened.newsroom.root)
        async with self.looking:
            return await engine.preview_page(root, url)

    async def list_actions_since(self, editor: Editor, since: datetime) -> Sequence[QueuedAction]:
        """Return what an editor did since a time, the latest first."""
        done = await asyncio.to_thread(self.store.actions.of, editor.name, since)
        return done[::-1]

    async def go_on(self) -> None:
        """File actions and tell browsers of changes until cancelled."""
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
        """Return the pages by today's settings; asked in the newsroom's thread alone."""
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
        """Tell browsers when the catalogue changed, and how the round stands."""
        version, status = None, None
        while True:
            if self.broadcast.listeners:
                with contextlib.suppress(Exception):  # said by whoever asks for a page
                    now = await self.thread.ask(lambda opened: opened.queue.version())
                    if version is not None and now != version:
                        self.broadcast.tell("changed", {})
                    version = now
                told = await asyncio.to_thread(self.read_status)
                if told != status and self._pages is not None:
                    status = told
                    words = self._pages[1].describe_round(told)
                    self.broadcast.tell("round", {"words": words})
            await asyncio.sleep(_LOOK_SECONDS)


@contextlib.asynccontextmanager
async def open_newsroom_desk(
    newsroom: engine.Newsroom, path: str, say: Callable[[str], None]
) -> AsyncIterator[Desk]:
    """Open the desk of a newsroom, with what files editors' words, for the block.

    Raises DeskStoreError where its file cannot be used: locked, damaged, of a newer version.
    """
    store = open_desk(newsroom.private)
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(contextlib.closing(store))
        starter = engine.ActionStarter(newsroom.root)
        stack.push_async_callback(starter.close)
        filer = Filer(store, starter, Broadcast(), say)
        yield await stack.enter_async_context(
            _open_desk_of(newsroom.root, os.environ, filer, path, starter.refresh_catalogue)
        )


@contextlib.asynccontextmanager
async def _open_desk_of(
    root: Path, environ: Mapping[str, str], filer: Filer, path: str, refresh: Refresh
) -> AsyncIterator[Desk]:
    """Open the desk of a newsroom for the block; `refresh` brings its catalogue up to date."""
    thread = NewsroomThread(root, environ)
    desk = Desk(
        path=path,
        thread=thread,
        store=filer.store,
        filer=filer,
        broadcast=filer.broadcast,
        refresher=Refresher(refresh),
        pictures=PictureWishes(partial(engine.make_pictures_apart, root), filer.broadcast),
        read_status=lambda: engine.read_round_status(root / ".copydesk"),
        trials=Trials(root, environ),
        issues=IssuesToCome(thread=thread, store=filer.store),
    )
    filer.find_standings = desk.find_standings
    try:
        yield desk
    finally:
        await asyncio.to_thread(desk.trials.close)
        await asyncio.to_thread(thread.close)


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)
