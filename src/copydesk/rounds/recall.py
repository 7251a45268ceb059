"""Compare another site's list of stories with this site's, and find why stories are missing
here.
"""

from __future__ import annotations

import asyncio
import codecs
import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, TextIO

import msgspec

from copydesk.catalogue import Catalogue
from copydesk.errors import CopydeskError, DataError
from copydesk.judge.coverage import groups
from copydesk.kit import dates, files, text, urls
from copydesk.news import Beat, Fetcher, Lead, Page, Request, Shelved, Source, Story
from copydesk.news.story import RecallKind
from copydesk.newsroom import Newsroom
from copydesk.newsroom.cataloguing import ask_catalogue
from copydesk.newsroom.filing import read_removals
from copydesk.newsroom.standings import beat_in_force
from copydesk.rounds._pool import ReaderPool, connect
from copydesk.rounds._reading import require_page
from copydesk.rounds._shelf import FiledShelf, Vectors
from copydesk.rounds.rejudging import find_neighbours
from copydesk.rounds.sources import with_source_options
from copydesk.rounds.sources.states import WaitingLeads

ListForm = Literal["feed", "sitemap", "csv"]

STORIES_AT_MOST = 50_000
_FILE_BYTES = 64 << 20
_MORE_SITEMAPS = 20
_TITLE, _EXCERPT = 1_000, 2_000  # characters
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_ZONE_ERROR = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallList:
    """The stories in another site's feed, sitemap or table, each page once and in its order.

    `listed` counts all entries. `passed_over` of them repeat a page or have no web address; `cut`
    came after the first 50,000. `failed` lists the sitemaps of an index that gave nothing.
    """

    address: str
    form: ListForm
    items: tuple[Lead, ...]
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
    return require_page(answer, "the list", address)


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
    found = _collect(page.url, reading.kind, map(_shorten, reading.leads), reading.listed)
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
    stories = (*found.items, *map(_shorten, more.leads))
    both = _collect(found.address, found.form, stories, found.listed + more.listed)
    return replace(both, failed=found.failed)


def _collect(address: str, form: ListForm, items: Iterable[Lead | None], listed: int) -> RecallList:
    """Return a list of stories with each page once, at most 50,000."""
    by_page: dict[str, Lead] = {}
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


def _of_row(row: CsvRow, now: datetime) -> Lead | None:
    url = urls.fetchable(row.url)
    if url is None:
        return None
    at = dates.parse(row.published[:40])
    return Lead(
        url=url,
        source="",
        found=now,
        title=text.shorten(text.plain(row.title[:_TITLE]), _TITLE),
        published_at=at if at and _EARLIEST <= at <= now + _ZONE_ERROR else None,
    )


def _shorten(lead: Lead) -> Lead:
    at = lead.published_at or lead.updated_at
    return replace(lead, excerpt=lead.excerpt[:_EXCERPT], published_at=at)


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


# How the kind of each listed story is found:
#
# items ── address known? ──> have | ── another report of the same event filed? ──> covered
#       ── memory ──> dropped, open ── else ──> unseen

COMPARED_AT_MOST = 2_000  # unfiled stories, the newest first; takes some seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallTrace:
    """Whether this site has one story from another site's list (`[recall]`), and how that is known.

    `path` is its record, or the first record about the same event (`others` has more), and
    `standing` is that record's status. `reason` is why its page was dropped; `detail` explains the
    drop, a failure, or what two reports have in common; `tries` counts the rounds that asked for
    the page. `source` is our source on its site, "" if there is none.
    """

    url: str
    title: str
    published_at: str
    kind: RecallKind
    path: str = ""
    others: tuple[str, ...] = ()
    standing: str = ""
    reason: str = ""
    detail: str = ""
    tries: int = 0
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallFindings:
    """Another site's list of stories (`[recall]`), and for each whether this site has it.

    `older` counts those from before the requested time, `undated` those without a time, `untitled`
    those without a headline; `uncompared` were too many to compare with other reports.
    """

    list: RecallList
    traces: tuple[RecallTrace, ...]
    older: int = 0
    undated: int = 0
    untitled: int = 0
    uncompared: int = 0


def trace_recall(
    newsroom: Newsroom, listed: RecallList, since: datetime | None = None
) -> RecallFindings:
    """Return for each story of another site's list whether this site has it; skip those before
    `since`.
    """
    items = [item for item in listed.items if not _is_older(item, since)]
    traces, uncompared = ask_catalogue(
        newsroom, lambda catalogue: _trace(newsroom, catalogue, items)
    )
    return RecallFindings(
        list=listed,
        traces=tuple(traces),
        older=len(listed.items) - len(items),
        undated=sum(item.published_at is None for item in items),
        untitled=sum(not item.title for item in items),
        uncompared=uncompared,
    )


def _is_older(item: Lead, since: datetime | None) -> bool:
    return since is not None and item.published_at is not None and item.published_at < since


def _trace(
    newsroom: Newsroom, catalogue: Catalogue, items: Sequence[Lead]
) -> tuple[list[RecallTrace], int]:
    """Return a result for each listed story, and how many missing ones were not compared by
    content.
    """
    beat = beat_in_force(newsroom.root, newsroom.beat, newsroom.now)
    shelf = FiledShelf(newsroom, catalogue, Vectors(newsroom.memory))
    tracer = _Tracer(newsroom, shelf, beat)
    traces = [tracer.trace(item) for item in items]
    others = _find_comparable(items, traces)
    compared = {at: items[at] for at in others[:COMPARED_AT_MOST]}
    for at, match in _find_coverage(newsroom, shelf, beat, compared).items():
        traces[at] = _add_coverage(traces[at], match)
    standings = catalogue.standings({trace.path for trace in traces if trace.path})
    with_standings = [replace(trace, standing=standings.get(trace.path, "")) for trace in traces]
    return with_standings, len(others) - len(compared)


def _find_comparable(items: Sequence[Lead], traces: Sequence[RecallTrace]) -> list[int]:
    """Return the indexes of listed stories that this site lacks and that have a headline, newest
    first.
    """
    others = (at for at, trace in enumerate(traces) if trace.kind is not RecallKind.HAVE)
    return sorted((at for at in others if items[at].title), key=lambda at: _age(items[at]))


def _age(item: Lead) -> float:
    return -item.published_at.timestamp() if item.published_at else 0.0


class _Tracer:
    """Looks up pages of another site's list among the stored stories and in the memory database."""

    def __init__(self, newsroom: Newsroom, shelf: FiledShelf, beat: Beat) -> None:
        self._memory = newsroom.memory
        self._shelf = shelf
        self._removed = read_removals(newsroom.root)
        self._waiting = WaitingLeads(newsroom.memory)
        self._sources: dict[str, str] = {}
        for source in reversed(beat.sources):
            self._sources[urls.registrable_domain(source.url)] = source.url

    def trace(self, item: Lead) -> RecallTrace:
        """Return the result for a listed story, looked up by its URL alone."""
        trace = RecallTrace(
            url=item.url,
            title=item.title,
            published_at=dates.rfc3339(item.published_at) if item.published_at else "",
            kind=RecallKind.UNSEEN,
            source=self._sources.get(urls.registrable_domain(item.url), ""),
        )
        if path := self._shelf.at(item.url):
            return replace(trace, kind=RecallKind.HAVE, path=path)
        identity = urls.identity(item.url)
        if identity in self._removed:
            return replace(trace, kind=RecallKind.DROPPED, reason="removed")
        if item.url in self._waiting or self._memory.tips.get(identity) is not None:
            return replace(trace, kind=RecallKind.OPEN, reason="waiting")
        return self._by_fate(trace, identity)

    def _by_fate(self, trace: RecallTrace, identity: str) -> RecallTrace:
        fate = self._memory.fate(identity)
        if fate is None:
            return trace
        told = replace(trace, detail=fate.detail, tries=fate.tries, source=fate.source)
        if fate.state == "failed":
            return replace(told, kind=RecallKind.OPEN, reason="failed")
        if fate.state == "filed":  # but a person has deleted the record since
            return replace(told, kind=RecallKind.DROPPED, reason="deleted")
        return replace(told, kind=RecallKind.DROPPED, reason=fate.reason)


def _find_coverage(
    newsroom: Newsroom, shelf: FiledShelf, beat: Beat, items: Mapping[int, Lead]
) -> dict[int, groups.CoverageMatch]:
    """Return this site's stories about the same events, by the indexes of the listed stories."""
    if not items:
        return {}
    others = {f"_listed/{at}.md": at for at in items}
    stories = [_shelve(path, items[at], newsroom.now) for path, at in others.items()]
    window = find_neighbours(newsroom, shelf, beat, stories)
    corpus = window.around.corpus if window.around else None
    matches = groups.find_coverage(stories, window.stories, beat, corpus)
    return {others[path]: match for path, match in matches.items()}


def _shelve(path: str, item: Lead, now: datetime) -> Shelved:
    """Return a listed story in the form of a fetched one. One without a time counts as new."""
    story = Story(
        path=path,
        title=item.title,
        excerpt=item.excerpt,
        language=item.language,
        published_at=item.published_at or now,
        web_url=item.url,
    )
    return Shelved(story=story, found=now)


def _add_coverage(trace: RecallTrace, match: groups.CoverageMatch) -> RecallTrace:
    first, *others = match.paths
    return replace(
        trace,
        kind=RecallKind.COVERED,
        path=first,
        others=tuple(others),
        detail=str(match.reason or ""),
    )


# Regular checks against the lists of [recall]: fetched when due, results stored by address.

_EVERY = timedelta(hours=1)
_LATELY = timedelta(days=14)  # older stories say nothing about today's sources
_ALL_SECONDS = 60.0  # time limit for all lists together
_MISSED_AT_MOST = 200
_DAYS = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallDay:
    """How many stories of another site's list this site had, by kind of result, on one day."""

    day: str
    kinds: Mapping[RecallKind, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRecall:
    """The stored results of comparing another site's list of stories (`[recall]`) with this site.

    `failed` says why it gave nothing, or ""; after a failure all else is from the last success.
    `missed` has the stories of two weeks that we have from no publisher, the first 200 of them.
    """

    list: str
    asked_at: datetime
    failed: str = ""
    missed: Sequence[RecallTrace] = ()
    kinds: Mapping[RecallKind, int] = field(default_factory=dict)
    days: Sequence[RecallDay] = ()


def read_kept_recall(newsroom: Newsroom) -> list[KeptRecall]:
    """Return the stored results for all lists of other sites' stories (`[recall]`) in beat.toml."""
    kept = (_read(newsroom, address) for address in newsroom.settings.recall.lists)
    return [one for one in kept if one is not None]


def check_recall(newsroom: Newsroom, web: Path | None = None) -> None:
    """Fetch the due lists of other sites' stories (`[recall]`), and store how many are on this
    site.

    It runs after a round: nobody waits for it, and a list that gives nothing stops nothing.
    """
    due = list(_find_due(newsroom))
    if not due:
        return
    answers = asyncio.run(_ask_all(newsroom, due, web))
    for address in due:
        before = _read(newsroom, address) or KeptRecall(list=address, asked_at=newsroom.now)
        before = replace(before, asked_at=newsroom.now)
        try:
            after = _take_in(newsroom, before, answers[address])
        except CopydeskError as error:
            after = replace(before, failed=error.what)
        newsroom.memory.recall.put(address, msgspec.msgpack.encode(after))
    for address in {*newsroom.memory.recall.keys()} - {*newsroom.settings.recall.lists}:
        newsroom.memory.recall.forget(address)


def _find_due(newsroom: Newsroom) -> Iterator[str]:
    for address in dict.fromkeys(newsroom.settings.recall.lists):
        kept = _read(newsroom, address)
        if kept is None or not timedelta(0) <= newsroom.now - kept.asked_at < _EVERY:
            yield address


def _read(newsroom: Newsroom, address: str) -> KeptRecall | None:
    kept = newsroom.memory.recall.get(address)
    if kept is None:
        return None
    try:
        return msgspec.msgpack.decode(kept, type=KeptRecall)
    except msgspec.MsgspecError:  # written by another version: as if there were none
        return None


async def _ask_all(
    newsroom: Newsroom, addresses: Sequence[str], web: Path | None
) -> Mapping[str, RecallList | CopydeskError]:
    """Fetch several lists of other sites' stories at once; return their stories, or errors,
    by URL.
    """
    late = CopydeskError(f"fetching the lists took more than {_ALL_SECONDS:g} s")
    answers: dict[str, RecallList | CopydeskError] = dict.fromkeys(addresses, late)
    readers = ReaderPool(newsroom.beat, workers=1)

    async def ask(address: str) -> None:
        try:
            answers[address] = await ask_for_list(newsroom, fetcher, readers, address)
        except CopydeskError as error:
            answers[address] = error

    try:
        async with connect(newsroom.settings, newsroom.memory, newsroom.now, web) as fetcher:
            try:
                async with asyncio.timeout(_ALL_SECONDS):
                    await asyncio.gather(*map(ask, addresses))
            except TimeoutError:
                return answers
    except CopydeskError as error:  # there is no contact, or no recording
        return {**answers, **dict.fromkeys(addresses, error)}
    finally:
        readers.close()
    return answers


def _take_in(
    newsroom: Newsroom, before: KeptRecall, answer: RecallList | CopydeskError
) -> KeptRecall:
    """Return the results to store after fetching a list of stories; raises its error if it
    failed.
    """
    if isinstance(answer, CopydeskError):
        raise answer
    traces = trace_recall(newsroom, answer, newsroom.now - _LATELY).traces
    missed = [trace for trace in traces if trace.kind not in {RecallKind.HAVE, RecallKind.COVERED}]
    kinds = dict(Counter(trace.kind for trace in traces))
    zone = dates.find_zone(newsroom.beat.timezone)
    today = newsroom.now.astimezone(zone).date().isoformat()
    earlier = [day for day in before.days if day.day < today]
    return replace(
        before,
        failed="",
        missed=missed[:_MISSED_AT_MOST],
        kinds=kinds,
        days=[*earlier[1 - _DAYS :], RecallDay(day=today, kinds=kinds)],
    )
