"""Read sources: JSON Feed (jsonfeed.org) and sitemaps here, other formats by their own modules."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from copydesk.errors import FeedError
from copydesk.kit import text, urls
from copydesk.news import Lead, Page, Source
from copydesk.news.article import Media
from copydesk.news.page import Fault, FaultKind
from copydesk.watch import documents
from copydesk.watch._feed import hub_of, read_feed, read_unknown
from copydesk.watch.entry import (
    CUT,
    SourceContents,
    SourceEntry,
    SourceReading,
    absolute_address,
    as_media,
    has_odd_date,
    keep_media,
    make_leads,
    parse_moment,
)

if TYPE_CHECKING:
    from lxml.etree import _Element

_WEBSUB = frozenset({"WebSub", "websub", "PubSubHubbub", "pubsubhubbub"})


def read_json_feed(document: str, base: str) -> SourceContents:
    """Parse a JSON Feed; raise FeedError if the document is not JSON or no feed."""
    try:
        feed = json.loads(document, strict=False)
    except (ValueError, RecursionError) as error:
        raise FeedError("the feed is not valid JSON", subject=base) from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise FeedError(
            "the JSON feed has no list of items",
            subject=base,
            hint="see jsonfeed.org: a JSON Feed needs `version` and `items`",
        )
    listed = tuple(_json_entry(item, feed, base) for item in items if isinstance(item, dict))
    hub, topic = hub_of(_links(feed), base)
    return SourceContents(
        kind="feed", title=_plain(feed, "title"), entries=listed, hub=hub, topic=topic
    )


def _links(feed: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return a JSON Feed's WebSub hubs and its own URL as (relation, URL) links."""
    hubs = feed.get("hubs")
    named = [hub for hub in hubs if isinstance(hub, dict)] if isinstance(hubs, list) else []
    links = [("hub", _string(hub, "url")) for hub in named if _string(hub, "type") in _WEBSUB]
    return [*links, ("self", _string(feed, "feed_url"))]


def _json_entry(item: Mapping[str, object], feed: Mapping[str, object], base: str) -> SourceEntry:
    guid = _string(item, "id")
    return SourceEntry(
        url=_string(item, "url") or _string(item, "external_url") or _address(guid),
        base=base,
        title=_plain(item, "title"),
        excerpt=_plain(item, "summary") or _content(item),
        published_at=parse_moment(_string(item, "date_published")),
        updated_at=parse_moment(_string(item, "date_modified")),
        guid=guid,
        authors=_authors(item) or _authors(feed),
        image=_string(item, "image") or _string(item, "banner_image"),
        language=_string(item, "language") or _string(feed, "language"),
        media=_json_media(item),
    )


def _string(holder: Mapping[str, object], key: str) -> str:
    """Return the text value of a JSON key. A number, as some feeds have as `id`, becomes digits."""
    value = holder.get(key)
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _plain(holder: Mapping[str, object], key: str) -> str:
    return documents.plain(_string(holder, key))


def _content(item: Mapping[str, object]) -> str:
    return text.fold(_string(item, "content_text")) or _plain(item, "content_html")


def _address(guid: str) -> str:
    return guid if guid.startswith(("http://", "https://")) else ""


def _authors(holder: Mapping[str, object]) -> tuple[str, ...]:
    """Return the names in a JSON Feed's `authors` (version 1.1) or `author` (1.0)."""
    listed = holder.get("authors")
    people: Iterable[object] = listed if isinstance(listed, list) else [holder.get("author")]
    names = (_plain(person, "name") for person in people if isinstance(person, dict))
    return tuple(name for name in names if name)


def _json_media(item: Mapping[str, object]) -> tuple[Media, ...]:
    """Return the videos and audio files among a feed item's `attachments`."""
    listed = item.get("attachments")
    attached = (
        [attachment for attachment in listed if isinstance(attachment, dict)]
        if isinstance(listed, list)
        else []
    )
    return keep_media(
        as_media(
            _string(attachment, "url"),
            _string(attachment, "mime_type"),
            length=attachment.get("duration_in_seconds"),
        )
        for attachment in attached
        if _string(attachment, "url")
    )


# Read sitemaps: of pages, of news, an index of further sitemaps, a plain list of URLs.


def read_sitemap(document: str, base: str) -> SourceContents:
    """Parse an XML sitemap into its pages, or a sitemap index into its sitemaps."""
    root = documents.parse_xml(document)
    if root is None:
        raise FeedError("the sitemap is not valid XML", subject=base)
    entries = tuple(_page_entry(element, base) for element in _children(root, "url"))
    return SourceContents(
        kind="sitemap", title=_title(root), entries=entries, more=_more(root, base)
    )


def read_addresses(document: str, base: str) -> SourceContents:
    """Parse a text sitemap: one URL in each line (sitemaps.org)."""
    entries = tuple(SourceEntry(url=line, base=base) for line in document.split())
    return SourceContents(kind="sitemap", entries=entries)


def _children(root: _Element, name: str) -> Iterator[_Element]:
    return (child for child in root if documents.local_name(child) == name)


def _page_entry(element: _Element, base: str) -> SourceEntry:
    """Parse a `url` element of a sitemap; the `loc` of a picture in it is ignored."""
    loc, lastmod = _own(element, "loc"), _own(element, "lastmod")
    return SourceEntry(
        url=loc,
        base=base,
        title=documents.plain(_inside(element, "news", "title")),
        published_at=parse_moment(_inside(element, "news", "publication_date")),
        updated_at=parse_moment(lastmod),
        image=_inside(element, "image", "loc"),
        language=_inside(element, "news", "language"),
        media=_page_media(element),
    )


def _page_media(element: _Element) -> tuple[Media, ...]:
    """Return a page's videos, given in Google's sitemap extension as players or files, with
    lengths.
    """
    return keep_media(
        as_media(url, medium="video", length=_own(holder, "duration"))
        for holder in _children(element, "video")
        for name in ("player_loc", "content_loc")
        if (url := _own(holder, name))
    )


def _title(root: _Element) -> str:
    """Return the publication name of a sitemap's first news page, since a sitemap has no title."""
    names = (_inside(element, "news", "name") for element in _children(root, "url"))
    return documents.plain(next(filter(None, names), ""))


def _own(element: _Element, name: str) -> str:
    for child in _children(element, name):
        return _text(child)
    return ""


def _inside(element: _Element, outer: str, name: str) -> str:
    """Return the text of the first element called `name` in the child element `outer`."""
    for holder in _children(element, outer):
        for child in holder.iter():
            if documents.local_name(child) == name:
                return _text(child)
    return ""


def _text(element: _Element) -> str:
    return "".join(element.itertext()).strip()


def _more(root: _Element, base: str) -> tuple[str, ...]:
    """Return the sitemaps of an index: the last changed first, then those without a time in file
    order.
    """
    dated: list[tuple[float, str]] = []
    for element in _children(root, "sitemap"):
        url = absolute_address(_own(element, "loc"), base)
        changed = parse_moment(_own(element, "lastmod"))
        if url:
            dated.append((-changed.timestamp() if changed else 0.0, url))
    return tuple(dict.fromkeys(url for _, url in sorted(dated, key=lambda pair: pair[0])))


# Read a fetched feed, sitemap or page of any format; filter its leads by the source's words.

_FEED_PATH = re.compile(r"\.(xml|rss|atom|rdf|json)(\.gz)?$", re.IGNORECASE)
_FEED_LINK = re.compile(
    r"<link\b[^>]{0,500}type=[\"']?application/(?:rss\+xml|atom\+xml|feed\+json)[^>]{0,500}>",
    re.IGNORECASE,
)
_HREF = re.compile(r"href=[\"']?([^\"'\s>]+)", re.IGNORECASE)


def read(page: Page, source: Source, now: datetime, *, known: str = "") -> SourceReading:
    """Read a fetched feed, sitemap or page: return its links to articles, or the sitemaps of an
    index.

    The format is recognised by the bytes. `known` is the source's former kind (SourceState.kind).
    Raises FeedError for an empty or broken answer, and for an HTML page where a feed or sitemap is
    expected: by `source.kind`, by `known` or by the URL. Of XML that ends too early, the whole
    entries are read.
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
        is_cut=listed.is_cut,
    )


def _hub(listed: SourceContents, page: Page) -> tuple[str, str]:
    """Return the source's WebSub hub and topic, from the Link header or else from the document."""
    hub, topic = listed.hub, listed.topic
    if header := page.headers.get("link", ""):
        hub, topic = hub_of([("hub", hub), ("self", topic)], page.final_url, header)
    return hub, topic if hub else ""


def entries(page: Page, source: Source, *, known: str = "") -> SourceContents:
    """Read all entries of a fetched feed, sitemap or page unchanged; raises errors as `read`
    does.
    """
    body = documents.unzip(page.body, page.final_url)
    document = documents.decode(body, page.headers.get("content-type", ""))
    form = documents.sniff(document)
    if form == "empty":
        raise FeedError("the response is empty", subject=page.final_url)
    if source.listing is not None and form in {"html", "unknown"}:
        from copydesk.watch._listing import read_by_rule

        return read_by_rule(document, page.final_url, source.listing)
    if form == "html" and _expects_list(page, source, known):
        raise FeedError(
            str(Fault.of(FaultKind.HTML_PAGE)),
            subject=page.final_url,
            hint=_hint(document, page.final_url),
        )
    if form not in {"xml-feed", "sitemap"} or not documents.is_cut(document):
        return _choose_reader(form)(document, page.final_url)
    whole = documents.whole_entries(document)
    if not whole:
        raise FeedError(CUT, subject=page.final_url, hint="tell the publisher")
    return replace(_choose_reader(form)(whole, page.final_url), is_cut=True)


def _choose_reader(form: documents.Form) -> Callable[[str, str], SourceContents]:
    """Return the function that reads a format. The module for HTML pages is imported only when
    needed.
    """
    if form == "json-feed":
        return read_json_feed
    if form == "html":
        from copydesk.watch._listing import read_listing

        return read_listing
    if form in {"sitemap", "addresses"}:
        return read_sitemap if form == "sitemap" else read_addresses
    return read_feed if form == "xml-feed" else read_unknown


def _expects_list(page: Page, source: Source, known: str) -> bool:
    """Return whether a source should be a feed or sitemap, so that an HTML page is an error."""
    if source.kind != "auto":
        return source.kind != "listing"
    if known:
        return known != "listing"
    paths = (urls.parse(url) for url in (page.url, source.url))
    return any(path is not None and _FEED_PATH.search(str(path.pathname)) for path in paths)


def _hint(document: str, base: str) -> str:
    """Return a hint for the owner: the feed that the page names, or how to read the page itself."""
    link = _FEED_LINK.search(document[:200_000])
    href = _HREF.search(link[0]) if link else None
    feed = urls.fetchable(href[1], base) if href else None
    if feed is not None:
        return str(Fault.of(FaultKind.NAMED_FEED, feed=feed))
    return 'check whether the feed has moved, or set kind = "listing" to read the page\'s links'


def is_wanted(lead: Lead, source: Source) -> bool:
    """Return whether a link to an article passes its source's include and exclude words.

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
    """Compile a regular expression for a phrase that matches whole words only."""
    inner = r"\s+".join(re.escape(word) for word in text.fold(phrase).split())
    return re.compile(rf"(?<!\w){inner}(?!\w)", re.IGNORECASE)
