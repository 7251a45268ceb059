"""The world as a process: thousands of feeds on thousands of hosts, for benchmarks.

    PYTHONPATH=tests python -m world.serve --feeds 10000 --hosts 3000 --log FILE
        [--changed 0.03] [--plain 0.2] [--items 20]

Prints one line of JSON when it listens: `{"nameserver": ..., "port": ..., "monotonic": ...}`.
Feed n is `http://h<n % hosts>.world.example:PORT/feeds/<n>.xml`. Lines on stdin change it: `edition
N` makes the share `--changed` of the feeds new (the others answer 304 to who knows them; the share
`--plain` has no validators, and sends its body again), `end` ends it. On SIGTERM or `end` the log
is whole. What is served is the same in every run.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import functools
import os
import signal
import sys
import time
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec

from world.dns import Answer, NameServer, leads_to
from world.hosts import ADDRESSES, DOMAIN
from world.log import Visit, line

ITEMS = 20
CLOSED = "/closed/"
_ROBOTS_ETAG = '"robots"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large the world is: feeds, the hosts that they lie on, the share that changes, the share
    without validators, the items of each feed.
    """

    feeds: int
    hosts: int
    changed: float = 0.03
    plain: float = 0.0
    items: int = ITEMS


def host_name(number: int) -> str:
    """Give the name of a host."""
    return f"h{number}.{DOMAIN}"


def feed_path(number: int) -> str:
    """Give the path of a feed."""
    return f"/feeds/{number}.xml"


def robots_text(host: int) -> str:
    """Give the robots.txt of a host: each third closes a folder to all, the others are open."""
    return f"User-agent: *\nDisallow: {CLOSED if host % 3 == 0 else ''}\n"


class Editions:
    """The feeds as they are now; edition 0 is the first."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self.edition = 0

    def version(self, number: int) -> int:
        """Give the edition in which a feed last changed."""
        if not self.edition:
            return 0
        return self.edition if _is_among(f"{number}", self.size.changed) else 0

    def etag(self, number: int) -> str:
        """Give the validator of a feed, "" if it has none."""
        is_plain = _is_among(f"plain {number}", self.size.plain)
        return "" if is_plain else f'"{number}-{self.version(number)}"'

    def body(self, number: int) -> bytes:
        """Give a feed, of whose items each edition renews two."""
        return _feed(number, self.version(number), self.size.items)


def _is_among(text: str, share: float) -> bool:
    return zlib.crc32(text.encode()) % 10_000 < share * 10_000


@functools.lru_cache(maxsize=2_000)
def _feed(number: int, version: int, count: int) -> bytes:
    first = version * 2
    items = "".join(_item(number, item) for item in range(first + count, first, -1))
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
        f"<title>Paper {number}</title><link>http://{DOMAIN}/{number}</link>{items}"
        "</channel></rss>"
    ).encode()


def _item(number: int, item: int) -> str:
    link = f"http://pages.{DOMAIN}/{number}/{item}"
    return (
        f"<item><title>Story {item} of paper {number}</title><link>{link}</link>"
        f"<guid>{link}</guid>"
        f"<pubDate>{1 + item % 28:02} Oct 2026 {item % 24:02}:00:00 GMT</pubDate>"
        f"<description>What paper {number} says of matter {item}, in a sentence or two of the usual"
        " length, so that a feed has the size that feeds have.</description></item>"
    )


class Connection(asyncio.Protocol):
    """One connection: answers request after request, and notes each."""

    _count = 0

    def __init__(self, editions: Editions, log: BinaryIO) -> None:
        Connection._count += 1
        self._number = Connection._count
        self._editions = editions
        self._log = log
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection."""
        self._transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        """Answer all requests that have come whole."""
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head, self._buffer = self._buffer[:end], self._buffer[end + 4 :]
            self._answer(head, time.monotonic())

    def _answer(self, head: bytes, start: float) -> None:
        first, _, rest = head.partition(b"\r\n")
        method, path, _ = first.decode("latin-1").split(" ", 2)
        rows = (row.partition(":") for row in rest.decode("latin-1").split("\r\n"))
        headers = {name.lower(): value.strip() for name, _, value in rows}
        known = headers.get("if-none-match", "")
        host = headers.get("host", "").partition(":")[0]
        status, etag, body = self._found(host, path, known)
        assert self._transport is not None
        end = time.monotonic()
        self._transport.write(_packed(status, etag, body))
        if headers.get("connection") == "close":
            self._transport.close()
        visit = Visit(
            host=host,
            path=path,
            start=start,
            end=end,
            method=method,
            status=status,
            connection=self._number,
            conditional=bool(known),
            etag=etag,
            agent=headers.get("user-agent", ""),
        )
        self._log.write(line(visit))

    def _found(self, host: str, path: str, known: str) -> tuple[int, str, bytes]:
        if path == "/robots.txt":
            if known == _ROBOTS_ETAG:
                return 304, known, b""
            number = host[1:].partition(".")[0]
            text = robots_text(int(number) if number.isdecimal() else 1)
            return 200, _ROBOTS_ETAG, text.encode()
        number = path.removeprefix("/feeds/").removesuffix(".xml")
        if not number.isdecimal() or int(number) >= self._editions.size.feeds:
            return 404, "", b"not here"
        etag = self._editions.etag(int(number))
        return (
            (304, etag, b"")
            if etag and known == etag
            else (200, etag, self._editions.body(int(number)))
        )


def _packed(status: int, etag: str, body: bytes) -> bytes:
    tag = f"ETag: {etag}\r\n" if etag else ""
    kind = f"Content-Type: application/rss+xml\r\nContent-Length: {len(body)}\r\n"
    return f"HTTP/1.1 {status} So\r\n{tag}{'' if status == 304 else kind}\r\n".encode() + body


async def serve(size: Size, log: BinaryIO) -> None:
    """Serve until told to end."""
    editions, loop = Editions(size), asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    servers: list[asyncio.Server] = []
    port = 0
    for address in ADDRESSES:
        server = await loop.create_server(
            lambda: Connection(editions, log), address, port, backlog=4_096
        )
        servers.append(server)
        port = int(server.sockets[0].getsockname()[1])
    async with NameServer() as names:
        for number in range(size.hosts):
            names.at(host_name(number), _place(number))
        ready = {"nameserver": names.address, "port": port, "monotonic": time.monotonic()}
        print(msgspec.json.encode(ready).decode(), flush=True)
        loop.add_reader(sys.stdin.fileno(), functools.partial(_told, editions, ended, log))
        await ended.wait()
    for server in servers:
        server.close()
    log.flush()


def _place(number: int) -> Answer:
    return leads_to(ADDRESSES[number % len(ADDRESSES)], ttl=3_600)


def _told(editions: Editions, ended: asyncio.Event, log: BinaryIO) -> None:
    """Do what a line on stdin says, and say so: what came before is in the log then."""
    text = os.read(sys.stdin.fileno(), 4_096).decode()
    for words in (row.split() for row in text.splitlines()):
        if words[:1] == ["edition"]:
            editions.edition = int(words[1])
        if words[:1] == ["end"]:
            ended.set()
        log.flush()
        print(" ".join(words), flush=True)
    if not text:
        ended.set()


def main() -> None:
    """Serve as the command line says."""
    import uvloop

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=10_000)
    parser.add_argument("--hosts", type=int, default=3_000)
    parser.add_argument("--changed", type=float, default=0.03)
    parser.add_argument("--plain", type=float, default=0.0)
    parser.add_argument("--items", type=int, default=ITEMS)
    parser.add_argument("--log", type=Path, required=True)
    chosen = parser.parse_args()
    size = Size(
        feeds=chosen.feeds,
        hosts=chosen.hosts,
        changed=chosen.changed,
        plain=chosen.plain,
        items=chosen.items,
    )
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    new_loop = uvloop.new_event_loop
    with (
        chosen.log.open("wb", buffering=1 << 20) as log,
        asyncio.Runner(loop_factory=new_loop) as runner,
    ):
        runner.run(serve(size, log))


if __name__ == "__main__":
    main()
