"""Times are read in the forms that feeds and pages use, and written in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from copydesk.kit import dates

MORNING = datetime(2023, 7, 24, 9, 36, tzinfo=UTC)


@pytest.mark.parametrize(
    "given",
    [
        "2023-07-24T09:36:00Z",
        "2023-07-24T11:36:00+02:00",
        " 2023-07-24 09:36:00 ",
        "Mon, 24 Jul 2023 09:36:00 GMT",
        "Mon, 24 Jul 2023 05:36:00 EDT",
        "24 Jul 2023 09:36 +0000",
    ],
)
def test_a_time_is_read_in_utc(given: str) -> None:
    assert dates.parse(given) == MORNING


@pytest.mark.parametrize(
    "given", ["", "soon", "0000-00-00", "2023-13-01T00:00:00Z", "Mon, 99 Foo 2023", "9" * 400]
)
def test_what_is_no_time_gives_none(given: str) -> None:
    assert dates.parse(given) is None


def test_times_are_written_in_utc_and_whole_seconds() -> None:
    local = MORNING.astimezone(timezone(timedelta(hours=5, minutes=30))).replace(microsecond=9)
    assert dates.rfc3339(local) == "2023-07-24T09:36:00Z"
    assert dates.rfc5322(local) == "Mon, 24 Jul 2023 09:36:00 GMT"
