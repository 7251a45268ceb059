"""Compare feed entries that our parser reads with those of the parsers gofeed and feed-rs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import urljoin
from xml.parsers import expat

from copydesk import watch
from copydesk.errors import DataError, FeedError
from copydesk.kit import dates, text, urls
from copydesk.measure import labelled
from copydesk.measure.labelled import File
from copydesk.news import Page, Source
from copydesk.watch.entry import SourceEntry

Fields = Mapping[str, object]

_GOLDEN_ENDINGS = (".serde", "_expected")  # before .json
_WEB = ("http://", "https://")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One feed entry as another parser read it; a missing value is "", () or None.

    `links` are all possible URLs of the entry, the likeliest first.
    """

    title: str = ""
    links: tuple[str, ...] = ()
    published_at: datetime | None = None


def goldens_of(files: list[File]) -> dict[str, File]:
    """Map each feed file's name to the JSON file with another parser's result for that feed.

    A result has the feed's name with `.json`, `.serde.json` or `_expected.json`. If there are
    several, the one that shares the most folders at the end of its path counts, at least one.
    """
    by_name: dict[str, list[File]] = {}
    for file in files:
        if file.name.endswith(".json"):
            by_name.setdefault(_bare(file).rpartition("/")[2], []).append(file)
    pairs = {}
    for file in files:
        results = by_name.get(file.stem.rpartition("/")[2], [])
        results = [result for result in results if result is not file and not _is_result(file)]
        best = max(results, key=lambda result: _count_shared_folders(result, file), default=None)
        if best is not None and _count_shared_folders(best, file):
            pairs[file.name] = best
    return pairs


def _bare(file: File) -> str:
    stem = file.stem
    for ending in _GOLDEN_ENDINGS:
        stem = stem.removesuffix(ending)
    return stem


def _is_result(file: File) -> bool:
    return file.name.endswith(".json") and file.stem.endswith(_GOLDEN_ENDINGS)


def _count_shared_folders(golden: File, other: File) -> int:
    """Return the number of folders that two paths share, counted from the files upwards."""
    mine, theirs = (file.name.split("/")[-2::-1] for file in (golden, other))
    if mine == theirs:
        return len(mine) + 1
    shared = 0
    for a, b in zip(mine, theirs, strict=False):
        if a != b:
            break
        shared += 1
    return shared


def read_expected_entries(golden: File) -> tuple[Expected, ...] | None:
    """Return the feed entries in another parser's result, None if its format is unknown."""
    try:
        feed = json.loads(golden.data)
    except ValueError:
        return None
    if not isinstance(feed, dict):
        return None
    entries = feed.get("entries", feed.get("items"))
    if not isinstance(entries, list):
        return () if entries is None else None
    return tuple(_read_entry(entry) for entry in entries if isinstance(entry, dict))


def _read_entry(entry: Fields) -> Expected:
    return Expected(
        title=_content(entry.get("title")),
        links=tuple(_links(entry)),
        published_at=_first_date(
            entry, "publishedParsed", "published", "pubDateParsed", "updatedParsed", "updated"
        ),
    )


def _content(value: object) -> str:
    """Return a text that is given directly or under `content`, "" for none."""
    if isinstance(value, dict):
        value = value.get("content", value.get("value"))
    return value if isinstance(value, str) else ""


def _links(entry: Fields) -> Iterator[str]:
    """Yield the URLs of a feed entry, without links to anything but its page."""
    link = entry.get("link")
    if isinstance(link, str) and link.strip():
        yield link.strip()
    links = entry.get("links")
    for link_or_url in links if isinstance(links, list) else []:
        if isinstance(link_or_url, str):
            yield link_or_url.strip()
        elif isinstance(link_or_url, dict) and link_or_url.get("rel") in (None, "", "alternate"):
            href = link_or_url.get("href")
            if isinstance(href, str) and href.strip().startswith(_WEB):
                yield href.strip()


def _first_date(entry: Fields, *names: str) -> datetime | None:
    for name in names:
        value = entry.get(name)
        if isinstance(value, str) and (moment := dates.parse(value)) is not None:
            return moment.replace(microsecond=0)
    return None


_ENDINGS = (".xml", ".rss", ".atom", ".rdf", ".json")
_BASE = "https://feed.invalid/feed"  # the assumed URL of a feed; .invalid never resolves


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A feed file that our parser could not read, with the reason."""

    file: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """One value of a feed that our parser and another parser read differently.

    `entry` counts from 0, -1 means the number of entries.
    """

    file: str
    entry: int
    field: str
    ours: str
    expected: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedsReport:
    """How many feeds our parser reads exactly as another parser does, and the differences.

    `files` were read as feeds, `empty` of them have no entries; `refused` are no feeds by our
    parser, `errors` made it fail. Of the `pairs` of feed and result, `malformed` are not
    well-formed; `exact` of the others agree in the number, titles, links and dates of their
    entries. `values` is the number of compared titles, links and dates.
    """

    files: int
    entries: int
    empty: int
    pairs: int
    malformed: int
    exact: int
    values: int
    errors: tuple[Trouble, ...]
    refused: tuple[Trouble, ...]
    mismatched: tuple[Mismatch, ...]

    @property
    def share(self) -> float:
        """Return the share (0 to 1) of well-formed feeds that both parsers read equally."""
        well_formed = self.pairs - self.malformed
        return self.exact / well_formed if well_formed else 1.0


@dataclass(slots=True)
class _Count:
    files: int = 0
    entries: int = 0
    empty: int = 0
    malformed: int = 0
    exact: int = 0
    values: int = 0
    errors: list[Trouble] = field(default_factory=list)
    refused: list[Trouble] = field(default_factory=list)
    mismatched: list[Mismatch] = field(default_factory=list)


def feeds(paths: Iterable[Path], now: datetime) -> FeedsReport:
    """Parse every feed in these files, zips or folders; compare it with another parser's result.

    A value that the result does not give is not compared. Raises DataError if there is no feed,
    or a path cannot be read.
    """
    files = list(labelled.files(paths))
    goldens = goldens_of(files)
    results = {golden.name for golden in goldens.values()}
    count = _Count()
    for file in files:
        golden = goldens.get(file.name)
        if not file.name.endswith(_ENDINGS) or file.name in results:
            continue
        if golden is not None or not _is_other_json(file):
            _compare(file, golden, now, count)
    if not count.files:
        raise DataError("found no feed among the files", hint="use .xml, .rss or .json files")
    return FeedsReport(
        files=count.files,
        entries=count.entries,
        empty=count.empty,
        pairs=len(goldens),
        malformed=count.malformed,
        exact=count.exact,
        values=count.values,
        errors=tuple(count.errors),
        refused=tuple(count.refused),
        mismatched=tuple(count.mismatched),
    )


def _compare(file: File, golden: File | None, now: datetime, count: _Count) -> None:
    """Parse one feed, compare it with the expected result, and count the differences."""
    count.files += 1
    listed: tuple[SourceEntry, ...] = ()
    try:
        listed = _read_feed(file, now)
    except FeedError as error:
        count.refused.append(Trouble(file=file.name, what=f"not a feed: {error.what}"))
    except Exception as error:  # any error is counted: there should be none
        what = f"{type(error).__name__}: {error}"
        count.errors.append(Trouble(file=file.name, what=what))
    else:
        count.entries += len(listed)
        count.empty += not listed
    if golden is None:
        return
    different = _mismatches(file, golden, listed)
    is_sound = _is_well_formed(file)
    count.malformed += not is_sound
    count.exact += is_sound and not different
    count.values += _values(golden)
    count.mismatched += different


def _is_other_json(file: File) -> bool:
    """Return whether a file is JSON but no JSON Feed."""
    return file.name.endswith(".json") and b"jsonfeed.org/version" not in file.data[:65_536]


def _read_feed(file: File, now: datetime) -> tuple[SourceEntry, ...]:
    page = Page(url=_BASE, final_url=_BASE, status=200, headers={}, body=file.data, fetched_at=now)
    return watch.entries(page, Source(url=_BASE, kind="feed")).entries


def _is_well_formed(file: File) -> bool:
    try:
        if file.name.endswith(".json"):
            json.loads(file.data)
        else:
            parser = expat.ParserCreate()
            parser.Parse(file.data, True)
    except (ValueError, expat.ExpatError):
        return False
    return True


def _mismatches(file: File, golden: File, ours: tuple[SourceEntry, ...]) -> list[Mismatch]:
    expected = read_expected_entries(golden)
    if expected is None:
        return [_mismatch(file, -1, "result", "", f"{golden.name} has an unknown format")]
    if len(expected) != len(ours):
        return [_mismatch(file, -1, "entries", str(len(ours)), str(len(expected)))]
    return [
        _mismatch(file, index, *difference)
        for index, (mine, theirs) in enumerate(zip(ours, expected, strict=True))
        for difference in _differences(mine, theirs)
    ]


def _values(golden: File) -> int:
    return sum(
        bool(entry.title) + bool(entry.links) + (entry.published_at is not None)
        for entry in read_expected_entries(golden) or ()
    )


def _mismatch(file: File, entry: int, field: str, ours: str, expected: str) -> Mismatch:
    return Mismatch(
        file=file.name, entry=entry, field=field, ours=ours[:200], expected=expected[:200]
    )


def _differences(mine: SourceEntry, theirs: Expected) -> list[tuple[str, str, str]]:
    """Return (field, ours, expected) for each value of a feed entry that differs."""
    different = []
    if theirs.title and _title(mine.title) != _title(theirs.title):
        different.append(("title", mine.title, theirs.title))
    if theirs.links and not _same_link(mine, theirs.links):
        different.append(("link", mine.url, theirs.links[0]))
    if theirs.published_at is not None and not _same_date(mine, theirs.published_at):
        ours = mine.published_at or mine.updated_at
        different.append(("date", str(ours), str(theirs.published_at)))
    return different


def _title(title: str) -> str:
    """Return a title's text: markup and entities removed until nothing changes, blanks folded."""
    before = ""
    while title != before:
        before, title = title, text.plain(title)
    return "".join(title.split())


def _same_link(mine: SourceEntry, links: tuple[str, ...]) -> bool:
    ours = {mine.url, urljoin(mine.base, mine.url)}
    ours |= {urls.fetchable(address) or address for address in ours}
    theirs = {address for link in links for address in (link, urljoin(mine.base, link))}
    theirs |= {urls.fetchable(address) or address for address in theirs}
    return not ours.isdisjoint(theirs)


def _same_date(mine: SourceEntry, expected: datetime) -> bool:
    ours = mine.published_at or mine.updated_at
    return ours is not None and ours.replace(microsecond=0) == expected
