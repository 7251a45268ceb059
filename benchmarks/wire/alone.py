"""aiohttp alone, the yardstick of sweep.py: conditional requests and nothing else.

    python benchmarks/wire/alone.py NAMESERVER < [[url, etag], ...]

As many at once as copydesk asks (64), one connection a host, names from the same name server,
bodies read. No robots.txt, no pause, no state. Prints the seconds from the first to the last, and
those of the processor.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import time

import aiohttp
import uvloop
from aiohttp.resolver import AsyncResolver

AT_ONCE = 64
Known = list[tuple[str, str]]


async def ask_all(known: Known, nameserver: str) -> tuple[float, float]:
    """Ask for every address; give the seconds of the wall and of the processor."""
    room = asyncio.Semaphore(AT_ONCE)
    connector = aiohttp.TCPConnector(
        limit=0,
        limit_per_host=1,
        family=socket.AF_INET,
        resolver=AsyncResolver(nameservers=[nameserver]),
    )
    async with aiohttp.ClientSession(
        connector=connector, cookie_jar=aiohttp.DummyCookieJar()
    ) as session:

        async def one(url: str, etag: str) -> None:
            headers = {"If-None-Match": etag}
            async with room, session.get(url, headers=headers) as answer:
                await answer.read()

        began, spent = time.perf_counter(), time.process_time()
        await asyncio.gather(*(one(url, etag) for url, etag in known))
        return time.perf_counter() - began, time.process_time() - spent


def main() -> None:
    """Read what is known, ask, print."""
    known: Known = json.load(sys.stdin)
    print(json.dumps(uvloop.run(ask_all(known, sys.argv[1]))))


if __name__ == "__main__":
    main()
