"""A host of archives: it answers Range requests as RFC 9110 asks, or in one of many wrong ways."""

from __future__ import annotations

import asyncio
import re

from world.web import Asked, Behaviour

_RANGE = re.compile(r"bytes=(\d+)-")


def archive(
    data: bytes,
    etag: str = '"1"',
    *,
    cut: int | None = None,
    obeys_range: bool = True,
    content_range: str = "bytes {start}-{end}/{total}",
    pause_seconds: float = 0.0,
) -> Behaviour:
    """Serve a file: whole, or from where the asker wants it if If-Range names this version.

    With `cut` the connection breaks after so many bytes of a body. `content_range` is what a 206
    says of itself, `etag` may be "" for none; with a pause the body comes in pieces of 1,000 bytes.
    """

    async def behave(asked: Asked, writer: asyncio.StreamWriter) -> None:
        match = _RANGE.fullmatch(asked.headers.get("range", ""))
        start = int(match[1]) if match and obeys_range else 0
        if asked.headers.get("if-range", etag) != etag:
            start = 0
        place = {"start": start, "end": len(data) - 1, "total": len(data)}
        tag = f"ETag: {etag}\r\n" if etag else ""
        if start >= len(data) > 0:
            head = f"HTTP/1.1 416 No\r\nContent-Range: bytes */{len(data)}\r\nContent-Length: 0\r\n"
            writer.write(f"{head}\r\n".encode())
            return
        status = "206 Partial Content" if start else "200 OK"
        said = f"Content-Range: {content_range.format(**place)}\r\n" if start else ""
        body = data[start:]
        head = f"HTTP/1.1 {status}\r\n{tag}{said}Content-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode())
        body = body if cut is None else body[:cut]
        step = 1_000 if pause_seconds else max(1, len(body))
        for at in range(0, len(body), step):
            writer.write(body[at : at + step])
            await writer.drain()
            await asyncio.sleep(pause_seconds)

    return behave
