"""Laws of reading sources: any bytes, any feed, any OPML."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk import watch
from copydesk.errors import FeedError
from copydesk.kit import urls
from copydesk.news import Page, Source, SourceKind

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
        read = watch.opml_read(data)
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
    read = watch.opml_read(watch.opml_write(given_sources))

    assert {source.url: source.language for source in read} == {
        source.url: source.language for source in given_sources
    }
    assert len(read) == len(given_sources)
    assert watch.opml_read(watch.opml_write(read)) == read
