"""Find archives of the web in folders and lists, and download files of many gigabytes.

    archives = await find_archives(["CC-NEWS-2020.warc.gz", "warc.paths.gz"], polite)
    answer = await Downloads(web, clock, manners=polite).fetch(archive.address, target)

A download that was interrupted goes on where it ended, at once and in the next process: what was
received is in `target.part`, and `target.part.json` says of which version of the file it is.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import urljoin, urlsplit

import msgspec

from copydesk.errors import FetchError, UsageError
from copydesk.fetch.messages import BodyError, Clock, Unpacker, is_redirect, next_hop, refusal
from copydesk.fetch.web._web import Web
from copydesk.kit import files, urls
from copydesk.news import Fetcher, Page, Refused, Request

COMMON_CRAWL = "https://data.commoncrawl.org/"
_OF_COMMON_CRAWL = "crawl-data/"  # as all paths in its lists begin
_ENDINGS = (".warc", ".warc.gz")
_LIST_BYTES = 64 * 1024 * 1024
_LIST_HINT = "give .warc or .warc.gz files, folders of them, their addresses, or lists of these"


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """A WARC file: the name of the file, and its path or, if that is None, its address."""

    name: str
    path: Path | None = None
    address: str = ""


async def find_archives(
    arguments: Iterable[str], fetcher: Fetcher, base: str = ""
) -> list[Archive]:
    """Return the archives that files, folders, addresses and lists name, in order, each once.

    A list has a path or an address in each line and may be packed by gzip, as `warc.paths.gz` of
    Common Crawl. A relative path is one below `base`, else of Common Crawl if it begins with
    `crawl-data/`, else relative to the list. Raises UsageError, or FetchError for a list that
    `fetcher` (a polite one) cannot fetch.
    """
    found: dict[str, Archive] = {}
    for argument in arguments:
        for archive in await _expand(argument, fetcher, base):
            found.setdefault(archive.address or str(archive.path), archive)
    return list(found.values())


async def _expand(argument: str, fetcher: Fetcher, base: str) -> list[Archive]:
    if "://" in argument:
        archive = _at_address(argument, argument)
        if _is_archive(archive.name):
            return [archive]
        return _read_list(await _fetch_list(archive.address, fetcher), archive.address, base)
    path = Path(argument)
    with files.explain_errors(UsageError, "could not read it", argument, _LIST_HINT):
        if not path.is_dir():
            with path.open("rb") as file:
                if _is_archive(path.name):
                    return [Archive(name=path.name, path=path)]
                return _read_list(file.read(_LIST_BYTES), argument, base)
        inside = sorted(file for file in path.rglob("*") if _is_archive(file.name))
    if not inside:
        raise _explain_list("the folder has no .warc or .warc.gz file", argument)
    return [Archive(name=file.name, path=file) for file in inside]


async def _fetch_list(address: str, fetcher: Fetcher) -> bytes:
    answer = await fetcher.fetch(Request(url=address, purpose="source"))
    if isinstance(answer, Page) and answer.status == 200:
        return answer.body
    why = answer.detail if isinstance(answer, Refused) else "no usable answer"
    raise FetchError(
        f"could not fetch the list of archives ({why})",
        subject=address,
        hint="try again later, or download the list and give its path",
    )


def _read_list(data: bytes, source: str, base: str) -> list[Archive]:
    if data.startswith(b"\x1f\x8b"):
        unpacker = Unpacker("gzip", _LIST_BYTES)
        try:
            unpacker.feed(data)
            data = unpacker.finish()
        except BodyError as error:
            what = f"could not unpack the list of archives ({error.what})"
            raise _explain_list(what, source) from error
    lines = enumerate(data.decode("utf-8", "replace").splitlines(), 1)
    return [_place(line.strip(), number, source, base) for number, line in lines if line.strip()]


def _place(line: str, number: int, source: str, base: str) -> Archive:
    """Return the archive in a line of a list."""
    if not _is_archive(urlsplit(line).path if "://" in line else line):
        what = f"line {number} of the list is no path of a .warc or .warc.gz file"
        raise _explain_list(what, source)
    if not base and line.startswith(_OF_COMMON_CRAWL):
        base = COMMON_CRAWL
    if base or "://" in line or "://" in source:
        return _at_address(urljoin(base or source, line), source)
    path = Path(source).parent / line
    return Archive(name=path.name, path=path)


def _at_address(address: str, source: str) -> Archive:
    url = urls.fetchable(address)
    if url is None:
        raise _explain_list(f"not the web address of an archive: {address[:200]}", source)
    return Archive(name=urlsplit(url).path.rpartition("/")[2], address=url)


def _explain_list(what: str, source: str) -> UsageError:
    return UsageError(what, subject=source, hint=_LIST_HINT)


def _is_archive(name: str) -> bool:
    return name.endswith(_ENDINGS)


class Manners(Protocol):
    """The rules of a newsroom for requests to a host, such as a Polite, here or in another process.

    `turn` waits until a URL may get a request, and returns why it may not. `note` gets the
    response, without a body: it may ask for a pause.
    """

    async def turn(self, url: str) -> Refused | None:
        """Wait until a URL may get one request; return why it may not."""
        ...

    def note(self, page: Page) -> None:
        """Note what a response asks of the next requests to its host."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadLimits:
    """Limits of a download: its bytes, the tries in a row that bring almost nothing, pauses."""

    most_bytes: int = 50_000_000_000
    tries: int = 8
    pause_seconds: float = 5.0  # after the first try; doubled after each further one
    longest_pause_seconds: float = 600.0  # a host that asks for more ends the download
    max_redirects: int = 10


_WORTH_A_TRY = 1_000_000  # bytes: a try that brought as many does not count
_PASSING = frozenset({"slow-down", "network", "too-slow"})


@dataclass(frozen=True, slots=True)
class Downloads:
    """Downloads files of any size through a Web, with its guard of addresses and its time limits.

    Without `manners` somebody else has asked for the turn, and may get further requests of the same
    download when the connection breaks.
    """

    web: Web
    clock: Clock
    manners: Manners | None = None
    limits: DownloadLimits = DownloadLimits()

    async def fetch(
        self, address: str, target: Path, progress: Callable[[int, int], None] | None = None
    ) -> int | Refused:
        """Download a file to a path; return its length in bytes, or why it cannot be had (now).

        The file appears under its name when all of it is there. `progress` gets the bytes received
        and those of the whole file (0: not known). Raises FetchError if it cannot be written.
        """
        part = _PartialFile(address, target, self.limits.most_bytes, progress)
        tries, best = 0, part.size
        while not part.is_whole:
            answer = await self._try(part)
            if answer is None:
                break
            tries = 1 if part.size >= best + _WORTH_A_TRY else tries + 1
            best = max(best, part.size)
            pause = self._pause(answer, tries)
            if tries >= self.limits.tries or pause is None:
                return answer
            await self.clock.sleep(pause)
        return part.finish()

    async def _try(self, part: _PartialFile) -> Refused | None:
        """Send one request and its redirects; return why the file is not whole then."""
        asked = [part.address]
        while True:
            if self.manners and (refused := await self.manners.turn(asked[-1])):
                return refused
            headers = {"Accept": "*/*", "Accept-Encoding": "identity", **part.range_headers()}
            request = Request(url=asked[-1], purpose="source", headers=headers)
            try:
                answer = await self.web.receive(request, part.begin)
            finally:
                part.close()
            if isinstance(answer, Refused):
                return answer
            if self.manners:
                self.manners.note(answer)
            if not is_redirect(answer):
                return part.judge(answer) or refusal(answer, self.clock.now())
            target = next_hop(answer, asked, self.limits.max_redirects)
            if isinstance(target, Refused):
                return target
            asked.append(target)

    def _pause(self, refused: Refused, tries: int) -> float | None:
        """Return the seconds until the next try, None if there should be none."""
        if refused.reason not in _PASSING and refused.status < 500:
            return None
        seconds = self.limits.pause_seconds * 2.0 ** (tries - 1)
        if refused.retry_at is not None:
            asked = (refused.retry_at - self.clock.now()) / timedelta(seconds=1)
            if asked > self.limits.longest_pause_seconds:
                return None
            seconds = max(seconds, asked)
        return min(seconds, self.limits.longest_pause_seconds)


class _Version(msgspec.Struct, frozen=True, kw_only=True):
    """Which version of a file at an address a part of it is; `total` is 0 if it is not known."""

    address: str
    etag: str = ""
    last_modified: str = ""
    total: int = 0

    @property
    def validator(self) -> str:
        """Return the value for If-Range: a strong ETag, else the date (RFC 9110 13.1.5)."""
        return self.last_modified if self.etag.startswith("W/") else self.etag or self.last_modified


_RANGE = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15})", re.ASCII)


class _PartialFile:
    """What was received of a file until now, in two files next to its target."""

    def __init__(
        self,
        address: str,
        target: Path,
        most_bytes: int,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self.address = address
        self.size = 0
        self._target = target
        self._most = most_bytes
        self._progress = progress
        self._path = target.with_name(f"{target.name}.part")
        self._note = target.with_name(f"{target.name}.part.json")
        self._file: BinaryIO | None = None
        self._trouble = ""
        known = files.read_json(self._note, _Version, 10_000)
        self._version = known if known and known.address == address else _Version(address=address)
        if self._version.validator:
            with contextlib.suppress(OSError):
                self.size = self._path.stat().st_size

    @property
    def is_whole(self) -> bool:
        """Return whether every byte is there, as far as the length of the file is known."""
        return 0 < self._version.total == self.size

    def range_headers(self) -> Mapping[str, str]:
        """Return the headers that ask for the rest, if the file has not changed (RFC 9110 14.2)."""
        if not self.size or not self._version.validator:
            return {}
        return {"Range": f"bytes={self.size}-", "If-Range": self._version.validator}

    def begin(self, page: Page) -> Callable[[bytes], None] | None:
        """Open the part for the body of a response, None if the body is not what was asked for."""
        self._trouble = ""
        version = _Version(
            address=self.address,
            etag=page.headers.get("etag", ""),
            last_modified=page.headers.get("last-modified", ""),
            total=_length(page),
        )
        is_rest = page.status == 206 and self._fits(version, page)
        if page.status != 200 and not is_rest:
            if page.status == 416 or 200 < page.status < 300:
                self._trouble, self.size = "the server sent not the part that was asked for", 0
            return None
        if version.total > self._most:
            raise BodyError(f"the file has more than {self._most:,} bytes", "too-big")
        with self._explain():
            if page.status == 200:
                self._version, self.size = version, 0
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._path.unlink(missing_ok=True)
                files.write_atomic(self._note, msgspec.json.encode(version))
            self._file = self._path.open("ab", buffering=0)
        return self._take

    def _fits(self, version: _Version, page: Page) -> bool:
        """Return whether a 206 brings the rest of the same version of the file."""
        known, match = self._version, _RANGE.fullmatch(page.headers.get("content-range", ""))
        if match is None or not self.size:
            return False
        start, end, total = map(int, match.groups())
        self._version = msgspec.structs.replace(known, total=known.total or total)
        return (
            (start, end + 1, self._version.total) == (self.size, total, total)
            and version.etag in {"", known.etag}
            and version.last_modified in {"", known.last_modified}
        )

    def _take(self, piece: bytes) -> None:
        assert self._file is not None
        size = self.size + len(piece)
        if size > self._most:
            raise BodyError(f"the file has more than {self._most:,} bytes", "too-big")
        with self._explain():
            left = memoryview(piece)
            while left:
                count = self._file.write(left)
                left, self.size = left[count:], self.size + count
        if self._progress is not None:
            self._progress(self.size, self._version.total)

    def judge(self, page: Page) -> Refused | None:
        """Return why the file is not whole after a response was read to its end."""
        total = self._version.total or self.size
        if page.status in {200, 206} and not self._trouble and self.size != total:
            self._trouble = f"{self.size:,} bytes came, and not {total:,}"
            self.size = 0
        if not self._trouble:
            return None
        return Refused(url=self.address, reason="network", detail=self._trouble)

    def close(self) -> None:
        """Close the part after a response."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def finish(self) -> int:
        """Give the file its name; return its length in bytes."""
        with self._explain():
            with self._path.open("rb") as file:
                if os.fstat(file.fileno()).st_size != self.size:
                    raise OSError(errno.EBUSY, "another process writes it too")
                os.fsync(file.fileno())
            self._path.replace(self._target)
            files.sync_folder(self._target.parent)
            self._note.unlink(missing_ok=True)
        return self.size

    def _explain(self) -> contextlib.AbstractContextManager[None]:
        hint = "free disk space: the next start goes on with the part that is there"
        return files.explain_errors(FetchError, "could not write the download", self._path, hint)


def _length(page: Page) -> int:
    """Return the length of the whole file by the headers of a 200, 0 if it is not known."""
    said = page.headers.get("content-length", "")
    return int(said) if page.status == 200 and said.isdecimal() else 0
