"""Refresher: the catalogue is brought up to date beside the server, by one process at a time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

_AGAIN_SECONDS = 60.0  # until another try, where one came to nothing

Refresh = Callable[[], Awaitable[int]]


class Refresher:
    """Run `refresh` when somebody asks for it, unless it runs or has just run."""

    def __init__(self, refresh: Refresh) -> None:
        self._refresh = refresh
        self._asked = asyncio.Event()

    def ask(self) -> None:
        """Have the catalogue brought up to date: a page was made by former rules."""
        self._asked.set()

    async def go_on(self) -> None:
        """Refresh whenever that is asked, until cancelled."""
        while True:
            await self._asked.wait()
            code = 1
            with contextlib.suppress(OSError):  # no process can be started
                code = await self._refresh()
            self._asked.clear()
            if code:
                await asyncio.sleep(_AGAIN_SECONDS)
