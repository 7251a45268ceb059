"""Letter hours: the letters whose hour has come are filed while the server runs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import closing

from copydesk.engine.letters import list_due_letters
from copydesk.engine.newsroom import PRIVATE, with_stores
from copydesk.engine.serving._due import Mark, NewsroomFolder
from copydesk.errors import CopydeskError
from copydesk.fetch import Clock

_EVERY_SECONDS = 15.0


class LetterHours:
    """Look often whether a letter is due, and have it filed: by `file`, in a process of its own.

    A letter that waits for so many new stories is looked at when something was committed. `turn`
    is held by whatever runs in the newsroom for this server: an issue is composed between rounds.
    """

    def __init__(
        self,
        folder: NewsroomFolder,
        clock: Clock,
        turn: asyncio.Lock,
        file: Callable[[], Awaitable[int]],
        say: Callable[[str], None],
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._turn = turn
        self._file = file
        self._say = say
        self._said = ""
        self._mark: Mark = ()

    async def go_on(self) -> None:
        """Look until cancelled; what is being filed is then ended and waited for."""
        while True:
            try:
                await self.look()
            except OSError as error:  # the machine starts no process for now, a folder went
                self._mark = ()
                self._say_once(f"letters are not filed for now: {error}")
            await self._clock.sleep(_EVERY_SECONDS)

    async def look(self) -> None:
        """File what is due; one that fails is told once, and tried again."""
        settings = await asyncio.to_thread(self._folder.settings)
        if not settings.letters:
            return
        try:
            due = await asyncio.to_thread(self._list_due)
        except CopydeskError as error:
            self._say_once(f"letters were not looked at: {error}")
            return
        if not due:
            self._said = ""
            return
        async with self._turn:
            code = await self._file()
        if code:
            self._mark = ()
            self._say_once(f"not filed: {', '.join(due)} (exit code {code}); it is tried again")

    def _list_due(self) -> list[str]:
        """List the letters that would go now; those that wait for news after a commit alone."""
        mark = self._folder.mark()
        is_changed, self._mark = mark != self._mark, mark
        with closing(self._folder.memory()) as memory:
            kept = self._folder.root / PRIVATE
            newsroom = with_stores(self._folder.last, self._clock.now(), memory, kept)
            return list_due_letters(newsroom, with_waiting=is_changed)

    def _say_once(self, what: str) -> None:
        if what != self._said:
            self._said = what
            self._say(what)
