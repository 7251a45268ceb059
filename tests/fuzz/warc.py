"""WARC files: each byte is read once; a cut file gives a RecordingError or has `trouble`."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import hashlib
import tempfile
from pathlib import Path

from copydesk.errors import RecordingError
from copydesk.fetch import Replay
from copydesk.fetch.warc import WarcPages
from copydesk.kit import urls
from copydesk.news import Request
from fuzz import mutation
from world.archives import PAGE, URL, http, numbered, pack, record

_LARGEST = 1_000_000
_FOLDER = tempfile.TemporaryDirectory(prefix="fuzz-warc-")
_PATH = Path(_FOLDER.name) / "a.warc"
_CHUNKED = http(b"4\r\nabcd\r\n0\r\n\r\n", "Transfer-Encoding: chunked")
_PACKED = http(gzip.compress(PAGE, mtime=0), "Content-Encoding: gzip")
_ODD = [record(_CHUNKED), record(_PACKED), record(b"x", kind="warcinfo")]
SEEDS = [
    pack(numbered(3)),
    pack(_ODD),
    gzip.compress(b"".join(numbered(2)), mtime=0),
    b"".join(numbered(2)),
    b"".join(_ODD),
]
mutate = mutation.unpacked(
    mutation.structured(
        mutation.WORDS,
        (
            *(b"\r\n\r\n", b"WARC/1.0\r\n", b"Content-Length: 0\r\n", b"Content-Length: -1\r\n"),
            *(b"WARC-Type: response\r\n", b"WARC-Truncated: length\r\n", b"HTTP/1.1 200 OK\r\n"),
            *(b"Transfer-Encoding: chunked\r\n", b"Content-Encoding: br\r\n", b"ffffffff\r\n"),
            *(b"WARC-Date: 2020-13-01\r\n", b"<http://[>", b"9" * 25, b"\x1f\x8b", b"(\xb5/\xfd"),
        ),
    )
)


def check(data: bytes) -> None:
    """Read the pages of an archive, of the same archive cut by a byte, and replay it."""
    trouble = _trouble_of(data)
    whole = data.rstrip(b"\0\r\n") if data.startswith(b"\x1f\x8b") else data
    if not trouble:
        assert _trouble_of(whole[:-1]), "a cut file is not told"
    _PATH.write_bytes(data)
    with contextlib.suppress(RecordingError):
        asyncio.run(Replay(_PATH).fetch(Request(url=URL)))


def _trouble_of(data: bytes) -> str:
    _PATH.write_bytes(data)
    pages = WarcPages(_PATH, largest=_LARGEST)
    last = -1
    try:
        for found in pages:
            assert last <= found.offset < len(data), "a record is read twice"
            last = found.offset
            assert len(found.page.body) <= _LARGEST
            assert urls.fetchable(found.page.url) == found.page.url
    except RecordingError as error:
        return error.what
    assert pages.length == len(data), "bytes read twice, or not at all"
    assert pages.sha256 == hashlib.sha256(data).hexdigest()
    return pages.trouble
