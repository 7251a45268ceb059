"""Parse and format times. All returned times have the time zone UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)


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
