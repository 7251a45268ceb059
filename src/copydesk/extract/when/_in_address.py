"""The day that an address holds: `/2018/02/05/`, `/2018-02-05-…`, `…-20180205`, `/2018/feb/05/`."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import urlsplit

from copydesk.extract.when import _months

_MAX_CHARACTERS = 2_000
_YEAR = r"((?:199[5-9]|20\d\d))"
_SHAPES = (
    rf"(?<!\d){_YEAR}/(\d\d?)/(\d\d?)(?!\d)",
    rf"(?<!\d){_YEAR}([-_.])(\d\d?)\2(\d\d?)(?!\d)",
    rf"(?<!\d){_YEAR}/?(\d\d)/?(\d\d)(?!\d)",
    rf"(?<!\d){_YEAR}[/_-]?([a-z]{{3,9}})[/_-]?(\d\d?)(?!\d)",
)
_DAYS = tuple(re.compile(shape, re.IGNORECASE) for shape in _SHAPES)
_MONTH = re.compile(rf"/{_YEAR}[/_-]?(\d\d)(?=[/_-]|\Z)")


def day(address: str) -> date | None:
    """Read the day in an address's path or query; None where it holds none, or figures of an id."""
    parts = urlsplit(address[:_MAX_CHARACTERS])
    for text in (parts.path, parts.query):
        for shape in _DAYS:
            for match in shape.finditer(text):
                read = _day(match)
                if read:
                    return read
    return None


def month(address: str) -> tuple[int, int] | None:
    """Read the year and month in an address's path, as in `/2018/02/`; None without one."""
    found = _MONTH.search(urlsplit(address[:_MAX_CHARACTERS]).path)
    if not found or not 1 <= int(found[2]) <= 12:
        return None
    return int(found[1]), int(found[2])


def _day(found: re.Match[str]) -> date | None:
    year, *_, month_name, day_of_month = found.groups()
    number = int(month_name) if month_name.isdecimal() else _months.month(month_name)
    try:
        return date(int(year), number or 0, int(day_of_month))
    except ValueError:
        return None
