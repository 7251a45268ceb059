"""The end of a server of the tests: nobody whom it has let in is forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

_TURNS = 5  # of the loop, from a connection that is taken to the task that serves it


async def close_servers(*servers: asyncio.Server) -> None:
    """Close servers; whoever has just come in begins to be served first, and can be ended by that.

    A connection that asyncio has taken and given to no server yet when that is closed stays open.
    """
    for _ in range(_TURNS):
        await asyncio.sleep(0)
    for server in servers:
        server.close()


async def end_tasks(tasks: Collection[asyncio.Task[None]]) -> None:
    """Cancel what serves somebody, and wait until it has ended."""
    ended = list(tasks)
    for task in ended:
        task.cancel()
    await asyncio.gather(*ended, return_exceptions=True)
