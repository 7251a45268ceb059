"""What tests let workers do, by name; and preloads that make a worker or a scheduler hostile.

dask worker … --preload world.far_functions      does nothing
"""

from __future__ import annotations

import asyncio
import os
import signal

from copydesk.rounds import ReaderPool


async def echo(_: ReaderPool, payload: bytes, shared: bytes) -> bytes:
    """Return the payload and the shared bytes."""
    return payload + shared


async def nap(_: ReaderPool, payload: bytes, __: bytes) -> bytes:
    """Return the payload after a fifth of a second."""
    await asyncio.sleep(0.2)
    return payload


async def number(_: ReaderPool, __: bytes, ___: bytes) -> bytes:
    """Return the number of this process."""
    return b"%d" % os.getpid()


async def end(_: ReaderPool, payload: bytes, __: bytes) -> bytes:
    """Kill this process if the payload says so, else return it."""
    if payload == b"end":
        os.kill(os.getpid(), signal.SIGKILL)
    return payload


async def fail(_: ReaderPool, payload: bytes, __: bytes) -> bytes:
    """Raise an error."""
    raise ValueError(payload.decode())


async def crash(readers: ReaderPool, payload: bytes, _: bytes) -> bytes:
    """Let a parser process of this worker end in the middle of a page."""
    return await readers.call(payload.decode(), os._exit, 1)
