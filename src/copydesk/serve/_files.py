"""Answer requests for files of the site: complete, a byte range, gzipped, or 304 (RFC 9110)."""

from __future__ import annotations

import calendar
import gzip
import math
import os
import re
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from email.utils import formatdate, parsedate
from pathlib import Path
from typing import BinaryIO

from starlette.datastructures import Headers

_TAG = re.compile(r'(W/)?"([^"]*)"')
_RANGE = re.compile(r"bytes=([0-9]*)-([0-9]*)", re.IGNORECASE)
_MOST_DIGITS = 18  # no file is larger
_IN_ONE_GO = 1 << 20  # bytes; a smaller body is read before the answer begins


@dataclass(frozen=True, slots=True, kw_only=True)
class FileAnswer:
    """An HTTP response with a file: status, headers, and a body or the next `length` bytes of
    `file`.

    The receiver must read and close the file.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    file: BinaryIO | None = None
    length: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _OpenFile:
    """An open file of the site, as it was when it was opened, even if it is replaced later."""

    path: Path
    file: BinaryIO
    size: int
    changed_at: float
    tag: str

    @property
    def validators(self) -> dict[str, str]:
        """Return the ETag and Last-Modified headers of the opened file."""
        # rounded up, so that a change later in the same second is not missed
        date = formatdate(math.ceil(self.changed_at), usegmt=True)
        return {"ETag": f'"{self.tag}"', "Last-Modified": date}


def answer_file(method: str, headers: Headers, path: Path, packed: PackedTexts) -> FileAnswer:
    """Return the response to a GET or HEAD request for a file of the site. Blocks; raises
    OSError.
    """
    file = path.open("rb")
    try:
        stat = os.fstat(file.fileno())
        opened = _OpenFile(
            path=path,
            file=file,
            size=stat.st_size,
            changed_at=stat.st_mtime,
            tag=f"{stat.st_mtime_ns:x}-{stat.st_size:x}",
        )
        if method == "GET" and may_be_packed(headers, path, stat.st_size):
            answer = _answer_with_gzip(headers, opened, packed)
        else:
            answer = _answer_plain(method, headers, opened)
    except BaseException:
        file.close()
        raise
    if answer.file is None:
        file.close()
    return answer


def _answer_with_gzip(headers: Headers, opened: _OpenFile, packed: PackedTexts) -> FileAnswer:
    plain, opened = opened, replace(opened, tag=f"{opened.tag}-gzip")
    if _is_known(headers, opened):
        return FileAnswer(status=304, headers=opened.validators)
    body = packed.pack(plain.path, plain.tag, plain.file)
    described = {"Content-Encoding": "gzip", "Content-Length": str(len(body))}
    return FileAnswer(status=200, headers=opened.validators | described, body=body)


def _answer_plain(method: str, headers: Headers, opened: _OpenFile) -> FileAnswer:
    if _is_refused(headers, opened):
        return FileAnswer(status=412, headers={"Content-Length": "0"})
    if _is_known(headers, opened):
        return FileAnswer(status=304, headers=opened.validators)
    status, part, described = 200, range(opened.size), {"Accept-Ranges": "bytes"}
    asked = _find_part(headers, opened) if method == "GET" else None
    if asked is not None:
        if not asked:
            unfit = {"Content-Range": f"bytes */{opened.size}", "Content-Length": "0"}
            return FileAnswer(status=416, headers=unfit)
        status, part = 206, asked
        described["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{opened.size}"
    described |= {**opened.validators, "Content-Length": str(len(part))}
    if method == "HEAD":
        return FileAnswer(status=status, headers=described)
    opened.file.seek(part.start)
    if len(part) <= _IN_ONE_GO:
        return FileAnswer(status=status, headers=described, body=opened.file.read(len(part)))
    return FileAnswer(status=status, headers=described, file=opened.file, length=len(part))


def _is_known(headers: Headers, opened: _OpenFile) -> bool:
    """Return whether the client has this version of the file. If-None-Match counts before the
    time.
    """
    tags = headers.get("If-None-Match")
    if tags is not None:
        return tags.strip() == "*" or any(tag == opened.tag for _, tag in _TAG.findall(tags))
    since = _read_date(headers.get("If-Modified-Since", ""))
    return since is not None and opened.changed_at <= since


def _is_refused(headers: Headers, opened: _OpenFile) -> bool:
    """Return whether a precondition of the request (If-Match, If-Unmodified-Since) fails."""
    tags = headers.get("If-Match")
    if tags is not None:
        return tags.strip() != "*" and ("", opened.tag) not in _TAG.findall(tags)
    since = _read_date(headers.get("If-Unmodified-Since", ""))
    return since is not None and opened.changed_at > since


def _may_be_cut(headers: Headers, opened: _OpenFile) -> bool:
    """Return whether the header If-Range allows a partial response for this version of the file."""
    state = headers.get("If-Range")
    if state is None:
        return True
    since = _read_date(state)
    return state == f'"{opened.tag}"' if since is None else opened.changed_at <= since


def _find_part(headers: Headers, opened: _OpenFile) -> range | None:
    """Return the requested byte range; empty if it is outside the file, None for the whole file.

    Ranges in other units, with syntax errors, or more than one are ignored (RFC 9110, 14.2).
    """
    found = _RANGE.fullmatch(headers.get("Range", ""))
    if found is None or found.groups() == ("", "") or not _may_be_cut(headers, opened):
        return None
    first, last = (_read_position(digits) for digits in found.groups())
    if first is None:
        return range(max(opened.size - (last or 0), 0), opened.size)
    if last is not None and last < first:
        return None
    return range(first, opened.size if last is None else min(last + 1, opened.size))


def _read_position(digits: str) -> int | None:
    """Parse the digits of a byte position, None if there are none; huge numbers are limited."""
    return int(digits.lstrip("0")[: _MOST_DIGITS + 1] or "0") if digits else None


def _read_date(text: str) -> float | None:
    """Parse an HTTP date as seconds since 1970, None if it is invalid."""
    parsed = parsedate(text)
    try:
        return None if parsed is None else float(calendar.timegm(parsed))
    except (ValueError, OverflowError):
        return None


_TEXTS = {".html", ".css", ".js", ".svg", ".xml", ".json", ".txt", ".webmanifest"}
_LEAST, _MOST = 1_000, 5_000_000  # bytes; less fits into one packet anyway, more is no page
_LEVEL = 6
_TAKEN = re.compile(r"(?i)\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))")
# headers of range requests and of conditions that only the uncompressed file can answer
_APART = ("Range", "If-Range", "If-Match", "If-Unmodified-Since")
_KEPT_BYTES = 16 << 20


def varies(path: Path) -> bool:
    """Return whether the response with a file depends on the request's Accept-Encoding."""
    return path.suffix in _TEXTS


def may_be_packed(headers: Headers, path: Path, size: int) -> bool:
    """Return whether a file may be sent gzipped to a client with these request headers."""
    return (
        varies(path)
        and _LEAST <= size <= _MOST
        and not any(name in headers for name in _APART)
        and _TAKEN.search(headers.get("Accept-Encoding", "")) is not None
    )


class PackedTexts:
    """A cache of recently requested text files in gzipped form, at most `at_most` bytes."""

    def __init__(self, at_most: int = _KEPT_BYTES) -> None:
        self._at_most = at_most
        self._kept: OrderedDict[tuple[Path, str], bytes] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def pack(self, path: Path, tag: str, file: BinaryIO) -> bytes:
        """Return an open file in gzipped form; `tag` identifies the file's version."""
        with self._lock:
            packed = self._kept.get((path, tag))
            if packed is not None:
                self._kept.move_to_end((path, tag))
                return packed
        packed = gzip.compress(file.read(), _LEVEL, mtime=0)
        with self._lock:
            self._keep((path, tag), packed)
        return packed

    def _keep(self, key: tuple[Path, str], packed: bytes) -> None:
        self._bytes += len(packed) - len(self._kept.get(key, b""))
        self._kept[key] = packed
        while self._bytes > self._at_most:
            _, dropped = self._kept.popitem(last=False)
            self._bytes -= len(dropped)
