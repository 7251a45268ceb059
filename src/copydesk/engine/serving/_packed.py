"""Packed: a text of the site as a gzipped answer, to whoever takes that and asks for the whole."""

from __future__ import annotations

import asyncio
import gzip
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiohttp import web

_TEXTS = {".html", ".css", ".js", ".svg", ".xml", ".json", ".txt", ".webmanifest"}
_LEAST, _MOST = 1_000, 5_000_000  # bytes; less is one packet either way, more is no page
_LEVEL = 6
_TAKEN = re.compile(r"(?i)\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))")
# what asks for a part, or for something to be done only on conditions that a plain file answers
_APART = ("Range", "If-Range", "If-Match", "If-Unmodified-Since")


def varies(path: Path) -> bool:
    """Decide whether an answer with a file depends on what the asker can unpack."""
    return path.suffix in _TEXTS


async def pack(request: web.Request, path: Path) -> web.Response | None:
    """Answer with a file gzipped, or 304 where the asker has it; None: send it as it is."""
    headers = request.headers
    if request.method != "GET" or not varies(path) or any(name in headers for name in _APART):
        return None
    if not _TAKEN.search(headers.get("Accept-Encoding", "")):
        return None
    return await asyncio.to_thread(_answer, request, path)


def _answer(request: web.Request, path: Path) -> web.Response | None:
    from aiohttp import web

    try:
        with path.open("rb") as file:
            stat = os.fstat(file.fileno())
            if not _LEAST <= stat.st_size <= _MOST:
                return None
            tag = f"{stat.st_mtime_ns:x}-{stat.st_size:x}-gzip"
            is_known = _is_known(request, tag, stat.st_mtime)
            body = b"" if is_known else gzip.compress(file.read(), _LEVEL, mtime=0)
    except OSError:
        return None
    response = web.Response(status=304) if is_known else web.Response(body=body)
    if not is_known:
        response.headers["Content-Encoding"] = "gzip"
    response.etag = tag
    response.last_modified = stat.st_mtime
    return response


def _is_known(request: web.Request, tag: str, changed_at: float) -> bool:
    """Decide whether the asker has this very file; what names a tag is not asked for a time."""
    tags = request.if_none_match
    if tags is not None:
        return any(known.value in {tag, "*"} for known in tags)
    since = request.if_modified_since
    return since is not None and int(changed_at) <= since.timestamp()
