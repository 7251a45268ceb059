"""A loopback web of many hosts by name: gull.world.example, heron.world.example, and so on.

    async with Hosts() as hosts:
        hosts.at("gull", "/feed.xml", serves(b"<rss/>"))
        ... fetch hosts.url("gull", "/feed.xml") with nameservers=(hosts.names.address,) ...

Names are resolved by a name server of its own, to one of several addresses of 127.0.0.0/8 or to
[::1]; all hosts share one port (virtual hosts), a second one speaks TLS where an authority is
given. `hosts.visits` is the access log. Nothing but loopback is listened to.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import itertools
import re
import ssl
import time
import zlib
from collections.abc import Sequence
from typing import Any, cast

from world.dns import Answer, NameServer, leads_to
from world.ending import close_servers, end_tasks
from world.log import Visit
from world.tls import Authority
from world.web import Asked, Behaviour, asked_for, serves

ADDRESSES = tuple(f"127.0.{high}.{low}" for high in range(2) for low in range(2, 6))
V6 = "::1"
DOMAIN = "world.example"
_STATUS = re.compile(rb"HTTP/1\.[01] ([2-9][0-9]{2})")
_ETAG = re.compile(rb"\r\netag:\s*([^\r\n]+)", re.IGNORECASE)
_NOTED = 4_096  # bytes of an answer in which status and validator are looked for


class Kept:
    """A behaviour after which the connection stays open for the next request."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour

    async def __call__(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        await self._behaviour(asked, writer)


class _Noting:
    """A writer that remembers how the answer began, and when it was written to last."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.head = b""
        self.last = 0.0
        self._writer = writer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._writer, name)

    def write(self, data: bytes) -> None:
        if len(self.head) < _NOTED:
            self.head += data[:_NOTED]
        self.last = time.monotonic()
        self._writer.write(data)


class Hosts:
    """The web; a path without a behaviour answers 404, one with several takes turns."""

    def __init__(self, tls: Authority | None = None) -> None:
        self.names = NameServer()
        self.visits: list[Visit] = []
        self._tls = tls
        self._paths: dict[tuple[str, str], list[Behaviour]] = {}
        self._servers: list[asyncio.Server] = []
        self._open: set[asyncio.Task[None]] = set()
        self._numbers = itertools.count(1)
        self.known: set[str] = set()
        self.port = self.tls_port = 0

    async def __aenter__(self) -> Hosts:
        await self.names.__aenter__()
        self.port = await self._listen(None)
        if self._tls is not None:
            self.tls_port = await self._listen(self._tls.context())
        return self

    async def __aexit__(self, *_: object) -> None:
        await close_servers(*self._servers)
        await end_tasks(self._open)
        for server in self._servers:
            await server.wait_closed()
        await self.names.__aexit__()

    def name(self, host: str) -> str:
        """Give a host's whole name."""
        return host if "." in host else f"{host}.{DOMAIN}"

    def url(self, host: str, path: str = "/", scheme: str = "http") -> str:
        """Give the address of a path; the host's name leads here from now on."""
        self._introduce(self.name(host))
        port = self.tls_port if scheme == "https" else self.port
        return f"{scheme}://{self.name(host)}:{port}{path}"

    def at(self, host: str, path: str, *behaviours: Behaviour) -> str:
        """Say how a path of a host answers, the first time, the second, and on; give its address.

        A path of `*` is every path of the host that has no behaviour of its own.
        """
        self._paths[self.name(host), path] = list(behaviours)
        return self.url(host, path)

    def place(self, host: str, *answers: Answer) -> None:
        """Say what the name server answers for a host."""
        self.known.add(self.name(host))
        self.names.at(self.name(host), *answers)

    def of(self, host: str) -> list[Visit]:
        """Give the visits to one host, in their order."""
        return [visit for visit in self.visits if visit.host == self.name(host)]

    def _introduce(self, name: str) -> None:
        if name not in self.known:
            address = ADDRESSES[zlib.crc32(name.encode()) % len(ADDRESSES)]
            self.place(name, leads_to(address))

    async def _listen(self, tls: ssl.SSLContext | None) -> int:
        """Listen on one port of every address; give it."""
        for _ in range(20):
            port, servers = 0, []
            try:
                for address in (*ADDRESSES, V6):
                    server = await asyncio.start_server(self._serve, address, port, ssl=tls)
                    servers.append(server)
                    port = int(server.sockets[0].getsockname()[1])
            except OSError as error:
                for server in servers:
                    server.close()
                if error.errno != errno.EADDRINUSE:
                    raise
                continue
            self._servers.extend(servers)
            return port
        raise OSError(errno.EADDRINUSE, "no port is free on every address")

    async def _serve(self, reader: asyncio.StreamReader, plain: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            await self._converse(reader, plain)
        except (ConnectionError, ssl.SSLError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._open.discard(task)
            plain.close()
            with contextlib.suppress(ConnectionError, ssl.SSLError, asyncio.CancelledError):
                await plain.wait_closed()

    async def _converse(self, reader: asyncio.StreamReader, plain: asyncio.StreamWriter) -> None:
        """Answer request after request, until one hangs up."""
        connection = next(self._numbers)
        first = await reader.read(1)
        while first:
            asked = asked_for(first + await reader.readuntil(b"\r\n\r\n"))
            start = time.monotonic()
            writer = _Noting(plain)
            ahead = asyncio.ensure_future(reader.read(1))  # empty: the asker is gone
            ahead.add_done_callback(_heard)
            stays = False
            try:
                stays = await self._answer(asked, cast(asyncio.StreamWriter, writer), ahead)
            finally:
                self._note(asked, writer.head, (start, writer.last or time.monotonic()), connection)
                if not stays:
                    ahead.cancel()
            first = await ahead if stays else b""

    async def _answer(
        self, asked: Asked, writer: asyncio.StreamWriter, ahead: asyncio.Future[bytes]
    ) -> bool:
        """Behave, for as long as the asker is there; say whether the connection stays open."""
        behaviour = self._behaviour(asked)

        async def behave() -> None:
            await behaviour(asked, writer)
            await writer.drain()

        at_work = asyncio.ensure_future(behave())
        try:
            either: list[asyncio.Future[Any]] = [at_work, ahead]
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if ahead.done() and not at_work.done():
                at_work.cancel()
                return False
            await at_work
        finally:
            at_work.cancel()
        wants = asked.headers.get("connection", "").lower() != "close"
        return isinstance(behaviour, Kept) and wants

    def _behaviour(self, asked: Asked) -> Behaviour:
        for path in (asked.path, "*"):
            waiting = self._paths.get((asked.host, path))
            if waiting:
                return waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return Kept(serves(b"not here", status=404))

    def _note(self, asked: Asked, head: bytes, times: Sequence[float], connection: int) -> None:
        status, etag = _STATUS.match(head), _ETAG.search(head.partition(b"\r\n\r\n")[0])
        headers = asked.headers
        self.visits.append(
            Visit(
                host=asked.host,
                path=asked.path,
                start=times[0],
                end=times[1],
                method=asked.method,
                status=int(status[1]) if status else 0,
                connection=connection,
                conditional="if-none-match" in headers or "if-modified-since" in headers,
                etag=etag[1].decode("latin-1") if etag else "",
                agent=headers.get("user-agent", ""),
            )
        )


def _heard(ahead: asyncio.Future[bytes]) -> None:
    """Take note of a connection that broke while nobody waited for its next request."""
    if not ahead.cancelled():
        ahead.exception()
