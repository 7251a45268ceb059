"""Parse and format times, all in UTC, and the lengths of videos and audio files."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

EARLIEST = datetime.min.replace(tzinfo=UTC)  # before and after any other moment
LATEST = datetime.max.replace(tzinfo=UTC)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = (*("Jan", "Feb", "Mar", "Apr", "May", "Jun"), *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"))


def utc(moment: datetime) -> datetime:
    """Return a time in UTC; a naive time is taken as UTC."""
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC)


def find_zone(name: str) -> ZoneInfo:
    """Return the time zone of this name, UTC if the system does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def parse(text: str) -> datetime | None:
    """Parse an ISO 8601, RFC 3339 or RFC 5322 time into UTC; None if it is none or impossible."""
    text = text.strip()
    for read in (_iso, _rfc5322):
        moment = read(text)
        if moment is not None:
            return moment
    return None


def _iso(text: str) -> datetime | None:
    try:
        return utc(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return None


def _rfc5322(text: str) -> datetime | None:
    import email.utils  # it imports sockets, and parsing a record's times does not need it

    try:
        return utc(email.utils.parsedate_to_datetime(text))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def rfc3339(moment: datetime) -> str:
    """Format a time as `2023-07-24T09:36:00Z`: UTC, whole seconds."""
    return f"{utc(moment).isoformat(timespec='seconds').removesuffix('+00:00')}Z"


def rfc5322(moment: datetime) -> str:
    """Format a time as `Mon, 24 Jul 2023 09:36:00 GMT`, for RSS and HTTP."""
    at = utc(moment)
    day, month = _DAYS[at.weekday()], _MONTHS[at.month - 1]
    return f"{day}, {at.day:02} {month} {at.year:04} {at:%H:%M:%S} GMT"


# The length of a video or audio file, in every form that feeds and pages use.

_LONGEST = 7 * 24 * 3_600  # seconds; a longer one is a mistake, or a channel that never ends
_ISO_LENGTH = re.compile(
    r"""(?xi)\A P
    (?:(?P<days>\d{1,3}(?:[.,]\d{1,6})?)D)?
    (?:T
      (?:(?P<hours>\d{1,4}(?:[.,]\d{1,6})?)H)?
      (?:(?P<minutes>\d{1,6}(?:[.,]\d{1,6})?)M)?
      (?:(?P<seconds>\d{1,8}(?:[.,]\d{1,9})?)S)?
    )? \Z"""
)
_LONG_ISO = re.compile(r"(?i)\AP0*Y0*M(?=\d)")  # `P0Y0M0DT0H3M5S`, as some pages have it
_CLOCK = re.compile(r"\A(?:(\d{1,3}):)?(\d{1,4}):(\d{1,2})(?:[.,]\d{1,6})?\Z")
_SECONDS = re.compile(r"\A(\d{1,8})(?:[.,]\d{1,9})?\Z")
_UNITS = {"days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}


def parse_length(value: object) -> int:
    """Parse a length (`PT10M5S`, `10:05`, `1:02:03`, `605`) into whole seconds, 0 for no length.

    ISO 8601 (without years and months), the format of iTunes, plain seconds; 0 for over a week.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return 0
    if isinstance(value, int | float):
        return round(value) if 0 < value <= _LONGEST else 0
    words = value.strip()[:40].replace(" ", "")
    length = _iso_length(words) or _clock(words)
    return length if 0 < length <= _LONGEST else 0


def _iso_length(words: str) -> int:
    match = _ISO_LENGTH.match(_LONG_ISO.sub("P", words))
    if match is None:
        return 0
    parts = {
        name: float((value or "0").replace(",", ".")) for name, value in match.groupdict().items()
    }
    return round(sum(_UNITS[name] * value for name, value in parts.items()))


def _clock(words: str) -> int:
    if plain := _SECONDS.match(words):
        return int(plain[1])
    match = _CLOCK.match(words)
    if match is None or int(match[3]) >= 60:
        return 0
    return int(match[1] or 0) * 3_600 + int(match[2]) * 60 + int(match[3])


def format_length(length: int) -> str:
    """Return a length in seconds as ISO 8601, such as `PT10M5S`; "" for 0."""
    if length <= 0:
        return ""
    hours, rest = divmod(length, 3_600)
    minutes, left = divmod(rest, 60)
    parts = ((hours, "H"), (minutes, "M"), (left, "S"))
    return "PT" + "".join(f"{number}{unit}" for number, unit in parts if number)


def say_length(length: int) -> str:
    """Return a length in seconds for readers: `45 s`, `12 min`, `1 h 5 min`; "" for 0."""
    if length <= 0:
        return ""
    if length < 60:
        return f"{length} s"
    hours, minutes = divmod(round(length / 60), 60)
    parts = [f"{hours} h" if hours else "", f"{minutes} min" if minutes else ""]
    return " ".join(filter(None, parts))
