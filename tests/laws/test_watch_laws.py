"""Laws of reading sources: any bytes, any feed, any OPML."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk import watch
from copydesk.errors import FeedError
from copydesk.kit import urls
from copydesk.news import Lead, NotModified, Page, Refused, Source
from copydesk.news.source import SourceKind
from copydesk.watch import entry, schedule
from copydesk.watch.schedule.state import SourceState, keep_address, revive

NOW = datetime(2030, 1, 2, tzinfo=UTC)
SOURCE = "https://news.example/"
CASES = sorted((Path(__file__).parents[1] / "cases/watch").glob("*.case"))
SEEDS = [path.read_bytes().partition(b"\n====\n")[2] for path in CASES]

kinds = st.sampled_from(["auto", "feed", "sitemap", "listing"])
junk = st.sampled_from(
    [b"<", b">", b"&", b"&#", b"]]>", b"<![CDATA[", b"<!--", b"\0", b"\xff", b'"', b"<item>"]
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Give a good document with a part cut out, moved or replaced."""
    body = draw(st.sampled_from(SEEDS))[:20_000]
    first = draw(st.integers(0, len(body)))
    last = draw(st.integers(first, len(body)))
    middle = draw(st.one_of(st.just(b""), junk, st.binary(max_size=9), st.just(body[first:last])))
    return body[:first] + middle + draw(st.sampled_from([body[last:], body[first:], b""]))


def assert_reads(body: bytes, kind: SourceKind, content_type: str) -> None:
    page = Page(
        url=SOURCE,
        final_url=SOURCE,
        status=200,
        headers={"content-type": content_type},
        body=body,
        fetched_at=NOW,
    )
    try:
        reading = watch.read(page, Source(url=SOURCE, kind=kind), NOW)
    except FeedError:
        return
    identities = [urls.identity(lead.url) for lead in reading.leads]
    assert len(set(identities)) == len(identities) <= reading.listed
    for lead in reading.leads:
        assert urls.fetchable(lead.url) == lead.url
        assert lead.published_at is None or lead.published_at.tzinfo is UTC
        assert len(lead.media) <= 8
        assert all(urls.fetchable(one.url) == one.url for one in lead.media)
        assert isinstance(f"{lead.title}{lead.excerpt}{lead.guid}".encode(), bytes)


@given(st.binary(), kinds, st.text(max_size=40))
def test_any_bytes_give_a_reading_or_a_feed_error(
    body: bytes, kind: SourceKind, content_type: str
) -> None:
    assert_reads(body, kind, content_type)


@settings(max_examples=150)
@given(damaged(), kinds, st.sampled_from(["", "text/xml", "text/html; charset=utf-16"]))
def test_any_damage_gives_a_reading_or_a_feed_error(
    body: bytes, kind: SourceKind, content_type: str
) -> None:
    assert_reads(body, kind, content_type)


@pytest.mark.slow
@settings(max_examples=5_000, deadline=None)
@given(damaged(), kinds, st.sampled_from(["", "text/xml", "text/html; charset=shift_jis"]))
def test_any_damage_gives_a_reading_or_a_feed_error_many_times(
    body: bytes, kind: SourceKind, content_type: str
) -> None:
    assert_reads(body, kind, content_type)


@given(st.binary())
def test_any_bytes_are_opml_or_a_feed_error(data: bytes) -> None:
    try:
        read = watch.read_opml(data)
    except FeedError:
        return
    assert all(urls.fetchable(source.url) == source.url for source in read)


words = st.text(max_size=20)
sources = st.builds(
    Source,
    url=st.integers(0, 99).map(lambda number: f"https://h{number}.example/feed?a=1&b={number}"),
    name=words,
    topics=st.lists(words, max_size=3).map(tuple),
    language=st.sampled_from(["", "en", "pt-br"]),
)


@given(st.lists(sources, max_size=8, unique_by=lambda source: source.url))
def test_sources_survive_opml(given_sources: list[Source]) -> None:
    read = watch.read_opml(watch.write_opml(given_sources))

    assert {source.url: source.language for source in read} == {
        source.url: source.language for source in given_sources
    }
    assert len(read) == len(given_sources)
    assert watch.read_opml(watch.write_opml(read)) == read


moments = st.one_of(
    st.none(),
    st.datetimes(datetime(1990, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
addresses = st.text(max_size=30)
headers = st.dictionaries(
    st.sampled_from(["cache-control", "expires", "date", "age", "etag", "last-modified"]),
    st.one_of(
        st.text(max_size=30),
        st.integers(-(10**13), 10**13).map(lambda count: f"max-age={count}"),
        st.sampled_from(["Thu, 01 Jan 1970 00:00:00 GMT", "0", "no-cache", "max-age=86400"]),
    ),
)
hops = st.lists(st.tuples(st.sampled_from([301, 302, 308]), addresses), max_size=3).map(tuple)
hints = st.builds(
    entry.Hints,
    every=st.one_of(st.none(), st.timedeltas()),
    skip_hours=st.frozensets(st.integers(0, 23)),
    skip_days=st.frozensets(st.integers(0, 6)),
)
readings = st.builds(
    entry.SourceReading,
    kind=st.just("feed"),
    title=st.just(""),
    hints=hints,
    leads=st.lists(
        st.builds(
            Lead, url=addresses, source=st.just(SOURCE), found=st.just(NOW), published_at=moments
        ),
        max_size=12,
    ).map(tuple),
)
pages = st.builds(
    Page,
    url=addresses,
    final_url=st.just(SOURCE),
    status=st.just(200),
    headers=headers,
    body=st.binary(max_size=2),
    fetched_at=st.just(NOW),
    hops=hops,
)
answers = st.one_of(
    st.tuples(pages, readings, st.integers(0, 20)),
    pages,
    st.builds(NotModified, url=addresses, headers=headers, hops=hops),
    st.builds(
        Refused,
        url=addresses,
        reason=st.sampled_from(["network", "gone", "slow-down"]),
        status=st.sampled_from([0, 404, 410, 429]),
        retry_at=moments,
    ),
    st.builds(FeedError, addresses, subject=addresses),
    st.sampled_from([keep_address, revive]),
    st.builds(lambda until: lambda state: schedule.note_push(state, until), moments),
)
steps = st.lists(
    st.tuples(answers, st.timedeltas(timedelta(days=-3), timedelta(days=40))), max_size=12
)


def after(state: SourceState, answer: Any, now: datetime) -> SourceState:
    """Give the state after any answer."""
    match answer:
        case (page, reading, new):
            return schedule.after_page(state, page, reading, new, now)
        case Page():
            return schedule.after_unchanged(state, answer, now)
        case NotModified():
            return schedule.after_not_modified(state, answer, now)
        case Refused():
            return schedule.after_refused(state, answer, now)
        case FeedError():
            return schedule.after_error(state, answer, now)
    changed: SourceState = answer(state)
    return changed


@settings(max_examples=60)
@given(steps)
def test_whatever_comes_a_source_is_asked_within_ten_minutes_and_a_day(given_steps: Any) -> None:
    state, now = SourceState(), NOW
    for answer, later in given_steps:
        now += later
        before, state = state, after(state, answer, now)

        assert state == after(before, answer, now)
        assert state == msgspec.json.decode(msgspec.json.encode(state), type=SourceState)
        assert 0 <= state.known_share <= 1
        assert len(state.days) <= 7
        if isinstance(answer, tuple | Page | NotModified | Refused | FeedError):
            assert (state.next_at is None) == state.ended
            assert state.next_at is None or timedelta(minutes=10) <= state.next_at - now
            assert state.next_at is None or state.next_at - now <= timedelta(days=1)
