"""Days and months: on which day of a site a story stands, and how days make months."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from copydesk.kit import dates
from copydesk.news import Story


def local_time(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return a time in a zone; one at the end of the calendar stays in UTC."""
    try:
        return dates.utc(moment).astimezone(zone)
    except OverflowError:
        return dates.utc(moment)


def group_by_day(stories: Iterable[Story], zone: ZoneInfo) -> list[tuple[date | None, list[Story]]]:
    """Return stories that come newest first by their day, None for those without a time."""

    def day(story: Story) -> date | None:
        return local_time(story.published_at, zone).date() if story.published_at else None

    return [(at, list(run)) for at, run in groupby(stories, key=day)]


def group_by_month(days: Iterable[date]) -> list[tuple[date, list[date]]]:
    """Return each month by its first day with its days, the latest first."""
    latest_first = sorted(days, reverse=True)
    by_month = groupby(latest_first, lambda day: day.replace(day=1))
    return [(month, list(run)) for month, run in by_month]
