"""Laws of dates: any text gives a sound time or none, and what is written is read as written."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk import extract
from copydesk.errors import PageError
from copydesk.extract.when import moments
from copydesk.extract.when.moments import Evidence
from copydesk.news import Article, Beat, Lead, Page

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
BEAT = Beat(title="Laws")
MONTHS = (
    *("January", "février", "März", "aprile", "mayo", "juni", "lipca", "августа", "Eylül"),
    *("outubro", "november", "prosince"),
)
DAYS = st.dates(date(1995, 1, 2), date(2099, 12, 30))
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
TIMES = st.datetimes(datetime(1995, 1, 2), datetime(2099, 12, 30), timezones=ZONES)  # noqa: DTZ001  # bounds are naive
PIECES = st.sampled_from(
    [
        *(
            "2018",
            "05",
            "5",
            "31",
            "99",
            "1517824800",
            "-",
            "/",
            ".",
            ":",
            ", ",
            " ",
            "T",
            "Z",
            "年",
        ),
        *("月", "日", "Feb", "février", "мая", "tháng ", "am", "pm", "GMT", "+0100", "-99", "Mon "),
        *(
            "Updated ",
            "Published ",
            "bis ",
            "© ",
            "de ",
            "Uhr",
            "th",
            "'",
            "²",
            "٣",
            "\u2009",
            "\n",
        ),
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=4), max_size=14).map("".join)
EVIDENCE = st.builds(
    Evidence,
    day_first=st.sampled_from([None, True, False]),
    days=st.frozensets(DAYS, max_size=2),
    until=DAYS,
)
LINES = st.lists(
    st.tuples(
        st.sampled_from(
            ["p", "time", "span class='date'", "div class='comment'", "h1", "h3", "li"]
        ),
        TEXTS,
    ),
    max_size=8,
)
CALM = settings(max_examples=200, deadline=None)


@CALM
@given(text=TEXTS, evidence=EVIDENCE)
def test_any_text_is_a_sound_time_or_none(text: str, evidence: Evidence) -> None:
    found = moments.parse(text, "law", evidence)

    if found is not None:
        assert found.at.utcoffset() == timedelta(0)
        assert 1994 < found.at.year < 9001
        assert found.at.microsecond == 0
        assert found.day is None or abs(found.day - found.at.date()) <= timedelta(days=1)


@CALM
@given(text=TEXTS)
def test_dates_in_a_passage_stand_where_they_say_in_order(text: str) -> None:
    found = list(moments.spot(text))

    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert [one.start for one in found] == sorted(one.start for one in found)
    assert all(1 <= len(one.days) <= 2 for one in found)


@CALM
@given(at=TIMES)
def test_a_time_with_its_zone_comes_back(at: datetime) -> None:
    at = at.replace(microsecond=0)
    found = moments.parse(at.isoformat())

    assert found is not None
    assert found.at == (at if found.exact else datetime(at.year, at.month, at.day, tzinfo=UTC))
    assert found.day in {at.date(), None}


@CALM
@given(day=DAYS, month=st.sampled_from(["number", "name"]), order=st.booleans())
def test_a_day_in_words_or_figures_comes_back(day: date, month: str, order: bool) -> None:
    written = f"{day.day}.{day.month}.{day.year}"
    if month == "name":
        name = MONTHS[day.month - 1]
        written = f"{day.day} {name} {day.year}" if order else f"{name} {day.day}, {day.year}"

    found = moments.parse(written)

    assert found is not None
    assert (day, False) == (found.day, found.exact)


@CALM
@given(day=DAYS, shape=st.sampled_from(["/{:%Y/%m/%d}/a", "/a-{:%Y-%m-%d}", "/{:%Y%m%d}/a"]))
def test_a_day_in_an_address_comes_back(day: date, shape: str) -> None:
    assert day == moments.day_in_address("https://a.example" + shape.format(day))


@CALM
@given(path=st.text(max_size=40))
def test_any_address_holds_a_day_or_none(path: str) -> None:
    found = moments.day_in_address("https://a.example/" + path)

    assert found is None or found.year >= 1995


@pytest.mark.slow
@CALM
@given(lines=LINES, language=st.sampled_from(["en", "en-US", "de", "zh", ""]))
def test_whatever_a_page_shows_is_dated_soundly(
    lines: list[tuple[str, str]], language: str
) -> None:
    shown = "".join(f"<{tag}>{line}</{tag.split()[0]}>" for tag, line in lines)
    words = "<p>The ferry ran aground at four in the morning, the harbour office said.</p>" * 4
    html = f"<html lang='{language}'><title>A ferry</title><body><h1>A ferry</h1>{shown}{words}"
    page = Page(
        url="https://a.example/b",
        final_url="https://a.example/b",
        status=200,
        headers={"content-type": "text/html; charset=utf-8"},
        body=html.encode("utf-8", "replace"),
        fetched_at=NOW,
    )
    try:
        found = extract.read(page, Lead(url=page.url, source="", found=NOW), BEAT)
    except PageError:
        return

    if isinstance(found, Article):
        day = date.fromisoformat(found.published_day)
        assert found.published_at <= NOW + timedelta(hours=1)
        assert abs(day - found.published_at.date()) <= timedelta(days=1)
        assert found.updated_at is None or found.published_at < found.updated_at
