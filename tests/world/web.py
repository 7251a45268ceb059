"""A loopback web that misbehaves: each path answers as its behaviour says.

    async with World() as world:
        world.at("/feed.xml", serves(b"<rss/>", content_type="text/xml"))
        ... world.url("/feed.xml") ...

It listens on 127.0.0.1 only. `world.asked` holds every request that came, in order.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gzip
import ssl
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from world.ending import close_servers, end_tasks

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: Mapping[str, str]

    @property
    def host(self) -> str:
        """Give the name that was asked for, in lower case, without a port."""
        name = self.headers.get("host", "").lower()
        return name.rpartition(":")[0] if name.rpartition(":")[2].isdigit() else name


Behaviour = Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]


class World:
    """The server; a path without a behaviour answers 404, one with several takes turns."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[Asked] = []
        self._tls = tls
        self._paths: dict[str, list[Behaviour]] = {}
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> World:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        await close_servers(self._server)
        await end_tasks(self._open)
        await self._server.wait_closed()

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        """Give the address of a path, under any name that leads here."""
        scheme = "https" if self._tls else "http"
        return f"{scheme}://{host}:{self.port}{path}"

    def at(self, path: str, *behaviours: Behaviour) -> None:
        """Say how a path answers: the first time, the second, and the last from then on."""
        self._paths[path] = list(behaviours)

    def paths(self) -> list[str]:
        """Give the paths that were asked for, in order."""
        return [asked.path for asked in self.asked]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            await self._answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._open.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError, ssl.SSLError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request and hang up; a TLS greeting on a plain port gets plain HTTP."""
        first = await reader.readexactly(1)
        if first == b"\x16":
            writer.write(b"HTTP/1.1 400 Speak Up\r\n\r\n")
            return
        asked = asked_for(first + await reader.readuntil(b"\r\n\r\n"))
        self.asked.append(asked)
        waiting = self._paths.get(asked.path, [serves(b"not here", status=404)])
        behaviour = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        await behaviour(asked, writer)
        await writer.drain()


def asked_for(head: bytes) -> Asked:
    """Read the head of a request."""
    lines = head.decode("latin-1").split("\r\n")
    method, path, _ = lines[0].split(" ", 2)
    pairs = (line.split(":", 1) for line in lines[1:] if ":" in line)
    headers = {name.strip().lower(): value.strip() for name, value in pairs}
    return Asked(method=method, path=path, headers=headers)


def run(work: Callable[[World], Coroutine[Any, Any, T]], tls: ssl.SSLContext | None = None) -> T:
    """Give what `work` returns in a fresh world."""

    async def inside() -> T:
        async with World(tls) as world:
            return await work(world)

    return asyncio.run(inside())


# ---- behaviours ----


def sends(data: bytes) -> Behaviour:
    """Send exactly these bytes, HTTP or not, and hang up."""

    async def behave(_: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(data)

    return behave


def serves(
    body: bytes,
    *,
    status: int = 200,
    content_type: str = "text/html; charset=utf-8",
    headers: Mapping[str, str] | None = None,
) -> Behaviour:
    """Answer as a server should."""
    lines = {"Content-Type": content_type, "Content-Length": str(len(body)), **(headers or {})}
    head = f"HTTP/1.1 {status} So\r\n" + "".join(f"{k}: {v}\r\n" for k, v in lines.items())
    return sends(head.encode("latin-1") + b"\r\n" + body)


def redirects(target: str, status: int = 302) -> Behaviour:
    """Send the asker elsewhere."""
    return serves(b"", status=status, headers={"Location": target})


def conditional(body: bytes, etag: str) -> Behaviour:
    """Answer 304 to who knows the ETag."""

    async def behave(asked: Asked, writer: asyncio.StreamWriter) -> None:
        known = asked.headers.get("if-none-match") == etag
        headers = {"ETag": etag}
        answer = (
            serves(b"", status=304, headers=headers) if known else serves(body, headers=headers)
        )
        await answer(asked, writer)

    return behave


def packed(packed_body: bytes, coding: str) -> Behaviour:
    """Serve bytes that claim to be packed."""
    return serves(packed_body, headers={"Content-Encoding": coding})


def bombs(megabytes: int) -> Behaviour:
    """Serve some kilobytes that unpack to megabytes; they are made when they are asked for."""

    async def behave(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await packed(_pack_nothing(megabytes), "gzip")(asked, writer)

    return behave


@functools.cache
def _pack_nothing(megabytes: int) -> bytes:
    return gzip.compress(b"\0" * (megabytes << 20), mtime=0)


def promises(length: int, body: bytes) -> Behaviour:
    """Name one length and send another."""
    return serves(body, headers={"Content-Length": str(length)})


def streams(piece: bytes, megabytes: int) -> Behaviour:
    """Send a body of no stated length, as much as is taken."""

    async def behave(_: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n")
        for _piece in range((megabytes << 20) // len(piece)):
            writer.write(piece)
            await writer.drain()

    return behave


def dribbles(head: bytes) -> Behaviour:
    """Send a beginning and then a byte now and then, for ever: slow loris."""

    async def behave(_: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while True:
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(0.01)

    return behave


def stays_silent() -> Behaviour:
    """Take the request and say nothing."""

    async def behave(_: Asked, __: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    return behave
