"""The loopback web in a thread of its own, for code that runs its own event loop."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator

from world.web import World


@contextlib.contextmanager
def world_in_background() -> Iterator[World]:
    """Give a world that answers while the block runs."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    world = World()

    def do(work: object) -> None:
        assert asyncio.iscoroutine(work)
        asyncio.run_coroutine_threadsafe(work, loop).result(10)

    do(world.__aenter__())
    try:
        yield world
    finally:
        do(world.__aexit__())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
