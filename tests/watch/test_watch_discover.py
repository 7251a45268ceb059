"""What a page leads to, what is guessed, and which of the lists that answer is best."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from copydesk import watch
from copydesk.news import Lead, Page
from copydesk.watch import discovery
from copydesk.watch.discovery import FeedCandidate
from copydesk.watch.entry import Kind, SourceReading

NOW = datetime(2030, 1, 2, 12, tzinfo=UTC)
HOME = "https://gull.example/"
CHANNEL = "UC" + "a" * 22


NAMES = {
    "Coast Wire": "Coast Wire",
    "Coast Wire Atom": "Coast Wire",
    "Coast Wire - RSS": "Coast Wire",
    "Coast Wire (RSS 2.0)": "Coast Wire",
    "[RSS] Coast Wire": "Coast Wire",
    "Coast Wire Feed": "Coast Wire",
    "Coast Wire » Feed": "Coast Wire",
    "Coast Wire | Latest": "Coast Wire",
    "Coast Wire - All posts": "Coast Wire",
    "Latest - Coast Wire - Atom Feed": "Coast Wire",
    "Atom feed for Coast Wire": "Coast Wire",
    "RSS: Coast Wire": "Coast Wire",
    "Latest posts": "",
    "RSS Feed": "",
    "Atom Heart Mother": "Atom Heart Mother",
    "The Atom": "The Atom",
    "A feed": "A feed",
    "Animal Feed": "Animal Feed",
    "BuzzFeed": "BuzzFeed",
    "Feed the Future": "Feed the Future",
    "The Latest Word": "The Latest Word",
    "Coast-RSS": "Coast-RSS",
    "": "",
}


def page(body: str | bytes, url: str = HOME) -> Page:
    data = body if isinstance(body, bytes) else body.encode()
    return Page(url=url, final_url=url, status=200, headers={}, body=data, fetched_at=NOW)


def found(body: str, url: str = HOME) -> list[str]:
    """Give the addresses that a page with this in its head leads to."""
    whole = f"<!doctype html><html><head>{body}</head><body></body></html>"
    return [one.url for one in discovery.candidates(page(whole, url))]


def alternate(href: str, kind: str = "application/rss+xml", title: str = "") -> str:
    return f'<link rel="alternate" type="{kind}" href="{href}" title="{title}">'


NAMED = {
    "RSS": (alternate("/rss"), ["https://gull.example/rss"]),
    "Atom": (alternate("a.xml", "application/atom+xml"), ["https://gull.example/a.xml"]),
    "JSON Feed": (alternate("/f", "application/feed+json"), ["https://gull.example/f"]),
    "with parameters": (
        alternate("/f", "application/rss+xml; charset=utf-8"),
        ["https://gull.example/f"],
    ),
    "plain XML": (alternate("/f", "text/xml"), ["https://gull.example/f"]),
    "rel=feed": ('<link rel="feed" href="/f">', ["https://gull.example/f"]),
    "other capitals": (
        '<LINK REL="Alternate" TYPE="Application/RSS+XML" HREF="/f">',
        ["https://gull.example/f"],
    ),
    "once each": (alternate("/f") + alternate("/f/") + alternate("/f#x"), [f"{HOME}f"]),
    "a base": ('<base href="/news/">' + alternate("f"), ["https://gull.example/news/f"]),
    "a base elsewhere": (
        '<base href="https://cdn.example/">' + alternate("f"),
        ["https://cdn.example/f"],
    ),
    "comments last": (
        alternate("/comments/feed") + alternate("/feed"),
        ["https://gull.example/feed", "https://gull.example/comments/feed"],
    ),
    "comments by their title": (
        alternate("/a", title="Gull » Kommentar-Feed") + alternate("/b", title="Gull » Feed"),
        ["https://gull.example/b", "https://gull.example/a"],
    ),
    "no address": (alternate("") + alternate("javascript:alert(1)") + alternate("data:x"), []),
    "the page itself": (alternate("/"), []),
    "a language": ('<link rel="alternate" hreflang="de" href="/de/">', []),
    "a style sheet": ('<link rel="stylesheet" type="text/css" href="/feed.css">', []),
    "an embed": (alternate("/oembed?url=x", "application/json+oembed"), []),
    "an API": (alternate("/wp-json/wp/v2/pages/2", "application/json"), []),
}


@pytest.mark.parametrize(("head", "addresses"), NAMED.values(), ids=NAMED.keys())
def test_a_page_names_its_feeds(head: str, addresses: list[str]) -> None:
    assert found(head) == addresses


def test_the_feed_of_one_article_comes_last() -> None:
    head = '<meta property="og:type" content="article">'
    url = "https://gull.example/2030/wall/"

    feeds = found(head + alternate("feed/") + alternate("/feed/"), url)

    assert feeds == ["https://gull.example/feed/", "https://gull.example/2030/wall/feed/"]


def test_the_feed_of_a_section_does_not() -> None:
    feeds = found(alternate("feed/") + alternate("/feed/"), "https://gull.example/sport/")

    assert feeds == ["https://gull.example/sport/feed/", "https://gull.example/feed/"]


LINKED = {
    "by address": '<a href="/rss.xml">Follow us</a>',
    "by a folder": '<a href="/blog/feed/"><img alt="" src="i.png"></a>',
    "by words": '<a href="/subscribe/all">RSS feed</a>',
    "by a query": '<a href="/?format=rss">Follow</a>',
    "on a host of feeds": '<a href="https://feeds.burner.example/gull/rss">Follow</a>',
}


@pytest.mark.parametrize("link", LINKED.values(), ids=LINKED.keys())
def test_a_link_that_looks_like_a_feed_is_one(link: str) -> None:
    assert len(discovery.candidates(page(f"<html><body><p>{link}"))) == 1


NOT_LINKED = {
    "an article on feeds": '<a href="/news/how-to-feed-a-gull">How to feed a gull</a>',
    "a reader's own": '<a href="https://feedly.com/i/subscription/feed/https://x/rss">Feedly</a>',
    "another site": '<a href="https://other.example/rss.xml">RSS</a>',
    "a script": '<a href="javascript:feed()">RSS</a>',
    "a fragment": '<a href="#rss">RSS</a>',
    "mail": '<a href="mailto:feed@gull.example">RSS</a>',
}


@pytest.mark.parametrize("link", NOT_LINKED.values(), ids=NOT_LINKED.keys())
def test_a_link_that_does_not_is_none(link: str) -> None:
    assert discovery.candidates(page(f"<html><body><p>{link}")) == ()


MADE = {
    "WordPress": (HOME, '<meta name="generator" content="WordPress 6.4">', "/feed/"),
    "WordPress by its files": (HOME, '<script src="/wp-content/x.js"></script>', "/feed/"),
    "WordPress in a folder": (
        "https://gull.example/blog/2030/wall/",
        '<link rel="https://api.w.org/" href="https://gull.example/blog/wp-json/">',
        "/blog/feed/",
    ),
    "Ghost": (HOME, '<meta name="generator" content="Ghost 5.2">', "/rss/"),
    "Hugo": (HOME, '<meta name="generator" content="Hugo 0.110">', "/index.xml"),
    "Blogger": (HOME, "<meta content='blogger' name='generator'>", "/feeds/posts/default"),
    "Substack": (HOME, '<link rel="icon" href="https://substackcdn.com/i.png">', "/feed"),
    "Mastodon": (f"{HOME}@ann", '<div id="mastodon"></div>', "/@ann.rss"),
}


@pytest.mark.parametrize(("url", "head", "path"), MADE.values(), ids=MADE.keys())
def test_the_make_of_a_site_tells_its_feed(url: str, head: str, path: str) -> None:
    assert found(head, url) == [f"https://gull.example{path}"]


def test_a_foreign_api_does_not_lend_its_feed() -> None:
    head = '<link rel="https://api.w.org/" href="https://other.example/wp-json/">'

    assert found(head) == []


YOUTUBE = "https://www.youtube.com"
AT_ADDRESS = {
    "a channel": (
        f"{YOUTUBE}/channel/{CHANNEL}/videos",
        f"{YOUTUBE}/feeds/videos.xml?channel_id={CHANNEL}",
    ),
    "a user": (f"{YOUTUBE}/user/gull", f"{YOUTUBE}/feeds/videos.xml?user=gull"),
    "a playlist": (f"{YOUTUBE}/playlist?list=PL12", f"{YOUTUBE}/feeds/videos.xml?playlist_id=PL12"),
    "a repository": ("https://github.com/gull/wing", "https://github.com/gull/wing/releases.atom"),
    "its tags": ("https://github.com/gull/wing/tags", "https://github.com/gull/wing/tags.atom"),
    "its files": (
        "https://github.com/gull/wing/blob/main/x.md",
        "https://github.com/gull/wing/releases.atom",
    ),
    "a subreddit": ("https://old.reddit.com/r/gulls/top", "https://www.reddit.com/r/gulls/.rss"),
    "a person on Reddit": ("https://www.reddit.com/u/ann", "https://www.reddit.com/user/ann/.rss"),
    "a writer on Medium": ("https://medium.com/@ann/x-1", "https://medium.com/feed/@ann"),
    "a paper on Medium": ("https://gulls.medium.com/", "https://gulls.medium.com/feed"),
    "a Substack": ("https://gull.substack.com/p/x", "https://gull.substack.com/feed"),
    "a Blogspot": ("http://gull.blogspot.co.uk/", "http://gull.blogspot.co.uk/feeds/posts/default"),
}


@pytest.mark.parametrize(("url", "feed"), AT_ADDRESS.values(), ids=AT_ADDRESS.keys())
def test_an_address_alone_tells_its_feed(url: str, feed: str) -> None:
    assert discovery.candidates_of_address(url) == (FeedCandidate(feed, "place"),)
    assert discovery.candidates(page(b"<html></html>", url))[0].url == feed


@pytest.mark.parametrize(
    "url", [HOME, "https://github.com/topics/news", "https://github.com/gull", f"{YOUTUBE}/@gull"]
)
def test_another_address_tells_nothing(url: str) -> None:
    assert discovery.candidates_of_address(url) == ()


WATCHED = {
    "a handle": (f"{YOUTUBE}/@gull", f'<script>{{"externalId":"{CHANNEL}"}}</script>'),
    "a video": (f"{YOUTUBE}/watch?v=x", f'<meta itemprop="channelId" content="{CHANNEL}">'),
    "behind others": (
        f"{YOUTUBE}/c/gull",
        f'<script>{{"channelId":"UC{"b" * 22}"}} {{"externalId":"{CHANNEL}"}}</script>',
    ),
}


@pytest.mark.parametrize(("url", "head"), WATCHED.values(), ids=WATCHED.keys())
def test_a_page_of_youtube_tells_its_channel(url: str, head: str) -> None:
    assert found(head, url) == [f"{YOUTUBE}/feeds/videos.xml?channel_id={CHANNEL}"]


HOSTILE = {
    "100,000 links": "<html><body>" + '<a href="/feed%d">RSS</a>' * 100_000,
    "100,000 named feeds": "<html><head>" + alternate("/feed") * 100_000,
    "different ones": "<html>" + "".join(alternate(f"/f{n}") for n in range(20_000)),
    "no bottom": "<html>" + "<div>" * 500_000 + alternate("/feed"),
    "10 MB of a tag": "<html><a href='" + "x" * 9_900_000,
    "half tags": "<html>" + "<link rel=alternate " * 400_000,
    "hrefs of an API": "<html>" + 'href="x' * 1_000_000,
    "generators": "<html>" + '<meta name="generator" content="x">' * 200_000,
    "a long address": "<html>" + alternate("/" + "f" * 100_000),
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_page_costs_little_and_gives_few(body: str) -> None:
    assert len(discovery.candidates(page(body[:9_990_000]))) <= 8


@pytest.mark.parametrize("body", [b"", b"\0\1", b"{}", b"<rss/>", b"\xff\xfe", b"\x1f\x8b"[:1]])
def test_what_is_no_html_leads_nowhere(body: bytes) -> None:
    assert discovery.candidates(page(body)) == ()


def test_guesses_are_few_and_begin_below_the_page() -> None:
    home = [one.url for one in discovery.guesses("https://gull.example/?x=1")]
    blog = [one.url for one in discovery.guesses("https://gull.example/blog/")]
    file = [one.url for one in discovery.guesses("https://gull.example/a/index.html")]

    assert home[:2] == ["https://gull.example/feed", "https://gull.example/feed.xml"]
    assert blog[0] == "https://gull.example/blog/feed"
    assert file == home
    assert len(home) == len(blog) == 8


def test_a_robots_file_names_sitemaps_those_for_news_first() -> None:
    robots = b"User-agent: *\nSITEMAP : /a.xml\nSitemap: https://gull.example/news.xml # x\n"

    named = discovery.sitemaps(HOME, robots)

    assert [one.url for one in named] == [f"{HOME}news.xml", f"{HOME}a.xml"]


def test_where_it_names_none_the_common_ones_are_tried() -> None:
    common = [f"{HOME}news-sitemap.xml", f"{HOME}sitemap_index.xml", f"{HOME}sitemap.xml"]

    assert [one.url for one in discovery.sitemaps(HOME, b"Sitemap: javascript:x")] == common
    assert [one.url for one in discovery.sitemaps(f"{HOME}a/b")] == common


def test_of_very_many_sitemaps_few_are_asked_for() -> None:
    robots = b"".join(b"Sitemap: /s%d.xml\n" % n for n in range(20_000))

    assert len(discovery.sitemaps(HOME, robots)) == 4


def reading(
    kind: Kind = "feed", *, days: int | None = 1, items: int = 4, at: str = "x"
) -> SourceReading:
    """Give a list of `items` whose newest is `days` old, with titles unless it is a sitemap."""
    newest = None if days is None else NOW - timedelta(days=days)
    leads = tuple(
        Lead(
            url=f"{HOME}{at}/{n}",
            source=HOME,
            found=NOW,
            title="" if kind == "sitemap" else f"Story {n}",
            published_at=newest and newest - timedelta(hours=n),
        )
        for n in range(items)
    )
    return SourceReading(kind=kind, title="The Gull", leads=leads)


def best(*lists: tuple[str, SourceReading]) -> list[str]:
    """Give the addresses of the offers, each list beside its own pages."""
    return [
        offer.url
        for offer in watch.offers([(FeedCandidate(url, "named"), one) for url, one in lists], NOW)
    ]


def test_an_offer_shows_what_a_list_holds() -> None:
    (offer,) = watch.offers([(FeedCandidate("https://gull.example/f", "named"), reading())], NOW)

    assert offer == watch.Offer(
        url="https://gull.example/f",
        kind="feed",
        title="The Gull",
        items=4,
        newest=NOW - timedelta(days=1),
        samples=("Story 0", "Story 1", "Story 2"),
        is_good=True,
    )


def test_a_living_feed_comes_before_sitemaps_pages_and_the_dead() -> None:
    assert best(
        ("dead", reading(days=400, at="a")),
        ("page", reading("listing", at="b")),
        ("map", reading("sitemap", at="c")),
        ("undated", reading(days=None, at="d")),
        ("feed", reading(at="e")),
        ("empty", reading(items=0)),
    ) == ["feed", "undated", "map", "page", "dead", "empty"]


def test_the_same_items_in_two_lists_are_offered_once() -> None:
    assert best(("rss", reading()), ("atom", reading()), ("other", reading(at="y"))) == [
        "rss",
        "other",
    ]


def test_a_page_with_a_link_or_two_is_no_list() -> None:
    assert best(("page", reading("listing", items=2))) == []


def test_a_page_with_two_headlines_is_offered_where_there_is_nothing_else() -> None:
    short = reading("listing", items=2)
    leads = tuple(replace(lead, title="Terns return to the harbour wall") for lead in short.leads)
    page = ("page", replace(short, leads=leads))

    assert [best(page), best(page, ("feed", reading(at="e")))] == [["page"], ["feed"]]


def test_a_sitemap_with_titles_is_one_of_news() -> None:
    one = reading()
    news = SourceReading(kind="sitemap", title="", leads=one.leads)

    kinds = [
        watch.offers([(FeedCandidate("https://gull.example/s", "sitemap"), read)], NOW)[0].kind
        for read in (news, reading("sitemap"))
    ]

    assert kinds == ["news sitemap", "sitemap"]


def test_a_feed_beside_the_matter_is_never_good() -> None:
    (offer,) = watch.offers([(FeedCandidate("https://gull.example/c", "aside"), reading())], NOW)

    assert not offer.is_good


@pytest.mark.parametrize("title", NAMES)
def test_a_lists_title_is_made_its_publishers_name(title: str) -> None:
    reading = SourceReading(
        kind="feed", title=title, leads=(Lead(url=HOME, source=HOME, found=NOW, title="Terns"),)
    )

    (offer,) = watch.offers([(FeedCandidate(HOME, "asked"), reading)], NOW)

    assert (offer.title, offer.name) == (title, NAMES[title])
