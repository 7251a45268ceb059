"""Months and zones by the names that pages write, in the languages that news comes in."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta

from copydesk.kit import tables

_PACKAGE = "copydesk.extract.when"
_ZONES = tables.read_rows(_PACKAGE, "zones.toml", int)
_AMERICAN = {"ET": -300, "CT": -360, "MT": -420, "PT": -480}  # in winter, an hour later in summer


def month(word: str) -> int | None:
    """Return the number of a month by its name in any of the languages; None for another word."""
    return _numbers().get(_bare(word))


def offset(name: str, day: date) -> timedelta | None:
    """Return how far a zone is east of Greenwich on a day; None for a name of no zone."""
    name = name.upper()
    if name in _AMERICAN:
        return timedelta(minutes=_AMERICAN[name] + (60 if _is_american_summer(day) else 0))
    return timedelta(minutes=_ZONES[name]) if name in _ZONES else None


@functools.cache
def _numbers() -> Mapping[str, int]:
    """Return the number of each month by all of its names."""
    return {
        _bare(name): number
        for lines in tables.read_rows(_PACKAGE, "months.toml", tuple[str, ...]).values()
        for line in lines
        for number, name in enumerate(line.split(), 1)
    }


def _bare(word: str) -> str:
    """Fold a word to what is left without case and accents: `Août` and `AOUT` are one."""
    if word.isascii():
        return word.lower()
    parts = unicodedata.normalize("NFKD", word.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))


def _is_american_summer(day: date) -> bool:
    """Decide whether clocks stand forward: from March to November, as since 2007."""
    start = date(day.year, 3, 14) - timedelta(days=(date(day.year, 3, 14).weekday() + 1) % 7)
    end = date(day.year, 11, 7) - timedelta(days=(date(day.year, 11, 7).weekday() + 1) % 7)
    return start <= day < end
