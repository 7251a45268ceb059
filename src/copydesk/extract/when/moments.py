"""Parse and find dates and times in text and in URLs, in the many languages of news."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from urllib.parse import urlsplit

from copydesk.kit import tables, text

_PACKAGE = "copydesk.extract.when"
_ZONES = tables.read_rows(_PACKAGE, "zones.toml", int)
_AMERICAN = {"ET": -300, "CT": -360, "MT": -420, "PT": -480}  # minutes in winter; summer + 60


def month(word: str) -> int | None:
    """Return the number of a month by its name in any of the languages; None for another word."""
    return _numbers().get(_bare(word))


def zone_offset(name: str, day: date) -> timedelta | None:
    """Return the UTC offset of a named time zone (`EST`) on a day, None for an unknown name."""
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
    """Return a word without case and accents: `Août` and `AOUT` are the same."""
    return word.lower() if word.isascii() else text.drop_accents(word.casefold())


def _is_american_summer(day: date) -> bool:
    """Return whether it is summer time in the USA: from March to November, as since 2007."""
    start = date(day.year, 3, 14) - timedelta(days=(date(day.year, 3, 14).weekday() + 1) % 7)
    end = date(day.year, 11, 7) - timedelta(days=(date(day.year, 11, 7).weekday() + 1) % 7)
    return start <= day < end


# Times in text.

_MAX_VALUE = 80  # characters of one declared time
_EARLIEST_YEAR = 1995
_FARTHEST = timedelta(hours=15)  # from Greenwich: no time zone is farther
_HALVES = {"a": 0, "p": 12}

_YEAR = r"(?:19|20)\d\d"
_WORD = r"tháng \d{1,2}|[^\W\d_]{3,14}"
_OF = r"(?:\s*(?:de|del|of|di|d['’]|da|năm)\s+|[\s.,/-]\s?)"
_NOT_IN_FIGURES = r"(?<![\d.,:/-])"
_NO_WORD = r"\s*(?:\Z|[,|)\]·–-]|\d{1,2}:\d\d)"  # so that `5 May 20 people` is not a date
_YMD = rf"(?<![\d./-])(?P<y1>{_YEAR})(?P<s1>[-/.])(?P<m1>\d{{1,2}})(?P=s1)(?P<d1>\d{{1,2}})(?!\d)"
_CJK = rf"(?P<y2>{_YEAR})\s?[年년]\s?(?P<m2>\d{{1,2}})\s?[月월]\s?(?P<d2>\d{{1,2}})\s?[日일号號]?"
_FIGURES = (
    rf"{_NOT_IN_FIGURES}(?P<a3>\d{{1,2}})(?:(?P<s3>[/-])|\s?\.)\s?(?P<b3>\d{{1,2}})"
    rf"(?(s3)(?P=s3)|\s?\.)\s?(?P<y3>{_YEAR}|\d\d)(?![\d:%]|[.,/-]\d)"
)
_DMY = (
    rf"{_NOT_IN_FIGURES}(?P<d4>\d{{1,2}})\s?(?:\.|st\b|nd\b|rd\b|th\b|er\b|[ºª°-])?,?{_OF}?\s?"
    rf"(?P<m4>{_WORD})\b\.?,?{_OF}?(?:\s?)(?P<y4>{_YEAR}|['’]\d\d\b|\d\d(?={_NO_WORD}))"
)
_MDY = (
    rf"\b(?P<m5>{_WORD})\.?[\s-]\s?(?P<d5>\d{{1,2}})(?:st|nd|rd|th)?(?:\s?,\s?|[\s-])"
    rf"(?P<t5>\d\d:\d\d:\d\d\s(?:[A-Z]{{2,5}}\s)?)?(?P<y5>{_YEAR})(?!\d)"
)
_YMONTHD = rf"(?<![\d./-])(?P<y6>{_YEAR})\.?[\s/-](?P<m6>{_WORD})\.?[\s/-](?P<d6>\d{{1,2}})(?!\d)"
_DATE = re.compile("|".join((_YMD, _CJK, _FIGURES, _DMY, _MDY, _YMONTHD)), re.IGNORECASE)
_IN_FIGURES = 3  # the number of the pattern with two readings
_COMPACT = re.compile(rf"({_YEAR})(\d\d)(\d\d)(?:[T ]?(\d\d)(\d\d)(\d\d)?)?\Z")
_EPOCH = re.compile(r"(?:/Date\()?(\d{10})(\d{3}|\.\d{1,9})?(?:\)/)?\Z")
_CLOCK = re.compile(
    r"(?<![\d.:,])(?P<hour>\d{1,2})(?:\s?(?P<colon>[:.]|h|時|시|点|點)\s?(?P<minute>[0-5]\d)?(?!\d|\.\d)"
    r"(?::(?P<second>[0-5]\d)(?:[.,]\d{1,9})?|\s?[分분])?)?(?:\s?(?P<half>[apAP])\.?\s?[mM]\b\.?)?"
    r"(?:\s?(?:uhr|h|hrs|Uhr)\b)?"
    r"(?:\s?(?P<name>\(?[A-Z]{1,5}\b\)?|Z\b))?(?:\s?(?P<shift>[+-]\d{1,2}(?::?\d{2})?)(?!\d))?",
)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = re.compile(rf"(?i)\b({'|'.join(_WEEKDAYS)})[a-z]{{0,6}}[.,]{{0,2}}\s?\Z")
_BETWEEN = re.compile(r"[^\d\n]{0,22}")  # "at", "um", "à", "klo", a comma, a week day
_AFTERNOON = re.compile(r"下午|午後|午后|晚上|오후|저녁")
_AFTER = 60  # characters after a date that may contain its time
_BEFORE = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A date and time found in a page; `exact` if it has a time of day and a time zone.

    `day` is the day in the zone in which it was written, None if that was UTC, which is a machine's
    zone and not the writer's.
    """

    at: datetime
    exact: bool
    origin: str
    day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Evidence on whether 5/2 means 5 February or May 2: the site's usual order, and known days.

    `until` is the last possible day.
    """

    day_first: bool | None = None
    days: frozenset[date] = field(default_factory=frozenset)
    until: date = date.max


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A date found in a text, from `start` to `end`, with the time of day and zone next to it.

    `days` are two if either number may be the month: the day-first one is first.
    """

    days: tuple[date, ...]
    clock: time | None
    zone: timedelta | None
    start: int
    end: int


NO_EVIDENCE = Evidence()


def parse(value: str, origin: str = "", evidence: Evidence = NO_EVIDENCE) -> Moment | None:
    """Parse a date and time from metadata. Return None if it is no date or ambiguous.

    Numbers are seconds or milliseconds since 1970. A time without a zone is taken as UTC and is not
    exact; neither is midnight, which stands for "no time".
    """
    value = value.strip()[:_MAX_VALUE]
    epoch = _EPOCH.match(value)
    if epoch:
        at = datetime.fromtimestamp(int(epoch[1]), UTC)
        return Moment(at=at, exact=True, origin=origin)
    written = _iso(value) or _compact(value)
    if written is not None:
        return _moment(written, origin)
    reading = next(spot(value), None)
    return settle(reading, origin, evidence) if reading else None


def settle(reading: Reading, origin: str, evidence: Evidence) -> Moment | None:
    """Return the time of a date found in a text, None if the day is ambiguous."""
    day = choose(reading.days, evidence)
    if day is None:
        return None
    if reading.clock is None:
        return _moment(datetime.combine(day, time.min), origin)
    written = datetime.combine(day, reading.clock)
    if reading.zone is not None:
        written = written.replace(tzinfo=timezone(reading.zone))
    return _moment(written, origin)


def choose(days: tuple[date, ...], evidence: Evidence) -> date | None:
    """Choose between possible days of an ambiguous date such as 5/2; return None if unclear."""
    days = tuple(day for day in days if day <= evidence.until)
    if len(days) < 2:
        return days[0] if days else None
    near = [day for day in days if any(abs(day - known).days <= 1 for known in evidence.days)]
    if len(near) == 1:
        return near[0]
    if evidence.day_first is None:
        return None
    return days[0] if evidence.day_first else days[1]


def spot(passage: str) -> Iterator[Reading]:
    """Find all dates in a text in order, each with the time of day next to it."""
    for match in _DATE.finditer(passage):
        days = _read_days(match)
        if not days:
            continue
        if len(days) > 1:
            days = _on_its_weekday(days, passage[: match.start()])
        clock, zone, end = _read_clock_beside(passage, match, days[0])
        yield Reading(days=days, clock=clock, zone=zone, start=match.start(), end=end)


def _on_its_weekday(days: tuple[date, ...], before: str) -> tuple[date, ...]:
    """Return the only day that matches the day of the week before it; all if none is given."""
    named = _WEEKDAY.search(before)
    if not named:
        return days
    wanted = _WEEKDAYS.index(named[1].lower())
    return tuple(day for day in days if day.weekday() == wanted) or days


def order(passage: str) -> bool | None:
    """Return whether dates in a text have the day first (`25/12/2018`), None if that is unclear."""
    for figures in _DATE.finditer(passage):
        if figures["s3"] and figures["a3"] != figures["b3"]:
            if int(figures["a3"]) > 12:
                return True
            if int(figures["b3"]) > 12:
                return False
    return None


def _moment(written: datetime, origin: str) -> Moment | None:
    written = written.replace(microsecond=0)
    if written.year < _EARLIEST_YEAR or written.year > 9000:
        return None
    away = written.utcoffset()
    day = written.date() if away or written.tzinfo is None else None
    if away and abs(away) >= _FARTHEST:
        return None
    if written.time() == time.min:
        at = written.replace(tzinfo=UTC)
        return Moment(at=at, exact=False, origin=origin, day=written.date())
    exact = written.tzinfo is not None
    at = written.astimezone(UTC) if exact else written.replace(tzinfo=UTC)
    return Moment(at=at, exact=exact, origin=origin, day=day)


def _iso(value: str) -> datetime | None:
    if value[11:13] == "24":  # midnight at the end of a day, which Python parses since 3.13
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def _compact(value: str) -> datetime | None:
    found = _COMPACT.match(value)
    if not found:
        return None
    year, month, day, hour, minute, second = (int(found[at] or 0) for at in range(1, 7))
    try:
        written = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001  # as written
    except ValueError:
        return None
    return written


def _read_days(found: re.Match[str]) -> tuple[date, ...]:
    """Return the day of a match, or two days if its figures have two readings."""
    shape = next(at for at in range(1, 7) if found[f"y{at}"])
    year = _year(found[f"y{shape}"])
    if shape == _IN_FIGURES:
        first, second = int(found["a3"]), int(found["b3"])
        both = [_day(year, second, first)]
        if found["s3"] and first != second:
            both.append(_day(year, first, second))
        return tuple(day for day in both if day)
    name = found[f"m{shape}"]
    figures = name.rpartition(" ")[2]  # "tháng 2" is the second month
    number = int(figures) if figures.isdecimal() else month(name)
    day = _day(year, number or 0, int(found[f"d{shape}"]))
    return (day,) if day else ()


def _year(figures: str) -> int:
    year = int(figures.lstrip("'’"))
    return year if year > 99 else 2000 + year


def _day(year: int, month: int, day: int) -> date | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if found.year >= _EARLIEST_YEAR else None


def _read_clock_beside(
    passage: str, found: re.Match[str], day: date
) -> tuple[time | None, timedelta | None, int]:
    """Return the time of day and the zone after a date or before it, and the end."""
    if found["t5"]:
        within = _CLOCK.match(passage, found.start("t5"), found.end("t5"))
        return (*_clock(within, day), found.end())
    gap = _BETWEEN.match(passage, found.end(), found.end() + _AFTER)
    start = gap.end() if gap else found.end()
    behind = _CLOCK.match(passage, start, found.end() + _AFTER)
    clock, zone = _clock(behind, day)
    if behind and clock:
        is_late = clock.hour < 12 and _AFTERNOON.search(passage, found.end(), start)
        return clock.replace(hour=clock.hour + 12) if is_late else clock, zone, behind.end()
    begin = max(0, found.start() - _BEFORE)
    before = list(_CLOCK.finditer(passage, begin, found.start()))
    return (*_clock(before[-1] if before else None, day), found.end())


def _clock(found: re.Match[str] | None, day: date) -> tuple[time | None, timedelta | None]:
    """Return a time of day and its zone, (None, None) if it is not one."""
    hour = _hour(found) if found else None
    if found is None or hour is None:
        return None, None
    clock = time(hour, int(found["minute"] or 0), int(found["second"] or 0))
    return clock, _zone(found["name"] or "", found["shift"] or "", day)


def _hour(clock: re.Match[str]) -> int | None:
    """Return the hour from midnight, None for a bare number or an impossible hour."""
    hour = int(clock["hour"])
    if clock["half"]:
        hour = hour % 12 + _HALVES[clock["half"].lower()] if hour <= 12 else hour
    elif not (clock["colon"] and clock["minute"]):
        return None
    return hour if hour <= 23 else None


def _zone(name: str, shift: str, day: date) -> timedelta | None:
    """Parse `EST`, `+0200`, `GMT+2` into an offset; None if there is no time zone."""
    if not shift:
        return zone_offset(name.strip("()"), day) if name else None
    hours, minutes = int(shift[1:].replace(":", "")[:2]), int(shift[1:].replace(":", "")[2:] or 0)
    away = timedelta(hours=hours, minutes=minutes)
    return (-away if shift[0] == "-" else away) if away < _FARTHEST else None


# Days in URLs: `/2018/02/05/`, `/2018-02-05-…`, `…-20180205`, `/2018/feb/05/`.

_MAX_ADDRESS = 2_000
_YEAR_IN_ADDRESS = r"((?:199[5-9]|20\d\d))"
_SHAPES = (
    rf"(?<!\d){_YEAR_IN_ADDRESS}/(\d\d?)/(\d\d?)(?!\d)",
    rf"(?<!\d){_YEAR_IN_ADDRESS}([-_.])(\d\d?)\2(\d\d?)(?!\d)",
    rf"(?<!\d){_YEAR_IN_ADDRESS}/?(\d\d)/?(\d\d)(?!\d)",
    rf"(?<!\d){_YEAR_IN_ADDRESS}[/_-]?([a-z]{{3,9}})[/_-]?(\d\d?)(?!\d)",
)
_DAYS = tuple(re.compile(shape, re.IGNORECASE) for shape in _SHAPES)
_MONTH = re.compile(rf"/{_YEAR_IN_ADDRESS}[/_-]?(\d\d)(?=[/_-]|\Z)")


def day_in_address(address: str) -> date | None:
    """Return the date in a URL's path or query, None if there is none."""
    parts = urlsplit(address[:_MAX_ADDRESS])
    for part in (parts.path, parts.query):
        for shape in _DAYS:
            for match in shape.finditer(part):
                read = _valid_day(match)
                if read:
                    return read
    return None


def month_in_address(address: str) -> tuple[int, int] | None:
    """Return the year and month in a URL's path, as in `/2018/02/`; None without one."""
    found = _MONTH.search(urlsplit(address[:_MAX_ADDRESS]).path)
    if not found or not 1 <= int(found[2]) <= 12:
        return None
    return int(found[1]), int(found[2])


def _valid_day(found: re.Match[str]) -> date | None:
    year, *_, month_name, day_of_month = found.groups()
    number = int(month_name) if month_name.isdecimal() else month(month_name)
    try:
        return date(int(year), number or 0, int(day_of_month))
    except ValueError:
        return None
