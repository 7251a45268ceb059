"""What answers visits: the store, opened once, asked in a thread, by one visit at a time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response

from copydesk import engine
from copydesk.errors import CopydeskError, MailStoreError, PublishError
from copydesk.subscriptions._pages import ReaderPages
from copydesk.subscriptions._visit import Answer, Sent, Visit

Say = Callable[[str], None]
ReadNewsroom = Callable[[], engine.Newsroom]

_MOST_WAITING = 64  # requests that wait for the store; what comes beyond is asked to come again


@dataclass(frozen=True, slots=True, kw_only=True)
class _MadePages:
    """Pages, and what they were made by."""

    settings: object
    theme: engine.Mark
    pages: ReaderPages


class ReaderService:
    """Answer visits of readers until it is closed; where the file fails, with a page that says so.

    `read_newsroom` returns the newsroom as of now; it is called in a thread. A file that could not
    be opened is tried again by the next visit, so that mending it needs no restart.
    """

    def __init__(self, read_newsroom: ReadNewsroom, say: Say) -> None:
        self.read_newsroom = read_newsroom
        self._say = say
        self._said = ""
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._stack = contextlib.ExitStack()
        self._store: engine.MailStore | None = None
        self._made: _MadePages | None = None

    async def open(self) -> None:
        """Open the store; where that fails, the operator is told and visits try again."""
        async with self._turn:
            await asyncio.to_thread(self._try_to_open)

    async def close(self) -> None:
        """Close the store after the visit that is being answered."""
        async with self._turn:
            await asyncio.to_thread(self._stack.close)

    async def answer(self, answer: Answer, sent: Sent) -> Response:
        """Return the answer to what was sent."""
        if self._waiting >= _MOST_WAITING:
            raise HTTPException(503, headers={"Retry-After": "10"})
        self._waiting += 1
        try:
            async with self._turn:
                return await asyncio.to_thread(self._answer, answer, sent)
        finally:
            self._waiting -= 1

    async def show(self, make: Callable[[ReaderPages], Response]) -> Response:
        """Return a page that needs nothing of what is kept."""
        return await asyncio.to_thread(lambda: make(self._find_pages(self.read_newsroom())))

    def _answer(self, answer: Answer, sent: Sent) -> Response:
        newsroom = self.read_newsroom()
        try:
            pages = self._find_pages(newsroom)
            try:
                store = self._store or self._open(newsroom)
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

    def _try_to_open(self) -> None:
        try:
            self._open(self.read_newsroom())
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
