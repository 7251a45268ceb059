"""Rules of the W3C feed validator that a feed of ours could break, tried on awkward stories."""

from __future__ import annotations

import email.utils
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from lxml import etree

from copydesk.news import Provider, Story
from copydesk.publish import Look, feeds, plan_site
from world import editions

A = "{http://www.w3.org/2005/Atom}"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-zA-Z0-9]{2,8})*")
URI = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
XML_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"

AWKWARD = {
    "plain": editions.story(),
    "nothing known": editions.story(title="", excerpt="", provider=None, published_at=None),
    "no name": editions.story(provider=Provider(name=" ", domain="herald.example")),
    "odd address": editions.story(web_url="https://herald.example/ü ber/<x>?a=1&b=[2]"),
    "odd name": editions.story("2026-ü & <x>"),
    "empty topic": editions.story(topics=("", "\u200b", "Law")),
    "markup": editions.story(title="<b>A</b> & \x00 B", excerpt="<script>alert(1)</script>"),
    "long ago": editions.story(published_at=datetime(1, 1, 1, tzinfo=UTC)),
    "far ahead": editions.story(published_at=datetime(9999, 12, 31, 23, 59, 59, 9, tzinfo=UTC)),
    "updated before it was published": editions.story(updated_at=datetime(2020, 1, 1, tzinfo=UTC)),
    "twice in a second": editions.story("2026-11-24-other"),
}


def files(*stories: Story, locale: str = "en-us") -> dict[str, bytes]:
    beat = replace(editions.beat(), locale=locale)
    plan = plan_site(editions.edition(stories, on=beat), Look(show="cached"))
    return {sheet.path: sheet.data for sheet in feeds.sheets(plan)}


def atom_wrongs(data: bytes) -> Iterator[str]:
    feed = etree.fromstring(data)
    entries = feed.findall(f"{A}entry")
    ids = [entry.findtext(f"{A}id") for entry in entries]
    if len(set(ids)) < len(ids):
        yield "two entries with one id"
    if not feed.findall(f"{A}link[@rel='self']"):
        yield "no link to itself"
    if not LANGUAGE.fullmatch(feed.get(XML_LANGUAGE, "en")):
        yield "no language"
    for scope in (feed, *entries):
        for name in ("id", "title", "updated"):
            if (
                len(scope.findall(f"{A}{name}")) != 1
                or not scope.findtext(f"{A}{name}", "").strip()
            ):
                yield f"not one {name}"
        if len(scope.findall(f"{A}link[@rel='alternate']")) != 1:
            yield "not one alternate link"
        yield from filter(_is_no_uri, (link.get("href", "") for link in scope.findall(f"{A}link")))
        yield from filter(_is_no_uri, [scope.findtext(f"{A}id", "")])
    yield from _atom_values(feed)


def _atom_values(feed: etree._Element) -> Iterator[str]:
    for time in (*feed.iter(f"{A}updated"), *feed.iter(f"{A}published")):
        if not TIME.fullmatch(time.text or ""):
            yield f"no time: {time.text}"
    if not all((name.text or "").strip() for name in feed.iter(f"{A}name")):
        yield "an author without a name"
    if not all(each.get("term") for each in feed.iter(f"{A}category")):
        yield "a category without a term"


def rss_wrongs(data: bytes) -> Iterator[str]:
    channel = etree.fromstring(data)[0]
    items = channel.findall("item")
    guids = [item.findtext("guid") for item in items]
    if len(set(guids)) < len(guids):
        yield "two items with one guid"
    for name in ("title", "link", "description"):
        if not channel.findtext(name, "").strip():
            yield f"no {name}"
    if not LANGUAGE.fullmatch(channel.findtext("language", "en")):
        yield "no language"
    addresses = (item.findtext(name, "") for item in items for name in ("guid", "link"))
    yield from filter(_is_no_uri, addresses)
    for time in (*channel.iter("pubDate"), *channel.iter("lastBuildDate")):
        read = email.utils.parsedate_to_datetime(time.text or "")
        if not re.fullmatch(
            rf"{read:%a}, \d\d {read:%b} \d{{4}} \d\d:\d\d:\d\d \+0000", time.text or ""
        ):
            yield f"no time: {time.text}"
    if not all((each.text or "").strip() for each in channel.iter("category")):
        yield "an empty category"
    if not all(item.findtext("title") or item.findtext("description") for item in items):
        yield "an item that says nothing"


def _is_no_uri(value: str) -> bool:
    parts = urlsplit(value)
    return not (URI.fullmatch(value) and parts.scheme in {"http", "https"} and parts.netloc)


@pytest.mark.parametrize("name", AWKWARD)
@pytest.mark.parametrize("locale", ["en-us", "pt-BR", "", "english of old"])
def test_a_feed_breaks_no_rule_of_the_validator(name: str, locale: str) -> None:
    for path, data in files(AWKWARD[name], locale=locale).items():
        if path.endswith(".xml"):
            wrongs = rss_wrongs if path.endswith("rss.xml") else atom_wrongs
            assert [] == list(wrongs(data)), path


def test_all_of_them_together_break_none() -> None:
    stories = {story.path: story for story in AWKWARD.values()}
    made = files(*stories.values())

    assert [] == [*atom_wrongs(made["feed.xml"]), *rss_wrongs(made["rss.xml"])]


def test_the_rules_would_notice() -> None:
    made = files(editions.story())

    broken = made["feed.xml"].replace(b"https://", b"").replace(b"<name>The Herald", b"<name>")
    assert {"an author without a name"} < set(atom_wrongs(broken))
    assert list(rss_wrongs(made["rss.xml"].replace(b"Tue, 24", b"Tue, 4")))
