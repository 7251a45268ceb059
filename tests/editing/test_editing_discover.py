"""From any address to a list that is worth watching, over a recorded web."""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
from collections.abc import Mapping
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from copydesk.editing import source_edits
from copydesk.errors import ConfigError, FeedError, FetchError, UsageError
from copydesk.news import Source
from copydesk.newsroom import open_newsroom
from copydesk.rounds import sources
from world.background import hosts_in_background
from world.hosts import ADDRESSES
from world.machine import PATIENCE_SECONDS
from world.newsroom import NOW, Answer, feed, newsroom, record_web
from world.tls import Authority

HOME = "https://tern.example/"
FRESH, OLD = "Thu, 19 Nov 2026 10:00:00 GMT", "Mon, 19 Nov 2018 10:00:00 GMT"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return newsroom(tmp_path / "room", git=False)


def find(root: Path, answers: Mapping[str, Answer], url: str = HOME) -> sources.Discovery:
    web = record_web(root.parent / "web.warc.gz", answers)
    with open_newsroom(root, NOW, {}) as opened:
        return sources.find_sources(opened, url, web)


def stories(name: str, date: str = FRESH) -> Answer:
    """Give a feed of two items whose pages are under this name."""
    return feed(
        (f"Terns are {name}", f"{HOME}{name}/1", date),
        (f"Terns stay {name}", f"{HOME}{name}/2", date),
    )


def html(head: str = "", body: str = "") -> Answer:
    return Answer(body=f"<!doctype html><html><head>{head}</head><body>{body}".encode())


def named(*hrefs: str, body: str = "") -> Answer:
    kind = "application/rss+xml"
    links = (f'<link rel="alternate" type="{kind}" href="{one}">' for one in hrefs)
    return html("".join(links), body)


ARTICLES = "".join(f'<p><a href="/2026/11/1{n}/tern">Tern number {n} seen</a>' for n in range(5))
SITEMAP = '<urlset xmlns:news="n">{}</urlset>'
NEWS = "<url><loc>{}</loc><news:news><news:title>{}</news:title></news:news></url>"


def xml(text: str) -> Answer:
    return Answer(body=text.encode(), kind="application/xml")


def addresses(found: sources.Discovery) -> list[str]:
    return [offer.url for offer in found.offers]


def test_a_feed_is_found_at_its_own_address(root: Path) -> None:
    found = find(root, {f"{HOME}x": stories("back")}, f"{HOME}x")

    assert found.best is not None
    assert (found.best.url, found.best.title, found.best.items) == (f"{HOME}x", "A feed", 2)


def test_a_page_leads_to_the_feed_that_it_names(root: Path) -> None:
    found = find(root, {HOME: named("/all"), f"{HOME}all": stories("back")})

    assert found.best is not None
    assert found.best.url == f"{HOME}all"
    assert found.best.samples == ("Terns are back", "Terns stay back")


def test_a_dead_feed_does_not_make_a_choice_necessary(root: Path) -> None:
    web = {
        HOME: named("/dead", "/alive"),
        f"{HOME}dead": stories("gone", OLD),
        f"{HOME}alive": stories("back"),
    }

    found = find(root, web)

    assert addresses(found) == [f"{HOME}alive", f"{HOME}dead"]
    assert found.best == found.offers[0]


def test_two_living_feeds_are_a_persons_choice(root: Path) -> None:
    web = {
        HOME: named("/sea", "/land"),
        f"{HOME}sea": stories("at-sea"),
        f"{HOME}land": stories("ashore"),
    }

    found = find(root, web)

    assert addresses(found) == [f"{HOME}sea", f"{HOME}land"]
    assert found.best is None


def test_the_same_items_as_rss_and_atom_are_no_choice(root: Path) -> None:
    web = {HOME: named("/rss", "/atom"), f"{HOME}rss": stories("x"), f"{HOME}atom": stories("x")}

    assert addresses(find(root, web)) == [f"{HOME}rss"]


def test_a_page_that_names_nothing_is_tried_at_the_common_places(root: Path) -> None:
    web = {HOME: html(), f"{HOME}rss.xml": stories("back"), f"{HOME}atom.xml": stories("twice")}

    assert addresses(find(root, web)) == [f"{HOME}rss.xml"]


def test_a_page_of_articles_is_offered_where_no_feed_lives(root: Path) -> None:
    web = {HOME: named("/all", body=ARTICLES), f"{HOME}all": stories("back")}

    assert addresses(find(root, web)) == [f"{HOME}all"]
    web[f"{HOME}all"] = stories("gone", OLD)
    found = find(root, web)
    assert addresses(found) == [HOME, f"{HOME}all"]
    assert found.best == found.offers[0]


def test_a_page_where_a_feed_was_guessed_is_no_feed(root: Path) -> None:
    web = {HOME: html(body=ARTICLES), f"{HOME}feed": html(body=ARTICLES)}

    (offer,) = find(root, web).offers

    assert (offer.url, offer.kind) == (HOME, "listing")


def test_a_robots_file_leads_to_a_news_sitemap_through_an_index(root: Path) -> None:
    index = "<sitemapindex>{}</sitemapindex>".format(
        "".join(f"<sitemap><loc>{HOME}{name}</loc></sitemap>" for name in ("all.xml", "news-1.xml"))
    )
    web = {
        HOME: html(),
        f"{HOME}robots.txt": Answer(body=f"Sitemap: {HOME}maps.xml".encode(), kind="text/plain"),
        f"{HOME}maps.xml": xml(index),
        f"{HOME}news-1.xml": xml(SITEMAP.format(NEWS.format(f"{HOME}a", "Terns are back"))),
    }

    (offer,) = find(root, web).offers

    assert (offer.url, offer.kind) == (f"{HOME}news-1.xml", "news sitemap")
    assert offer.samples == ("Terns are back",)


def test_an_index_of_plain_sitemaps_is_offered_with_a_sample(root: Path) -> None:
    index = f"<sitemapindex><sitemap><loc>{HOME}1.xml</loc></sitemap></sitemapindex>"
    plain = f"<url><loc>{HOME}a</loc><lastmod>2026-11-18</lastmod></url>"
    web = {
        HOME: html(),
        f"{HOME}sitemap.xml": xml(index),
        f"{HOME}1.xml": xml(SITEMAP.format(plain)),
    }

    (offer,) = find(root, web).offers

    assert (offer.url, offer.kind, offer.items) == (f"{HOME}sitemap.xml", "sitemap", 1)


def test_a_packed_index_of_packed_sitemaps_is_one_too(root: Path) -> None:
    index = f"<sitemapindex><sitemap><loc>{HOME}1.xml.gz</loc></sitemap></sitemapindex>"
    packed = {"maps.xml.gz": index, "1.xml.gz": SITEMAP.format(NEWS.format(f"{HOME}a", "Terns"))}
    web = {
        f"{HOME}{name}": Answer(body=gzip.compress(text.encode()), kind="application/x-gzip")
        for name, text in packed.items()
    }

    (offer,) = find(root, web, f"{HOME}maps.xml.gz").offers

    assert (offer.url, offer.kind, offer.items) == (f"{HOME}maps.xml.gz", "news sitemap", 1)


def test_a_feed_that_moved_for_good_is_offered_where_it_is(root: Path) -> None:
    moved = Answer(status="301 Moved", headers=(("Location", "/new"),))
    for_now = Answer(status="302 Found", headers=(("Location", "/new2"),))
    web = {
        HOME: named("/old", "/today"),
        f"{HOME}old": moved,
        f"{HOME}new": stories("back"),
        f"{HOME}today": for_now,
        f"{HOME}new2": stories("here"),
    }

    assert addresses(find(root, web)) == [f"{HOME}new", f"{HOME}today"]


def test_a_page_that_cannot_be_had_does_not_hide_the_feed_that_its_address_tells(
    root: Path,
) -> None:
    web = {"https://github.com/gull/wing/releases.atom": stories("out")}

    found = find(root, web, "https://github.com/gull/wing")

    assert addresses(found) == ["https://github.com/gull/wing/releases.atom"]


def test_what_robots_forbid_is_named(root: Path) -> None:
    robots = Answer(body=b"User-agent: *\nDisallow: /all", kind="text/plain")
    web = {f"{HOME}robots.txt": robots, HOME: named("/all"), f"{HOME}all": stories("back")}

    with pytest.raises(FeedError, match="no feed, no sitemap") as caught:
        find(root, web)

    assert f"{HOME}all" in caught.value.hint
    assert "robots" in caught.value.hint
    assert "the page of the site that lists its articles" in caught.value.hint


def test_an_address_without_an_answer_is_an_error_with_a_way_out(root: Path) -> None:
    with pytest.raises(FetchError, match="cannot be fetched") as caught:
        find(root, {"https://other.example/": html()})

    assert "--as-is" in caught.value.hint


def test_the_real_web_is_not_asked_without_a_contact(root: Path) -> None:
    with open_newsroom(root, NOW, {}) as opened, pytest.raises(ConfigError):
        sources.find_sources(opened, HOME)


def test_what_is_no_address_is_refused(root: Path) -> None:
    with open_newsroom(root, NOW, {}) as opened, pytest.raises(UsageError):
        sources.find_sources(opened, "mailto:desk@tern.example")


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("tern.example", "https://tern.example/"),
        (" tern.example/blog?x=1 ", "https://tern.example/blog?x=1"),
        ("tern.example:8443/a", "https://tern.example:8443/a"),
        ("127.0.0.1:9100", "http://127.0.0.1:9100/"),
        ("localhost/feed", "http://localhost/feed"),
        ("[::1]:80", "http://[::1]/"),
        ("http://tern.example", "http://tern.example/"),
    ],
)
def test_an_address_may_be_typed_without_its_scheme(typed: str, address: str) -> None:
    assert sources.source_address(typed) == address


@pytest.mark.parametrize(
    "typed", ["tern", "", "javascript:0", "ftp://tern.example/", "a b.example"]
)
def test_what_can_be_no_address_is_no_address_with_a_scheme_either(typed: str) -> None:
    with pytest.raises(UsageError):
        sources.source_address(typed)


@pytest.mark.parametrize(
    ("allowed", "port", "scheme", "hint"),
    [
        ("other.example", "web", "http", "if the host is yours, set allow_hosts = ["),
        (ADDRESSES[0], "dead", "http", "check the address; use --as-is to add it unchecked"),
        (ADDRESSES[0], "web", "https", "tell the site's owner that the certificate is invalid"),
    ],
)
def test_each_trouble_has_its_own_way_out(
    tmp_path: Path, allowed: str, port: str, scheme: str, hint: str
) -> None:
    more = f'[fetch]\ncontact = "mailto:desk@tern.example"\nallow_hosts = ["{allowed}"]\n'
    root = newsroom(tmp_path / "room", more=more, git=False)
    with hosts_in_background(Authority(tmp_path)) as hosts, socket.socket() as taken:
        taken.bind((ADDRESSES[0], 0))  # and nobody listens
        web = urlsplit(hosts.url("a", scheme=scheme)).port
        at = web if port == "web" else taken.getsockname()[1]
        with open_newsroom(root, NOW, {}) as opened, pytest.raises(FetchError) as caught:
            sources.find_sources(opened, f"{scheme}://{ADDRESSES[0]}:{at}/")

    assert caught.value.hint.startswith(hint)


def add(root: Path, source: Source) -> None:
    with open_newsroom(root, NOW, {}) as opened:
        assert source_edits.add_sources(opened, [source]) == (1, ())


def test_a_listing_is_added_as_one(root: Path) -> None:
    found = find(root, {HOME: html("<title>Tern</title>", ARTICLES)})

    assert found.best is not None
    add(root, sources.take_offer(found.best))
    assert 'kind = "listing"' in (root / "beat.toml").read_text("utf-8")
    assert 'name = "Tern"' in (root / "beat.toml").read_text("utf-8")


def test_a_list_is_added_under_its_publishers_name(root: Path) -> None:
    news = SITEMAP.format(
        f"<url><loc>{HOME}a</loc><news:news><news:publication><news:name>Tern &amp; Gull RSS"
        "</news:name></news:publication><news:title>Terns are back</news:title></news:news></url>"
    )

    (offer,) = find(root, {HOME: xml(news)}).offers
    add(root, sources.take_offer(offer))

    assert (offer.kind, offer.title) == ("news sitemap", "Tern & Gull RSS")
    assert 'name = "Tern & Gull"' in (root / "beat.toml").read_text("utf-8")


def opml(*folders: str) -> str:
    nested = "".join(
        f'<outline text="{folder}"><outline text="A" xmlUrl="{HOME}{n}"/></outline>'
        for n, folder in enumerate(folders)
    )
    return f'<opml version="2.0"><body>{nested}</body></opml>'


def imported(root: Path, text: str) -> source_edits.Import:
    (root / "list").write_text(text, "utf-8")
    with open_newsroom(root, NOW, {}) as opened:
        return source_edits.import_sources(opened, root / "list")


def test_folders_that_are_topics_stay_and_others_are_named(root: Path) -> None:
    done = imported(root, opml("coast", "Recipes", "Sport"))

    assert done == source_edits.Import(named=3, added=3, no_topics=("Recipes", "Sport"))
    with open_newsroom(root, NOW, {}) as opened:
        topics = {source.url: source.topics for source in opened.beat.sources}
    assert topics[f"{HOME}0"] == ("Coast",)
    assert topics[f"{HOME}1"] == ()


def test_a_list_of_addresses_is_imported(root: Path) -> None:
    done = imported(root, f"# terns\n{HOME}a\n\n{HOME}b  # the other\n{HOME}a/\n")

    assert done == source_edits.Import(named=2, added=2)


def test_a_list_that_cannot_be_read_adds_nothing(root: Path) -> None:
    before = (root / "beat.toml").read_bytes()

    with pytest.raises(FeedError, match="line 2 is not a web address"):
        imported(root, f"{HOME}a\nterns and gulls\n")

    assert (root / "beat.toml").read_bytes() == before


class SlowSite(SimpleHTTPRequestHandler):
    """Serves a page of links at once, and lets every other request wait until the test is over."""

    is_over = threading.Event()

    def do_GET(self) -> None:
        if self.path not in {"/", "/robots.txt"}:
            self.is_over.wait(PATIENCE_SECONDS)
        self.send_response(200 if self.path == "/" else 404)
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(f"<html><body>{ARTICLES}</body></html>".encode())

    def log_message(self, *_words: object) -> None:
        pass


def test_a_search_ends_in_time_with_what_was_found(tmp_path: Path) -> None:
    more = '[fetch]\ncontact = "mailto:desk@tern.example"\nallow_hosts = ["127.0.0.1"]\n'
    root = newsroom(tmp_path / "room", more=more, git=False)
    with ThreadingHTTPServer(("127.0.0.1", 0), SlowSite) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/"
        with open_newsroom(root, NOW, {}) as opened:
            (found,) = sources.find_all_sources(opened, [url], seconds=0.1)
        SlowSite.is_over.set()
        server.shutdown()

    assert [("listing", 5)] == [(offer.kind, offer.items) for offer in found.offers]
    assert "the search for feeds was ended after 0.1 s" in [f.what for f in found.failed]


def test_several_sites_are_searched_and_each_has_its_own_answer(root: Path) -> None:
    web = record_web(root.parent / "web.warc.gz", {HOME: named("/all"), f"{HOME}all": stories("x")})
    with open_newsroom(root, NOW, {}) as opened:
        found = sources.find_all_sources(opened, [HOME, "https://gone.example/", "mailto:x"], web)

    assert [f"{HOME}all"] == [offer.url for offer in found[0].offers]
    assert [None, FetchError, UsageError] == [one.error and type(one.error) for one in found]
