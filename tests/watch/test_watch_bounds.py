"""Documents made to cost a parser minutes, memory or a file: refused or read, at once."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from copydesk.errors import FeedError
from copydesk.kit import embeds
from copydesk.news import Page, Source
from copydesk.watch import read
from copydesk.watch.documents import plain, repair, weigh, whole_entries
from copydesk.watch.entry import SourceReading

NOW = datetime(2030, 1, 2, tzinfo=UTC)
URL = "https://ferry.example/"
HEAD = b"<rss><channel>"
ITEM = b"<item><title>x</title><link>https://ferry.example/%d</link></item>"


def reading(body: bytes) -> SourceReading:
    page = Page(url=URL, final_url=URL, status=200, headers={}, body=body, fetched_at=NOW)
    return read(page, Source(url=URL), NOW)


TRAPS: dict[str, Callable[[], bytes]] = {
    "50 MB": lambda: b"<rss>" + b"x" * 50_000_000,
    "a gzip bomb": lambda: gzip.compress(b"\0" * 50_000_000),
    "attributes of one element": lambda: (
        b"<rss " + b" ".join(b'a%d="x"' % n for n in range(9_000)) + b">"
    ),
    "xml:base in xml:base": lambda: HEAD + b'<x xml:base="a/">' * 9_000,
    "xml:base in what is no XML": lambda: b"<rss><a & <b>" + b'<x xml:base="a/">' * 9_000,
    "a long xml:base": lambda: (
        b'<rss xml:base="http://x/' + b"a" * 999_999 + b'">' + b"<x></x>" * 99
    ),
    "a long xml:base in what is no XML": lambda: b'<rss base="' + b"a" * 9_999 + b'"><a & <b>',
    "half a million elements": lambda: HEAD + b"<a></a>" * 500_000,
    "half a million tags of no XML": lambda: HEAD + b"<a & <b>" * 250_000,
    "millions of references": lambda: HEAD + b"<title>" + b"&amp;" * 1_900_000 + b"&" * 200_000,
    "a million opened brackets": lambda: b"[" * 1_000_000,
    "a number without end": lambda: b'{"items":[' + b"1" * 9_999 + b"]}",
}


@pytest.mark.parametrize("make", TRAPS.values(), ids=TRAPS.keys())
def test_a_trap_is_refused(make: Callable[[], bytes]) -> None:
    body = make()

    with pytest.raises(FeedError):
        reading(body)


HARMLESS = {
    "many items": HEAD + b"".join(ITEM % n for n in range(500)) + b"</channel></rss>",
    "an xml:base on each item": b"<rss><channel>"
    + b"".join(b'<item xml:base="https://ferry.example/%d/"></item>' % n for n in range(2_000))
    + b"</channel></rss>",
    "deep markup": HEAD + b"<item>" + b"<div>" * 300 + b"</div>" * 300 + b"</item></channel></rss>",
}


@pytest.mark.parametrize("body", HARMLESS.values(), ids=HARMLESS.keys())
def test_a_rich_feed_is_sound(body: bytes) -> None:
    assert weigh(body) == "sound"


def test_a_feed_of_no_xml_is_broken_but_not_refused() -> None:
    assert weigh(HEAD + ITEM % 1 + b"<a & b>") == "broken"


def test_of_very_many_entries_the_first_become_leads() -> None:
    addresses = b"\n".join(b"https://ferry.example/%d" % n for n in range(50_010))

    read_ = reading(addresses)

    assert (len(read_.leads), read_.listed) == (50_000, 50_010)


def test_a_lead_bears_no_more_than_it_should() -> None:
    item = b"<item><title>%s</title><guid>%s</guid><link>https://ferry.example/%s</link></item>"

    long, short = b"long " * 4_000, b"x"
    leads = reading(HEAD + item % (long, long, short) + item % (short, short, b"y" * 9_000)).leads

    assert [lead.url for lead in leads] == ["https://ferry.example/x"]
    assert len(leads[0].title) <= 1_000
    assert len(leads[0].guid) <= 2_000


def test_a_page_of_very_many_links_gives_the_first_ones() -> None:
    links = b"".join(
        b'<a href="/news/one-two-three-four-%d">headline</a>' % n for n in range(6_000)
    )

    assert len(reading(b"<html><body><main>" + links).leads) == 5_000


MEDIA = {
    "enclosures": b'<enclosure url="https://ferry.example/%d.mp3" type="audio/mpeg"/>',
    "media:content": b'<media:content url="https://ferry.example/%d.mp4" type="video/mp4"/>',
}


@pytest.mark.parametrize("offer", MEDIA.values(), ids=MEDIA.keys())
def test_of_very_many_sounds_and_videos_the_first_are_looked_at(
    offer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def seen(address: str) -> embeds.Player | None:
        asked.append(address)
        return find(address)

    find = embeds.find
    monkeypatch.setattr(embeds, "find", seen)  # what it costs is what is counted
    head = b'<rss xmlns:media="http://search.yahoo.com/mrss/"><channel>'
    same = offer % 1 * 5_000 + b"".join(offer % n for n in range(20))
    item = (ITEM % 1).replace(b"</item>", same + b"</item>")

    (lead,) = reading(head + item + b"</channel></rss>").leads

    assert len(lead.media) == 1
    assert len(asked) <= 200


OPEN = {
    "a tag": ("a <b" * 20_000, "a <b"),
    "a comment": ("x <!-- y > " * 5_000, "x"),
    "nothing": ("<i>one</i><!-- no --> & <b>two", "one & two"),
    "an arrow": ("a->b <i", "a->b <i"),
}


@pytest.mark.parametrize(("markup", "begins"), OPEN.values(), ids=OPEN.keys())
def test_markup_that_is_left_open_becomes_plain(markup: str, begins: str) -> None:
    assert plain(markup).startswith(begins)


MENDED = {
    "a raw ampersand": ("AT&T: x", "AT&amp;T: x"),
    "a query": ("?a=1&b=2&copy=3", "?a=1&amp;b=2&amp;copy=3"),
    "what XML knows": ("&amp;&lt;&gt;&quot;&apos;&#8217;&#x2019;", None),
    "what HTML knows": ("&nbsp;&eacute;", "&#160;&#233;"),
    "what nobody knows": ("&ferry;", "&amp;ferry;"),
    "CDATA": ("<![CDATA[a & b]]>&<![CDATA[&nbsp;", "<![CDATA[a & b]]>&amp;<![CDATA[&nbsp;"),
}


@pytest.mark.parametrize(("broken", "mended"), MENDED.values(), ids=MENDED.keys())
def test_a_fault_is_mended_without_a_guess(broken: str, mended: str | None) -> None:
    assert repair(broken) == (broken if mended is None else mended)


WHOLE = {
    "rss": HEAD + ITEM % 1 + ITEM % 2 + ITEM % 3 + b"</channel></rss>",
    "atom": b'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">'
    + b"".join(
        b'<entry><title>x</title><link href="https://ferry.example/%d"/></entry>' % n
        for n in (1, 2, 3)
    )
    + b"</feed>",
    "sitemap": b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    + b"".join(b"<url><loc>https://ferry.example/%d</loc></url>" % n for n in (1, 2, 3))
    + b"</urlset>",
}


@pytest.mark.parametrize("body", WHOLE.values(), ids=WHOLE)
def test_of_cut_xml_the_whole_entries_are_read_and_the_cut_is_told(body: bytes) -> None:
    every = [f"https://ferry.example/{number}" for number in (1, 2, 3)]
    whole = reading(body)
    assert (False, every) == (whole.is_cut, [lead.url for lead in whole.leads])
    root = 1 + next(at for at in range(len(body)) if body[at : at + 1] == b">" and at > 30)
    for length in range(root, len(body)):
        if not whole_entries(body[:length].decode()):
            with pytest.raises(FeedError, match="ends too early"):
                reading(body[:length])
            continue
        cut = reading(body[:length])
        assert cut.is_cut
        assert [lead.url for lead in cut.leads] == every[: len(cut.leads)]
        assert cut.leads


def test_an_empty_element_of_its_own_is_no_cut_feed() -> None:
    empty = reading(b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"/>')
    assert (False, ()) == (empty.is_cut, empty.leads)
