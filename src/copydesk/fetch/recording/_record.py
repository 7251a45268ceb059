"""Recorder: writes down what another raw fetcher answers, for Replay."""

from __future__ import annotations

import io
import tempfile
import uuid
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING

from copydesk.errors import RecordingError
from copydesk.fetch.messages import split_lines
from copydesk.fetch.polite import Finder
from copydesk.kit import dates
from copydesk.news import Fetcher, NotModified, Page, Refused, Request

if TYPE_CHECKING:
    from warcio.warcwriter import WARCWriter


class Recorder:
    """A raw fetcher around another: `with Recorder(inner, path) as recorder`.

    Every page, redirects and errors too, becomes a response record dated by its `fetched_at`.
    Requests go on without validators, so that a recording holds whole answers. The file appears
    under its name when the block ends. A disk that fills up costs the recording, not the round:
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

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
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
        """Let the inner fetcher find the host, where it can."""
        return await self._inner.find(request) if isinstance(self._inner, Finder) else None

    async def fetch(self, request: Request) -> Page | NotModified | Refused:
        """Return the inner fetcher's answer, written down when it is a page."""
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
        """Date and name a record; the same recording made twice is the same bytes."""
        self._count += 1
        at = dates.utc(page.fetched_at).isoformat(timespec="microseconds").replace("+00:00", "Z")
        name = uuid.uuid5(uuid.NAMESPACE_URL, f"{page.final_url} {at} {self._count}")
        return {"WARC-Date": at.replace(".000000Z", "Z"), "WARC-Record-ID": f"<urn:uuid:{name}>"}

    def _failure_of(self, error: OSError) -> RecordingError:
        return RecordingError(
            f"the recording cannot be written ({error.strerror or error})",
            subject=str(self._path),
            hint="free some room, or name another file",
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
