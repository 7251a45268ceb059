"""Backlog: what was fetched and waits for a reader is bounded, so that memory is."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator


class Backlog:
    """Count the bytes that wait for a reader, and let no more come in while they are many."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held = 0
        self._room = asyncio.Event()
        self._room.set()

    async def room(self) -> None:
        """Wait until less than the limit is held."""
        await self._room.wait()

    @contextlib.contextmanager
    def holds(self, size: int) -> Iterator[None]:
        """Count these bytes for the block."""
        self._count(size)
        try:
            yield
        finally:
            self._count(-size)

    def _count(self, size: int) -> None:
        self._held += size
        if self._held < self._limit:
            self._room.set()
        else:
            self._room.clear()
