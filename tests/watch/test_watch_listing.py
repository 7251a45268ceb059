"""A page of links read by a source's own rule, and the dates that such pages write."""

from __future__ import annotations

import contextlib
import time
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from copydesk import watch
from copydesk.errors import FeedError
from copydesk.news import Lead, Page, Source
from copydesk.news.source import ListingRule
from copydesk.watch import entry
from copydesk.watch.entry import find_moment

NOW = datetime(2030, 1, 2, 12, tzinfo=UTC)
URL = "https://gull.example/press/"
RULE = ListingRule(
    item="article.card",
    link="h2 a",
    title="h2",
    date="time",
    excerpt="p.lead",
    written=date(2026, 11, 24),
)
CARD = """
<article class="card"><h2><a href="{href}">{title}</a></h2>
<time datetime="2029-12-{day}">Monday</time><p>no</p><p class="lead">What {title} is about</p>
<a href="/more">More</a></article>
"""
PAGE = (
    "<!doctype html><html><head><title>Press</title></head><body>"
    + CARD.format(href="/press/a", title="First", day=30)
    + CARD.format(href="https://other.example/b", title="Second", day=29)
    + "<article><h2><a href='/press/c'>Not a card</a></h2></article></body></html>"
)


def read(body: str, rule: ListingRule | None = RULE, url: str = URL) -> entry.SourceReading:
    page = Page(url=url, final_url=url, status=200, headers={}, body=body.encode(), fetched_at=NOW)
    return watch.read(page, Source(url=url, listing=rule), NOW)


def titles(body: str, rule: ListingRule = RULE) -> list[tuple[str, str]]:
    return [(lead.url, lead.title) for lead in read(body, rule).leads]


def test_a_rule_finds_what_it_says_wherever_it_leads() -> None:
    reading = read(PAGE)

    assert (reading.kind, reading.title) == ("listing", "Press")
    assert reading.leads[0] == Lead(
        url="https://gull.example/press/a",
        source=URL,
        found=NOW,
        title="First",
        excerpt="What First is about",
        published_at=datetime(2029, 12, 30, tzinfo=UTC),
    )
    assert [lead.url for lead in reading.leads[1:]] == ["https://other.example/b"]


def test_a_rule_of_boxes_alone_takes_the_first_link_and_its_words() -> None:
    rule = ListingRule(item="li", written=date(2026, 11, 24))
    body = (
        "<html><ul><li><a href='#x'>0</a><a href=/1>One</a> <a href=/2>Two</a><li><a href=/3>Three"
    )

    assert titles(body, rule) == [
        ("https://gull.example/1", "One"),
        ("https://gull.example/3", "Three"),
    ]


LINKS = {
    "the box itself": ("<a class=b href=/1>One</a>", ListingRule(item="a.b", written=RULE.written)),
    "a box around the link": (
        "<div class=b><h3><span><a href=/1>One</a></span></h3></div>",
        ListingRule(item=".b", link="h3", written=RULE.written),
    ),
    "a label": (
        "<div class=b><a href=/1 aria-label=One><img alt=''></a></div>",
        ListingRule(item=".b", written=RULE.written),
    ),
    "a base": (
        "<base href=https://gull.example/><div class=b><a href=1>One</a></div>",
        ListingRule(item=".b", written=RULE.written),
    ),
    "several ways": (
        "<div class=b><a href=/1>One</a></div>",
        ListingRule(item=".c, .b", link="h2 > a, a:first-child", written=RULE.written),
    ),
    "no script": (
        "<div class=b><a href='javascript:x()'>No</a><a href=/1>One</a></div>",
        ListingRule(item=".b", title="a[href^='/']", written=RULE.written),
    ),
}


@pytest.mark.parametrize(("body", "rule"), LINKS.values(), ids=LINKS.keys())
def test_a_link_is_found_in_its_box(body: str, rule: ListingRule) -> None:
    assert titles(f"<html><body>{body}", rule) == [("https://gull.example/1", "One")]


DATES = {
    "for machines": "<i class=d><time datetime='2029-12-30T10:00:00Z'>just now</time></i>",
    "an attribute of its own": "<i class=d content='2029-12-30T10:00:00Z'>x</i>",
    "a tooltip": "<i class=d title='30 December 2029 10:00'>2 days ago</i>",
    "the second match": "<i class=d>x</i><i class=d>30 December 2029 10:00</i>",
}


@pytest.mark.parametrize("body", DATES.values(), ids=DATES.keys())
def test_a_date_is_found_in_its_box(body: str) -> None:
    rule = ListingRule(item="li", date=".d", written=RULE.written)

    (lead,) = read(f"<html><ul><li><a href=/1>One</a>{body}", rule).leads

    assert lead.published_at == datetime(2029, 12, 30, 10, tzinfo=UTC)


DAYS = {
    "3 March 2026": 3,
    "Posted on 3 March 2026 by Ann": 3,
    "March 3rd, 2026 · 5 min read": 3,
    "Dienstag, 3. März 2026": 3,
    "Publié le 3 mars 2026 à Paris": 3,
    "3 de marzo de 2026, por Ann": 3,
    "03.03.2026 | Presse": 3,
    "3. 3. 2026": 3,
    "2026-03-03": 3,
    "2026年3月3日(火)": 3,
    "2026년 3월 3일": 3,
    "3/4/2026": None,
    "31.02.2026": None,
    "2 days ago": None,
    "version 1.2.30.2026": None,
    "": None,
}


@pytest.mark.parametrize(("line", "day"), DAYS.items())
def test_a_day_is_read_where_it_means_one_thing(line: str, day: int | None) -> None:
    expected = None if day is None else datetime(2026, 3, day, tzinfo=UTC)

    assert find_moment(line) == expected


def test_a_long_line_of_figures_costs_nothing() -> None:
    before = time.process_time()

    assert find_moment("1 " * 1_000_000) is None
    assert find_moment("9" * 1_000_000) is None
    assert time.process_time() - before < 5


def test_a_rule_that_finds_nothing_says_how_old_it_is() -> None:
    with pytest.raises(FeedError) as caught:
        read("<html><body><div><a href=/1>A new design</a></div>")

    assert caught.value.what == "the listing rule of 2026-11-24 finds nothing"
    assert "item = 'article.card'" in caught.value.hint


def test_boxes_without_a_link_are_nothing_too() -> None:
    with pytest.raises(FeedError, match="finds nothing") as caught:
        read("<html><body><article class=card><h2><a href='/press/'>itself</a></h2></article>")

    assert "link = 'h2 a'" in caught.value.hint


BROKEN = {
    "item": replace(RULE, item="article["),
    "link": replace(RULE, link="h2 >"),
    "title": replace(RULE, title="::after"),
    "date": replace(RULE, date="time:no-such"),
    "excerpt": replace(RULE, excerpt="p:nth-child(x)"),
    "item of nothing": replace(RULE, item=""),
    "link of a quote": replace(RULE, link="a[href='\"']'"),
}


@pytest.mark.parametrize(("name", "rule"), BROKEN.items())
def test_a_broken_selector_is_named(name: str, rule: ListingRule) -> None:
    with pytest.raises(FeedError) as caught:
        read(PAGE, rule)

    assert f"({name.partition(' ')[0]} = " in caught.value.what
    assert "of 2026-11-24 " in caught.value.what


def test_a_rule_is_kept_to_at_the_address_of_a_feed() -> None:
    assert len(read(PAGE, url="https://gull.example/news.xml").leads) == 2


def test_a_feed_is_a_feed_whatever_rule_there_is() -> None:
    feed = "<rss><channel><item><title>x</title><link>https://a.example/1</link></item></channel></rss>"

    assert read(feed).kind == "feed"


def test_without_a_rule_the_page_is_guessed_at() -> None:
    assert read(PAGE, None).leads == ()


def test_of_very_many_boxes_the_first_count() -> None:
    rule = ListingRule(item="li", written=RULE.written)
    body = "".join(f"<li><a href=/{n}>{n}</a>" for n in range(5_000))

    assert len(read(f"<html><ul>{body}", rule).leads) == 2_000


HOSTILE = {
    "boxes in boxes": "<div>" * 100_000 + "<a href=/1>x</a>",
    "one wide box": "<div>" + "<a href=javascript:x>x</a><i>x</i>" * 100_000,
    "boxes around all": "<div>" * 200 + "<a href=/1>x</a><i>x</i>" * 20_000,
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_page_is_read_or_refused(body: str) -> None:
    rule = ListingRule(item="div", title="i", date="i", excerpt="i", written=RULE.written)
    with contextlib.suppress(FeedError):
        assert len(read(f"<html><body>{body}", rule).leads) <= 2_000
