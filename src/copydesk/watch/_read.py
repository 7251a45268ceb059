"""Read a fetched feed, sitemap or page of any format; filter its leads by the source's words."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from datetime import datetime

from copydesk.errors import FeedError
from copydesk.kit import text, urls
from copydesk.news import Lead, Page, Source
from copydesk.news.page import Fault, FaultKind
from copydesk.watch._entry import SourceContents, SourceReading, has_odd_date, make_leads
from copydesk.watch._feed import hub_of, read_feed, read_unknown
from copydesk.watch.documents import Form, decode, sniff, unzip

_FEED_PATH = re.compile(r"\.(xml|rss|atom|rdf|json)(\.gz)?$", re.IGNORECASE)
_FEED_LINK = re.compile(
    r"<link\b[^>]{0,500}type=[\"']?application/(?:rss\+xml|atom\+xml|feed\+json)[^>]{0,500}>",
    re.IGNORECASE,
)
_HREF = re.compile(r"href=[\"']?([^\"'\s>]+)", re.IGNORECASE)


def read(page: Page, source: Source, now: datetime, *, known: str = "") -> SourceReading:
    """Read a source's fetched page: its leads (links to articles), and the sitemaps of an index.

    The format is recognised by the bytes. `known` is the source's former kind (SourceState.kind).
    Raises FeedError for an empty or broken answer, and for an HTML page where a feed or sitemap is
    expected: by `source.kind`, by `known` or by the URL.
    """
    listed = entries(page, source, known=known)
    hub, topic = _hub(listed, page)
    return SourceReading(
        kind=listed.kind,
        title=text.shorten(listed.title, 1_000),
        leads=make_leads(listed.entries, source, now),
        more=listed.more,
        listed=len(listed.entries),
        odd_dates=sum(has_odd_date(entry, now) for entry in listed.entries),
        hints=listed.hints,
        hub=hub,
        topic=topic,
    )


def _hub(listed: SourceContents, page: Page) -> tuple[str, str]:
    """Return the source's WebSub hub and topic, from the Link header or else from the document."""
    hub, topic = listed.hub, listed.topic
    if header := page.headers.get("link", ""):
        hub, topic = hub_of([("hub", hub), ("self", topic)], page.final_url, header)
    return hub, topic if hub else ""


def entries(page: Page, source: Source, *, known: str = "") -> SourceContents:
    """Read all entries of a source's fetched page, as given; raises errors as `read` does."""
    body = unzip(page.body, page.final_url)
    document = decode(body, page.headers.get("content-type", ""))
    form = sniff(document)
    if form == "empty":
        raise FeedError("an empty answer", subject=page.final_url)
    if source.listing is not None and form in {"html", "unknown"}:
        from copydesk.watch._listing import read_by_rule

        return read_by_rule(document, page.final_url, source.listing)
    if form == "html" and _expects_list(page, source, known):
        raise FeedError(
            str(Fault.of(FaultKind.HTML_PAGE)),
            subject=page.final_url,
            hint=_hint(document, page.final_url),
        )
    return _choose_reader(form)(document, page.final_url)


def _choose_reader(form: Form) -> Callable[[str, str], SourceContents]:
    """Return the function that reads a format; most rounds meet feeds in XML alone."""
    if form == "json-feed":
        from copydesk.watch._json_feed import read_json_feed

        return read_json_feed
    if form == "html":
        from copydesk.watch._listing import read_listing

        return read_listing
    if form in {"sitemap", "addresses"}:
        from copydesk.watch import _sitemap

        return _sitemap.read_sitemap if form == "sitemap" else _sitemap.read_addresses
    return read_feed if form == "xml-feed" else read_unknown


def _expects_list(page: Page, source: Source, known: str) -> bool:
    """Return whether the source should be a feed or sitemap, so that an HTML page is an error."""
    if source.kind != "auto":
        return source.kind != "listing"
    if known:
        return known != "listing"
    paths = (urls.parse(url) for url in (page.url, source.url))
    return any(path is not None and _FEED_PATH.search(str(path.pathname)) for path in paths)


def _hint(document: str, base: str) -> str:
    """Return a hint that names the page's feed, or says how to read the page itself."""
    link = _FEED_LINK.search(document[:200_000])
    href = _HREF.search(link[0]) if link else None
    feed = urls.fetchable(href[1], base) if href else None
    if feed is not None:
        return str(Fault.of(FaultKind.NAMED_FEED, feed=feed))
    return 'look whether the feed has moved, or set kind = "listing" to read the page\'s links'


def is_wanted(lead: Lead, source: Source) -> bool:
    """Return whether a lead (a link to an article) passes its source's include and exclude words.

    Words and phrases match whole, in any case, in title and description.
    """
    words = f"{lead.title}\n{lead.excerpt}"
    if source.include and not _any_in(source.include, words):
        return False
    return not _any_in(source.exclude, words)


def _any_in(phrases: Sequence[str], words: str) -> bool:
    return any(_pattern(phrase).search(words) for phrase in phrases if phrase.strip())


@functools.lru_cache(maxsize=1_000)
def _pattern(phrase: str) -> re.Pattern[str]:
    """Compile a pattern for a whole phrase, with no letter or digit next to it."""
    inner = r"\s+".join(re.escape(word) for word in text.fold(phrase).split())
    return re.compile(rf"(?<!\w){inner}(?!\w)", re.IGNORECASE)
