"""Goldens: what another parser made of a feed, in the shapes that gofeed and feed-rs write."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from copydesk.kit import dates
from copydesk.measure._corpus import File

Fields = Mapping[str, object]

_ENDINGS = (".serde", "_expected")  # before .json
_WEB = ("http://", "https://")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One entry as the other parser has it; what it does not say is "", () or None.

    `links` are all addresses that may stand for the entry, the likeliest first.
    """

    title: str = ""
    links: tuple[str, ...] = ()
    published_at: datetime | None = None


def goldens_of(files: list[File]) -> dict[str, File]:
    """Return, by the name of a feed's file, the file with its expected result.

    A result has the feed's name with `.json`, `.serde.json` or `_expected.json`. Of several, the
    one that shares the most folders at the end of its path is meant; it must share one.
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
    for ending in _ENDINGS:
        stem = stem.removesuffix(ending)
    return stem


def _is_result(file: File) -> bool:
    return file.name.endswith(".json") and file.stem.endswith(_ENDINGS)


def _count_shared_folders(golden: File, other: File) -> int:
    """Count the folders that two paths share, from the file upwards; files side by side share."""
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
    """Return the entries of a result file, None where it is in no shape that is known."""
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
    """Return a text that stands as it is, or under `content`."""
    if isinstance(value, dict):
        value = value.get("content", value.get("value"))
    return value if isinstance(value, str) else ""


def _links(entry: Fields) -> Iterator[str]:
    """Yield the entry's addresses; those with a relation other than "alternate" are no page."""
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
