"""More ways to answer than `world.web` has: redirects by rule, broken framing, late bytes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

from world.hosts import Kept
from world.web import Asked, Behaviour, conditional, redirects, sends, serves

PORT = b"{port}"


def stays(behaviour: Behaviour) -> Behaviour:
    """Answer so, and keep the connection for the next request."""
    return Kept(behaviour)


def local(head: bytes) -> Behaviour:
    """Send bytes in which `{port}` is the port that was asked, and hang up."""

    async def behave(_: Asked, writer: asyncio.StreamWriter) -> None:
        port = str(writer.get_extra_info("sockname")[1]).encode()
        writer.write(head.replace(PORT, port))

    return behave


def moves(target: str, status: int = 302, **headers: str) -> Behaviour:
    """Send the asker to an address; `{port}` in it is the port that was asked."""
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    head = f"HTTP/1.1 {status} Moved\r\nLocation: {target}\r\n{more}Content-Length: 0\r\n\r\n"
    return local(head.encode())


def walks(last: int, status: int = 301) -> Behaviour:
    """Send the asker from /1 to /2 and so on; at the last is a page."""

    async def behave(asked: Asked, writer: asyncio.StreamWriter) -> None:
        if not asked.path[1:].isdecimal():
            answer = serves(b"", status=404)
        elif int(asked.path[1:]) >= last:
            answer = serves(b"arrived")
        else:
            answer = redirects(f"/{int(asked.path[1:]) + 1}", status)
        await answer(asked, writer)

    return behave


def drips(head: bytes, body: bytes, pause_seconds: float) -> Behaviour:
    """Send a head at once and the body byte by byte."""

    async def behave(_: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        for byte in body:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(pause_seconds)

    return behave


def never_ends(piece: bytes) -> Behaviour:
    """Send a body in pieces for as long as somebody takes them."""

    async def behave(_: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)

    return behave


def resets(head: bytes) -> Behaviour:
    """Send a beginning and reset the connection."""

    async def behave(_: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        await writer.drain()
        await asyncio.sleep(0.02)
        writer.transport.abort()

    return behave


def hangs_up() -> Behaviour:
    """Say nothing and hang up."""
    return sends(b"")


def answers(head: str, body: bytes = b"") -> Behaviour:
    """Send a head of these lines, and a body, with nothing added."""
    return sends(head.replace("\n", "\r\n").encode("latin-1") + b"\r\n\r\n" + body)


def feed(body: bytes, **headers: str) -> Behaviour:
    """Serve a feed."""
    named: Mapping[str, str] = {name.replace("_", "-"): text for name, text in headers.items()}
    return stays(serves(body, content_type="application/rss+xml", headers=named))


def feed_with_etag(items: Iterable[str], etag: str) -> Behaviour:
    """Serve a feed of these items of RSS with a validator, 304 to whoever has it."""
    body = f"<rss version='2.0'><channel><title>So</title>{''.join(items)}</channel></rss>"
    return stays(conditional(body.encode(), etag))
