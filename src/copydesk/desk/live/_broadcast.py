"""Live: what happens in the newsroom, told to every open desk as server-sent events (HTML, 9.2)."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping

_PING_SECONDS = (
    15.0  # a proxy ends what is silent for a minute, and a reader that is gone is noticed
)
_MOST_BEHIND = 100  # events that one browser has not taken


class Broadcast:
    """Tell all that listen; one that takes nothing for long is cut off and comes back by itself."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[bytes | None]] = set()

    @property
    def listeners(self) -> int:
        """Return how many listen."""
        return len(self._listeners)

    def tell(self, event: str, what: Mapping[str, object]) -> None:
        """Tell everybody of an event; from the loop's own thread."""
        message = f"event: {event}\ndata: {json.dumps(what, ensure_ascii=False)}\n\n".encode()
        for listener in list(self._listeners):
            if listener.full():
                self._end(listener)
            else:
                listener.put_nowait(message)

    def close(self) -> None:
        """End every stream: the server ends."""
        for listener in list(self._listeners):
            self._end(listener)

    async def stream(self) -> AsyncIterator[bytes]:
        """Yield what is told from now on, and a comment where nothing is for a while."""
        listener: asyncio.Queue[bytes | None] = asyncio.Queue(_MOST_BEHIND)
        self._listeners.add(listener)
        try:
            yield b"retry: 2000\n\n"
            while True:
                message: bytes | None = b": nothing new\n\n"
                with contextlib.suppress(asyncio.TimeoutError):
                    message = await asyncio.wait_for(listener.get(), _PING_SECONDS)
                if message is None:
                    return
                yield message
        finally:
            self._listeners.discard(listener)

    def _end(self, listener: asyncio.Queue[bytes | None]) -> None:
        self._listeners.discard(listener)
        while not listener.empty():
            listener.get_nowait()
        listener.put_nowait(None)
