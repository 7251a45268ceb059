"""Day: the date inside a line of text that people read, such as "By Ann, 3 March 2026, 5 min"."""

from __future__ import annotations

import re
from datetime import datetime

from copydesk.watch.documents._times import parse_moment

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
    """Read the time that a line is, else the first date in it, in UTC.

    Numbers with slashes are left alone: nobody can tell 3/4/2026 from 4/3/2026.
    """
    if (at := parse_moment(line)) is not None:
        return at
    times = (parse_moment(_spell(match)) for match in _DAY.finditer(line[:_LOOKED_AT]))
    return next((at for at in times if at is not None), None)


def _spell(match: re.Match[str]) -> str:
    """Spell a date so that `parse_moment` reads it."""
    if match["day"]:
        return _iso(match["year"], match["month"], match["day"])
    if match["east_day"]:
        return _iso(match["east_year"], match["east_month"], match["east_day"])
    return match["iso"] or match["named"] or match["american"] or ""


def _iso(year: str, month: str, day: str) -> str:
    return f"{year}-{int(month):02}-{int(day):02}"
