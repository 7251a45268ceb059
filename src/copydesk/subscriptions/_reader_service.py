"""What answers visits: the store, opened once, asked in a thread, by one visit at a time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from starlette.responses import PlainTextResponse, Response

from copydesk import engine
from copydesk.errors import CopydeskError, MailStoreError, PublishError
from copydesk.subscriptions._pages import ReaderPages
from copydesk.subscriptions._turns import Lane, NoPlaceError, Path, Turns
from copydesk.subscriptions._visit import Answer, Sent, Visit

Say = Callable[[str], None]
ReadNewsroom = Callable[[], engine.Newsroom]
_Value = TypeVar("_Value")

_RETRY_SECONDS = 10  # after which a request may come again that found no place
_CROWDED = b"too many requests at the moment: please try again in a minute\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class _MadePages:
    """Pages, and what they were made by."""

    settings: object
    theme: engine.Mark
    pages: ReaderPages


class ReaderService:
    """Answer visits of readers until it is closed; where the file fails, with a page that says so.

    `read_newsroom` returns the newsroom as of now; it is called in a thread. A file that could not
    be opened is tried again by the next visit, so that mending it needs no restart. Whoever is
    refused in a flood gets one page that was made beforehand: making it costs nothing then.
    """

    def __init__(self, read_newsroom: ReadNewsroom, say: Say) -> None:
        self.read_newsroom = read_newsroom
        self._say = say
        self._said = ""
        self._turns = Turns()
        # not the threads that others share: work that queues there would come before who leaves
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="reader-pages")
        self._stack = contextlib.ExitStack()
        self._store: engine.MailStore | None = None
        self._made: _MadePages | None = None
        self._crowded, self._crowded_type = _CROWDED, "text/plain"

    async def open(self) -> None:
        """Open the store; where that fails, the operator is told and visits try again."""
        await self._work(self._prepare)

    async def close(self) -> None:
        """Close the store after the visit that is being answered."""
        await self._work(self._stack.close)
        self._thread.shutdown(wait=False)

    async def answer(self, answer: Answer, sent: Sent) -> Response:
        """Return the answer to what was sent, once it is the turn of its network."""
        path = engine.list_networks(sent.client)
        return await self._take_turn("others", path, lambda: self._answer(answer, sent))

    async def answer_first(self, answer: Answer, sent: Sent) -> Response:
        """Return the answer to a visit by a link to leave, before all others.

        Only a link that was signed here goes first, and not for ever: see `Turns.may_go_first`.
        """
        way_out = engine.recognize_way_out(self._store, sent.token) if self._store else ""
        link = f"{'POST' if sent.method == 'POST' else 'GET'} {way_out}"
        if not way_out or not self._turns.may_go_first(link):
            return await self.answer(answer, sent)
        return await self._take_turn("leaving", (link,), lambda: self._answer(answer, sent))

    async def show(self, make: Callable[[ReaderPages], Response], client: str) -> Response:
        """Return a page that needs nothing of what is kept."""
        path = engine.list_networks(client)
        return await self._take_turn("others", path, lambda: make(self._make_pages()))

    async def _take_turn(self, lane: Lane, path: Path, work: Callable[[], Response]) -> Response:
        try:
            async with self._turns.take(lane, path):
                return await self._work(work)
        except NoPlaceError:
            headers = {"Retry-After": str(_RETRY_SECONDS)}
            return Response(self._crowded, 503, headers, self._crowded_type)

    async def _work(self, work: Callable[[], _Value]) -> _Value:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _make_pages(self) -> ReaderPages:
        return self._find_pages(self.read_newsroom())

    def _answer(self, answer: Answer, sent: Sent) -> Response:
        newsroom = self.read_newsroom()
        try:
            pages = self._find_pages(newsroom)
            try:
                store = self._store or self._open(newsroom)
                store.links.learn_keys()
                made = answer(Visit(newsroom=newsroom, store=store, pages=pages, sent=sent))
            except MailStoreError as error:
                self._tell(error)
                return pages.notice("failed", status=503)
        except PublishError as error:  # a template or a word of the owner's
            self._tell(error)
            return PlainTextResponse("a page cannot be made at the moment\n", 500)
        self._said = ""
        return made

    def _find_pages(self, newsroom: engine.Newsroom) -> ReaderPages:
        """Return the pages by the settings and the theme as they are now: an owner edits both."""
        theme, made = newsroom.mark_theme(), self._made
        if made and made.settings is newsroom.settings and made.theme.still_holds(theme):
            return made.pages
        pages = ReaderPages(newsroom)
        self._made = _MadePages(settings=newsroom.settings, theme=theme, pages=pages)
        return pages

    def _prepare(self) -> None:
        self._try_to_open()
        with contextlib.suppress(PublishError):  # the first visit tells it
            self._crowded = bytes(self._make_pages().notice("crowded").body)
            self._crowded_type = "text/html"

    def _try_to_open(self) -> None:
        try:
            self._open(self.read_newsroom()).links.learn_keys()
        except MailStoreError as error:
            self._tell(error)

    def _open(self, newsroom: engine.Newsroom) -> engine.MailStore:
        self._store = self._stack.enter_context(engine.open_readers(newsroom))
        return self._store

    def _tell(self, error: CopydeskError) -> None:
        """Tell the operator what is wrong, once for as long as it is the same."""
        words = f"readers' pages: {error}" + (f"; {error.hint}" if error.hint else "")
        if words != self._said:
            self._said = words
            self._say(words)
