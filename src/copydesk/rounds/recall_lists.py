"""Read another site's list of stories (a feed, sitemap or CSV table), to compare with this site.

file | fetcher ──> bytes ── CSV | reader process ──> RecallList: no page twice, bounded
"""

from __future__ import annotations

import asyncio
import codecs
import csv
import io
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, TextIO

from copydesk.errors import CopydeskError, DataError, FetchError
from copydesk.kit import dates, files, text, urls
from copydesk.news import Fetcher, Lead, Page, Refused, Request, Source
from copydesk.newsroom import Newsroom
from copydesk.rounds._pool import ReaderPool, connect
from copydesk.rounds.sources import with_source_options

ListForm = Literal["feed", "sitemap", "csv"]

STORIES_AT_MOST = 50_000
_FILE_BYTES = 64 << 20
_MORE_SITEMAPS = 20
_TITLE, _EXCERPT = 1_000, 2_000  # characters
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_ZONE_ERROR = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallItem:
    """One story in another site's list of stories; texts are plain, "" if the list has none."""

    url: str
    title: str = ""
    excerpt: str = ""
    language: str = ""
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallList:
    """The stories in another site's feed, sitemap or table, each page once and in its order.

    `listed` counts all entries. `passed_over` of them repeat a page or have no web address; `cut`
    came after the first 50,000. `failed` lists the sitemaps of an index that gave nothing.
    """

    address: str
    form: ListForm
    items: tuple[RecallItem, ...]
    listed: int
    passed_over: int = 0
    cut: int = 0
    failed: tuple[str, ...] = ()


def read_recall_list(newsroom: Newsroom, place: str, web: Path | None = None) -> RecallList:
    """Read another site's list of stories from a file, or from a URL by a polite HTTP request.

    Raises DataError, FeedError or PageError if it is no list, FetchError if there is no answer.
    """

    async def read() -> RecallList:
        readers = ReaderPool(newsroom.beat, workers=1)
        try:
            if not urls.fetchable(place):
                return await _read_page(newsroom, readers, _load(Path(place), newsroom.now))
            async with connect(newsroom.settings, newsroom.memory, newsroom.now, web) as fetcher:
                return await ask_for_list(newsroom, fetcher, readers, place)
        finally:
            readers.close()

    return asyncio.run(read())


async def ask_for_list(
    newsroom: Newsroom, fetcher: Fetcher, readers: ReaderPool, address: str
) -> RecallList:
    """Fetch another site's list of stories; of a sitemap index also its sitemaps.

    Raises the same errors as `read_recall_list`.
    """
    return await _read_page(newsroom, readers, await _fetch(newsroom, fetcher, address), fetcher)


async def _fetch(newsroom: Newsroom, fetcher: Fetcher, address: str) -> Page:
    source = newsroom.beat.source(address) or Source(url=address)
    request = Request(url=address, purpose="source")
    answer = await fetcher.fetch(with_source_options(newsroom.settings, request, source))
    if isinstance(answer, Page):
        return answer
    if isinstance(answer, Refused):
        what = f"the list cannot be fetched ({answer.reason}: {answer.detail or answer.status})"
        raise FetchError(what, subject=address)
    raise FetchError("the server answered 304 to an unconditional request", subject=address)


def _load(path: Path, now: datetime) -> Page:
    """Return a file in the form of a fetched page; raises DataError if it cannot be read."""
    hint = "name a file, or an address that begins with https://"
    with files.explain_errors(DataError, "the list cannot be read", path, hint):
        if path.stat().st_size > _FILE_BYTES:
            raise DataError("the list is too big", subject=str(path), hint="use at most 64 MB")
        body = path.read_bytes()
    address = str(path)
    return Page(url=address, final_url=address, status=200, headers={}, body=body, fetched_at=now)


async def _read_page(
    newsroom: Newsroom, readers: ReaderPool, page: Page, fetcher: Fetcher | None = None
) -> RecallList:
    """Read a fetched list of stories. With a fetcher, the sitemaps of an index are read, too."""
    if is_csv(page.body):
        rows = read_csv(page.body)
        stories = [_of_row(row, newsroom.now) for row in itertools.islice(rows, STORIES_AT_MOST)]
        return _collect(page.url, "csv", stories, len(stories) + sum(1 for _ in rows))
    reading = await readers.leads(page, Source(url=page.url), newsroom.now)
    if reading.kind == "listing":
        hint = "use a feed, a sitemap, or a CSV file of addresses and titles"
        raise DataError("expected a list of stories, not links", subject=page.url, hint=hint)
    found = _collect(page.url, reading.kind, map(_of_lead, reading.leads), reading.listed)
    if fetcher is None:
        failed = ("the sitemaps of this index were not fetched",) if reading.more else ()
        return replace(found, failed=failed)
    for address in reading.more[:_MORE_SITEMAPS]:
        found = await _add_sitemap(newsroom, fetcher, readers, found, address)
    left = (f"not fetched: {address}" for address in reading.more[_MORE_SITEMAPS:])
    return replace(found, failed=(*found.failed, *left))


async def _add_sitemap(
    newsroom: Newsroom, fetcher: Fetcher, readers: ReaderPool, found: RecallList, address: str
) -> RecallList:
    """Return a list with the stories of one more sitemap. Its failure is recorded in the list."""
    try:
        part = await _fetch(newsroom, fetcher, address)
        more = await readers.leads(part, Source(url=address), newsroom.now)
    except CopydeskError as error:
        return replace(found, failed=(*found.failed, str(error)))
    stories = (*found.items, *map(_of_lead, more.leads))
    both = _collect(found.address, found.form, stories, found.listed + more.listed)
    return replace(both, failed=found.failed)


def _collect(
    address: str, form: ListForm, items: Iterable[RecallItem | None], listed: int
) -> RecallList:
    """Return a list of stories with each page once, at most 50,000."""
    by_page: dict[str, RecallItem] = {}
    for item in items:
        if item is not None and len(by_page) < STORIES_AT_MOST:
            by_page.setdefault(urls.identity(item.url), item)
    cut = max(0, listed - STORIES_AT_MOST)
    return RecallList(
        address=address,
        form=form,
        items=tuple(by_page.values()),
        listed=listed,
        passed_over=listed - cut - len(by_page),
        cut=cut,
    )


def _of_row(row: CsvRow, now: datetime) -> RecallItem | None:
    url = urls.fetchable(row.url)
    if url is None:
        return None
    at = dates.parse(row.published[:40])
    return RecallItem(
        url=url,
        title=text.shorten(text.plain(row.title[:_TITLE]), _TITLE),
        published_at=at if at and _EARLIEST <= at <= now + _ZONE_ERROR else None,
    )


def _of_lead(lead: Lead) -> RecallItem:
    return RecallItem(
        url=lead.url,
        title=lead.title,
        excerpt=lead.excerpt[:_EXCERPT],
        language=lead.language,
        published_at=lead.published_at or lead.updated_at,
    )


# Tables of addresses and titles: CSV in all the variants that people and spreadsheets write.

_DELIMITERS = (",", ";", "\t", "|")
_HEAD = 65_536  # characters, enough to recognise the format
_FEW_LINES = 20
_NAMES: Mapping[str, str] = {
    **dict.fromkeys(("url", "address", "link", "loc", "permalink", "web_url"), "url"),
    **dict.fromkeys(("title", "headline", "name"), "title"),
    **dict.fromkeys(("published", "published_at", "date", "pubdate", "lastmod"), "published"),
}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvRow:
    """The values of one line of a CSV table of stories, "" for missing ones."""

    url: str = ""
    title: str = ""
    published: str = ""


def is_csv(body: bytes) -> bool:
    """Return whether a document is a CSV table, that is begins with a header or with URLs.

    A list of addresses alone, one per line, is a table of one column.
    """
    head = _read_head(body).lstrip()
    if not head or head[0] in "<{[":
        return False
    lines = head.splitlines()[:_FEW_LINES]
    names = {name.strip(' "').casefold() for name in _split(lines[0], _find_delimiter(lines))}
    return "url" in {_NAMES.get(name) for name in names} or any(map(_ADDRESS.search, lines))


def read_csv(body: bytes) -> Iterator[CsvRow]:
    """Yield a row for each line of a CSV table but the header; an unreadable line gives an empty
    row.

    Columns are recognised by their names, or without a header by their values.
    """
    delimiter = _find_delimiter(_read_head(body).splitlines()[:_FEW_LINES])
    places: dict[str, int] | None = None
    for cells in _read_rows(_open_text(body), delimiter):
        if places is None:
            places = _find_places(cells)
            if places:
                continue
        yield _by_name(cells, places) if places else _by_looks(cells)


def _read_head(body: bytes) -> str:
    return _open_text(body).read(_HEAD)


def _open_text(body: bytes) -> TextIO:
    """Return the text of a table as a stream: one string would take four times the memory."""
    return io.TextIOWrapper(
        io.BytesIO(body), encoding=_find_encoding(body), errors="replace", newline=""
    )


def _find_encoding(body: bytes) -> str:
    """Return UTF-8 or UTF-16 by the byte order mark, else UTF-8 if valid, else Windows-1252."""
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return encoding
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _find_delimiter(lines: Sequence[str]) -> str:
    """Return the delimiter that occurs in most of the lines."""
    return max(_DELIMITERS, key=lambda mark: sum(mark in line for line in lines))


def _split(line: str, delimiter: str) -> list[str]:
    return next(_read_rows([line], delimiter), [])


def _read_rows(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    """Yield the cells of each CSV row that has any, [] for a row that is malformed or too long."""
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:  # a quotation that never ends, a field of megabytes
            yield []
        else:
            if any(cells):
                yield cells


def _find_places(cells: Sequence[str]) -> dict[str, int]:
    """Return the column number of each known field, {} if the row is no header."""
    places: dict[str, int] = {}
    for place, cell in enumerate(cells):
        name = _NAMES.get(cell.strip().casefold())
        if name:
            places.setdefault(name, place)
    return places if "url" in places else {}


def _by_name(cells: Sequence[str], places: Mapping[str, int]) -> CsvRow:
    values = {name: cells[place].strip() for name, place in places.items() if place < len(cells)}
    return CsvRow(**values)


def _by_looks(cells: Sequence[str]) -> CsvRow:
    """Recognise cells without a header: URL by its scheme, time by its year, title as the
    longest.
    """
    stripped = [cell.strip() for cell in cells]
    url = next(filter(_ADDRESS.match, stripped), "")
    published = next((cell for cell in stripped if re.match(r"\d{4}-\d\d-\d\d", cell)), "")
    others = [cell for cell in stripped if cell not in {url, published}]
    return CsvRow(url=url, published=published, title=max(others, key=len, default=""))
