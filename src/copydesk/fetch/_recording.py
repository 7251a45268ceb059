"""Record HTTP responses in a WARC file, and answer requests from such a file instead of the
network.
"""

from __future__ import annotations

import io
import os
import tempfile
import uuid
import zlib
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from operator import attrgetter
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO

from copydesk.errors import RecordingError
from copydesk.fetch.messages import (
    BodyError,
    Finder,
    Unpacker,
    join_values,
    page_headers,
    split_lines,
)
from copydesk.kit import dates, files, urls
from copydesk.news import Fetcher, NotModified, Page, Refused, Request

if TYPE_CHECKING:
    from fastwarc.warc import WarcRecord
    from warcio.warcwriter import WARCWriter


class Recorder:
    """A fetcher that records the responses of another one: `with Recorder(inner, path) as
    recorder`.

    Every page, including redirects and errors, becomes a response record dated by its `fetched_at`.
    Requests are sent without validators, so that a recording holds complete answers. The file
    appears under its name when the block ends. A full disk spoils the recording and not the crawl:
    the block then ends with a RecordingError.
    """

    def __init__(self, inner: Fetcher, path: Path) -> None:
        self._inner = inner
        self._path = path
        self._file: IO[bytes] | None = None
        self._writer: WARCWriter | None = None
        self._failure: OSError | None = None
        self._count = 0

    def __enter__(self) -> Recorder:
        from warcio.warcwriter import WARCWriter

        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = tempfile.NamedTemporaryFile(
                prefix=".new-", dir=self._path.parent, delete=False
            )
        except OSError as error:
            raise self._failure_of(error) from error
        self._writer = WARCWriter(self._file, gzip=True, warc_version="1.1")
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if self._file is None:
            return
        written = Path(self._file.name)
        try:
            self._file.close()
            if self._failure is None:
                written.chmod(0o644)
                written.replace(self._path)
        except OSError as failure:
            self._failure = failure
        if self._failure is not None:
            written.unlink(missing_ok=True)
            if error is None:
                raise self._failure_of(self._failure) from self._failure

    async def find(self, request: Request) -> Refused | None:
        """Resolve a request's host name by the inner fetcher, if that can."""
        return await self._inner.find(request) if isinstance(self._inner, Finder) else None

    async def fetch(self, request: Request) -> Page | NotModified | Refused:
        """Return the inner fetcher's response, and record it if it is a page."""
        answer = await self._inner.fetch(replace(request, etag="", last_modified=""))
        if isinstance(answer, Page) and self._failure is None:
            try:
                self._write(answer)
            except OSError as error:
                self._failure = error
        return answer

    def _write(self, page: Page) -> None:
        if self._writer is None:
            msg = "Recorder is used outside of its `with`"
            raise RuntimeError(msg)
        record = self._writer.create_warc_record(
            page.final_url,
            "response",
            payload=io.BytesIO(page.body),
            length=len(page.body),
            http_headers=_http_headers(page),
            warc_headers_dict=self._warc_headers(page),
        )
        self._writer.write_record(record)

    def _warc_headers(self, page: Page) -> dict[str, str]:
        """Return date and ID of a WARC record, always the same for the same responses."""
        self._count += 1
        at = dates.utc(page.fetched_at).isoformat(timespec="microseconds").replace("+00:00", "Z")
        name = uuid.uuid5(uuid.NAMESPACE_URL, f"{page.final_url} {at} {self._count}")
        return {"WARC-Date": at.replace(".000000Z", "Z"), "WARC-Record-ID": f"<urn:uuid:{name}>"}

    def _failure_of(self, error: OSError) -> RecordingError:
        return RecordingError(
            f"could not write the recording ({error.strerror or error})",
            subject=str(self._path),
            hint="free disk space, or choose another file",
        )


def _http_headers(page: Page) -> object:
    from warcio.statusandheaders import StatusAndHeaders

    pairs = [*split_lines(page.headers), ("content-length", str(len(page.body)))]
    return StatusAndHeaders(f"{page.status} {_phrase(page.status)}", pairs, protocol="HTTP/1.1")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


_MOST_BYTES = 10_000_000  # of a recorded page
_HINT = "record the file again, or repair the file with `warcio recompress`"
_PIECE = 64 * 1024
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True, kw_only=True)
class _RecordPosition:
    at: datetime
    offset: int

    @property
    def second(self) -> datetime:
        """Return the record's time without its fraction of a second."""
        return self.at.replace(microsecond=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _LastRecord:
    """The WARC record that was read last: where it begins, and the length of its content."""

    offset: int = -1
    length: int = 0


class Replay:
    """A fetcher that answers from a recorded WARC file (1.0 or 1.1, plain or gzipped by record).

    A request gets the newest record of exactly its URL whose WARC-Date is not after `now` (None:
    the newest record), compared in whole seconds because a crawl's time has no fractions. A URL
    without a record gets a page with status 404. Validators that match the record's ETag or
    Last-Modified give NotModified with the record's headers. Only offsets are kept in memory;
    certificates are not recorded. Raises RecordingError with the offset if the file is missing,
    broken or incomplete.
    """

    def __init__(self, path: Path, now: datetime | None = None) -> None:
        self._path = path
        self._now = None if now is None else dates.utc(now)
        self._places = _index(path)
        self._last = max(places[-1].at for places in self._places.values())

    async def fetch(self, request: Request) -> Page | NotModified | Refused:
        """Return the recorded response for the request's URL."""
        url = urls.fetchable(request.url) or request.url
        place = self._place(request.url) or self._place(url)
        if place is None:
            return self._missing(request.url, url)
        try:
            page = self._page(request, url, place)
        except BodyError as error:
            return Refused(url=request.url, reason=error.reason, detail=error.what)
        if _is_known(page, request):
            return NotModified(url=request.url, final_url=url, headers=page.headers)
        return page

    def _place(self, url: str) -> _RecordPosition | None:
        places = self._places.get(url, [])
        if self._now is None:
            return places[-1] if places else None
        count = bisect_right(places, self._now, key=attrgetter("second"))
        return places[count - 1] if count else None

    def _missing(self, asked: str, url: str) -> Page:
        at = self._now or self._last
        return Page(url=asked, final_url=url, status=404, headers={}, body=b"", fetched_at=at)

    def _page(self, request: Request, url: str, place: _RecordPosition) -> Page:
        """Return the page of the WARC record at an offset."""
        with _open(self._path) as file:
            file.seek(place.offset)
            record = next(_records(self._path, file, parse_http=True), None)
            if record is None or record.headers.get("WARC-Target-URI") is None:
                raise _recording_error(self._path, place.offset, "the record is missing")
            pairs = list(record.http_headers)
            status = record.http_headers.status_code or 0
            body = _body(record, pairs, _MOST_BYTES)
        return Page(
            url=request.url,
            final_url=url,
            status=status,
            headers=page_headers(pairs),
            body=body,
            fetched_at=self._now or place.at,
        )


def _is_known(page: Page, request: Request) -> bool:
    """Return whether the request's validators match the recorded response: the ETag counts first
    (RFC 9110 13.1).
    """
    if page.status != 200:
        return False
    if request.etag:
        tag = page.headers.get("etag", "")
        return bool(tag) and _weak(tag) == _weak(request.etag)
    changed = page.headers.get("last-modified", "")
    return bool(request.last_modified) and changed == request.last_modified


def _weak(tag: str) -> str:
    return tag.removeprefix("W/")


def _body(record: WarcRecord, pairs: list[tuple[str, str]], limit: int) -> bytes:
    """Return the decoded body of a WARC record, which may be chunked, compressed or already
    decoded.
    """
    raw = record.reader.read(limit + 1 + limit // 8)  # room for the chunk headers
    if "chunked" in join_values(pairs, "transfer-encoding").lower():
        raw = _join_chunks(raw)
    coding = join_values(pairs, "content-encoding")
    if coding.lower() in {"gzip", "x-gzip"} and not raw.startswith(_GZIP):
        coding = ""  # some recorders keep the header and decompress the body
    unpacker = Unpacker(coding, limit)
    for start in range(0, len(raw), _PIECE):
        unpacker.feed(raw[start : start + _PIECE])
    return unpacker.finish()


def _join_chunks(raw: bytes) -> bytes:
    """Decode a chunked body. A body that is not chunked is returned unchanged."""
    source, out = io.BytesIO(raw), bytearray()
    while True:
        try:
            size = int(source.readline(64).split(b";")[0].strip() or b"x", 16)
        except ValueError:
            return bytes(out) if out else raw
        if size <= 0:
            return bytes(out)
        out += source.read(size)
        source.readline(3)


def _index(path: Path) -> dict[str, list[_RecordPosition]]:
    """Return the positions of each URL's WARC records, oldest first; equal times in the file's
    order.
    """
    places: dict[str, list[_RecordPosition]] = {}
    last = _LastRecord()
    with _open(path) as file:
        for record in _records(path, file, parse_http=False):
            if record.stream_pos == last.offset or not _begins_record(file, record.stream_pos):
                raise _recording_error(
                    path, max(last.offset, 0), "the records are not compressed separately"
                )
            last = _LastRecord(offset=record.stream_pos, length=record.content_length)
            if record.consume() < last.length:
                raise _recording_error(path, last.offset, "the record is incomplete")
            if str(record.record_type) == "response":
                url = (record.headers.get("WARC-Target-URI") or "").strip("<>")
                place = _RecordPosition(at=_date(path, record), offset=last.offset)
                places.setdefault(url, []).append(place)
        _check_end(path, file, last)
    if not places:
        raise _recording_error(path, 0, "the file has no HTTP responses")
    for known in places.values():
        known.sort(key=attrgetter("at"))
    return places


def _open(path: Path) -> BinaryIO:
    hint = "give the path of a .warc or .warc.gz file"
    with files.explain_errors(RecordingError, "could not read the WARC file", path, hint):
        return path.open("rb")


def _records(path: Path, file: BinaryIO, *, parse_http: bool) -> Iterator[WarcRecord]:
    """Yield the records of a WARC file; errors become a RecordingError with the offset in the
    file.
    """
    from fastwarc.warc import ArchiveIterator

    offset = file.tell()
    try:
        for record in ArchiveIterator(file, parse_http=parse_http):
            offset = record.stream_pos
            yield record
    except (OSError, ValueError) as error:
        raise _recording_error(path, offset, str(error)) from error


def _date(path: Path, record: WarcRecord) -> datetime:
    try:
        return dates.utc(record.record_date)
    except (ValueError, TypeError, AttributeError) as error:
        raise _recording_error(path, record.stream_pos, "the record has no WARC-Date") from error


def _begins_record(file: BinaryIO, offset: int) -> bool:
    """Return whether a WARC record begins at an offset, as a gzip member or in a plain file."""
    is_packed = os.pread(file.fileno(), 2, 0) == _GZIP
    return not is_packed or os.pread(file.fileno(), 2, offset) == _GZIP


def _check_end(path: Path, file: BinaryIO, last: _LastRecord) -> None:
    """Raise RecordingError if the file goes on after the last record, which fastwarc ignores."""
    if last.offset < 0:
        raise _recording_error(path, 0, "the file has no WARC records")
    file.seek(last.offset)
    data = file.read()
    rest = _after_member(data) if data.startswith(_GZIP) else _after_record(data, last)
    if rest.strip(b"\0\r\n"):
        raise _recording_error(path, last.offset + len(data) - len(rest), "the file is incomplete")


def _after_member(data: bytes) -> bytes:
    """Return the data after the first gzip member, or all data if that member is incomplete."""
    member = zlib.decompressobj(zlib.MAX_WBITS | 16)
    member.decompress(data)
    return member.unused_data if member.eof else data


def _after_record(data: bytes, last: _LastRecord) -> bytes:
    return data[data.find(b"\r\n\r\n") + 4 + last.length :]


def _recording_error(path: Path, offset: int, why: str) -> RecordingError:
    return RecordingError(
        f"the WARC file is damaged at or after byte {offset} ({why})", subject=str(path), hint=_HINT
    )
