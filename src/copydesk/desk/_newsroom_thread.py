"""Use a newsroom folder (all files of one site) in a thread, so the event loop never waits."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar, TypeVarTuple
from urllib.parse import parse_qsl

from copydesk import newsroom as newsroom_room
from copydesk.desk_store import DeskStore
from copydesk.desk_store.drafts import SavedView
from copydesk.editing import applying
from copydesk.editing import queue as queue_room
from copydesk.errors import DeskStoreError, RecordError
from copydesk.kit import text
from copydesk.news import Beat
from copydesk.newsroom import checks
from copydesk.rounds import sources

_Answer = TypeVar("_Answer")
_Given = TypeVarTuple("_Given")


@dataclass(frozen=True, slots=True)
class OpenNewsroom:
    """The open newsroom folder (all files of one site), with the reader of its story queue."""

    newsroom: newsroom_room.Newsroom
    queue: queue_room.QueueReader


class NewsroomThread:
    """Keeps a newsroom folder open in a thread of its own, and runs functions there."""

    def __init__(self, root: Path, environ: Mapping[str, str], store: DeskStore) -> None:
        self._root = root
        self._environ = environ
        self._store = store
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="desk")
        self._stack = contextlib.ExitStack()
        self._opened: tuple[newsroom_room.ResidentNewsroom, queue_room.QueueReader] | None = None

    async def ask(
        self, question: Callable[[OpenNewsroom, *_Given], _Answer], *given: *_Given
    ) -> _Answer:
        """Call a function with the open newsroom folder, in its thread, and return the result.

        Raises what the function raises, ConfigError and CatalogueError.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: question(self._open_now(), *given))

    async def change(
        self, make: Callable[[newsroom_room.Newsroom, *_Given], _Answer], *given: *_Given
    ) -> _Answer:
        """Call a function that changes the newsroom folder, in another thread; return its result.

        The change may wait for the write lock; pages are answered meanwhile.
        """

        def work() -> _Answer:
            now = datetime.now(UTC)
            with newsroom_room.open_newsroom(self._root, now, self._environ) as newsroom:
                return make(newsroom, *given)

        return await asyncio.to_thread(work)

    def close(self) -> None:
        """Close the newsroom folder after the function that is running."""
        self._thread.submit(self._stack.close)
        self._thread.shutdown(wait=True)

    def _open_now(self) -> OpenNewsroom:
        now = datetime.now(UTC)
        if self._opened is None:
            self._opened = self._open(now)
        resident, reader = self._opened
        return OpenNewsroom(resident.newsroom(now), reader)

    def _open(self, now: datetime) -> tuple[newsroom_room.ResidentNewsroom, queue_room.QueueReader]:
        """Open the newsroom folder; after a failure it stays closed until the next call."""
        with contextlib.ExitStack() as stack:
            resident = newsroom_room.ResidentNewsroom(self._root, self._environ)
            stack.callback(resident.close)
            reader = queue_room.QueueReader(resident.newsroom(now))
            stack.callback(reader.close)
            reader.list_snoozes = self._store.actions.list_snoozes
            reader.follow(resident.newsroom(now))
            self._stack.enter_context(stack.pop_all())
            return resident, reader


_STALE = timedelta(minutes=1)


@dataclass(slots=True)
class SourceTroubles:
    """Counts the sources (feeds, sitemaps …) that need attention, and caches that for a minute."""

    _known: tuple[Beat, datetime, int] | None = None

    def count(self, newsroom: newsroom_room.Newsroom) -> int:
        """Return how many sources need attention; the number may be a minute old."""
        known, now = self._known, newsroom.now
        if known is None or known[0] is not newsroom.beat or not now - known[1] < _STALE:
            count = sum(row.needs_person for row in sources.check_sources(newsroom))
            known = self._known = newsroom.beat, now, count
        return known[2]


@dataclass(frozen=True, slots=True)
class Counts:
    """The numbers in the navigation of pages, such as the stories of each view of the queue.

    It is used in the newsroom's thread only. `read_question` parses the query of a URL.
    """

    opened: OpenNewsroom
    store: DeskStore
    read_question: Callable[[Mapping[str, str]], queue_room.QueueQuestion]
    troubles: SourceTroubles = field(default_factory=SourceTroubles)

    def count_views(self) -> Mapping[queue_room.QueueView, int]:
        """Return the number of stories in each view of the queue, such as the waiting ones."""
        count, newsroom = self.opened.queue.count, self.opened.newsroom
        return {
            view: count(newsroom, queue_room.QueueQuestion(view=view)) for view in queue_room.VIEWS
        }

    def count_drops(self) -> int:
        """Return how many links of the last days were found but not stored as stories."""
        return queue_room.count_drops(self.opened.newsroom)

    def count_troubled_sources(self) -> int:
        """Return how many sources (feeds, sitemaps …) need a person's attention."""
        return self.troubles.count(self.opened.newsroom)

    def advise_on_front(self) -> Mapping[str, str] | None:
        """Return a warning about the web server in front of copydesk, None if there is none."""
        newsroom = self.opened.newsroom
        found = checks.advise_on_front(newsroom.settings, newsroom.private, newsroom.now)
        if found is None:
            return None
        header = found.header if found.is_silent else ""
        return {"addresses": ", ".join(found.addresses), "line": found.line, "header": header}

    def count_own(self, editor: str) -> Sequence[tuple[SavedView, int | None]]:
        """Return an editor's saved views with their story counts, None for those not counted yet.

        The list is empty where the desk's file fails: better a page without saved views than none.
        """
        views: Sequence[SavedView] = ()
        with contextlib.suppress(DeskStoreError):
            views = self.store.saved_views.of(editor)
        questions = [self.read_question(dict(parse_qsl(view.query))) for view in views]
        counts = self.opened.queue.count_lately(self.opened.newsroom, questions)
        return list(zip(views, counts, strict=True))


def find_title(opened: OpenNewsroom, name: str, action_id: str = "") -> str:
    """Return the headline of a story, or the name of its record if that cannot be read.

    If the story is gone, its headline before the action `action_id`.
    """
    path = opened.queue.path_of(name)
    with contextlib.suppress(RecordError):
        if path is not None:
            return text.fold(opened.newsroom.archive.read(path).title) or name
    return text.fold(applying.find_former_title(opened.newsroom, action_id, name)) or name
