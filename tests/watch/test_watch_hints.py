"""What a feed says beside its items: its rhythm, its hub, dates that no page can have."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from copydesk.news import Page, Source
from copydesk.watch import read
from copydesk.watch.entry import Hints, SourceReading

NOW = datetime(2030, 1, 2, 12, tzinfo=UTC)
URL = "https://ferry.example/news/feed.xml"
HUB, SELF = "https://hub.example/", "https://ferry.example/news/feed"
SYNDICATION = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
ATOM = 'xmlns:atom="http://www.w3.org/2005/Atom"'
ITEM = "<item><title>A pier</title><link>https://ferry.example/1</link></item>"


def reading(body: str, link: str = "") -> SourceReading:
    headers = {"link": link} if link else {}
    page = Page(
        url=URL, final_url=URL, status=200, headers=headers, body=body.encode(), fetched_at=NOW
    )
    return read(page, Source(url=URL), NOW)


def rss(channel: str, *, after: str = "") -> str:
    return (
        f'<rss version="2.0" {SYNDICATION} {ATOM}><channel><title>Ferry</title>'
        f"{channel}{ITEM}{after}</channel></rss>"
    )


EVERY = {
    "a ttl in minutes": ("<ttl>90</ttl>", timedelta(minutes=90)),
    "a ttl with blanks": ("<ttl>\n 90 </ttl>", timedelta(minutes=90)),
    "a ttl with a fraction": ("<ttl>90.0</ttl>", timedelta(minutes=90)),
    "a ttl of a week, which is at most a day": ("<ttl>10080</ttl>", timedelta(days=1)),
    "a ttl of 0": ("<ttl>0</ttl>", None),
    "a negative ttl": ("<ttl>-60</ttl>", None),
    "a ttl of two thousand years": ("<ttl>1000000000</ttl>", None),
    "a ttl beyond all numbers": (f"<ttl>{'9' * 5000}</ttl>", None),
    "a ttl in words": ("<ttl>an hour</ttl>", None),
    "an empty ttl": ("<ttl/>", None),
    "twice a day": (
        "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>",
        timedelta(hours=12),
    ),
    "a period alone": (
        "<sy:updatePeriod> Hourly </sy:updatePeriod>",
        timedelta(hours=1),
    ),
    "a period of a year, which is at most a day": (
        "<sy:updatePeriod>yearly</sy:updatePeriod>",
        timedelta(days=1),
    ),
    "a million times an hour": (
        "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>1000000</sy:updateFrequency>",
        None,
    ),
    "a frequency of 0": (
        "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>",
        None,
    ),
    "a period of no name": ("<sy:updatePeriod>fortnightly</sy:updatePeriod>", None),
    "a frequency alone": ("<sy:updateFrequency>2</sy:updateFrequency>", None),
    "both: the ttl is the publisher's own, the period often a default": (
        "<ttl>30</ttl><sy:updatePeriod>daily</sy:updatePeriod>",
        timedelta(minutes=30),
    ),
    "nothing": ("", None),
}


@pytest.mark.parametrize(("channel", "every"), EVERY.values(), ids=EVERY.keys())
def test_a_feed_says_how_often_to_ask(channel: str, every: timedelta | None) -> None:
    assert every == reading(rss(channel)).hints.every


def hours(*said: object) -> str:
    return "<skipHours>" + "".join(f"<hour>{one}</hour>" for one in said) + "</skipHours>"


HOURS = {
    "some": (hours(0, 1, 23), {0, 1, 23}),
    "24 is midnight": (hours(1, 24), {0, 1}),
    "leading zeros and blanks": (hours("03", " 4 "), {3, 4}),
    "nonsense among them": (hours(-1, 25, "noon", 5, 500, ""), {5}),
    "all of them, so none": (hours(*range(24)), set()),
    "in any case of letters": ("<SKIPHOURS><Hour>7</Hour></SKIPHOURS>", {7}),
    "broken off": ("<skipHours><hour>7</hour>", set()),
    "none": ("", set()),
}


@pytest.mark.parametrize(("channel", "skipped"), HOURS.values(), ids=HOURS.keys())
def test_a_feed_says_which_hours_to_skip(channel: str, skipped: set[int]) -> None:
    assert skipped == reading(rss(channel)).hints.skip_hours


def test_hours_below_the_items_count() -> None:
    assert {7, 8} == reading(rss("", after=hours(7, 8))).hints.skip_hours


DAYS = {
    "some": (["Monday", "Sunday"], {0, 6}),
    "in any case of letters": (["MONDAY", " tuesday "], {0, 1}),
    "nonsense among them": (["Funday", "Mon", "Friday"], {4}),
    "all of them, so none": (
        ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
        set(),
    ),
}


@pytest.mark.parametrize(("days", "skipped"), DAYS.values(), ids=DAYS.keys())
def test_a_feed_says_which_days_to_skip(days: list[str], skipped: set[int]) -> None:
    listed = "".join(f"<day>{day}</day>" for day in days)

    assert skipped == reading(rss(f"<skipDays>{listed}</skipDays>")).hints.skip_days


def test_an_items_own_words_are_no_hints() -> None:
    item = (
        "<item><title>How to</title><link>https://ferry.example/2</link>"
        f"<description><![CDATA[{hours(3)}]]></description></item>"
    )
    assert Hints() == reading(rss("", after=item)).hints


def atom(links: str) -> str:
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Ferry</title>{links}'
        '<entry><title>A pier</title><link href="https://ferry.example/1"/></entry></feed>'
    )


HUBS = {
    "atom": (atom(f'<link rel="hub" href="{HUB}"/><link rel="self" href="{SELF}"/>'), HUB, SELF),
    "rss with atom's links": (
        rss(f'<atom:link rel="hub" href="{HUB}"/><atom:link rel="self" href="{SELF}"/>'),
        HUB,
        SELF,
    ),
    "a relative self": (
        atom(f'<link rel="hub" href="{HUB}"/><link rel="self" href="feed"/>'),
        HUB,
        SELF,
    ),
    "several hubs, the first counts": (
        atom(
            f'<link rel="hub" href="{HUB}"/><link rel="hub" href="https://other.example/"/>'
            f'<link rel="self" href="{SELF}"/>'
        ),
        HUB,
        SELF,
    ),
    "a hub without self": (atom(f'<link rel="hub" href="{HUB}"/>'), HUB, ""),
    "self without a hub": (atom(f'<link rel="self" href="{SELF}"/>'), "", ""),
    "a hub that is no web address": (
        atom(f'<link rel="hub" href="javascript:x"/><link rel="self" href="{SELF}"/>'),
        "",
        "",
    ),
    "an empty hub": (atom(f'<link rel="hub" href=""/><link rel="self" href="{SELF}"/>'), "", ""),
    "none": (atom(""), "", ""),
    "json feed": (
        json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "feed_url": SELF,
                "hubs": [
                    {"type": "rssCloud", "url": "https://cloud.example/"},
                    {"type": "WebSub", "url": HUB},
                ],
                "items": [{"id": "1", "url": "https://ferry.example/1"}],
            }
        ),
        HUB,
        SELF,
    ),
    "json feed with nonsense": (
        json.dumps({"hubs": ["x", {"type": 3, "url": []}, {}], "items": [], "feed_url": None}),
        "",
        "",
    ),
}


@pytest.mark.parametrize(("body", "hub", "topic"), HUBS.values(), ids=HUBS.keys())
def test_a_feed_names_its_hub(body: str, hub: str, topic: str) -> None:
    found = reading(body)

    assert (hub, topic) == (found.hub, found.topic)


HEADERS = {
    "both": (f'<{HUB}>; rel="hub", <{SELF}>; rel="self"', HUB, SELF),
    "without quotes": (f"<{HUB}>;rel=hub,<{SELF}>;rel=self", HUB, SELF),
    "behind other parameters": (
        f'<{HUB}>; title="a, b; rel=self"; rel=hub, <{SELF}>; type="x"; rel="alternate self"',
        HUB,
        SELF,
    ),
    "one for both": (f'<{HUB}>; rel="hub self"', HUB, HUB),
    "the hub alone, self is the feed's own": (f'<{HUB}>; rel="hub"', HUB, "https://a.example/s"),
    "a hub that is no web address": (
        "<mailto:x>; rel=hub",
        "https://a.example/h",
        "https://a.example/s",
    ),
    "noise": ('<<<>;;="rel=hub', "https://a.example/h", "https://a.example/s"),
}


@pytest.mark.parametrize(("header", "hub", "topic"), HEADERS.values(), ids=HEADERS.keys())
def test_a_link_header_goes_first(header: str, hub: str, topic: str) -> None:
    body = atom(
        '<link rel="hub" href="https://a.example/h"/><link rel="self" href="https://a.example/s"/>'
    )

    found = reading(body, header)

    assert (hub, topic) == (found.hub, found.topic)


def test_a_link_header_holds_for_a_sitemap_too() -> None:
    body = "<urlset><url><loc>https://ferry.example/1</loc></url></urlset>"

    found = reading(body, f"<{HUB}>; rel=hub, <feed>; rel=self")

    assert (HUB, SELF) == (found.hub, found.topic)


@pytest.mark.parametrize("noise", ['<x>; title="' * 100_000, "<x>; a=b, " * 1_000])
def test_of_a_long_header_the_beginning_is_read(noise: str) -> None:
    found = reading(atom(""), f"{noise}<{HUB}>; rel=hub")

    assert "" == found.hub


def dated(*dates: str) -> str:
    items = "".join(
        f"<item><link>https://ferry.example/{n}</link><pubDate>{date}</pubDate></item>"
        for n, date in enumerate(dates)
    )
    return f'<rss version="2.0"><channel><title>Ferry</title>{items}</channel></rss>'


def test_dates_that_no_page_can_have_are_counted() -> None:
    soon, far, early = (
        "Thu, 03 Jan 2030 11:00:00 GMT",
        "Fri, 04 Jan 2030 12:00:00 GMT",
        "Thu, 01 Jan 1970 00:00:00 GMT",
    )

    found = reading(dated(soon, far, early, "yesterday", "Tue, 01 Jan 2030 00:00:00 GMT"))

    assert (5, 2) == (found.listed, found.odd_dates)


LONG = f"https://ferry.example/{'x' * 8_000}"


def test_an_address_that_nobody_can_have_meant_is_none() -> None:
    links = f'<link rel="hub" href="{LONG}"/><link rel="self" href="{LONG}"/>'
    item = f"<item><link>https://ferry.example/1</link><language>{LONG}</language></item>"
    index = (
        f"<sitemapindex><sitemap><loc>{LONG}</loc></sitemap>"
        "<sitemap><loc>https://ferry.example/2.xml</loc></sitemap></sitemapindex>"
    )

    found = reading(atom(links))

    assert ("", "") == (found.hub, found.topic)
    assert ("https://ferry.example/2.xml",) == reading(index).more
    picture = f'<enclosure url="{LONG}" type="image/png"/>'
    (lead,) = reading(rss("").replace(ITEM, item.replace("<link>", f"{picture}<link>"))).leads
    assert ("", "") == (lead.image, lead.language)
