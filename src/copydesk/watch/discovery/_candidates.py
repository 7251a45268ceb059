"""Discover: where a page's news may be had as a list, and which of the lists that answer is best.

    Page ── candidates ──> feeds that it names, its make tells, it links to ─┐
    address ── guesses ──> the few common places of a feed                  ├─ asked, read ─┐
    robots.txt ── sitemaps ──> the sitemaps that it names, the common ones  ─┘               │
    (FeedCandidate, SourceReading) … ── offers ──> Offers, the best first <───────────────────┘

Each candidate costs a polite request, so all are bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote

from copydesk.kit import urls
from copydesk.news import Page
from copydesk.watch.discovery import _platforms
from copydesk.watch.documents import base_of, decode, parse_html, sniff, unzip, words_of

if TYPE_CHECKING:
    from lxml.etree import _Element

Way = Literal["asked", "named", "place", "linked", "guess", "sitemap", "aside"]

_CANDIDATES = 8  # of one page: each costs a request
_GUESSES = 8
_SITEMAPS = 4
_LINKS = 20_000  # of one page that are looked at
_SCANNED = 2_000_000  # characters of a page that are searched for its make
_ADDRESS = 2_000  # characters

_FEED_TYPE = re.compile(r"application/(rss|atom|rdf|feed)\+(xml|json)", re.IGNORECASE)
_XML_TYPE = re.compile(r"(application|text)/(xml|json)\s*(;|$)", re.IGNORECASE)
_FEED_ADDRESS = re.compile(
    r"""(?xi)
      \.(rss|atom|rdf)$
    | (^|/)(feeds?|rss2?|atom)/?$
    | (^|/)[\w-]*(feeds?|rss2?|atom)[\w-]*\.(xml|json|php|aspx?|rdf)$
    | (^|/)feeds?/(rss2?|atom|posts/default)/?$
    | (^|/)rss/[\w/-]+(\.xml)?$
    | [?&](feed=(rss2?|atom)|format=(rss|atom|feed))\b
    """
)
_FEED_HOST = re.compile(r"^(feeds?|rss)\d?\.", re.IGNORECASE)
_FEED_WORDS = re.compile(r"^(rss|atom|xml|json)?[ -]?(feed)?$|^subscribe via rss$", re.IGNORECASE)
_OTHERS = re.compile(r"(^|\.)(feedly|inoreader|newsblur|netvibes|facebook|twitter|x)\.com$", re.I)
_COMMENTS = re.compile(r"comment|kommentar|comentar|commentair|reacti(e|on)s|opmerking", re.I)

_COMMON = (
    "/feed",
    "/feed.xml",
    "/rss.xml",
    "/rss",
    "/atom.xml",
    "/index.xml",
    "/feed.json",
    "/feeds/posts/default",
)
_BELOW = ("/feed", "/rss.xml", "/index.xml")  # of a page that is no home page
_COMMON_SITEMAPS = ("/news-sitemap.xml", "/sitemap_index.xml", "/sitemap.xml")
_SITEMAP_LINE = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_ROBOTS_READ = 500 * 1024  # RFC 9309 2.5


@dataclass(frozen=True, slots=True)
class FeedCandidate:
    """An address where a list may be, and by which way it was found."""

    url: str
    way: Way


def candidates(page: Page) -> tuple[FeedCandidate, ...]:
    """Return the feeds that a page leads to: named, told by its make, linked; asides last.

    At most eight, each once; what stands beside the matter (comments, one article's answers)
    comes last. Nothing for what is no HTML, except what the address itself tells.
    """
    feeds = [FeedCandidate(url, "place") for url in _platforms.feeds_of_address(page.url)]
    body = unzip(page.body, page.final_url)
    document = decode(body, page.headers.get("content-type", ""))
    root = parse_html(document) if sniff(document) in {"html", "unknown"} else None
    if root is not None:
        feeds += _search_page(root, document, page.final_url)
    return _keep_first(feeds, page.final_url)


def candidates_of_address(url: str) -> tuple[FeedCandidate, ...]:
    """Return the feeds that an address tells without its page."""
    return tuple(FeedCandidate(feed, "place") for feed in _platforms.feeds_of_address(url))


def guesses(url: str) -> tuple[FeedCandidate, ...]:
    """Return the common places of a feed, the ones below the page itself first."""
    parsed = urls.parse(url)
    if parsed is None:
        return ()
    path = str(parsed.pathname).rstrip("/")
    last = path.rpartition("/")[2]
    below = [] if not path or "." in last else [f"{path}{name}" for name in _BELOW]
    places = (urls.fetchable(name, url) for name in (*below, *_COMMON))
    return tuple(FeedCandidate(place, "guess") for place in islice(filter(None, places), _GUESSES))


def sitemaps(url: str, robots: bytes = b"") -> tuple[FeedCandidate, ...]:
    """List the sitemaps that a robots.txt names, those for news first; the common ones if none."""
    lines = _SITEMAP_LINE.findall(robots[:_ROBOTS_READ].decode("utf-8", "replace"))
    named = (urls.fetchable(line, url) for line in lines if len(line) <= _ADDRESS)
    addresses = sorted(
        dict.fromkeys(filter(None, named)), key=lambda address: not is_for_news(address)
    )
    if not addresses:
        addresses = [address for name in _COMMON_SITEMAPS if (address := urls.fetchable(name, url))]
    return tuple(FeedCandidate(address, "sitemap") for address in addresses[:_SITEMAPS])


def is_for_news(url: str) -> bool:
    """Decide whether a sitemap's address says that it is one of news."""
    parsed = urls.parse(url)
    return parsed is not None and "news" in str(parsed.pathname).lower()


def _keep_first(candidates: Iterable[FeedCandidate], url: str) -> tuple[FeedCandidate, ...]:
    """Keep each address once, the page's own left out, asides last; no more than are asked."""
    by_page: dict[str, FeedCandidate] = {}
    for candidate in candidates:
        key = urls.identity(candidate.url)
        if len(candidate.url) <= _ADDRESS and key != urls.identity(url):
            by_page.setdefault(key, candidate)
    ordered = sorted(by_page.values(), key=lambda candidate: candidate.way == "aside")
    return tuple(ordered[:_CANDIDATES])


def _search_page(root: _Element, document: str, url: str) -> Iterator[FeedCandidate]:
    at = base_of(root, url)
    yield from _find_feeds_in_head(root, at, url)
    scanned = document[:_SCANNED]
    generator = _meta(root, "generator")
    yield from (
        FeedCandidate(feed, "place") for feed in _platforms.feeds_of_page(scanned, url, generator)
    )
    yield from _find_feeds_in_links(root, at, url)


def _find_feeds_in_head(root: _Element, at: str, url: str) -> Iterator[FeedCandidate]:
    """Yield the feeds that the page names for programs (`link rel=alternate`)."""
    is_article = _meta(root, "og:type") == "article"
    for element in islice(root.iter("link"), _LINKS):
        href = str(element.get("href") or "")
        feed = urls.fetchable(href, at) if _names_feed(element, href) else None
        if feed is None:
            continue
        title = str(element.get("title") or "")
        is_aside = _is_of_comments(f"{title} {feed}") or (is_article and _is_below(feed, url))
        yield FeedCandidate(feed, "aside" if is_aside else "named")


def _names_feed(element: _Element, href: str) -> bool:
    relations = str(element.get("rel") or "").lower().split()
    if not href.strip() or not {"alternate", "feed"} & set(relations):
        return False
    kind = str(element.get("type") or "").strip()
    if _FEED_TYPE.match(kind):
        return True
    return bool(_XML_TYPE.match(kind) or "feed" in relations) and "/wp-json/" not in href


def _is_below(feed: str, url: str) -> bool:
    """Decide whether a feed stands below the page's own path: one article's comments."""
    path = _path(url).rstrip("/")
    return bool(path) and _path(feed).startswith(f"{path}/")


def _find_feeds_in_links(root: _Element, at: str, url: str) -> Iterator[FeedCandidate]:
    """Yield the links for people that look like feeds, of this site or a host of feeds."""
    for element in islice(root.iter("a"), _LINKS):
        href = str(element.get("href") or "").strip()
        if not href or len(href) > _ADDRESS or href.startswith("#"):
            continue
        if not (_FEED_ADDRESS.search(href.partition("#")[0]) or _says_feed(element)):
            continue
        feed = urls.fetchable(href, at)
        if feed is not None and _may_be_its_own(feed, url):
            yield FeedCandidate(feed, "aside" if _is_of_comments(feed) else "linked")


def _says_feed(element: _Element) -> bool:
    """Decide whether a link's few words are those of a feed."""
    if len(element) > 3:
        return False
    words = words_of(element) or str(element.get("title") or element.get("aria-label") or "")
    return 2 < len(words) < 20 and bool(_FEED_WORDS.match(words))


def _may_be_its_own(feed: str, url: str) -> bool:
    host = urls.host(feed)
    if _OTHERS.search(host):
        return False
    return urls.same_site(feed, url) or bool(_FEED_HOST.match(host))


def _is_of_comments(words: str) -> bool:
    return bool(_COMMENTS.search(unquote(words)))


def _meta(root: _Element, name: str) -> str:
    for element in islice(root.iter("meta"), 500):
        if name in (str(element.get(key) or "").lower() for key in ("name", "property")):
            return str(element.get("content") or "").strip()
    return ""


def _path(url: str) -> str:
    parsed = urls.parse(url)
    return "" if parsed is None else str(parsed.pathname)
