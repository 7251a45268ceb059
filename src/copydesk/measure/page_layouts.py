"""Find web pages with correct values (labels) among files, by the layouts of known data sets.

{"KEY": {"url": …, "articleBody": …}}      next to html/KEY.html.gz     texts
{"ADDRESS": {"file": …, "date": …}}        next to html/FILE            dates
NAME/source.html                           expected.html, expected-metadata.json
a recorded web (WARC)                      lines of labels, of texts, or an index of the others
"""

from __future__ import annotations

import asyncio
import json
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urljoin

from copydesk import extract, fetch
from copydesk.errors import DataError
from copydesk.kit import text
from copydesk.measure import labelled
from copydesk.measure.labelled import Case, File, Set, Truth, day_of
from copydesk.news import Page, Request

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# inline elements: a word may continue across their edges
_INLINE = frozenset(
    (
        *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn"),
        *("em", "font", "i", "ins", "kbd", "label", "mark", "nobr", "q", "s", "samp", "small"),
        *("span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"),
    )
)
_SILENT = frozenset(("script", "style", "noscript", "template", "svg", "head"))


def read_markup_text(html: bytes) -> str:
    """Return the text of an HTML file; each block element begins a new line."""
    root = _root(html)
    pieces: list[str] = []
    if root is not None:
        _collect(root, pieces)
    return "".join(pieces)


def _collect(root: HtmlElement, pieces: list[str]) -> None:
    from lxml import etree

    silent = 0
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        name = element.tag if isinstance(element.tag, str) else ""
        is_silent = name in _SILENT
        silent += is_silent if event == "start" else -is_silent
        if name and name not in _INLINE:
            pieces.append("\n")
        words = element.text if event == "start" else element.tail
        if words and not silent:
            pieces.append(words)


def _root(html: bytes) -> HtmlElement | None:
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    try:
        return document_fromstring(html, parser=HTMLParser(encoding="utf-8"))
    except (etree.ParserError, ValueError, AssertionError):
        return None


Row = Mapping[str, object]
Lines = Iterable[tuple[File, list[Row]]]

_WARC = (b"WARC/1", b"\x1f\x8b")
_MAX_HOPS = 10
_CARD_PAGES = 3
_Kind = Literal["texts", "index", "labels"]
# the keys that identify each kind of file of lines; the first match counts
_KEYS: Mapping[_Kind, frozenset[str]] = {
    "texts": frozenset({"id", "text"}),
    "index": frozenset({"set", "key"}),
    "labels": frozenset({"url", "published"}),
}


def is_recording(file: File) -> bool:
    """Return whether a file is a recording of web pages (WARC)."""
    return file.name.endswith((".warc", ".warc.gz")) and file.data.startswith(_WARC)


class Web:
    """The web pages in some recordings (WARC), found by URL, with redirects."""

    def __init__(self, paths: Sequence[Path], at: datetime | None) -> None:
        self._replays = [fetch.Replay(path, at) for path in paths]

    def page(self, url: str) -> Page | None:
        """Return the recorded page at a URL after redirects, None if there is none."""
        return asyncio.run(self._page(url))

    async def _page(self, url: str) -> Page | None:
        for replay in self._replays:
            page = await _follow(replay, url)
            if page is not None:
                return page
        return None


async def _follow(replay: fetch.Replay, url: str) -> Page | None:
    hops: tuple[tuple[int, str], ...] = ()
    address = url
    for _ in range(_MAX_HOPS):
        page = await replay.fetch(Request(url=address))
        if not isinstance(page, Page):
            return None
        if page.status == 200:
            return replace(page, url=url, hops=hops)
        target = page.headers.get("location", "")
        if page.status // 100 != 3 or not target:
            return None
        address = urljoin(address, target)
        hops += ((page.status, address),)
    return None


def add_recordings(web: Web, lines: Lines, sets: Iterable[Set]) -> list[Set]:
    """Return sets of labelled pages, and new sets of those pages that are in recordings (WARC).

    Labels name a page by `url`; their texts are in other lines with the same `id`. An index has the
    `key` of a page in one of the sets: that page is then read from the recording.
    """
    by_kind: dict[_Kind | None, list[tuple[File, list[Row]]]] = defaultdict(list)
    for file, rows in lines:
        by_kind[_kind(rows)].append((file, rows))
    texts = {
        str(row["id"]): str(row.get("text") or "")
        for _, rows in by_kind["texts"]
        for row in rows
        if "id" in row
    }
    read_sets = list(sets)
    for file, rows in by_kind["index"]:
        read_sets = _read_index(web, file, rows, read_sets)
    return [*read_sets, *(_read_labels(web, file, rows, texts) for file, rows in by_kind["labels"])]


def _kind(rows: list[Row]) -> _Kind | None:
    """Return the kind of a file of JSON lines by the keys in its first line, None if unknown."""
    first = rows[0] if rows else {}
    return next((kind for kind, keys in _KEYS.items() if keys <= first.keys()), None)


def _read_labels(web: Web, file: File, rows: list[Row], texts: Mapping[str, str]) -> Set:
    cases, absent = [], []
    cards = _cards(rows)
    for row in rows:
        url = str(row.get("url") or "")
        page = web.page(url)
        if page is None:
            absent.append(url)
        else:
            cases.append(Case(name=url, page=page, truth=_truth(row, texts, cards, file)))
    return Set(name=file.stem.rpartition("/")[2], cases=cases, absent=tuple(absent))


def _cards(rows: list[Row]) -> frozenset[str]:
    """Return the pictures that several pages share, which say nothing about one page."""
    named = Counter(str(row.get("image")) for row in rows)
    return frozenset(image for image, pages in named.items() if pages >= _CARD_PAGES)


def _truth(row: Row, texts: Mapping[str, str], cards: frozenset[str], file: File) -> Truth:
    names, image = row.get("authors"), str(row.get("image") or "")
    is_picture = image and image not in cards and row.get("image_state") != "html"
    authors = tuple(map(str, names)) if isinstance(names, list) and names else None
    return Truth(
        text=texts.get(str(row.get("id"))),
        title=text.fold(str(row["title"])) if row.get("title") else None,
        authors=authors,
        in_page=row.get("authors_in_page") is not False,
        image=image if is_picture else None,
        address=str(row["canonical"]) if row.get("canonical") else None,
        amp=str(row.get("amp") or "") if "amp" in row else None,
        day=day_of(row, "published", file),
    )


def _read_index(web: Web, file: File, rows: list[Row], sets: list[Set]) -> list[Set]:
    """Return the sets with their pages read from recordings, and a set of those with a date."""
    pages = {str(row["key"]): row for row in rows if row.get("url") and row.get("key")}
    known = {case.name for known_set in sets for case in known_set.cases}
    replaced = [_replace_pages(web, known_set, pages) for known_set in sets]
    dated = {key: row for key, row in pages.items() if key not in known and row.get("date")}
    return [*replaced, _read_new_pages(web, file, dated)]


def _read_new_pages(web: Web, file: File, dated: Mapping[str, Row]) -> Set:
    """Return a set of the pages in an index that have only a labelled day."""
    recorded = {key: web.page(str(row["url"])) for key, row in dated.items()}
    cases = [
        Case(name=key, page=page, truth=Truth(day=day_of(dated[key], "date", file)))
        for key, page in recorded.items()
        if page is not None
    ]
    absent = tuple(key for key, page in recorded.items() if page is None)
    return Set(name=file.stem.rpartition("/")[2], cases=cases, absent=absent)


def _replace_pages(web: Web, known_set: Set, pages: Mapping[str, Row]) -> Set:
    """Return a set with its pages replaced by the recorded ones."""
    cases = [_replace_page(web, case, pages.get(case.name)) for case in known_set.cases]
    return replace(known_set, cases=cases)


def _replace_page(web: Web, case: Case, row: Row | None) -> Case:
    page = web.page(str(row["url"])) if row else None
    return replace(case, page=page) if page else case


_GZIP = b"\x1f\x8b"
_MAX_BYTES = 64 * 1024 * 1024  # of one page, unpacked
_SOURCE, _EXPECTED, _METADATA = "source.html", "expected.html", "expected-metadata.json"
_NONE = "found no labelled pages among the files"
HINT = "name a recording together with its labels and texts; see docs/reference/cli.md"


def read_sets(paths: Iterable[Path], now: datetime, replayed_at: datetime | None) -> list[Set]:
    """Return the sets of labelled pages in these files, zips or folders.

    `now` is the fetch time of pages in plain files; a recording is replayed as of `replayed_at`,
    with its newest pages if that is None. Raises DataError if there is no set, or one names a
    missing file.
    """
    files_by_name = {(file.holder, file.name): file for file in labelled.files(paths)}
    sets = [*_json_sets(files_by_name, now), *_folder_sets(files_by_name, now)]
    recordings = [file.path for file in files_by_name.values() if is_recording(file)]
    if recordings:
        web = Web(recordings, replayed_at)
        sets = add_recordings(web, _lines(files_by_name.values()), sets)
    sets = [labelled_set for labelled_set in sets if labelled_set.cases or labelled_set.absent]
    if not sets:
        raise DataError(_NONE, hint=HINT)
    return sets


def _json_sets(files_by_name: Mapping[tuple[Path, str], File], now: datetime) -> Iterator[Set]:
    """Yield the sets that are described by one JSON file: texts by key, or dates by URL."""
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
    """Return the correct values (labels) in a JSON file, None if the file has none."""
    if not file.name.endswith(".json") or file.name.endswith(_METADATA):
        return None
    try:
        rows = json.loads(file.data)
    except (ValueError, RecursionError) as error:
        if file.name.rpartition("/")[2] in {"ground-truth.json", "dates.json"}:
            raise DataError("invalid JSON", subject=file.place, hint=str(error)) from error
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
            f"a page that the labels name is missing: {places[0]}",
            subject=file.place,
            hint="put the pages into the folder html/ next to their labels",
        )
    return Case(name=key, page=_page(_unpack(page), url, now), truth=truth)


def _folder_sets(files_by_name: Mapping[tuple[Path, str], File], now: datetime) -> Iterator[Set]:
    """Yield the sets with a folder for each page and its expected values."""
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
        raise DataError("invalid JSON", subject=metadata.place, hint=str(error)) from error
    if not isinstance(row, dict):
        raise DataError("expected a JSON object", subject=metadata.place)
    byline = row.get("byline")
    return replace(
        truth,
        title=text.fold(str(row["title"])) if row.get("title") else None,
        authors=(text.fold(str(byline)),) if byline else None,
        day=day_of(row, "publishedTime", metadata),
    )


def _name(file: File) -> str:
    """Return the set's name: that of its folder, or of the zip or folder around it."""
    return file.folder.rstrip("/").rpartition("/")[2] or file.holder.stem


def _unpack(file: File) -> bytes:
    if not file.data.startswith(_GZIP):
        return file.data
    member = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        data = member.decompress(file.data, _MAX_BYTES)
    except zlib.error as error:
        raise DataError(f"invalid gzip ({error})", subject=file.place) from error
    if not member.eof:
        what = "a page is too big" if member.unconsumed_tail else "the gzip file is incomplete"
        raise DataError(what, subject=file.place, hint="use at most 64 MB, unpacked")
    return data


def _page(body: bytes, url: str, now: datetime, key: str = "page") -> Page:
    """Return a page as if it had been fetched, with its declared URL if no other is known."""
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
                raise DataError("the line is not JSON", subject=where, hint=str(error)) from error
            rows += [row] if isinstance(row, dict) else []
        yield file, rows
