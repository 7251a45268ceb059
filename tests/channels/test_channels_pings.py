"""Whom to tell of what: IndexNow of pages, a hub of feeds."""

from __future__ import annotations

import json

from copydesk import channels
from copydesk.news import Beat

BEAT = Beat(title="Tidewatch", url="https://tidewatch.example/coast", index_now_key="0123abcd")
HUB = Beat(title="Tidewatch", url="https://tidewatch.example", hub="https://hub.example/")
CHANGED = (
    "pictures/a.webp",
    "news/2026-11-19-old/index.html",
    "news/2026-11-20-new é/index.html",
    "topics/coast/index.html",
    "topics/coast/feed.xml",
    "feed.json",
    "sitemap.xml",
    "index.html",
)


def test_nobody_is_told_unless_it_is_wanted() -> None:
    assert [] == channels.pings(Beat(title="T", url="https://t.example"), "https://e/", CHANGED)


def test_search_engines_hear_of_pages_the_front_page_and_the_newest_first() -> None:
    (ping,) = channels.pings(BEAT, "https://engine.example/indexnow", CHANGED)

    said = json.loads(ping.body)
    site = "https://tidewatch.example/coast"
    assert "https://engine.example/indexnow" == ping.url
    assert ("tidewatch.example", "0123abcd") == (said["host"], said["key"])
    assert f"{site}/0123abcd.txt" == said["keyLocation"]
    assert [
        f"{site}/",
        f"{site}/news/2026-11-20-new%20%C3%A9/",
        f"{site}/news/2026-11-19-old/",
        f"{site}/topics/coast/",
    ] == said["urlList"]


def test_no_list_is_longer_than_the_protocol_allows() -> None:
    changed = [f"news/{number}/index.html" for number in range(10_500)]

    (ping,) = channels.pings(BEAT, "https://engine.example/", changed)

    assert channels.INDEX_NOW_MOST == len(json.loads(ping.body)["urlList"])


def test_a_hub_hears_of_each_feed() -> None:
    told = channels.pings(HUB, "https://engine.example/", CHANGED)

    feeds = [
        "https://tidewatch.example/topics/coast/feed.xml",
        "https://tidewatch.example/feed.json",
    ]
    assert [{"hub.mode": "publish", "hub.topic": feed, "hub.url": feed} for feed in feeds] == [
        ping.form for ping in told
    ]


def test_with_no_page_and_no_feed_changed_there_is_nothing_to_tell() -> None:
    assert [] == channels.pings(BEAT, "https://engine.example/", ("pictures/a.webp", "sitemap.xml"))
