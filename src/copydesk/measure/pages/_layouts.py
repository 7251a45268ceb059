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
from copydesk.measure import _corpus
from copydesk.measure._corpus import File
from copydesk.measure.pages import _recorded
from copydesk.measure.pages._cases import Case, Set, Truth, day_of
from copydesk.measure.pages._markup import read_markup_text
from copydesk.news import Page

Row = Mapping[str, object]

_GZIP = b"\x1f\x8b"
_MAX_BYTES = 64 * 1024 * 1024  # of one page, unpacked
_SOURCE, _EXPECTED, _METADATA = "source.html", "expected.html", "expected-metadata.json"
_NONE = "no labelled pages among the files"
HINT = "a recording, its labels and its texts are named together; see docs/reference/cli.md"


def read_sets(paths: Iterable[Path], now: datetime, replayed_at: datetime | None) -> list[Set]:
    """Read the sets of labelled pages among the files of these paths.

    Pages that only lie in a file are said to be fetched `now`; a recording answers as of
    `replayed_at`, with the newest of all where that is None. Raises DataError where there is no
    set, or one names what is not there.
    """
    files_by_name = {(file.holder, file.name): file for file in _corpus.files(paths)}
    sets = [*_json_sets(files_by_name, now), *_folder_sets(files_by_name, now)]
    recordings = [file.path for file in files_by_name.values() if _recorded.is_recording(file)]
    if recordings:
        web = _recorded.Web(recordings, replayed_at)
        sets = _recorded.add_recordings(web, _lines(files_by_name.values()), sets)
    sets = [labelled_set for labelled_set in sets if labelled_set.cases or labelled_set.absent]
    if not sets:
        raise DataError(_NONE, hint=HINT)
    return sets


def _json_sets(files_by_name: Mapping[tuple[Path, str], File], now: datetime) -> Iterator[Set]:
    """Yield the sets that one JSON file describes: texts by key, or dates by address."""
    for file in files_by_name.values():
        rows = _rows(file)
        if rows is None:
            continue
        cases = [
            _read_case(files_by_name, file, key, row, now)
            for key, row in rows.items()
            if isinstance(row, dict)
        ]
        yield Set(name=_name(file), cases=cases)


def _rows(file: File) -> Row | None:
    """Return the labels of a file that holds labels, None for any other."""
    if not file.name.endswith(".json") or file.name.endswith(_METADATA):
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


def _read_case(
    files_by_name: Mapping[tuple[Path, str], File], file: File, key: str, row: Row, now: datetime
) -> Case:
    if "file" in row:
        name, url = str(row["file"]), key
        truth = Truth(day=day_of(row, "date", file))
    else:
        name, url = f"{key}.html", str(row.get("url") or "")
        truth = Truth(text=str(row.get("articleBody") or ""))
    places = [f"{file.folder}html/{name}{ending}" for ending in ("", ".gz")]
    page = next(
        (
            files_by_name[file.holder, place]
            for place in places
            if (file.holder, place) in files_by_name
        ),
        None,
    )
    if page is None:
        raise DataError(
            f"a page that the labels name is not there: {places[0]}",
            subject=file.place,
            hint="pages lie in html/ beside their labels",
        )
    return Case(name=key, page=_page(_unpack(page), url, now), truth=truth)


def _folder_sets(files_by_name: Mapping[tuple[Path, str], File], now: datetime) -> Iterator[Set]:
    """Yield the sets whose pages have a folder each, with what is expected beside them."""
    sets: dict[tuple[Path, str], list[Case]] = {}
    names: dict[tuple[Path, str], str] = {}
    for (holder, name), file in files_by_name.items():
        folder, _, last = name.rpartition("/")
        beside = [
            files_by_name.get((holder, f"{folder}/{name}")) for name in (_EXPECTED, _METADATA)
        ]
        if last == _SOURCE and any(beside):
            parent, _, key = folder.rpartition("/")
            truth = _read_truth(*beside)
            case = Case(name=key, page=_page(file.data, "", now, key), truth=truth)
            sets.setdefault((holder, parent), []).append(case)
            names[holder, parent] = parent.rpartition("/")[2] or holder.stem
    for at, cases in sets.items():
        yield Set(name=names[at], cases=cases)


def _read_truth(html: File | None, metadata: File | None) -> Truth:
    truth = Truth(text=read_markup_text(html.data) if html else None)
    if metadata is None:
        return truth
    try:
        row = json.loads(metadata.data)
    except (ValueError, RecursionError) as error:
        raise DataError("no JSON", subject=metadata.place, hint=str(error)) from error
    if not isinstance(row, dict):
        raise DataError("no JSON object", subject=metadata.place)
    byline = row.get("byline")
    return replace(
        truth,
        title=text.fold(str(row["title"])) if row.get("title") else None,
        authors=(text.fold(str(byline)),) if byline else None,
        day=day_of(row, "publishedTime", metadata),
    )


def _name(file: File) -> str:
    """Return the set's name: its folder's, or that of the zip or folder that holds it."""
    return file.folder.rstrip("/").rpartition("/")[2] or file.holder.stem


def _unpack(file: File) -> bytes:
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
    """Build a page as a fetcher would; without an address, under the one that it declares."""
    url = (
        url
        or extract.find_declared_address(body)
        or f"https://{'-'.join(key.lower().split())}.invalid/page"
    )
    headers = {"content-type": "text/html"}
    return Page(url=url, final_url=url, status=200, headers=headers, body=body, fetched_at=now)


def _lines(files: Iterable[File]) -> Iterator[tuple[File, list[Row]]]:
    """Yield every file of JSON lines with its rows."""
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
