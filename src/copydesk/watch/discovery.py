"""Find likely feed and sitemap URLs of a site, and rank the feeds found: best first, no
duplicates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Literal
from urllib.parse import parse_qs, quote, unquote

from copydesk.kit import tables, text, urls
from copydesk.news import Lead, Page
from copydesk.watch.documents import base_url, decode, parse_html, sniff, text_of, unzip
from copydesk.watch.entry import SourceReading

if TYPE_CHECKING:
    from lxml.etree import _Element

OfferKind = Literal["feed", "news sitemap", "sitemap", "listing"]

_DEAD = timedelta(days=365)
_SAMPLES = 3
_SAMPLE = 100  # characters
_FEW = 3  # links that a page may have without being a list of articles
_HEADLINE = 4  # words
_SAME = 0.8  # of the items of two lists
_ORDER: dict[OfferKind, int] = {"feed": 0, "news sitemap": 1, "sitemap": 2, "listing": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A feed, sitemap or page found on a site that may become a source, with what it contains.

    `newest` is its latest time, None if it has none; `samples` are titles, the newest first, or
    URLs if there are no titles. `is_good` is false if it has no items, none of the last year, or is
    about something else (comments).
    """

    url: str
    kind: OfferKind
    title: str
    items: int
    newest: datetime | None
    samples: tuple[str, ...]
    is_good: bool

    @property
    def name(self) -> str:
        """Return the publisher's name, as far as the feed's title contains it, else ""."""
        return publisher_name(self.title)


def offers(
    readings: Iterable[tuple[FeedCandidate, SourceReading]], now: datetime
) -> tuple[Offer, ...]:
    """Return an `Offer` for each feed, sitemap or page that was found and read, the best first.

    Active ones come first; then feeds before news sitemaps, sitemaps and pages of links; then those
    with dates and titles; then the order in which they were found. A page with one or two links is
    offered only if there is nothing else, and its links read like headlines.
    """
    chosen: list[tuple[Offer, SourceReading]] = []
    read = list(readings)
    for candidate, reading in read:
        if reading.kind == "listing" and len(reading.leads) < _FEW:
            continue
        if not any(_are_the_same(reading, known) for _, known in chosen):
            chosen.append((_offer(candidate, reading, now), reading))
    if not chosen:
        chosen = [(_offer(*one, now), one[1]) for one in read if _has_headlines(one[1])]
    return tuple(sorted((offer for offer, _ in chosen), key=_rank))


def _has_headlines(reading: SourceReading) -> bool:
    is_list = reading.kind == "listing"
    return is_list and any(lead.title.count(" ") + 1 >= _HEADLINE for lead in reading.leads)


def is_enough(candidate: FeedCandidate, reading: SourceReading, now: datetime) -> bool:
    """Return whether the search for feeds may end, since an active feed or news sitemap was
    found.
    """
    return _kind(reading) in {"feed", "news sitemap"} and _is_good(candidate, reading, now)


def _offer(candidate: FeedCandidate, reading: SourceReading, now: datetime) -> Offer:
    dated = sorted(reading.leads, key=_order, reverse=True)
    return Offer(
        url=candidate.url,
        kind=_kind(reading),
        title=text.shorten(reading.title, _SAMPLE),
        items=len(reading.leads),
        newest=_newest(reading),
        samples=tuple(text.shorten(lead.title or lead.url, _SAMPLE) for lead in dated[:_SAMPLES]),
        is_good=_is_good(candidate, reading, now),
    )


def _kind(reading: SourceReading) -> OfferKind:
    """Return the kind of a feed or sitemap. A sitemap with titles is a news sitemap."""
    if reading.kind == "sitemap" and any(lead.title for lead in reading.leads):
        return "news sitemap"
    return reading.kind


def _is_good(candidate: FeedCandidate, reading: SourceReading, now: datetime) -> bool:
    newest = _newest(reading)
    is_dead = newest is not None and now - newest > _DEAD
    return bool(reading.leads) and not is_dead and candidate.way != "aside"


def _newest(reading: SourceReading) -> datetime | None:
    return max(filter(None, map(_time, reading.leads)), default=None)


def _time(lead: Lead) -> datetime | None:
    return lead.published_at or lead.updated_at


def _order(lead: Lead) -> float:
    at = _time(lead)
    return at.timestamp() if at else 0.0


def _rank(offer: Offer) -> tuple[bool, int, bool, bool]:
    return (
        not offer.is_good,
        _ORDER[offer.kind],
        offer.newest is None,
        not any(" " in sample for sample in offer.samples),
    )


def _are_the_same(reading: SourceReading, other: SourceReading) -> bool:
    """Return whether two feeds of one kind list the same pages, as RSS and Atom of one site do."""
    if reading.kind != other.kind:
        return False
    left, right = _pages(reading.leads), _pages(other.leads)
    return bool(left) and len(left & right) >= _SAME * max(len(left), len(right))


def _pages(leads: Sequence[Lead]) -> set[str]:
    return {urls.identity(lead.url) for lead in leads}


_MOST = 200  # characters: each word that is removed costs another search

# Words that programs add to a publisher's name, in any case; see docs/guides/find-sources.md.
_FORM = r"(?:rss|atom|json)(?:\s*\d(?:\.\d+)?)?(?:\s+feeds?)?"
_FEED = rf"(?:{_FORM}|feeds?)"
_WHICH = (
    r"(?:(?:all|latest|newest|recent)"
    r"(?:\s+(?:articles|entries|items|news|posts|stories|updates))?)"
)
_JOINT = r"(?:\s*[|:·•–—»(\[]\s*|\s+[-/]+\s+)"  # a hyphen inside a word separates nothing

_TAIL = re.compile(rf"(?:\s+{_FORM}|{_JOINT}(?:{_FEED}|{_WHICH}))[\s)\]]*$", re.IGNORECASE)
_FEED_OF = re.compile(r"(\S+\s.*\S)\s+feeds?", re.IGNORECASE)  # "Animal Feed" may be a newspaper
_HEAD = re.compile(
    rf"^[(\[]?(?:{_FEED}|{_WHICH})(?:[)\]]\s+|{_JOINT})"
    rf"|^{_FEED}\s+(?:for|from|of)\s+|^rss\s+(?:feed\s+)?",
    re.IGNORECASE,
)
_WHOLE = re.compile(rf"[(\[]?(?:{_FEED}|{_WHICH})[)\]]?", re.IGNORECASE)
_ARTICLES = frozenset({"", "a", "an", "our", "my", "the"})


def publisher_name(title: str) -> str:
    """Return a feed's title without words such as "RSS" or "latest news" at its ends.

    It is "" for a title that consists of such words only.
    """
    name = text.shorten(text.fold(title), _MOST)
    while not _WHOLE.fullmatch(name):
        shorter = _shorten(name)
        if shorter == name or shorter.lower() in _ARTICLES:
            return name
        name = shorter
    return ""


def _shorten(name: str) -> str:
    bare = _TAIL.sub("", name, count=1)
    if bare == name and (feed := _FEED_OF.fullmatch(name)):
        bare = feed[1]
    return _HEAD.sub("", bare, count=1).strip()


# Find the feeds and sitemaps of a site, by its pages, its address and its robots.txt.
#
#     Page ── candidates ──> feeds that the page names or links to, and those of its platform
#     URL ── candidates_of_address ──> the feeds of a known platform (YouTube, GitHub, Reddit, …)
#     URL ── guesses ──> the few common places of a feed
#     robots.txt ── sitemaps ──> the sitemaps that it names, and the common ones
#
# The caller fetches these candidates: `watch.offers` ranks the answers. Each candidate costs a
# polite request, so their number is bounded.

Way = Literal["asked", "named", "place", "linked", "guess", "sitemap", "aside"]

_CANDIDATES = 8  # of one page: each costs a request
_GUESSES = 8
_SITEMAPS = 4
_LINKS = 20_000  # of one page that are looked at
_SCANNED = 2_000_000  # characters of a page in which its platform is looked for
_ADDRESS = 2_000  # characters

_FEED_TYPE = re.compile(r"application/(rss|atom|rdf|feed)\+(xml|json)", re.IGNORECASE)
_XML_TYPE = re.compile(r"(application|text)/(xml|json)\s*(;|$)", re.IGNORECASE)
_FEED_ADDRESS = re.compile(rf"(?i){tables.read_pattern('copydesk.watch', 'feed_addresses.txt')}")
_FEED_HOST = re.compile(r"^(feeds?|rss)\d?\.", re.IGNORECASE)
_FEED_WORDS = re.compile(r"^(rss|atom|xml|json)?[ -]?(feed)?$|^subscribe via rss$", re.IGNORECASE)
_OTHERS = re.compile(r"(^|\.)(feedly|inoreader|newsblur|netvibes|facebook|twitter|x)\.com$", re.I)
_COMMENTS = re.compile(r"comment|kommentar|comentar|commentair|reacti(e|on)s|opmerking", re.I)

_COMMON = tables.read_lines("copydesk.watch", "common_feeds.txt")
_BELOW = ("/feed", "/rss.xml", "/index.xml")  # of a page that is not the home page
_COMMON_SITEMAPS = ("/news-sitemap.xml", "/sitemap_index.xml", "/sitemap.xml")
_SITEMAP_LINE = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_ROBOTS_READ = 500 * 1024  # RFC 9309 2.5


@dataclass(frozen=True, slots=True)
class FeedCandidate:
    """A URL at which a feed or sitemap may be, and how it was found."""

    url: str
    way: Way


def candidates(page: Page) -> tuple[FeedCandidate, ...]:
    """Return the feed URLs that an HTML page gives: named in its head, of its platform, linked.

    At most eight, without duplicates; feeds of comments or of one article's answers come last
    ("aside"). A page that is not HTML has only the candidates of its URL.
    """
    feeds = [FeedCandidate(url, "place") for url in feeds_of_address(page.url)]
    body = unzip(page.body, page.final_url)
    document = decode(body, page.headers.get("content-type", ""))
    root = parse_html(document) if sniff(document) in {"html", "unknown"} else None
    if root is not None:
        feeds += _search_page(root, document, page.final_url)
    return _keep_first(feeds, page.final_url)


def candidates_of_address(url: str) -> tuple[FeedCandidate, ...]:
    """Return the feed URLs that follow from a site's URL alone, such as a YouTube channel's."""
    return tuple(FeedCandidate(feed, "place") for feed in feeds_of_address(url))


def guesses(url: str) -> tuple[FeedCandidate, ...]:
    """Return common URLs of feeds on a site, those below the given page's path first."""
    parsed = urls.parse(url)
    if parsed is None:
        return ()
    path = str(parsed.pathname).rstrip("/")
    last = path.rpartition("/")[2]
    below = [] if not path or "." in last else [f"{path}{name}" for name in _BELOW]
    places = (urls.fetchable(name, url) for name in (*below, *_COMMON))
    return tuple(FeedCandidate(place, "guess") for place in islice(filter(None, places), _GUESSES))


def sitemaps(url: str, robots: bytes = b"") -> tuple[FeedCandidate, ...]:
    """Return the sitemap URLs in a robots.txt, those for news first; common URLs if it has none."""
    lines = _SITEMAP_LINE.findall(robots[:_ROBOTS_READ].decode("utf-8", "replace"))
    named = (urls.fetchable(line, url) for line in lines if len(line) <= _ADDRESS)
    addresses = sorted(
        dict.fromkeys(filter(None, named)), key=lambda address: not is_for_news(address)
    )
    if not addresses:
        addresses = [address for name in _COMMON_SITEMAPS if (address := urls.fetchable(name, url))]
    return tuple(FeedCandidate(address, "sitemap") for address in addresses[:_SITEMAPS])


def is_for_news(url: str) -> bool:
    """Return whether a sitemap is a news sitemap, by its URL."""
    parsed = urls.parse(url)
    return parsed is not None and "news" in str(parsed.pathname).lower()


def _keep_first(candidates: Iterable[FeedCandidate], url: str) -> tuple[FeedCandidate, ...]:
    """Return the feed URLs without duplicates and without the page itself, comment feeds last."""
    by_page: dict[str, FeedCandidate] = {}
    for candidate in candidates:
        key = urls.identity(candidate.url)
        if len(candidate.url) <= _ADDRESS and key != urls.identity(url):
            by_page.setdefault(key, candidate)
    ordered = sorted(by_page.values(), key=lambda candidate: candidate.way == "aside")
    return tuple(ordered[:_CANDIDATES])


def _search_page(root: _Element, document: str, url: str) -> Iterator[FeedCandidate]:
    at = base_url(root, url)
    yield from _find_feeds_in_head(root, at, url)
    scanned = document[:_SCANNED]
    generator = _meta(root, "generator")
    yield from (FeedCandidate(feed, "place") for feed in feeds_of_page(scanned, url, generator))
    yield from _find_feeds_in_links(root, at, url)


def _find_feeds_in_head(root: _Element, at: str, url: str) -> Iterator[FeedCandidate]:
    """Yield the feed URLs named in a page's head (`link rel=alternate`)."""
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
    """Return whether a feed's URL is below the page's path, so that it has comments on one
    article.
    """
    path = _path(url).rstrip("/")
    return bool(path) and _path(feed).startswith(f"{path}/")


def _find_feeds_in_links(root: _Element, at: str, url: str) -> Iterator[FeedCandidate]:
    """Yield a page's links that look like feeds, on the same site or a feed service's host."""
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
    """Return whether the text of a link calls it a feed."""
    if len(element) > 3:
        return False
    words = text_of(element) or str(element.get("title") or element.get("aria-label") or "")
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


# Platforms whose sites have their feeds at known places, recognised by the URL or the page. A rule
# here is certain for its platform; a feed that may or may not exist is one of `guesses`.

_YOUTUBE = "https://www.youtube.com/feeds/videos.xml"
_CHANNELS = (  # the most reliable first: a page names other channels, too
    re.compile(r"feeds/videos\.xml\?channel_id=(UC[\w-]{22})"),
    re.compile(r"itemprop=\"(?:channelId|identifier)\"\s+content=\"(UC[\w-]{22})\""),
    re.compile(r"\"(?:externalId|externalChannelId)\"\s*:\s*\"(UC[\w-]{22})\""),
    re.compile(r"\"channelId\"\s*:\s*\"(UC[\w-]{22})\""),
)
_NO_OWNER = frozenset(tables.read_lines("copydesk.watch", "no_owners.txt"))
_NAME = r"[A-Za-z0-9_.-]+"
_MAKES = tables.read_rows("copydesk.watch", "generators.toml", str)


def feeds_of_address(url: str) -> Iterator[str]:
    """Yield the feed URLs that follow from a site's URL, by the platform that it belongs to."""
    parsed = urls.parse(url)
    if parsed is None:
        return
    host = str(parsed.hostname).removeprefix("www.")
    path, query = str(parsed.pathname), str(parsed.search)
    if host in {"youtube.com", "m.youtube.com", "music.youtube.com"}:
        yield from _youtube(path, parse_qs(query.removeprefix("?"), max_num_fields=50))
    elif host == "github.com":
        yield from _github(path)
    elif host in {"reddit.com", "old.reddit.com", "new.reddit.com"}:
        yield from _reddit(path)
    elif host == "medium.com":
        yield from _medium(path)
    else:
        yield from _own_host(f"{parsed.protocol}//{parsed.host}", host)


def _youtube(path: str, query: dict[str, list[str]]) -> Iterator[str]:
    if match := re.match(r"/channel/(UC[\w-]{22})(?:/|$)", path):
        yield f"{_YOUTUBE}?channel_id={match[1]}"
    elif match := re.match(r"/user/([\w-]+)(?:/|$)", path):
        yield f"{_YOUTUBE}?user={match[1]}"
    elif path == "/playlist" and query.get("list"):
        yield f"{_YOUTUBE}?playlist_id={quote(query['list'][0])}"


def _github(path: str) -> Iterator[str]:
    """Yield the feed URL of a GitHub repository's releases, or of its tags if the URL is of the
    tags.
    """
    match = re.match(rf"/({_NAME})/({_NAME})(/tags)?(?:/|$)", path)
    if match and match[1].lower() not in _NO_OWNER:
        repository = f"https://github.com/{match[1]}/{match[2].removesuffix('.git')}"
        yield f"{repository}/tags.atom" if match[3] else f"{repository}/releases.atom"


def _reddit(path: str) -> Iterator[str]:
    match = re.match(r"/(r|user|u)/([\w+-]+)(?:/|$)", path)
    if match:
        kind = "r" if match[1] == "r" else "user"
        yield f"https://www.reddit.com/{kind}/{match[2]}/.rss"


def _medium(path: str) -> Iterator[str]:
    match = re.match(r"/(@?[\w.-]+)(?:/|$)", path)
    if match and match[1] not in {"feed", "m", "me", "search", "tag", "topics", "about"}:
        yield f"https://medium.com/feed/{match[1]}"


def _own_host(origin: str, host: str) -> Iterator[str]:
    """Yield the feed URL of a site that has its own host name at a known service."""
    if host.endswith((".substack.com", ".medium.com")):
        yield f"{origin}/feed"
    elif ".blogspot." in host:
        yield f"{origin}/feeds/posts/default"
    elif host.endswith(".tumblr.com"):
        yield f"{origin}/rss"
    elif host.endswith((".wordpress.com", ".ghost.io")):
        yield f"{origin}/feed/" if host.endswith("wordpress.com") else f"{origin}/rss/"


def feeds_of_page(document: str, url: str, generator: str) -> Iterator[str]:
    """Yield the feed URLs of the platform that a page was made by, such as WordPress; `document`
    may be cut.
    """
    parsed = urls.parse(url)
    if parsed is None:
        return
    origin = f"{parsed.protocol}//{parsed.host}"
    path = str(parsed.pathname)
    if urls.registrable_domain(url) in {"youtube.com", "youtu.be"}:
        match = next(filter(None, (pattern.search(document) for pattern in _CHANNELS)), None)
        if match is not None:
            yield f"{_YOUTUBE}?channel_id={match[1]}"
        return
    if re.fullmatch(r"/@[\w.]+/?", path) and _is_mastodon(document, generator):
        yield f"{origin}{path.rstrip('/')}.rss"
    if "substackcdn.com" in document:
        yield f"{origin}/feed"
    yield from _wordpress(document, url, generator)
    yield from (
        origin + feed for make, feed in _MAKES.items() if generator.lower().startswith(make)
    )


def _is_mastodon(document: str, generator: str) -> bool:
    return "mastodon" in generator.lower() or bool(
        re.search(r"id=[\"'](mastodon|initial-state)[\"']", document)
    )


_WP_API = re.compile(r"href=[\"']?([^\"'\s>]{1,500}?)/wp-json/[\"'\s>]")
_WP_MADE = re.compile(r"/wp-(?:content|includes)/", re.IGNORECASE)


def _wordpress(document: str, url: str, generator: str) -> Iterator[str]:
    """Yield the feed URL of a WordPress site, below the root URL that its API gives."""
    api = _WP_API.search(document)
    root = urls.fetchable(f"{api[1]}/", url) if api else None
    if root is not None and urls.same_site(root, url):
        yield f"{root}feed/"
    elif generator.lower().startswith("wordpress") or _WP_MADE.search(document):
        home = urls.fetchable("/feed/", url)
        if home is not None:
            yield home
