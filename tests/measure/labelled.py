"""Labelled pages in every layout, all invented."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from extract.given import BODY, SENTENCES, URL

TRUE = "\n".join(SENTENCES)
TITLE = "Ferry runs aground off Saltholm"
DAY = '<meta property="article:published_time" content="2026-03-09T10:00:00Z">'


def html(head: str = "", body: str = BODY) -> str:
    """Make a page whose text is its body alone: no headline stands in it."""
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{TITLE}</title>{head}"
        f"</head><body><article>{body}</article></body></html>"
    )


PAGE = html(DAY)
LABEL = {
    "url": URL,
    "canonical": URL,
    "id": "7f",
    "title": TITLE,
    "published": "2026-03-09T10:00:00Z",
    "authors": ["Ada Holm"],
    "authors_in_page": False,
}


def texts(folder: Path, text: str = TRUE, *, page: str = PAGE, key: str = "0a") -> Path:
    """Lay out pages with texts by key."""
    (folder / "html").mkdir(parents=True)
    (folder / "html" / f"{key}.html.gz").write_bytes(gzip.compress(page.encode()))
    told = {key: {"url": URL, "articleBody": text}}
    (folder / "ground-truth.json").write_text(json.dumps(told), "utf-8")
    return folder


def days(folder: Path, day: object, *, page: str = PAGE) -> Path:
    """Lay out a page with a day."""
    (folder / "html").mkdir(parents=True)
    (folder / "html" / "ferry.html").write_text(page, "utf-8")
    told = {URL: {"file": "ferry.html", "date": day}}
    (folder / "dates.json").write_text(json.dumps(told), "utf-8")
    return folder


def expectation(folder: Path, *, page: str = PAGE, expected: str = BODY, **told: object) -> Path:
    """Lay out a page with what is expected beside it."""
    (folder / "ferry").mkdir(parents=True)
    (folder / "ferry" / "source.html").write_text(page, "utf-8")
    (folder / "ferry" / "expected.html").write_text(expected, "utf-8")
    (folder / "ferry" / "expected-metadata.json").write_text(json.dumps(told), "utf-8")
    return folder


def recording(path: Path, pages: Mapping[str, str], moved: Mapping[str, str]) -> Path:
    """Record pages, and addresses that moved to one of them."""
    with path.open("wb") as out:
        writer = WARCWriter(out, gzip=True)
        for url, page in pages.items():
            _write(writer, url, "200 OK", ("Content-Type", "text/html"), page)
        for url, target in moved.items():
            _write(writer, url, "302 Found", ("Location", target), "")
    return path


def _write(writer: WARCWriter, url: str, status: str, header: tuple[str, str], page: str) -> None:
    http = StatusAndHeaders(status, [header], protocol="HTTP/1.1")
    warc = {"WARC-Date": "2026-03-09T12:00:00Z"}
    body = page.encode()
    record = writer.create_warc_record(
        url,
        "response",
        payload=io.BytesIO(body),
        length=len(body),
        http_headers=http,
        warc_headers_dict=warc,
    )
    writer.write_record(record)


def lines(path: Path, *rows: Mapping[str, object]) -> Path:
    """Write lines of JSON."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def zipped(path: Path, folder: Path) -> Path:
    """Put a folder into a zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for one in folder.rglob("*"):
            packed.write(one, one.relative_to(folder))
    return path
