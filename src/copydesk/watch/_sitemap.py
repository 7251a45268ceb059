"""Read sitemaps: of pages, of news, an index of further sitemaps, a plain list of URLs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from copydesk.errors import FeedError
from copydesk.news.article import Media
from copydesk.watch._entry import (
    SourceContents,
    SourceEntry,
    absolute_address,
    as_media,
    keep_media,
)
from copydesk.watch.dates import parse_moment
from copydesk.watch.documents import local_name, parse_xml, plain

if TYPE_CHECKING:
    from lxml.etree import _Element


def read_sitemap(document: str, base: str) -> SourceContents:
    """Parse an XML sitemap into its pages, or a sitemap index into its sitemaps."""
    root = parse_xml(document)
    if root is None:
        raise FeedError("broken xml instead of a sitemap", subject=base)
    entries = tuple(_entry(element, base) for element in _children(root, "url"))
    return SourceContents(
        kind="sitemap", title=_title(root), entries=entries, more=_more(root, base)
    )


def read_addresses(document: str, base: str) -> SourceContents:
    """Parse a text sitemap: one URL in each line (sitemaps.org)."""
    entries = tuple(SourceEntry(url=line, base=base) for line in document.split())
    return SourceContents(kind="sitemap", entries=entries)


def _children(root: _Element, name: str) -> Iterator[_Element]:
    return (child for child in root if local_name(child) == name)


def _entry(element: _Element, base: str) -> SourceEntry:
    """Parse a `url` element of a sitemap; its own `loc` is not that of its picture."""
    loc, lastmod = _own(element, "loc"), _own(element, "lastmod")
    return SourceEntry(
        url=loc,
        base=base,
        title=plain(_inside(element, "news", "title")),
        published_at=parse_moment(_inside(element, "news", "publication_date")),
        updated_at=parse_moment(lastmod),
        image=_inside(element, "image", "loc"),
        language=_inside(element, "news", "language"),
        media=_media(element),
    )


def _media(element: _Element) -> tuple[Media, ...]:
    """Return a page's videos in Google's sitemap extension: players or files, with lengths."""
    return keep_media(
        as_media(url, medium="video", length=_own(holder, "duration"))
        for holder in _children(element, "video")
        for name in ("player_loc", "content_loc")
        if (url := _own(holder, name))
    )


def _title(root: _Element) -> str:
    """Return the publication of the first news page; a sitemap has no title of its own."""
    names = (_inside(element, "news", "name") for element in _children(root, "url"))
    return plain(next(filter(None, names), ""))


def _own(element: _Element, name: str) -> str:
    for child in _children(element, name):
        return _text(child)
    return ""


def _inside(element: _Element, outer: str, name: str) -> str:
    """Return the text of the first `name` element anywhere inside the child `outer`."""
    for holder in _children(element, outer):
        for child in holder.iter():
            if local_name(child) == name:
                return _text(child)
    return ""


def _text(element: _Element) -> str:
    return "".join(element.itertext()).strip()


def _more(root: _Element, base: str) -> tuple[str, ...]:
    """Return the sitemaps of an index, the last changed first, those without a time in order."""
    dated: list[tuple[float, str]] = []
    for element in _children(root, "sitemap"):
        url = absolute_address(_own(element, "loc"), base)
        changed = parse_moment(_own(element, "lastmod"))
        if url:
            dated.append((-changed.timestamp() if changed else 0.0, url))
    return tuple(dict.fromkeys(url for _, url in sorted(dated, key=lambda pair: pair[0])))
