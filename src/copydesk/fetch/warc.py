"""WARC files: record responses in one, answer requests from one, and read the pages of an archive.

    pages = WarcPages(path)
    for found in pages: ...                   the HTML pages of an archive, in its order
    pages.trouble, pages.sha256, pages.length, pages.records, pages.skipped

`copydesk.fetch.web.downloads` finds archives in lists, and fetches them from their addresses.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
import uuid
import zlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
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
            recorded_url = record and record.headers.get("WARC-Target-URI")
            if record is None or None in (recorded_url, record.http_headers):
                raise _recording_error(self._path, place.offset, "the response is missing")
            pairs = list(record.http_headers)
            status = record.http_headers.status_code or 0
            raw = record.reader.read(_MOST_BYTES + 1 + _MOST_BYTES // 8)  # room for chunk headers
            body = _body(raw, pairs, _MOST_BYTES)
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


def _body(raw: bytes, pairs: list[tuple[str, str]], limit: int) -> bytes:
    """Return the decoded body of a WARC record, which may be chunked, compressed or already
    decoded.
    """
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
    for offset, record in _positions(path):
        if str(record.record_type) == "response":
            url = (record.headers.get("WARC-Target-URI") or "").strip("<>")
            place = _RecordPosition(at=_date(path, record), offset=offset)
            places.setdefault(url, []).append(place)
    if not places:
        raise _recording_error(path, 0, "the file has no HTTP responses")
    for known in places.values():
        known.sort(key=attrgetter("at"))
    return places


def _positions(path: Path) -> Iterator[tuple[int, WarcRecord]]:
    """Yield all records of a whole file with their offsets; raise RecordingError if it is not."""
    last = 0
    with _open(path) as file:
        source = _Source(path, file)
        while source.has_more():
            member = _Member(source)
            last = member.offset
            for record in _records(path, member, parse_http=False):
                if member.is_packed and record.stream_pos:
                    raise _recording_error(path, last, "the records are not compressed separately")
                last = member.offset + record.stream_pos
                length = record.content_length
                yield last, record
                if record.consume() < length:
                    raise _recording_error(path, last, "the record is incomplete")
            member.drain()
            if source.trouble:
                raise _recording_error(path, last, source.trouble)
    if not source.length:
        raise _recording_error(path, 0, "the file is empty")


def _open(path: Path) -> BinaryIO:
    hint = "give the path of a .warc or .warc.gz file"
    with files.explain_errors(RecordingError, "could not read the WARC file", path, hint):
        return path.open("rb")


def _records(path: Path, file: BinaryIO | _Member, *, parse_http: bool) -> Iterator[WarcRecord]:
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


def _recording_error(path: Path, offset: int, why: str) -> RecordingError:
    return RecordingError(
        f"the WARC file is damaged at or after byte {offset} ({why})", subject=str(path), hint=_HINT
    )


# Read the pages of an archive in one pass, however it is damaged.

_ZSTD_HINT = "unpack it with `zstd -d`, or take the same archive as .warc.gz"
_ZSTD = b"\x28\xb5\x2f\xfd"
_RECORD_END = b"\r\n\r\n"
_LARGEST_RECORD = 16 * 1024 * 1024  # bytes
_HTML = ("text/html", "application/xhtml+xml")


class Skip(StrEnum):
    """Why a record of an archive gave no page."""

    KIND = "kind"  # a request, a revisit, warcinfo, metadata, or a response of another protocol
    TOO_BIG = "too-big"  # the record, or its body when decompressed
    TRUNCATED = "truncated"  # the crawler stored only the beginning (WARC-Truncated)
    STATUS = "status"  # no status of 2xx
    NOT_HTML = "not-html"
    ADDRESS = "address"  # none, or no http or https URL
    DATE = "date"  # none, or none that can be read
    BODY = "body"  # or the HTTP headers before it: they cannot be read
    DAMAGED = "damaged"  # has another length than it says, or headers that are none


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedPage:
    """A page of an archive: `fetched_at` is its WARC-Date, `payload_digest` as the record has it.

    `offset` is the byte of the file at which the page's gzip member begins, in a plain file its
    record.
    """

    page: Page
    payload_digest: str
    offset: int


class WarcPages:
    """The HTML pages of an archive, which is read once: `for found in pages`.

    The file is plain or gzip, by record or as a whole. A page has a status of 2xx, a web URL, and a
    body of at most `largest` bytes, as its record; transfer and content encoding are removed. What
    has no page is counted in `skipped`. A file that is cut or damaged gives the pages before that.
    Raises RecordingError for a file that cannot be opened or is no WARC.

    After the last page `trouble` says why the file is not whole ("": it is), and `sha256` (hex) and
    `length` (bytes) are those of the file. A file that is cut exactly between two records looks
    whole: compare its length with that of the original.
    """

    def __init__(self, path: Path, largest: int = _LARGEST_RECORD) -> None:
        self._path = path
        self._largest = largest
        self.records = self.length = 0
        self.skipped: Counter[Skip] = Counter()
        self.trouble = "the archive is not read to its end"
        self.sha256 = ""

    def __iter__(self) -> Iterator[ArchivedPage]:
        with _open(self._path) as file:
            source = _Source(self._path, file)
            while source.has_more() and not source.trouble:
                yield from self._read(_Member(source))
            source.finish()
        self.length, self.sha256 = source.length, source.digest.hexdigest()
        self.trouble = source.trouble

    def _read(self, member: _Member) -> Iterator[ArchivedPage]:
        """Yield the pages of a gzip member, or of a plain file.

        The first page of a member is held back until all of the member is read: a record that is
        longer than it says has something after it that is no record.
        """
        held, count = None, 0
        for count, record in enumerate(self._parse_records(member), 1):
            if held is not None:
                yield held
            held = self._page(record, member)
            if held is not None and (count > 1 or not member.is_packed):
                yield held
                held = None
        if held is not None and (member.is_cut or not member.is_odd):
            yield held
        member.finish(count)

    def _parse_records(self, member: _Member) -> Iterator[WarcRecord]:
        try:
            yield from _records(self._path, member, parse_http=False)
        except RecordingError:
            self.skipped[Skip.DAMAGED] += 1
            member.is_odd = True
        member.drain()

    def _page(self, record: WarcRecord, member: _Member) -> ArchivedPage | None:
        """Return the page of a record, None if it has none; count why."""
        self.records += 1
        offset = member.offset + (0 if member.is_packed else record.stream_pos)
        length, found = record.content_length, self._judge(record)
        block = b"" if found else record.reader.read(length)
        said = (record.headers.get("Content-Length") or "").strip()
        # fastwarc reads a negative length and a huge one as 0
        if (record.consume() if found else len(block)) != length or said != str(length):
            found, member.is_odd = Skip.DAMAGED, True
        page = found or self._parse(record, block, offset)
        if isinstance(page, ArchivedPage):
            return page
        self.skipped[page] += 1
        return None

    def _judge(self, record: WarcRecord) -> Skip | None:
        """Return why a record can have no page, by its WARC headers alone."""
        if str(record.record_type) != "response" or not record.is_http:
            return Skip.KIND
        if record.headers.get("WARC-Truncated"):
            return Skip.TRUNCATED
        return Skip.TOO_BIG if record.content_length > self._largest else None

    def _parse(self, record: WarcRecord, block: bytes, offset: int) -> ArchivedPage | Skip:
        from fastwarc.warc import HeaderMap

        url = urls.fetchable((record.headers.get("WARC-Target-URI") or "").strip("<>"))
        if url is None:
            return Skip.ADDRESS
        http = HeaderMap()
        try:
            body = block[http.parse(io.BytesIO(block)) :]
            pairs, status, at = list(http), http.status_code or 0, _date(self._path, record)
        except RecordingError:
            return Skip.DATE
        except (OSError, ValueError):
            return Skip.BODY
        headers = page_headers(pairs)
        is_html = headers.get("content-type", _HTML[0]).strip().lower().startswith(_HTML)
        if not is_html or not 200 <= status < 300:
            return Skip.NOT_HTML if 200 <= status < 300 else Skip.STATUS
        try:
            body = _body(body, pairs, self._largest)
        except BodyError as error:
            return Skip.TOO_BIG if error.reason == "too-big" else Skip.BODY
        page = Page(
            url=url, final_url=url, status=status, headers=headers, body=body, fetched_at=at
        )
        digest = (record.headers.get("WARC-Payload-Digest") or "").strip()
        return ArchivedPage(page=page, payload_digest=digest, offset=offset)


class _Source:
    """The bytes of an archive in one pass, with their digest and number; `trouble` ends it."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._file = file
        self.digest, self.length, self.trouble = hashlib.sha256(), 0, ""
        self.is_packed = False
        head = self._held = self._next()
        self.is_packed = head[:2] in {_GZIP, _GZIP[:1]}
        if head.startswith(_ZSTD):
            raise RecordingError(
                "archives packed by zstd cannot be read", subject=str(path), hint=_ZSTD_HINT
            )
        if not self.is_packed and not head.startswith(b"WARC/"[: len(head)]):
            raise _recording_error(path, 0, "it does not begin with a WARC record")

    @property
    def position(self) -> int:
        """Return the offset of the next byte."""
        return self.length - len(self._held)

    def has_more(self) -> bool:
        """Return whether bytes of the file are left, other than padding after a gzip member."""
        while not self._held:
            data = self._next()
            if not data:
                return False
            self._held = data.lstrip(b"\0\r\n") if self.is_packed else data
        return True

    def take(self) -> bytes:
        """Return the next bytes of the file, b"" at its end."""
        data, self._held = self._held or self._next(), b""
        return data

    def give_back(self, data: bytes) -> None:
        """Take back bytes that belong to the next gzip member."""
        self._held = data.lstrip(b"\0\r\n")

    def finish(self) -> None:
        """Read the bytes that are left, for the digest."""
        if not self.length:
            self.trouble = "the file is empty"
        while self.take():
            pass

    def _next(self) -> bytes:
        try:
            data = self._file.read(_PIECE)
        except OSError as error:
            self.trouble = f"the file cannot be read after byte {self.length} ({error.strerror})"
            return b""
        self.digest.update(data)
        self.length += len(data)
        return data


class _Member(io.RawIOBase):
    """A gzip member of an archive, or a plain file, as a stream of unpacked bytes for fastwarc.

    It raises nothing: an exception that passes through fastwarc may end as a PanicException.
    """

    def __init__(self, source: _Source) -> None:
        self._source = source
        self._zip = zlib.decompressobj(zlib.MAX_WBITS | 16) if source.is_packed else None
        self._packed = self.tail = b""
        self._count = 0
        self.offset = source.position
        self.is_packed = source.is_packed
        self.is_cut = self.is_odd = self._is_over = False

    def tell(self) -> int:
        """Return the number of bytes that were read."""
        return self._count

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, at most `size`, b"" at the end of the member."""
        most = _PIECE if size < 0 else min(size, _PIECE)
        data = self._next(most)
        self._count += len(data)
        self.tail = (self.tail + data)[-4:]
        return data

    def drain(self) -> None:
        """Read the rest of the member."""
        while self.read():
            pass

    def finish(self, records: int) -> None:
        """Tell the source if it cannot be whole, after so many records of a member.

        A record that is odd harms no other if it has a member of its own.
        """
        is_alone = records <= 1 and (self.offset > 0 or self._source.has_more())
        if not self.is_packed and self.tail != _RECORD_END:
            self._fail("the file ends in the middle of a record")
        elif self.is_odd and not (self.is_packed and is_alone):
            self._fail("the records after one that is damaged cannot be read")

    def _next(self, most: int) -> bytes:
        if self._zip is not None:
            return self._unpack(self._zip, most)
        data = self._packed or self._source.take()
        self._packed = data[most:]
        return data[:most]

    def _unpack(self, member: zlib._Decompress, most: int) -> bytes:
        data = b""
        while not (data or self._is_over or self.is_cut):
            packed = member.unconsumed_tail or self._source.take()
            try:
                data = member.decompress(packed, most)
            except zlib.error:
                self._fail(f"the gzip data is damaged after byte {self.offset}")
            if member.eof:
                self._is_over = True
                self._source.give_back(member.unused_data)
            elif not packed and not data:
                self._fail(f"the file ends within the gzip member at byte {self.offset}")
        return data

    def _fail(self, trouble: str) -> None:
        self.is_cut = True
        self._source.trouble = self._source.trouble or trouble
