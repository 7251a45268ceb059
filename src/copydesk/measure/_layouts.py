"""Layouts: labelled pages, found by looking at the files and not by their names.

{"KEY": {"url": …, "articleBody": …}}      beside html/KEY.html.gz      texts
{"ADDRESS": {"file": …, "date": …}}        beside html/FILE             dates
NAME/source.html                           expected.html, expected-metadata.json
a recorded web (WARC)                      lines of labels, of texts, or an index of the others
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from copydesk import extract
from copydesk.errors import DataError
from copydesk.kit import text
from copydesk.measure import _recorded
from copydesk.measure._cases import Case, Set, Truth, day_of
from copydesk.measure._corpus import File
from copydesk.measure._markup import words_of
from copydesk.news import Page

Row = Mapping[str, object]

_GZIP = b"\x1f\x8b"
_MAX_BYTES = 64 * 1024 * 1024  # of one page, unpacked
_SOURCE, _EXPECTED, _TOLD = "source.html", "expected.html", "expected-metadata.json"
_NONE = "no labelled pages among the files"
HINT = "a recording, its labels and its texts are named together; see docs/reference/cli.md"


def sets_of(files: Iterable[File], now: datetime, replayed_at: datetime | None) -> list[Set]:
    """Give the sets of labelled pages among these files.

    Pages that only lie in a file are said to be fetched `now`; a recording answers as of
    `replayed_at`, with the newest of all where that is None. Raises DataError where there is no
    set, or one names what is not there.
    """
    found = {(file.holder, file.name): file for file in files}
    sets = [*_mappings(found, now), *_expectations(found, now)]
    recordings = [file.path for file in found.values() if _recorded.is_recording(file)]
    if recordings:
        web = _recorded.Web(recordings, replayed_at)
        sets = _recorded.sets_of(web, _lines(found.values()), sets)
    sets = [one for one in sets if one.cases or one.absent]
    if not sets:
        raise DataError(_NONE, hint=HINT)
    return sets


def _mappings(found: Mapping[tuple[Path, str], File], now: datetime) -> Iterator[Set]:
    """Give the sets that one JSON file describes: texts by key, or dates by address."""
    for file in found.values():
        rows = _rows(file)
        if rows is None:
            continue
        cases = [
            _mapped(found, file, key, row, now)
            for key, row in rows.items()
            if isinstance(row, dict)
        ]
        yield Set(name=_name(file), cases=cases)


def _rows(file: File) -> Row | None:
    """Give the labels of a file that holds labels, None for any other."""
    if not file.name.endswith(".json") or file.name.endswith(_TOLD):
        return None
    try:
        rows = json.loads(file.data)
    except (ValueError, RecursionError) as error:
        if file.name.rpartition("/")[2] in {"ground-truth.json", "dates.json"}:
            raise DataError("no JSON", subject=file.place, hint=str(error)) from error
        return None
    if not isinstance(rows, dict) or not rows:
        return None
    first = next(iter(rows.values()))
    is_labelled = isinstance(first, dict) and (
        "articleBody" in first or {"file", "date"} <= set(first)
    )
    return rows if is_labelled else None


def _mapped(
    found: Mapping[tuple[Path, str], File], file: File, key: str, row: Row, now: datetime
) -> Case:
    if "file" in row:
        name, url = str(row["file"]), key
        truth = Truth(day=day_of(row, "date", file))
    else:
        name, url = f"{key}.html", str(row.get("url") or "")
        truth = Truth(text=str(row.get("articleBody") or ""))
    places = [f"{file.folder}html/{name}{ending}" for ending in ("", ".gz")]
    held = next((found[file.holder, one] for one in places if (file.holder, one) in found), None)
    if held is None:
        raise DataError(
            f"a page that the labels name is not there: {places[0]}",
            subject=file.place,
            hint="pages lie in html/ beside their labels",
        )
    return Case(name=key, page=_page(_unpacked(held), url, now), truth=truth)


def _expectations(found: Mapping[tuple[Path, str], File], now: datetime) -> Iterator[Set]:
    """Give the sets whose pages have a folder each, with what is expected beside them."""
    sets: dict[tuple[Path, str], list[Case]] = {}
    names: dict[tuple[Path, str], str] = {}
    for (holder, name), file in found.items():
        folder, _, last = name.rpartition("/")
        beside = [found.get((holder, f"{folder}/{one}")) for one in (_EXPECTED, _TOLD)]
        if last == _SOURCE and any(beside):
            parent, _, key = folder.rpartition("/")
            truth = _expected(*beside)
            case = Case(name=key, page=_page(file.data, "", now, key), truth=truth)
            sets.setdefault((holder, parent), []).append(case)
            names[holder, parent] = parent.rpartition("/")[2] or holder.stem
    for at, cases in sets.items():
        yield Set(name=names[at], cases=cases)


def _expected(html: File | None, told: File | None) -> Truth:
    truth = Truth(text=words_of(html.data) if html else None)
    if told is None:
        return truth
    try:
        row = json.loads(told.data)
    except (ValueError, RecursionError) as error:
        raise DataError("no JSON", subject=told.place, hint=str(error)) from error
    if not isinstance(row, dict):
        raise DataError("no JSON object", subject=told.place)
    byline = row.get("byline")
    return replace(
        truth,
        title=text.fold(str(row["title"])) if row.get("title") else None,
        authors=(text.fold(str(byline)),) if byline else None,
        day=day_of(row, "publishedTime", told),
    )


def _name(file: File) -> str:
    """Give the set's name: its folder's, or that of the zip or folder that holds it."""
    return file.folder.rstrip("/").rpartition("/")[2] or file.holder.stem


def _unpacked(file: File) -> bytes:
    if not file.data.startswith(_GZIP):
        return file.data
    member = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        data = member.decompress(file.data, _MAX_BYTES)
    except zlib.error as error:
        raise DataError(f"no gzip ({error})", subject=file.place) from error
    if not member.eof:
        what = "a page is too big" if member.unconsumed_tail else "the gzip is cut off"
        raise DataError(what, subject=file.place, hint="64 MB at most, unpacked")
    return data


def _page(body: bytes, url: str, now: datetime, key: str = "page") -> Page:
    """Make a page as a fetcher would; without an address, under the one that it declares."""
    url = (
        url
        or extract.declared_address(body)
        or f"https://{'-'.join(key.lower().split())}.invalid/page"
    )
    headers = {"content-type": "text/html"}
    return Page(url=url, final_url=url, status=200, headers=headers, body=body, fetched_at=now)


def _lines(files: Iterable[File]) -> Iterator[tuple[File, list[Row]]]:
    """Give every file of JSON lines with its rows."""
    for file in files:
        if not file.name.endswith((".jsonl", ".ndjson")):
            continue
        rows: list[Row] = []
        for number, line in enumerate(file.data.decode("utf-8-sig", "replace").split("\n"), 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                where = f"{file.place}:{number}"
                raise DataError("no line of JSON", subject=where, hint=str(error)) from error
            rows += [row] if isinstance(row, dict) else []
        yield file, rows
