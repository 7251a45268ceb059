"""Days without a year: `5 March, 10:00` beside a headline, in a year that something else tells."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from copydesk.extract.when import _in_address, _moments, _months
from copydesk.extract.when._moments import Evidence, Moment

if TYPE_CHECKING:
    from copydesk.extract.page import Document

_FRESH = timedelta(days=60)  # a site leaves the year out as long as it goes without saying
_MAX_CHARACTERS = 500_000
_DAY = re.compile(
    r"(?<![\d.,:/-])(?:(?P<d1>\d{1,2})(?:\.|er|st|nd|rd|th)?\s(?:de\s|of\s)?(?P<m1>[^\W\d_]{3,14})\b"
    r"|(?P<m2>\b[^\W\d_]{3,14})\.?\s(?P<d2>\d{1,2})(?:st|nd|rd|th)?\b(?![:.]\d)"
    r"|(?P<m3>\d{1,2})\s?[月월]\s?(?P<d3>\d{1,2})\s?[日일]"
    r"|(?P<d4>\d{1,2})\.\s?(?P<m4>\d{1,2})\.(?!\s?\d{2,4}\b(?!:)))"
)


def read(shown: str, document: Document, evidence: Evidence) -> Moment | None:
    """Read a short text that holds a day and a month; None where no year is proved."""
    for match in _DAY.finditer(shown):
        shape = next(at for at in range(1, 5) if match[f"m{at}"])
        name = match[f"m{shape}"]
        month = int(name) if name.isdecimal() else _months.month(name)
        day = _choose_year(month or 0, int(match[f"d{shape}"]), document, evidence)
        if day:
            whole = f"{shown[: match.start()]} {day} {shown[match.end() :]}"
            reading = next(_moments.spot(whole), None)
            return _moments.settle(reading, "byline", evidence) if reading else None
    return None


def _choose_year(month: int, day: int, document: Document, evidence: Evidence) -> date | None:
    """Choose the day in the year of the address, of the same day in the markup, or the newest."""
    known = _in_address.month(document.address)
    if known and known[1] == month:
        return _date(known[0], month, day)
    twin = re.compile(rf"(?<!\d)(20\d\d)(?P<sign>[-/]?){month:02d}(?P=sign){day:02d}(?!\d)")
    years = {int(twin_date[1]) for twin_date in twin.finditer(document.html, 0, _MAX_CHARACTERS)}
    if len(years) == 1:
        return _date(years.pop(), month, day)
    for year in (evidence.until.year, evidence.until.year - 1):
        newest = _date(year, month, day)
        if newest and timedelta(0) <= evidence.until - newest <= _FRESH:
            return newest
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
