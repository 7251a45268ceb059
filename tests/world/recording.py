"""A recorded web, served live: each address answers as it was recorded last before a moment.

The hosts keep their names, but no test may listen on the ports 80 and 443. So the recording is
written anew first, with `http://name:PORT` wherever `https://name` stood, in addresses, headers and
bodies; what replays it and what asks the live web then read the same bytes. No host asks for a
pause there: a Crawl-delay is set to 0, because the live web would be waited for.
"""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from fastwarc.warc import ArchiveIterator, WarcRecordType
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from world.behaviours import stays
from world.hosts import Hosts
from world.web import Asked, Behaviour, sends

Rewrite = Callable[[str], str]
_CRAWL = re.compile(r"(?m)^(Crawl-delay: )\d+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recorded:
    """One answer as it was recorded."""

    url: str
    at: datetime
    status: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def stand_recording(hosts: Hosts, source: Path, now: datetime, target: Path) -> Rewrite:
    """Serve a recording as of a moment, and write it to `target` as it is served.

    Give what makes an address of the recording one of the live web, in any text.
    """
    answers = _read(source)
    names = sorted({urlsplit(one.url).hostname or "" for one in answers})
    pattern = re.compile(rf"https://({'|'.join(map(re.escape, names))})(?![\w.:-])")

    def rewrite(text: str) -> str:
        return _CRAWL.sub(r"\g<1>0", pattern.sub(rf"http://\1:{hosts.port}", text))

    live = [_moved(one, rewrite) for one in answers]
    _write(target, live)
    for one in sorted(live, key=lambda one: one.at):
        if one.at <= now:
            parts = urlsplit(one.url)
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            hosts.at(parts.hostname or "", path, stays(_as_recorded(one)))
    return rewrite


def _read(path: Path) -> list[_Recorded]:
    with path.open("rb") as stream:
        return [
            _Recorded(
                url=record.headers["WARC-Target-URI"],
                at=record.record_date,
                status=(record.http_headers.status_line or "").partition(" ")[2],
                headers=dict(record.http_headers),
                body=record.reader.read(),
            )
            for record in ArchiveIterator(stream, record_types=WarcRecordType.response)
        ]


def _moved(one: _Recorded, rewrite: Rewrite) -> _Recorded:
    """Give an answer with every address in it rewritten; Latin-1 keeps all bytes."""
    body = rewrite(one.body.decode("latin-1")).encode("latin-1")
    headers = {name: rewrite(value) for name, value in one.headers.items()}
    headers = {name: value for name, value in headers.items() if name.lower() != "content-length"}
    headers["Content-Length"] = str(len(body))
    return _Recorded(url=rewrite(one.url), at=one.at, status=one.status, headers=headers, body=body)


def _write(path: Path, answers: list[_Recorded]) -> None:
    with path.open("wb") as out:
        writer = WARCWriter(out, gzip=True, warc_version="WARC/1.1")
        for one in answers:
            head = StatusAndHeaders(one.status, list(one.headers.items()), protocol="HTTP/1.1")
            record = writer.create_warc_record(
                one.url,
                "response",
                payload=io.BytesIO(one.body),
                length=len(one.body),
                http_headers=head,
                warc_headers_dict={"WARC-Date": one.at.strftime("%Y-%m-%dT%H:%M:%SZ")},
            )
            writer.write_record(record)


def _as_recorded(one: _Recorded) -> Behaviour:
    """Answer so, and 304 to who knows the ETag or the time."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in one.headers.items())
    whole = sends(f"HTTP/1.1 {one.status}\r\n{lines}\r\n".encode("latin-1") + one.body)
    known = {name.lower(): value for name, value in one.headers.items()}
    same = sends(f"HTTP/1.1 304 Same\r\nETag: {known.get('etag', '')}\r\n\r\n".encode("latin-1"))

    async def behave(asked: Asked, writer: asyncio.StreamWriter) -> None:
        tag, time = asked.headers.get("if-none-match"), asked.headers.get("if-modified-since")
        is_known = tag == known.get("etag") if tag else time == known.get("last-modified")
        is_asked = bool(tag or time) and one.status.startswith("200")
        await (same if is_asked and is_known else whole)(asked, writer)

    return behave
