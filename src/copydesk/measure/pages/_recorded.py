"""Recorded webs as labelled data: lines of labels beside a WARC, or an index of other sets."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Literal
from urllib.parse import urljoin

from copydesk import fetch
from copydesk.kit import text
from copydesk.measure._corpus import File
from copydesk.measure.pages._cases import Case, Set, Truth, day_of
from copydesk.news import Page, Request

Row = Mapping[str, object]
Lines = Iterable[tuple[File, list[Row]]]

_WARC = (b"WARC/1", b"\x1f\x8b")
_MAX_HOPS = 10
_CARD_PAGES = 3
_Kind = Literal["texts", "index", "labels"]
# the keys by which lines are known; those of the first kind that fits count
_KEYS: Mapping[_Kind, frozenset[str]] = {
    "texts": frozenset({"id", "text"}),
    "index": frozenset({"set", "key"}),
    "labels": frozenset({"url", "published"}),
}


def is_recording(file: File) -> bool:
    """Decide whether a file is a recorded web."""
    return file.name.endswith((".warc", ".warc.gz")) and file.data.startswith(_WARC)


class Web:
    """The pages of some recordings, redirects followed; the first that holds an address answers."""

    def __init__(self, paths: Sequence[Path], at: datetime | None) -> None:
        self._replays = [fetch.Replay(path, at) for path in paths]

    def page(self, url: str) -> Page | None:
        """Return the page where an address ends, None where there is none."""
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
    """Return the sets with those whose pages the web holds.

    Labels name a page by `url`; their texts stand in other lines under the same `id`. An index
    names the `key` that a page has in one of the sets: it is then read as it was recorded.
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
    """Return what a file of lines is by the keys of its first one, None for nothing of ours."""
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
    """Return the pictures that stand for many pages, and so show what none of them tells."""
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
    """Read the pages of an index from the web: those of the sets, and those with a date."""
    pages = {str(row["key"]): row for row in rows if row.get("url") and row.get("key")}
    known = {case.name for known_set in sets for case in known_set.cases}
    replaced = [_replace_pages(web, known_set, pages) for known_set in sets]
    dated = {key: row for key, row in pages.items() if key not in known and row.get("date")}
    return [*replaced, _read_new_pages(web, file, dated)]


def _read_new_pages(web: Web, file: File, dated: Mapping[str, Row]) -> Set:
    """Read the pages of an index of which no more is known than the day."""
    recorded = {key: web.page(str(row["url"])) for key, row in dated.items()}
    cases = [
        Case(name=key, page=page, truth=Truth(day=day_of(dated[key], "date", file)))
        for key, page in recorded.items()
        if page is not None
    ]
    absent = tuple(key for key, page in recorded.items() if page is None)
    return Set(name=file.stem.rpartition("/")[2], cases=cases, absent=absent)


def _replace_pages(web: Web, known_set: Set, pages: Mapping[str, Row]) -> Set:
    """Return a set with the recorded pages in place of those that it has."""
    cases = [_replace_page(web, case, pages.get(case.name)) for case in known_set.cases]
    return replace(known_set, cases=cases)


def _replace_page(web: Web, case: Case, row: Row | None) -> Case:
    page = web.page(str(row["url"])) if row else None
    return replace(case, page=page) if page else case
