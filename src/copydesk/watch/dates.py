"""Parse the dates and times of feeds and pages, in many more spellings than the standards have."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime

from copydesk.kit import dates, tables

_LONGEST = 80
_DAY_MONTH = re.compile(
    r"(?<!\d)(\d{1,2})\.?\s+(?:de\s+)?([^\W\d_]{3,12})\.?,?\s+(?:de\s+)?(\d{4})\b"
)
_MONTH_DAY = re.compile(r"\b([^\W\d_]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b")
_SLASHED = re.compile(r"^(\d{4})/(\d\d)/(\d\d)\b")
_EPOCH = re.compile(r"\d{10}(\d{3})?")
_HALF_DAY = re.compile(r"\b(\d{1,2})((?::\d\d){1,2})\s*([ap])\.?m\b\.?", re.IGNORECASE)
_ZONE = re.compile(r"\b([A-Z]{3,5})$")

_MONTHS = tables.read_rows("copydesk.watch", "months.toml", tuple[str, ...])
_MONTH = {name: int(number) for number, names in _MONTHS.items() for name in names}
_ZONES = tables.read_rows("copydesk.watch", "zones.toml", str)


def parse_moment(text: str) -> datetime | None:
    """Parse a time to UTC: RFC 3339, RFC 5322, month names of seven languages, seconds since 1970.
    None if it is none of these.
    """
    text = " ".join(text[:_LONGEST].split())
    if _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), UTC)
    text = _SLASHED.sub(r"\1-\2-\3", text)
    text = _HALF_DAY.sub(_of_24, text)
    text = _ZONE.sub(lambda match: _ZONES.get(match[1], match[1]), text)
    at = dates.parse(text) or dates.parse(_in_english(text))
    return None if at is None else at.replace(microsecond=0)


def _of_24(match: re.Match[str]) -> str:
    """Convert 5:00 PM to 17:00."""
    hour, minutes, half = match.groups()
    return f"{int(hour) % 12 + (12 if half in 'pP' else 0)}{minutes}"


def _in_english(text: str) -> str:
    """Convert a date to the form of RFC 5322, "" if its day, month or year is missing."""
    if match := _DAY_MONTH.search(text):
        day, name, year = match.groups()
    elif match := _MONTH_DAY.search(text):
        name, day, year = match.groups()
    else:
        return ""
    month = _month(name)
    if month is None:
        return ""
    rest = text[match.end() :].strip(" ,") or "00:00:00"
    return f"{day} {_ENGLISH[month - 1]} {year} {rest}"


_ENGLISH = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def _month(name: str) -> int | None:
    bare = "".join(
        letter for letter in unicodedata.normalize("NFD", name.lower()) if "a" <= letter <= "z"
    )
    return _MONTH.get(bare[:4]) or _MONTH.get(bare[:3])


_LOOKED_AT = 300  # characters of a line
_DAY = re.compile(
    r"""(?x)
      (?<!\d)(?P<iso>\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:?\d\d)?)?)(?!\d)
    | (?<!\d)(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})(?!\d)
    | (?P<east_year>\d{4})\s?[年년]\s?(?P<east_month>\d{1,2})\s?[月월]
      \s?(?P<east_day>\d{1,2})\s?[日일]
    | (?<!\d)(?P<named>\d{1,2}\.?\s+(?:de\s+)?[^\W\d_]{3,12}\.?,?\s+(?:de\s+)?\d{4})(?!\d)
    | \b(?P<american>[^\W\d_]{3,12}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4})(?!\d)
    """
)


def find_moment(line: str) -> datetime | None:
    """Parse a text that is a time, or find the first date in it; return it in UTC, None if there is
    none.

    Numbers with slashes are ignored: 3/4/2026 may be in March or in April.
    """
    if (at := parse_moment(line)) is not None:
        return at
    times = (parse_moment(_spell(match)) for match in _DAY.finditer(line[:_LOOKED_AT]))
    return next((at for at in times if at is not None), None)


def _spell(match: re.Match[str]) -> str:
    """Convert a date to a form that `parse_moment` can parse."""
    if match["day"]:
        return _iso(match["year"], match["month"], match["day"])
    if match["east_day"]:
        return _iso(match["east_year"], match["east_month"], match["east_day"])
    return match["iso"] or match["named"] or match["american"] or ""


def _iso(year: str, month: str, day: str) -> str:
    return f"{year}-{int(month):02}-{int(day):02}"
