"""Laws of the reader: whatever the bytes and headers say, three things can come of a page."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from copydesk import extract
from copydesk.errors import PageError
from copydesk.kit import embeds, text
from copydesk.news import Article, Beat, Dropped, Lead, Page

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
BEAT = Beat(title="Laws")
MARKUP = st.sampled_from(
    [
        *("<html", "<head>", "<body>", "<p>", "</p>", "<div class='", "<article>", "<h1>", "</h1>"),
        *("<meta property='og:title' content='", "<meta name=date content='", "'>", '"', ">", "<"),
        *("<script type='application/ld+json'>", '{"@type":"NewsArticle","headline":', "</script>"),
        *('"datePublished":"2026-', "[", "{", "}", "]", ",", "<title>", "</title>", "<!--", "-->"),
        *("<link rel=canonical href='", "http://", "//", "&#", "&amp;", ";", "\x00", "\ud83d"),
        *('{"@type":"VideoObject","contentUrl":"https://a.example/v.mp4', '","embedUrl":"'),
        *("https://youtu.be/AbC-_fGhIj0", '"}', "<iframe src='https://vimeo.com/"),
        *("<time datetime='", "2026-03-09T10:00", "<img src='", "<base href='", "charset=utf-16"),
    ]
)
PARTS = st.lists(st.one_of(MARKUP, st.text(max_size=20)), max_size=20).map("".join)
SENTENCES = "<p>The ferry ran aground at four in the morning, the harbour office said.</p>" * 4
ARTICLES = st.builds(
    "<html><head><meta property=og:type content=article>{}</head><body><article>{}{}".format,
    PARTS,
    st.just(SENTENCES) | PARTS,
    PARTS,
)
PAGES = st.one_of(
    st.binary(max_size=300),
    st.builds(
        lambda markup, codec: markup.encode(codec, "replace"),
        ARTICLES | PARTS,
        st.sampled_from(["utf-8", "utf-16", "cp1252", "gb18030"]),
    ),
)
TYPES = st.sampled_from(
    ["", "text/html", "text/html; charset=gb2312", "text/html; charset=utf-7", "a/b; charset=\x00"]
)
TIMES = st.one_of(st.none(), st.datetimes(timezones=st.just(UTC)))
CALM = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read(body: bytes, content_type: str, lead: Lead) -> Article | Dropped | None:
    page = Page(
        url=lead.url,
        final_url=lead.url,
        status=200,
        headers={"content-type": content_type},
        body=body,
        fetched_at=NOW,
    )
    try:
        return extract.read(page, lead, BEAT)
    except PageError:
        return None


@CALM
@given(body=PAGES, content_type=TYPES, title=st.text(max_size=40), published=TIMES)
def test_an_article_is_sound_whatever_came(
    body: bytes, content_type: str, title: str, published: datetime | None
) -> None:
    lead = Lead(url="https://a.example/b/c", source="", found=NOW, title=title)

    found = read(body, content_type, replace(lead, published_at=published))

    if isinstance(found, Article):
        assert found.title == text.fold(found.title) != ""
        assert len(found.excerpt) <= 300
        assert found.excerpt == text.fold(found.excerpt)
        assert found.published_at.utcoffset() == timedelta(0)
        assert found.published_at <= NOW + timedelta(hours=1)
        assert found.web_url.startswith("http")
        assert found.image == "" or found.image.startswith("http")
        shown = embeds.read(found.featured_content)
        assert found.featured_content == (embeds.write(shown) if shown else "")
        assert found.seconds >= 0


@pytest.mark.slow
@settings(CALM, max_examples=500)
@given(body=PAGES, content_type=TYPES)
def test_the_same_bytes_are_read_the_same(body: bytes, content_type: str) -> None:
    lead = Lead(url="https://a.example/b/c", source="", found=NOW, title="A lead")

    assert read(body, content_type, lead) == read(body, content_type, lead)
