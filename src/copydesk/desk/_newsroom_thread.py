"""The newsroom's thread: what the desk asks of files and of the catalogue, one after another."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from copydesk import engine

_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class OpenNewsroom:
    """The newsroom as of now, and who answers questions about what is filed in it."""

    newsroom: engine.Newsroom
    queue: engine.QueueReader


class NewsroomThread:
    """Keep a newsroom open in a thread, and ask it there; a loop must not wait for a disk."""

    def __init__(self, root: Path, environ: Mapping[str, str]) -> None:
        self._root = root
        self._environ = environ
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="desk")
        self._stack = contextlib.ExitStack()
        self._opened: tuple[engine.ResidentNewsroom, engine.QueueReader] | None = None

    async def ask(self, question: Callable[[OpenNewsroom], _Answer]) -> _Answer:
        """Return the answer to a question; raises what it raises, ConfigError, CatalogueError."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._answer, question)

    async def change(self, make: Callable[[engine.Newsroom], _Answer]) -> _Answer:
        """Return what a change of the newsroom's files gives, in a thread of its own.

        It may have to wait for whoever else writes; nobody's page waits with it.
        """

        def work() -> _Answer:
            now = datetime.now(UTC)
            with engine.open_newsroom(self._root, now, self._environ) as newsroom:
                return make(newsroom)

        return await asyncio.to_thread(work)

    def close(self) -> None:
        """Close the newsroom, after the question that is being answered."""
        self._thread.submit(self._stack.close)
        self._thread.shutdown(wait=True)

    def _answer(self, question: Callable[[OpenNewsroom], _Answer]) -> _Answer:
        now = datetime.now(UTC)
        if self._opened is None:
            self._opened = self._open(now)
        resident, reader = self._opened
        return question(OpenNewsroom(resident.newsroom(now), reader))

    def _open(self, now: datetime) -> tuple[engine.ResidentNewsroom, engine.QueueReader]:
        """Open the newsroom; where that fails nothing of it stays open, for it is tried again."""
        with contextlib.ExitStack() as stack:
            resident = engine.ResidentNewsroom(self._root, self._environ)
            stack.callback(resident.close)
            reader = engine.QueueReader(resident.newsroom(now))
            stack.callback(reader.close)
            reader.follow(resident.newsroom(now))
            self._stack.enter_context(stack.pop_all())
            return resident, reader
