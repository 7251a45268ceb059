"""The hours of letters: days, zones that change the clock, days that are not there, outages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from copydesk.news.letter import LetterDay, LetterOptions
from copydesk.newsletters.composing.drafts import is_due, next_due, window_before
from world.letters import due_between


def letter(at: str, zone: str, *days: LetterDay, when_new: int = 0) -> LetterOptions:
    return LetterOptions(id="daily", at=at, zone=zone, days=days, when_new=when_new)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "after", "until", "due"),
    [
        pytest.param(
            letter("07:00", "Europe/Berlin"),
            "2026-03-28 00:00",
            "2026-03-30 12:00",
            ["2026-03-28 06:00", "2026-03-29 05:00", "2026-03-30 05:00"],
            id="the clock of its zone, in winter and in summer",
        ),
        pytest.param(
            letter("02:30", "Europe/Berlin"),
            "2026-03-28 12:00",
            "2026-03-30 12:00",
            ["2026-03-29 01:30", "2026-03-30 00:30"],
            id="an hour that is not there is moved",
        ),
        pytest.param(
            letter("02:30", "Europe/Berlin"),
            "2026-10-24 12:00",
            "2026-10-26 12:00",
            ["2026-10-25 00:30", "2026-10-26 01:30"],
            id="an hour that is there twice is one",
        ),
        pytest.param(
            letter("07:00", "Pacific/Apia"),
            "2011-12-29 12:00",
            "2011-12-31 18:00",
            ["2011-12-29 17:00", "2011-12-30 17:00", "2011-12-31 17:00"],
            id="a day that its zone left out has none",
        ),
        pytest.param(
            letter("07:00", "Europe/Istanbul"),
            "2016-11-06 12:00",
            "2016-11-08 12:00",
            ["2016-11-07 04:00", "2016-11-08 04:00"],
            id="a zone that stays in summer",
        ),
        pytest.param(
            letter("07:00", "UTC", "tuesday", "saturday"),
            "2028-02-25 12:00",
            "2028-03-05 00:00",
            ["2028-02-26 07:00", "2028-02-29 07:00", "2028-03-04 07:00"],
            id="named days, a leap day among them",
        ),
        pytest.param(
            letter("07:00", "UTC", when_new=5),
            "2026-11-01 00:00",
            "2026-12-01 00:00",
            [],
            id="one that waits for stories has no hour",
        ),
        pytest.param(
            letter("23:00", "America/Los_Angeles"),
            "9999-12-28 12:00",
            "9999-12-31 23:59",
            ["9999-12-29 07:00", "9999-12-30 07:00", "9999-12-31 07:00"],
            id="the end of the calendar",
        ),
    ],
)
def test_a_letter_is_due_once_an_hour_that_it_names(
    hours: LetterOptions, after: str, until: str, due: list[str]
) -> None:
    assert list(map(utc, due)) == due_between(hours, utc(after), utc(until))


def test_a_letter_is_due_at_its_hour_and_not_a_moment_before() -> None:
    daily = letter("07:00", "UTC")

    assert next_due(daily, utc("2026-11-24 06:59")) == utc("2026-11-24 07:00")
    assert next_due(daily, utc("2026-11-24 07:00")) == utc("2026-11-25 07:00")
    assert not is_due(daily, utc("2026-11-23 07:00"), utc("2026-11-24 06:59"))
    assert is_due(daily, utc("2026-11-23 07:00"), utc("2026-11-24 07:00"))


DAILY = letter("07:00", "UTC")
MONDAYS = letter("07:00", "UTC", "monday")
TUESDAYS = letter("07:00", "UTC", "tuesday")


@pytest.mark.parametrize(
    ("hours", "last", "now"),
    [
        pytest.param(DAILY, "2026-11-20 07:00", "2026-11-24 20:00", id="after an outage"),
        pytest.param(MONDAYS, "2026-11-16 07:00", "2026-11-23 22:00", id="a weekly, on its day"),
        pytest.param(TUESDAYS, "2026-11-23 07:00", "2026-11-24 07:00", id="moved by a day"),
        pytest.param(DAILY, None, "2026-11-24 07:00", id="the first one"),
    ],
)
def test_an_issue_is_made_where_its_hour_had_none(
    hours: LetterOptions, last: str | None, now: str
) -> None:
    assert is_due(hours, utc(last) if last else None, utc(now))


@pytest.mark.parametrize(
    ("hours", "last", "now"),
    [
        pytest.param(DAILY, "2026-11-24 07:00:30", "2026-11-24 07:01", id="it is made"),
        pytest.param(DAILY, None, "2026-11-24 10:00", id="a letter that is new"),
        pytest.param(DAILY, "2026-11-24 06:10", "2026-11-24 07:01", id="made by hand that day"),
        pytest.param(MONDAYS, "2026-11-16 07:00", "2026-11-25 09:00", id="amid its week"),
        pytest.param(
            letter("18:00", "UTC"), "2026-11-24 07:00", "2026-11-24 18:00", id="an hour moved later"
        ),
        pytest.param(
            letter("07:00", "America/New_York"),
            *("2026-11-24 06:00", "2026-11-24 12:00"),
            id="a zone moved west",
        ),
        pytest.param(letter("07:00", "UTC", when_new=3), None, "2026-11-24 07:00", id="no hours"),
    ],
)
def test_no_issue_is_made_where_its_hour_had_one_or_is_long_past(
    hours: LetterOptions, last: str | None, now: str
) -> None:
    assert not is_due(hours, utc(last) if last else None, utc(now))


def test_the_first_window_is_one_cadence() -> None:
    at = utc("2026-11-24 09:00")

    assert window_before(letter("07:00", "UTC"), at) == utc("2026-11-23 07:00")
    assert window_before(letter("07:00", "UTC", "monday"), at) == utc("2026-11-16 07:00")
    assert window_before(letter("07:00", "UTC", when_new=3), at) == utc("2026-11-23 09:00")
