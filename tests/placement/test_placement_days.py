"""On which day of a site a story stands."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from copydesk.placement.addresses import group_by_day, group_by_month, local_time
from world import editions

AUCKLAND = ZoneInfo("Pacific/Auckland")


def test_a_story_stands_on_its_day_in_the_zone_of_the_site() -> None:
    late = editions.story("late", published_at=datetime(2026, 11, 24, 12, tzinfo=UTC))
    early = editions.story("early", published_at=datetime(2026, 11, 24, 9, tzinfo=UTC))
    undated = editions.story("undated", published_at=None)

    assert [
        (date(2026, 11, 25), [late]),
        (date(2026, 11, 24), [early]),
        (None, [undated]),
    ] == group_by_day([late, early, undated], AUCKLAND)


def test_days_make_months_the_latest_first() -> None:
    days = [date(2026, 10, 5), date(2026, 11, 23), date(2026, 11, 24)]

    assert [
        (date(2026, 11, 1), [date(2026, 11, 24), date(2026, 11, 23)]),
        (date(2026, 10, 1), [date(2026, 10, 5)]),
    ] == group_by_month(days)


def test_a_time_at_the_end_of_the_calendar_stays_where_it_can_be_said() -> None:
    last = datetime.max.replace(tzinfo=UTC)

    assert last == local_time(last, AUCKLAND)
