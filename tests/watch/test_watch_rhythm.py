"""When a source is asked again: named situations."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from copydesk.news import Lead, NotModified, Page, Refused
from copydesk.watch.entry import Hints, SourceReading
from copydesk.watch.schedule import after_not_modified, after_page, after_refused
from copydesk.watch.schedule.state import SourceState, is_due

MONDAY = datetime(2030, 1, 7, tzinfo=UTC)
URL = "https://ferry.example/feed.xml"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PAGE = Page(url=URL, final_url=URL, status=200, headers={}, body=b"", fetched_at=MONDAY)


def reading(*moments: datetime | None, hints: Hints | None = None) -> SourceReading:
    leads = tuple(
        Lead(url=f"https://ferry.example/{place}", source=URL, found=MONDAY, published_at=moment)
        for place, moment in enumerate(moments)
    )
    return SourceReading(kind="feed", title="Ferry", leads=leads, hints=hints or Hints())


def first_read(now: datetime, *moments: datetime | None) -> SourceState:
    return after_page(SourceState(), PAGE, reading(*moments), len(moments), now)


def watched(
    published: Callable[[datetime], bool], start: datetime, days: int, *, size: int = 20
) -> tuple[SourceState, list[datetime]]:
    """Follow a source that publishes on those minutes from the beginning; give when it was asked.

    It was there for three weeks before, dates its items and answers 304 where nothing is new.
    """
    minutes = [start + timedelta(minutes=one) for one in range(-21 * 1_440, days * 1_440)]
    items = [one for one in minutes if published(one)]
    state, asked, known = SourceState(), [], 0
    now = start
    while now < start + days * DAY:
        there = [one for one in items if one <= now]
        if len(there) == known:
            state = after_not_modified(state, NotModified(url=URL), now)
        else:
            new = min(len(there) - known, size)
            state = after_page(state, PAGE, reading(*there[-size:]), new, now)
        known = len(there)
        asked.append(now)
        assert state.next_at is not None
        now = state.next_at
    return state, asked


def wait(state: SourceState, now: datetime) -> timedelta:
    assert state.next_at is not None
    return state.next_at - now


def test_a_daily_paper_is_asked_soon_after_six_and_seldom_else() -> None:
    def at_six(moment: datetime) -> bool:
        return (moment.hour, moment.minute) == (6, 2)

    _, asked = watched(at_six, MONDAY + timedelta(hours=11), 14)

    assert len(asked) < 14 * 7
    for day in range(3, 14):
        out = MONDAY + day * DAY + timedelta(hours=6, minutes=2)
        assert any(out <= one < out + timedelta(minutes=45) for one in asked)


def test_a_weekly_paper_is_asked_more_on_its_day_than_on_others() -> None:
    def on_thursday(moment: datetime) -> bool:
        return (moment.weekday(), moment.hour) == (3, 15) and moment.minute in {0, 1, 2, 3}

    _, asked = watched(on_thursday, MONDAY, 42)
    late = [one.weekday() for one in asked if one > MONDAY + 21 * DAY]

    assert late.count(3) > 1.5 * (len(late) - late.count(3)) / 6


def test_an_hourly_bulletin_is_asked_after_the_hour() -> None:
    _, asked = watched(lambda moment: moment.minute == 30, MONDAY, 7)
    late = [one.minute for one in asked if one > MONDAY + 3 * DAY]

    assert sum(30 <= minute < 45 for minute in late) > len(late) / 2


def test_an_office_is_asked_by_day_and_left_alone_by_night() -> None:
    def by_day(moment: datetime) -> bool:
        return 8 <= moment.hour < 18 and moment.minute % 30 == moment.hour % 7

    _, asked = watched(by_day, MONDAY, 14)
    late = [one for one in asked if one > MONDAY + 7 * DAY]
    by_night = [one for one in late if not 7 <= one.hour < 19]

    assert len(by_night) < len(late) / 3


def test_a_new_habit_is_learnt_in_two_weeks() -> None:
    change = MONDAY + 14 * DAY

    def paper(moment: datetime) -> bool:
        return (moment.hour, moment.minute) == (6 if moment < change else 16, 2)

    _, asked = watched(paper, MONDAY, 35)
    for day in range(29, 35):
        out = MONDAY + day * DAY + timedelta(hours=16, minutes=2)
        assert any(out <= one < out + HOUR for one in asked)


def test_a_source_that_was_quiet_for_a_month_is_asked_once_a_day() -> None:
    state, asked = watched(lambda moment: moment < MONDAY and moment.minute == 0, MONDAY, 31)

    assert wait(state, asked[-1]) >= 21 * HOUR


def test_a_source_without_dates_is_asked_less_and_less_while_nothing_is_new() -> None:
    state = first_read(MONDAY, *[None] * 10)
    waits = [wait(state, MONDAY)]
    now = MONDAY
    for _ in range(30):
        assert state.next_at is not None
        now = state.next_at
        state = after_not_modified(state, NotModified(url=URL), now)
        waits.append(wait(state, now))

    assert waits[0] <= 1.1 * HOUR
    assert waits[5] > 2 * waits[0]
    assert waits[-1] >= 20 * HOUR


def test_a_source_of_mostly_new_items_is_asked_every_ten_minutes_in_the_end() -> None:
    state, now = first_read(MONDAY, *[None] * 10), MONDAY
    for _ in range(12):
        assert state.next_at is not None
        now = state.next_at
        state = after_page(state, PAGE, reading(*[None] * 10), 9, now)

    assert timedelta(minutes=10) <= wait(state, now) <= timedelta(minutes=11)


def test_a_burst_shortens_the_wait_at_once() -> None:
    calm = replace(
        first_read(MONDAY, *[MONDAY - one * DAY for one in range(20)]),
        last_ok_at=MONDAY + 10 * HOUR,
    )
    now = MONDAY + 11 * HOUR
    burst = [now - timedelta(minutes=3 * one) for one in range(16)]
    old = [MONDAY - one * DAY for one in range(4)]

    quiet = after_not_modified(calm, NotModified(url=URL), now)
    stirred = after_page(calm, PAGE, reading(*burst, *old), 16, now)

    assert wait(quiet, now) > 2 * HOUR
    assert wait(stirred, now) < HOUR
    assert stirred.known_share == pytest.approx(0.2)


@pytest.mark.parametrize(("new", "longer"), [(2, True), (10, None), (18, False)])
def test_the_interval_goes_to_where_half_of_the_items_are_known(
    new: int, longer: bool | None
) -> None:
    before = SourceState(
        interval=7_200.0, last_ok_at=MONDAY, watched_since=MONDAY - DAY, items=20, day=MONDAY.date()
    )
    state = after_page(before, PAGE, reading(*[None] * 20), new, MONDAY + 2 * HOUR)

    assert longer is (None if state.interval == 7_200.0 else state.interval > 7_200.0)


def test_one_pinned_page_of_years_ago_does_not_make_a_busy_source_seem_slow() -> None:
    busy = [MONDAY - timedelta(minutes=20 * one) for one in range(19)]

    with_pin = first_read(MONDAY, *busy, datetime(2019, 5, 5, 7, tzinfo=UTC))

    assert wait(with_pin, MONDAY) < HOUR


CONTROLS: dict[str, tuple[dict[str, str], timedelta]] = {
    "max-age": ({"cache-control": "public, max-age=18000"}, 5 * HOUR),
    "max-age, of which an hour is over": (
        {"cache-control": "max-age=18000", "age": "3600"},
        4 * HOUR,
    ),
    "max-age before expires": (
        {"cache-control": "max-age=18000", "expires": "Tue, 08 Jan 2030 00:00:00 GMT"},
        5 * HOUR,
    ),
    "no-store beside max-age": ({"cache-control": "no-store, max-age=18000"}, 5 * HOUR),
    "expires": ({"expires": "Mon, 07 Jan 2030 05:00:00 GMT"}, 5 * HOUR),
    "expires by the server's own clock": (
        {"expires": "Sun, 07 Jan 2035 05:00:00 GMT", "date": "Sun, 07 Jan 2035 00:00:00 GMT"},
        5 * HOUR,
    ),
    "expires in ten years": ({"expires": "Sat, 07 Jan 2040 00:00:00 GMT"}, 24 * HOUR),
    "a huge max-age": ({"cache-control": "max-age=999999999999"}, 24 * HOUR),
}


@pytest.mark.parametrize(("headers", "least"), CONTROLS.values(), ids=CONTROLS.keys())
def test_how_long_an_answer_stays_fresh_is_obeyed(
    headers: dict[str, str], least: timedelta
) -> None:
    page = replace(PAGE, headers=headers)
    state = after_page(SourceState(), page, reading(None), 1, MONDAY)
    answer = NotModified(url=URL, headers=headers)

    assert 0.9 * least <= wait(state, MONDAY) <= 1.05 * least
    assert least == 24 * HOUR or wait(state, MONDAY) >= least
    assert wait(after_not_modified(SourceState(), answer, MONDAY), MONDAY) >= 0.9 * least


NO_WISH = {
    "nothing": {},
    "no-cache": {"cache-control": "no-cache, max-age=86400"},
    "max-age of zero": {"cache-control": "max-age=0"},
    "s-maxage, which is for proxies": {"cache-control": "s-maxage=86400"},
    "expires in the past": {"expires": "Thu, 01 Jan 1970 00:00:00 GMT"},
    "expires that is no time": {"expires": "-1"},
    "junk": {"cache-control": "max-age=soon", "age": "²", "date": "\0"},
}


@pytest.mark.parametrize("headers", NO_WISH.values(), ids=NO_WISH.keys())
def test_what_says_nothing_changes_nothing(headers: dict[str, str]) -> None:
    page = replace(PAGE, headers=headers)
    state = after_page(SourceState(), page, reading(None), 1, MONDAY)

    assert wait(state, MONDAY) <= 1.1 * HOUR


def hinted(hints: Hints, now: datetime) -> SourceState:
    return after_page(SourceState(), PAGE, reading(None, hints=hints), 1, now)


def test_ttl_is_obeyed_and_remembered_when_nothing_changes() -> None:
    state = hinted(Hints(every=4 * HOUR), MONDAY)
    assert 4 * HOUR <= wait(state, MONDAY) < 4.2 * HOUR

    now = MONDAY + 5 * HOUR
    assert wait(after_not_modified(state, NotModified(url=URL), now), now) >= 4 * HOUR


def test_a_wish_for_less_than_we_would_wait_changes_nothing() -> None:
    short, none = hinted(Hints(every=timedelta(minutes=1)), MONDAY), hinted(Hints(), MONDAY)

    assert short.next_at == none.next_at


def test_skip_hours_are_skipped() -> None:
    state = hinted(Hints(skip_hours=frozenset(range(6))), MONDAY)

    assert state.next_at is not None
    assert state.next_at.hour == 6


def test_skip_days_are_skipped_for_a_day_at_most() -> None:
    sunday = MONDAY - timedelta(hours=1)
    one_day = hinted(Hints(skip_days=frozenset({0})), sunday)
    all_days = hinted(Hints(skip_days=frozenset(range(7))), sunday)

    assert one_day.next_at == sunday + DAY
    assert all_days.next_at == sunday + DAY


def test_a_rest_is_never_shorter_than_the_wait_after_a_failure() -> None:
    soon = MONDAY + timedelta(seconds=5)
    refused = Refused(url=URL, reason="slow-down", status=429, retry_at=soon)

    state = after_refused(SourceState(), refused, MONDAY)

    assert state.rest_until == soon
    assert wait(state, MONDAY) >= timedelta(minutes=10)


def test_what_was_never_asked_is_no_failure_and_waits_for_the_end_of_the_pause() -> None:
    failed = after_refused(SourceState(), Refused(url=URL, reason="network"), MONDAY)
    left = Refused(url=URL, reason="slow-down", detail="left alone", retry_at=MONDAY + 3 * HOUR)

    for before in (SourceState(), failed, SourceState(next_at=MONDAY + 5 * HOUR)):
        state = after_refused(before, left, MONDAY)

        assert state.rest_until == MONDAY + 3 * HOUR
        assert state.next_at == max(MONDAY + 3 * HOUR, before.next_at or MONDAY)
        assert replace(state, rest_until=None, next_at=before.next_at) == before


def test_what_was_never_asked_of_a_source_that_ended_stays_ended() -> None:
    ended = SourceState(ended=True, ended_at=MONDAY)
    left = Refused(url=URL, reason="slow-down", retry_at=MONDAY + HOUR)

    assert after_refused(ended, left, MONDAY) == ended


def test_sources_do_not_beat_in_time() -> None:
    def next_at(number: int, answer: Callable[[str], SourceState]) -> datetime | None:
        return answer(f"https://s{number}.example/feed").next_at

    def quiet(url: str) -> SourceState:
        return after_not_modified(SourceState(interval=1e5), NotModified(url=url), MONDAY)

    def broken(url: str) -> SourceState:
        return after_refused(SourceState(), Refused(url=url, reason="network"), MONDAY)

    for answer in (quiet, broken):
        assert len({next_at(number, answer) for number in range(200)}) > 150


def test_a_clock_set_back_does_no_harm() -> None:
    state = first_read(MONDAY, *[MONDAY - one * HOUR for one in range(10)])
    earlier = MONDAY - 400 * DAY

    assert is_due(state, earlier)
    state = after_page(state, PAGE, reading(earlier), 1, earlier)
    assert timedelta(minutes=10) <= wait(state, earlier) <= 24 * HOUR


@pytest.mark.parametrize("lag", [timedelta(hours=-9), timedelta(hours=5)])
def test_a_wrong_time_zone_does_not_hide_when_items_appear(lag: timedelta) -> None:
    state = first_read(MONDAY, *[MONDAY - one * DAY for one in range(1, 20)])
    now = MONDAY
    for day in range(1, 21):
        for hour in (9, 12):  # something new is there at noon
            now = MONDAY + day * DAY + hour * HOUR
            noon = MONDAY + (day if hour == 12 else day - 1) * DAY + 12 * HOUR
            state = after_page(state, PAGE, reading(noon - HOUR + lag), int(hour == 12), now)

    busiest = max(state.hours, key=lambda hour: state.hours[hour]) % 24
    assert 9 <= busiest < 12


def test_the_simulated_week_runs(capsys: pytest.CaptureFixture[str]) -> None:
    script = Path(__file__).parents[2] / "benchmarks" / "wire" / "week.py"

    runpy.run_path(str(script))["main"](count=10, seeds=1)

    out = capsys.readouterr().out
    assert "requests for each new item" in out
    assert "one decision:" in out
