"""Concurrency: several requests under way at once, for callers that know no event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator, Iterable
from itertools import islice
from typing import TypeVar

from copydesk.deploy.s3._client import Client

_AT_ONCE = 12

Given = TypeVar("Given")
Done = TypeVar("Done")
Work = Callable[[Client, Given], Coroutine[None, None, Done]]


def work_through(
    client: Client, work: Work[Given, Done], things: Iterable[Given]
) -> Generator[Done, None, None]:
    """Yield what becomes of each thing as soon as it is done.

    After a failure none is begun. Whoever leaves early, or is told to end, cuts off what is under
    way: nothing goes on while the caller has the word.
    """
    with asyncio.Runner() as runner:
        results = _results(client, work, things)
        run = runner.get_loop().run_until_complete  # once for all: Runner.run sets up signals anew
        while (batch := run(_next(results))) is not None:
            for task in batch:
                yield task.result()


async def _next(
    results: AsyncGenerator[list[asyncio.Task[Done]]],
) -> list[asyncio.Task[Done]] | None:
    """Return what comes next; asked for inside of the loop, which then closes what is left over."""
    return await anext(results, None)


async def _results(
    client: Client, work: Work[Given, Done], things: Iterable[Given]
) -> AsyncGenerator[list[asyncio.Task[Done]]]:
    """Yield tasks that are done, those that failed at last."""
    waiting = iter(things)
    under_way: set[asyncio.Task[Done]] = set()
    async with client:
        try:
            while True:
                begun = islice(waiting, _AT_ONCE - len(under_way))
                under_way |= {asyncio.create_task(work(client, thing)) for thing in begun}
                if not under_way:
                    return
                done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                yield sorted(done, key=lambda task: task.exception() is not None)
        finally:
            for task in under_way:
                task.cancel()
