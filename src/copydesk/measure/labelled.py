"""Read labelled data (documents with correct groups, web pages with correct values); extract it."""

from __future__ import annotations

import asyncio
import hashlib
import time
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Protocol

import msgspec
import orjson

from copydesk import extract
from copydesk.errors import DataError, PageError
from copydesk.kit import dates
from copydesk.news import Article, Beat, Lead, Page

_MAX_BYTES = 64 * 1024 * 1024  # of one file, unpacked


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file of labelled data: its relative name with slashes, and its bytes.

    `path` is the file on disk, which may be a zip that contains it. `holder` is the zip or folder
    that the name is relative to.
    """

    name: str
    data: bytes
    path: Path
    holder: Path

    @property
    def stem(self) -> str:
        """Return the file's name without its last suffix."""
        head, dot, ending = self.name.rpartition(".")
        return head if dot and "/" not in ending else self.name

    @property
    def folder(self) -> str:
        """Return the folders in the file's name including the last slash, "" if there are none."""
        return "".join(self.name.rpartition("/")[:2])

    @property
    def place(self) -> str:
        """Return the file's location for error messages."""
        return f"{self.path}: {self.name}" if self.path == self.holder else str(self.path)


def files(paths: Iterable[Path]) -> Iterator[File]:
    """Yield every file in these paths, sorted by name, including files inside zips.

    Raises DataError for a missing path, a broken zip or a file that is too big.
    """
    for path in paths:
        if path.is_dir():
            inside = sorted(inner for inner in path.rglob("*") if inner.is_file())
            for inner in inside:
                yield from _open(inner, inner.relative_to(path).as_posix(), path)
        else:
            yield from _open(path, path.name, path.parent)


def _open(path: Path, name: str, holder: Path) -> Iterator[File]:
    try:
        if path.suffix == ".zip":
            yield from _open_zip(path)
        else:
            _check_size(path.stat().st_size, str(path))
            yield File(name=name, data=path.read_bytes(), path=path, holder=holder)
    except OSError as error:
        raise DataError(f"the file cannot be read ({error.strerror})", subject=str(path)) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        # the last two: a password, a compression unknown to zipfile
        raise DataError(f"the file is not a valid zip ({error})", subject=str(path)) from error


def _open_zip(path: Path) -> Iterator[File]:
    with zipfile.ZipFile(path) as archive:
        for member in sorted(archive.infolist(), key=lambda member: member.filename):
            if not member.is_dir():
                _check_size(member.file_size, f"{path}: {member.filename}")
                data = archive.read(member)
                yield File(name=member.filename, data=data, path=path, holder=path)


def _check_size(size: int, subject: str) -> None:
    if size > _MAX_BYTES:
        raise DataError("the file is too big", subject=subject, hint="use at most 64 MB")


Order = Literal["time", "order", "hash"]
_MAX_DOCUMENTS_BYTES = 512 * 1024 * 1024
# ISO 639-3 codes of labelled sets to two-letter codes
_CODES = """
    ara:ar bul:bg cat:ca ces:cs dan:da deu:de ell:el eng:en est:et eus:eu fas:fa fin:fi fra:fr
    heb:he hin:hi hrv:hr hun:hu hye:hy ind:id ita:it jpn:ja kor:ko lit:lt lav:lv nld:nl nob:nb
    nor:no pol:pl por:pt ron:ro rus:ru slk:sk slv:sl spa:es srp:sr swe:sv tam:ta tha:th tur:tr
    ukr:uk vie:vi zho:zh
"""
_LANGUAGES = {code[:3]: code[4:] for code in _CODES.split()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A document with its correct group (`cluster`), to test the grouping of documents by event."""

    id: str
    title: str
    cluster: str
    text: str = ""
    language: str = ""
    moment: datetime | None = None
    order: float | None = None


def read_documents(path: Path) -> list[Labelled]:
    """Return the documents of a labelled file; DataError names the number of an invalid line."""
    if path.stat().st_size > _MAX_DOCUMENTS_BYTES:
        raise DataError("the file is too big", subject=str(path), hint="use at most 512 MB")
    with path.open("rb") as lines:
        documents = [
            _parse_document(line, f"{path}:{at}")
            for at, line in enumerate(lines, 1)
            if line.strip()
        ]
    if not documents:
        raise DataError(
            "the file has no documents",
            subject=str(path),
            hint="write one line of JSON for each document",
        )
    twice = len(documents) - len({document.id for document in documents})
    if twice:
        raise DataError(
            f"{twice} ids occur twice", subject=str(path), hint="give each document its own id"
        )
    return documents


def _parse_document(line: bytes, place: str) -> Labelled:
    try:
        values = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        hint = "write one line of JSON for each document"
        raise DataError(f"invalid JSON ({error})", subject=place, hint=hint) from error
    if not isinstance(values, dict) or not all(key in values for key in ("id", "title", "cluster")):
        hint = "a document needs an id, a title and its cluster"
        raise DataError("expected a labelled document", subject=place, hint=hint)
    language = _text(values.get("lang")).lower()
    order = values.get("order")
    return Labelled(
        id=str(values["id"]),
        title=_text(values["title"]),
        cluster=str(values["cluster"]),
        text=_text(values.get("text")),
        language=_LANGUAGES.get(language, language[:2]),
        moment=_moment(values.get("ts"), place),
        order=float(order) if isinstance(order, int | float) else None,
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _moment(value: object, place: str) -> datetime | None:
    if not value:
        return None
    moment = dates.parse(str(value))
    if moment is None:
        raise DataError(f"invalid time: {value}", subject=place, hint="write 2026-11-24T13:10:00Z")
    return moment


def sort_documents(
    documents: Sequence[Labelled], forced: Order | None
) -> tuple[Order, list[Labelled]]:
    """Return the kind of order ("time", …), and the documents as if they arrived one by one.

    By time if all have one, else by their own order number, else by the SHA-1 of the id.
    """
    possible = list(_possible(documents))
    order = forced or possible[0]
    if order not in possible:
        raise DataError(f"not every document can be sorted by {order}", hint="use --order hash")
    return order, sorted(documents, key=lambda document: _key(document, order))


def _possible(documents: Sequence[Labelled]) -> Iterator[Order]:
    if all(document.moment is not None for document in documents):
        yield "time"
    if all(document.order is not None for document in documents):
        yield "order"
    yield "hash"


def _key(document: Labelled, order: Order) -> tuple[float, str]:
    if order == "time" and document.moment is not None:
        return document.moment.timestamp(), document.id
    if order == "order" and document.order is not None:
        return document.order, document.id
    return 0.0, hashlib.sha1(document.id.encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A correct publication day (YYYY-MM-DD): in UTC if the label has a clock time, else as on the
    page.
    """

    day: str
    is_moment: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """The correct (labelled) values of a web page, None for each value that is not labelled.

    `in_page` tells whether the authors' names are on the page at all.
    """

    text: str | None = None
    title: str | None = None
    authors: tuple[str, ...] | None = None
    in_page: bool = True
    image: str | None = None
    address: str | None = None
    amp: str | None = None
    day: Day | None = None

    @property
    def has_words(self) -> bool:
        """Return whether the page has any correct value (label) other than a date."""
        said = (self.text, self.title, self.authors, self.image, self.address)
        return any(one is not None for one in said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A web page with its correct (labelled) values; `name` is the page's name in the data."""

    name: str
    page: Page
    truth: Truth


@dataclass(frozen=True, slots=True, kw_only=True)
class Set:
    """A set of web pages with correct values; `absent` are pages that are missing in the data."""

    name: str
    cases: Sequence[Case]
    absent: tuple[str, ...] = ()

    def only(self, has: Callable[[Truth], bool]) -> Set:
        """Return the set with only the pages whose labels fulfil a condition."""
        return replace(self, cases=[case for case in self.cases if has(case.truth)])


def day_of(row: Mapping[str, object], name: str, file: File) -> Day | None:
    """Parse the publication day in a row of labels, None if it has none."""
    value = row.get(name)
    if not value:
        return None
    moment = dates.parse(value) if isinstance(value, str) else None
    if moment is None:
        hint = "write dates as 2026-11-20 or 2026-11-20T08:00:00Z"
        raise DataError(f"invalid date of {name}: {value!r}", subject=file.place, hint=hint)
    return Day(day=f"{moment:%Y-%m-%d}", is_moment=len(str(value)) > len("2026-11-20"))


# Reading labelled pages as a run reads them.

_BEAT = Beat(title="Measured")


class Progress(Protocol):
    """Receives the progress of reading labelled pages."""

    def stage(self, name: str, total: int | None = None) -> None:
        """Report that reading a set of labelled pages begins, with its number of pages."""
        ...

    def step(self, count: int = 1) -> None:
        """Report that `count` more pages were read."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A page that gave no article: a rule dropped it, reading it `failed`, or there was
    an `error`.
    """

    page: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReading:
    """A labelled page and the article extracted from it; `seconds` is the CPU time for that.

    A page that the pipeline would drop is read anyway, and `lost` has the reason for dropping it:
    extraction and the decision whether a page is news are measured separately.
    """

    set: str
    case: Case
    article: Article | None
    lost: Lost | None
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Milliseconds:
    """CPU time per page in milliseconds."""

    median: float
    p99: float


# calls a function of this package on other machines, by its name, for each payload
RunElsewhere = Callable[[str, Sequence[bytes]], Sequence[bytes]]
_Reading = tuple[Article | None, Lost | None, float]
_PAGES_AT_ONCE = 20


def read_set(
    labelled: Set, progress: Progress, run: RunElsewhere | None = None
) -> list[PageReading]:
    """Extract every page of a set, without feed data, then remove text that its site repeats.

    `run` reads the pages on other machines; without it, this process does.
    """
    progress.stage(labelled.name, len(labelled.cases))
    cases = labelled.cases
    readings = _read_elsewhere(cases, run) if run else (read_case(c.name, c.page) for c in cases)
    pages = []
    for case, (article, lost, seconds) in zip(cases, readings, strict=True):
        pages.append(
            PageReading(set=labelled.name, case=case, article=article, lost=lost, seconds=seconds)
        )
        progress.step()
    return remove_repeats(pages)


def _read_elsewhere(cases: Sequence[Case], run: RunElsewhere) -> Iterator[_Reading]:
    starts = range(0, len(cases), _PAGES_AT_ONCE)
    lots = [[(c.name, c.page) for c in cases[at : at + _PAGES_AT_ONCE]] for at in starts]
    for answer in run(f"{__name__}:read_lot", [msgspec.msgpack.encode(lot) for lot in lots]):
        yield from msgspec.msgpack.decode(answer, type=list[_Reading])


async def read_lot(readers: Any, payload: bytes, _: bytes) -> bytes:
    """Extract some pages in the parser processes of a worker, as `rounds.workers` calls it."""
    cases = msgspec.msgpack.decode(payload, type=list[tuple[str, Page]])
    return msgspec.msgpack.encode(
        await asyncio.gather(*(_read_in_pool(readers, name, page) for name, page in cases))
    )


async def _read_in_pool(readers: Any, name: str, page: Page) -> _Reading:
    try:
        reading: _Reading = await readers.call(page.url, read_case, name, page)
    except PageError as error:
        return None, Lost(page=name, reason="failed", detail=str(error)), 0.0
    return reading


def remove_repeats(readings: Sequence[PageReading]) -> list[PageReading]:
    """Remove the text that each site repeats on its pages, such as footers, found by comparing
    them.
    """
    of_site: dict[str, list[Article]] = defaultdict(list)
    for reading in readings:
        if reading.article and not reading.lost:
            of_site[extract.site_of(reading.article)].append(reading.article)
    repeated = {
        site: extract.habits(extract.learn(None, articles)) for site, articles in of_site.items()
    }
    return [
        replace(reading, article=_without(reading.article, repeated))
        if reading.article
        else reading
        for reading in readings
    ]


def _without(article: Article, repeated: Mapping[str, extract.Habits]) -> Article:
    site = repeated.get(extract.site_of(article))
    return extract.settle(article, site, _BEAT.excerpt) if site else article


def read_case(name: str, page: Page) -> _Reading:
    """Extract the article of a labelled page; say why the pipeline would drop it, if it would.

    The third value is the CPU time in seconds.
    """
    began = time.process_time()
    article, lost = _read(name, page)
    return article, lost, time.process_time() - began


def _read(name: str, page: Page) -> tuple[Article | None, Lost | None]:
    lead = Lead(url=page.url, source="", found=page.fetched_at)
    try:
        outcome = extract.read(page, lead, _BEAT)
        if isinstance(outcome, Article):
            return outcome, None
        lost = Lost(page=name, reason=outcome.reason, detail=outcome.detail)
        anyway = extract.read_anyway(page, lead, _BEAT)
    except PageError as error:
        return None, Lost(page=name, reason="failed", detail=str(error))
    except Exception as error:  # any error is counted: there should be none
        what = f"{type(error).__name__}: {error}"
        return None, Lost(page=name, reason="error", detail=what)
    return (anyway if isinstance(anyway, Article) else None), lost


def cpu_milliseconds(readings: Sequence[PageReading]) -> Milliseconds:
    """Return the median and the 99th percentile of CPU time per page, by nearest rank."""
    milliseconds = sorted(1000 * reading.seconds for reading in readings) or [0.0]
    median, p99 = (milliseconds[-(-len(milliseconds) * percent // 100) - 1] for percent in (50, 99))
    return Milliseconds(median=round(median, 1), p99=round(p99, 1))


def pages_per_second(readings: Sequence[PageReading]) -> float:
    """Return the number of pages read per second on one processor."""
    seconds = sum(reading.seconds for reading in readings)
    return round(len(readings) / seconds, 1) if seconds else 0.0
