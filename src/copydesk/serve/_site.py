"""Answer requests for files of the site: complete, a byte range, gzipped, or 304 (RFC 9110)."""

from __future__ import annotations

import asyncio
import base64
import calendar
import gzip
import hashlib
import math
import os
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from email.utils import formatdate, parsedate
from html import escape
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from copydesk.kit import files, tables
from copydesk.newsroom.reports import RoundStatus
from copydesk.serve._clients import PageShelf

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
        if may_be_packed(headers, path, stat.st_size):
            answer = _answer_with_gzip(method, headers, opened, packed)
        else:
            answer = _answer_plain(method, headers, opened)
    except BaseException:
        file.close()
        raise
    if answer.file is None:
        file.close()
    return answer


def _answer_with_gzip(
    method: str, headers: Headers, opened: _OpenFile, packed: PackedTexts
) -> FileAnswer:
    plain, opened = opened, replace(opened, tag=f"{opened.tag}-gzip")
    if _is_known(headers, opened):
        return FileAnswer(status=304, headers=opened.validators)
    body = packed.pack(plain.path, plain.tag, plain.file)
    described = {"Content-Encoding": "gzip", "Content-Length": str(len(body))}
    shown = b"" if method == "HEAD" else body
    return FileAnswer(status=200, headers=opened.validators | described, body=shown)


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


# Serve the files of the built site over HTTP.

NO_STORE = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}  # of no file
SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
_COUNTED = re.compile(r"/*(news|newsletter)/([^/]+)/(?:index\.html)?")
# The names of pictures are hashes of their content. Cards are fetched by the servers of all who
# follow an account that links to a page: a shared cache answers them.
_CACHING = {"pictures": "public, max-age=31536000, immutable", "cards": "public, max-age=300"}
_ASK_AGAIN = "no-cache"  # browsers revalidate a page, and mostly get a 304
_CHUNK = 1 << 18  # bytes


def nothing_is_gone(_: str) -> bool:
    """Return False, so that no URL counts as gone (410). It is the default of `is_gone`."""
    return False


def nobody_counts(_scope: Scope, _shelf: PageShelf, _name: str) -> None:
    """Ignore a page view. It is the default of `count_view`."""


class Site:
    """An ASGI app that serves the files below a folder, the web root, and no others.

    The pages link to each other below the site's own path (`prefix`), which is no folder of the web
    root: it is removed from the requested path. If there is no file, `is_gone` decides by the path
    ("news/2026/wall", no slash at either end) whether one was there and was removed for good: then
    the answer is 410. It is called in a thread. `count_view` is called for each complete answer
    with a page of a story or of a newsletter issue, with the request's scope and the name.
    `first_page` answers for missing files while there is no site at all.
    """

    def __init__(
        self,
        root: Path,
        prefix: str,
        is_gone: Callable[[str], bool] = nothing_is_gone,
        count_view: Callable[[Scope, PageShelf, str], None] = nobody_counts,
        first_page: Callable[[], FileAnswer] | None = None,
    ) -> None:
        self._root = root
        self._prefix = prefix.strip("/")
        self._is_gone = is_gone
        self._count_view = count_view
        self._first_page = first_page
        self._packed = PackedTexts()

    @property
    def path(self) -> str:
        """Return the URL path of the site without a final slash: "/coast", or "" at the root."""
        return f"/{self._prefix}" if self._prefix else ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the requested file, the folder's index page, or the site's own 404 page."""
        method = scope["method"]
        if method not in {"GET", "HEAD"}:
            await _refuse_method()(scope, receive, send)
            return
        path = scope["path"]
        asked = self._take_prefix_off(path.removeprefix("/"))
        answer = await asyncio.to_thread(self._answer, method, Headers(scope=scope), path, asked)
        counted = _COUNTED.fullmatch(asked)
        if answer.status == 200 and counted is not None:
            self._count_view(scope, "news" if counted[1] == "news" else "newsletter", counted[2])
        await _send(answer, send)

    def has_front_page(self) -> bool:
        """Return whether the site's front page is there and can be read."""
        try:
            return bool((self._root / "index.html").read_bytes())
        except OSError:
            return False

    def _answer(self, method: str, headers: Headers, path: str, asked: str) -> FileAnswer:
        """Return the response with the requested file. Reading the file blocks."""
        file = self._find_file(asked)
        if file is None:
            return self._answer_missing(asked.strip("/"))
        if file.name == "index.html" and not path.endswith(("/", "/index.html")):
            words = b"301: Moved Permanently"
            return _answer_words(301, words, {"Location": self._address(file.parent)})
        try:
            answer = answer_file(method, headers, file, self._packed)
        except OSError:  # it was deleted this moment
            return self._answer_missing(asked.strip("/"))
        return replace(answer, headers={**self._describe(file), **answer.headers})

    def _describe(self, path: Path) -> dict[str, str]:
        """Return a file's response headers that are the same with and without gzip."""
        folder = path.relative_to(self._root.resolve()).parts[0]
        return {
            **SECURITY,
            "Cache-Control": _CACHING.get(folder, _ASK_AGAIN),
            "Content-Type": files.media_type(path.name),
            **({"Vary": "Accept-Encoding"} if varies(path) else {}),
        }

    def _address(self, folder: Path) -> str:
        """Return the URL of a folder, made from its path on disk and not from the request."""
        inside = folder.relative_to(self._root.resolve()).parts
        return "/" + "".join(f"{quote(part)}/" for part in (self._prefix, *inside) if part)

    def _take_prefix_off(self, asked: str) -> str:
        if asked == self._prefix:
            return ""
        return asked.removeprefix(f"{self._prefix}/") if self._prefix else asked

    def _find_file(self, asked: str) -> Path | None:
        root = self._root.resolve()
        try:
            path = (root / asked.lstrip("/")).resolve()
            if not path.is_relative_to(root) or _is_hidden(path.relative_to(root)):
                return None
            if path.is_dir():
                indexes = (path / name for name in ("index.html", "index.json"))
                return next((index for index in indexes if index.is_file()), None)
            return path if path.is_file() else None
        except (OSError, ValueError):  # for example a name too long, or a NUL byte
            return None

    def _answer_missing(self, asked: str) -> FileAnswer:
        if self._first_page is not None and not (self._root / "index.html").exists():
            return self._first_page()
        is_gone = self._is_gone(asked)
        status = 410 if is_gone else 404
        page = self._find_file("404.html")
        try:
            if page is not None:
                kind = {"Content-Type": "text/html; charset=utf-8"}
                return _answer_words(status, page.read_bytes(), {**SECURITY, **kind})
        except OSError:  # it was deleted this moment
            pass
        return _answer_words(status, b"gone\n" if is_gone else b"not found\n", SECURITY)


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _refuse_method() -> Response:
    headers = {"Allow": "GET,HEAD"}
    return Response("405: Method Not Allowed", 405, headers, media_type="text/plain")


def _answer_words(status: int, words: bytes, headers: Mapping[str, str]) -> FileAnswer:
    described = {"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(words))}
    return FileAnswer(status=status, headers={**described, **headers}, body=words)


async def _send(answer: FileAnswer, send: Send) -> None:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in answer.headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    if answer.file is None:
        await send({"type": "http.response.body", "body": answer.body})
        return
    left = answer.length
    try:
        while left > 0:
            chunk = await asyncio.to_thread(answer.file.read, min(left, _CHUNK))
            if not chunk:  # the file was truncated; the connection will be closed
                break
            left -= len(chunk)
            await send({"type": "http.response.body", "body": chunk, "more_body": left > 0})
    finally:
        answer.file.close()


# The placeholder page that is shown until the first round of fetching has built the site.

_LOOK_SECONDS = 2
_STYLE = tables.load_text(__package__, "first_page.css")
_POLICY = (
    "default-src 'none'; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_STAGES = {
    "": "The run is starting.",
    "sources": "The sources are being fetched.",
    "pages": "The listed articles are being fetched.",
    "looks": "Saved pages are being checked for changes.",
    "pictures": "Pictures are being fetched.",
    "publish": "The site is being built.",
}
_PAGE = tables.load_text(__package__, "first_page.html")


def first_page_of(
    title: str, runs_rounds: bool, read_status: Callable[[], RoundStatus | None]
) -> Callable[[], FileAnswer]:
    """Return a function that makes the placeholder page, which shows the first round's progress."""

    def answer() -> FileAnswer:
        said = _say_progress(runs_rounds, read_status())
        body = _PAGE.format(title=escape(title), style=_STYLE, said=said).encode()
        headers = {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Length": str(len(body)),
            "Content-Security-Policy": _POLICY,
            "Cache-Control": "no-store",
            "Retry-After": str(_LOOK_SECONDS),
            "Refresh": str(_LOOK_SECONDS),
        }
        return FileAnswer(status=503, headers=headers, body=body)

    return answer


def _say_progress(runs_rounds: bool, status: RoundStatus | None) -> str:
    if status is not None and status.is_at_work:
        about = _STAGES.get(status.stage, "")
        how_far = f" Done: {status.done:,} of {status.total:,}." if status.total else ""
        return f"<p>The first run is in progress. {about}{how_far}</p>\n{_draw_bar(status)}"
    if not runs_rounds:
        return (
            "<p>There is no site yet, and no sources are fetched, because "
            "<code>[fetch] contact</code> is not set in <code>beat.toml</code>.</p>"
        )
    if status is not None and not status.complete:
        return (
            "<p>There is no site yet. The last run was interrupted; the next run continues it. "
            "The terminal or log of <code>copydesk serve</code> shows the error.</p>"
        )
    return "<p>There is no site yet. The first run starts in a moment.</p>"


def _draw_bar(status: RoundStatus) -> str:
    if not status.total:
        return '<progress aria-label="Progress"></progress>'
    done = min(status.done, status.total)
    return f'<progress aria-label="Progress" max="{status.total}" value="{done}"></progress>'
