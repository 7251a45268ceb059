"""Laws of hints and health: no feed and no memory breaks them, and what they say is plausible."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from copydesk.errors import FeedError
from copydesk.kit import urls
from copydesk.news import Page, Source
from copydesk.news.source import ListingRule
from copydesk.watch import read
from copydesk.watch.schedule import findings, health_word, items_a_week
from copydesk.watch.schedule.state import SourceState

NOW = datetime(2030, 1, 2, 12, tzinfo=UTC)
URL = "https://ferry.example/feed"
SOURCE = Source(url=URL)
VALUE = st.one_of(
    st.integers().map(str),
    st.text(max_size=12),
    st.sampled_from(["hourly", "24", "Monday", "<hour>3</hour>", "<day>Sunday", "&amp;", "]]>"]),
)
NAMES = ["ttl", "skipHours", "skipDays", "hour", "day", "sy:updatePeriod", "sy:updateFrequency"]
PART = st.tuples(st.sampled_from(NAMES), VALUE).map(lambda one: f"<{one[0]}>{one[1]}</{one[0]}>")
MOMENT = st.none() | st.integers(0, 4_000_000_000).map(
    lambda second: datetime.fromtimestamp(second, UTC)
)
NUMBER = st.integers(min_value=0, max_value=10**6)
FLOAT = st.floats(min_value=0, max_value=10**9)
FAILURE = st.sampled_from(["", "robots", "html", "gone", "slow-down", "network", "certificate"])
STATE = st.builds(
    SourceState,
    **{one.name: MOMENT for one in fields(SourceState) if "datetime | None" in str(one.type)},
    ended=st.booleans(),
    failures=st.integers(min_value=0, max_value=20),
    failure=FAILURE,
    last_error=st.text(max_size=50),
    moved_to=st.sampled_from(["", URL]),
    moving_to=st.sampled_from(["", URL]),
    interval=FLOAT,
    longest_gap=FLOAT,
    known_share=st.floats(min_value=0, max_value=1),
    items=NUMBER,
    most_items=NUMBER,
    odd_dates=NUMBER,
    undated=NUMBER,
    days=st.lists(NUMBER, max_size=7).map(tuple),
    today=NUMBER,
    day=st.none() | st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 1, 1)),
)


@given(parts=st.lists(PART, max_size=6), header=st.text("<>;,=\"' relhubsf:/", max_size=60))
def test_whatever_a_feed_says_its_hints_are_plausible(parts: list[str], header: str) -> None:
    item = f"<item><link>{URL}/1</link></item>"
    body = f'<rss version="2.0"><channel>{"".join(parts)}{item}</channel></rss>'
    page = Page(
        url=URL,
        final_url=URL,
        status=200,
        headers={"link": header},
        body=body.encode("utf-8", "replace"),
        fetched_at=NOW,
    )
    try:
        reading = read(page, SOURCE, NOW)
    except FeedError:
        return

    every = reading.hints.every
    assert every is None or timedelta(minutes=1) <= every <= timedelta(days=1)
    assert reading.hints.skip_hours < set(range(24))
    assert reading.hints.skip_days < set(range(7))
    for address in (reading.hub, reading.topic):
        assert not address or urls.fetchable(address, URL) == address


@given(state=STATE, has_rule=st.booleans())
def test_every_memory_has_its_health(state: SourceState, has_rule: bool) -> None:
    rule = ListingRule(item="article", written=date(2027, 1, 1)) if has_rule else None

    found = findings(replace(SOURCE, listing=rule), state, NOW)

    kinds = [one.kind for one in found]
    assert len(set(kinds)) == len(kinds)
    assert all(one.words and one.hint and "\n" not in one.hint for one in found)
    needs = [one.needs_person for one in found]
    assert sorted(needs, reverse=True) == needs
    assert health_word(found)
    week = items_a_week(state, NOW)
    assert week is None or week >= 0
