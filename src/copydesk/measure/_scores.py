"""Compare the quality scores that copydesk gives to stories with those of an earlier program."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from copydesk import judge
from copydesk.errors import DataError, UsageError
from copydesk.judge.profile import Features
from copydesk.news import Beat
from copydesk.news.beat import ProfileName

COLUMNS = (
    "path",
    "title",
    "domain",
    "topics",
    "image",
    "amp",
    "type",
    "official_feed",
    "quality",
    "published",
)
_MAX_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A story whose quality score or publication differs from the expected one."""

    path: str
    title: str
    quality: int
    expected_quality: int
    published: bool
    expected_published: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoresReport:
    """The number of stories with the expected quality score, and the stories that differ."""

    cases: int
    quality_exact: int
    published_exact: int
    different: tuple[Difference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    path: str
    features: Features
    quality: int
    published: bool


def scores(cases_csv: Path, beat: Beat, profile: str) -> ScoresReport:
    """Score every story in a CSV file by a scoring profile, and compare with the file's scores.

    Raises DataError with the line if the file is no list of cases; UsageError for an unknown
    profile.
    """
    beat = replace(beat, scoring=replace(beat.scoring, profile=_profile_name(profile)))
    total = quality_exact = published_exact = 0
    different = []
    for case in _cases(cases_csv):
        total += 1
        quality = judge.weigh(case.features, beat).quality
        published = quality >= beat.scoring.publish_at
        quality_exact += quality == case.quality
        published_exact += published == case.published
        if (quality, published) != (case.quality, case.published):
            different.append(_difference(case, quality, published))
    return ScoresReport(
        cases=total,
        quality_exact=quality_exact,
        published_exact=published_exact,
        different=tuple(different),
    )


def _profile_name(profile: str) -> ProfileName:
    match profile:
        case "copydesk" | "everyday":
            return profile
    raise UsageError("unknown scoring profile", subject=profile, hint="use copydesk or everyday")


def _difference(case: _Case, quality: int, published: bool) -> Difference:
    return Difference(
        path=case.path,
        title=case.features.title,
        quality=quality,
        expected_quality=case.quality,
        published=published,
        expected_published=case.published,
    )


def _cases(path: Path) -> Iterator[_Case]:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise DataError("the file is too big", subject=str(path), hint="use at most 64 MB")
        with path.open(encoding="utf-8-sig", newline="") as lines:
            yield from _read_cases(csv.DictReader(lines, strict=True), path)
    except OSError as error:
        raise DataError(
            "the file of cases cannot be read", subject=str(path), hint=error.strerror or ""
        ) from error
    except UnicodeDecodeError as error:
        raise DataError("the file is not UTF-8", subject=str(path), hint=str(error)) from error


def _read_cases(rows: csv.DictReader[str], path: Path) -> Iterator[_Case]:
    try:
        _require_columns(rows.fieldnames or (), path)
        for row in rows:
            yield _case(row, f"{path}:{rows.line_num}")
    except csv.Error as error:
        where = f"{path}:{rows.reader.line_num}"
        raise DataError("the file is not valid CSV", subject=where, hint=str(error)) from error


def _require_columns(columns: Sequence[str], path: Path) -> None:
    missing = [name for name in COLUMNS if name not in columns]
    if missing:
        raise DataError(
            "the file of cases lacks a column",
            subject=f"{path}:1",
            hint=f"add these columns to the first line: {', '.join(missing)}",
        )


def _case(row: Mapping[str, str | None], where: str) -> _Case:
    cells = {name: row.get(name) for name in COLUMNS}
    if None in cells.values() or None in row:
        raise DataError("the line has too few or too many cells", subject=where)
    cell = {name: value or "" for name, value in cells.items()}
    return _Case(
        path=cell["path"],
        features=Features(
            title=cell["title"],
            topics=tuple(name for name in cell["topics"].split("|") if name),
            domain=cell["domain"],
            image=_flag(cell, "image", where),
            amp=_flag(cell, "amp", where),
            video=cell["type"] == "video",
            official=_flag(cell, "official_feed", where),
        ),
        quality=_number(cell, "quality", where),
        published=_flag(cell, "published", where),
    )


def _flag(cell: Mapping[str, str], name: str, where: str) -> bool:
    match cell[name].lower():
        case "1" | "true":
            return True
        case "0" | "false":
            return False
    raise DataError(f"expected 0 or 1 as {name}, got {cell[name]!r}", subject=where)


def _number(cell: Mapping[str, str], name: str, where: str) -> int:
    try:
        return int(cell[name])
    except ValueError as error:
        raise DataError(
            f"expected a whole number as {name}, got {cell[name]!r}", subject=where
        ) from error
