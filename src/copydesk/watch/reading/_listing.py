"""Listing: a plain page of links, read for those that look like articles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from copydesk.errors import FeedError
from copydesk.kit import text, urls
from copydesk.watch.documents import (
    base_of,
    local_name,
    parse_html,
    parse_moment,
    title_of,
    words_of,
)
from copydesk.watch.reading._entry import SourceContents, SourceEntry

if TYPE_CHECKING:
    from lxml.etree import _Element

_ASIDE_TAGS = frozenset(
    {"nav", "aside", "form", "script", "style", "noscript", "template", "dialog"}
)
_PAGE_TAGS = frozenset({"header", "footer"})  # of the page; an article's own holds its headline
_ASIDE_ROLES = frozenset(
    {"navigation", "banner", "contentinfo", "complementary", "search", "menu", "menubar"}
)
_LINKS = 5_000  # of one page
_PARTS = 200  # of one link
_CARDS = frozenset({"article", "li"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})

_NO_ARTICLE = re.compile(
    r"""(?xi)
      ^/?$
    | \.(pdf|docx?|xlsx?|pptx?|zip|jpe?g|png|gif|webp|svg|mp3|mp4|mov|xml|rss|atom|css|js)$
    | (^|/)(tags?|topics?|categor(y|ies)|sections?|authors?|people|staff|profile|users?|search
      |login|signin|sign-in|signup|register|account|subscribe|subscriptions?|newsletters?|about
      |about-us|contact|contact-us|privacy|privacy-policy|terms|terms-of-use|cookies?|careers|jobs
      |advertise|help|faq|archives?|feeds?|rss|events|shop|store|cart|donate)(/|$)
    | (^|/)page/\d+/?$
    """
)
_DATED = re.compile(r"/(19|20)\d\d[/-]\d{1,2}([/-]|$)")
_NUMBERED = re.compile(r"\d{5,}")
_PAGE = re.compile(r"\.(html?|php|aspx?|stm|story|ece|cms)$", re.IGNORECASE)


def read_listing(document: str, base: str) -> SourceContents:
    """Read the articles that a page links to: on its own site, in its main part."""
    root = parse_html(document)
    if root is None:
        raise FeedError("no page of links", subject=base)
    at = base_of(root, base)
    by_page: dict[str, SourceEntry] = {}
    times: dict[_Element, datetime | None] = {}
    for anchor in islice(_anchors(_main(root)), _LINKS):
        entry = _entry(anchor, at, base, times)
        if entry is None:
            continue
        key = urls.identity(entry.url)
        by_page[key] = _merge(by_page.get(key), entry)
    articles = tuple(entry for entry in by_page.values() if _is_article(entry))
    return SourceContents(kind="listing", title=title_of(root), entries=articles)


def _main(root: _Element) -> _Element:
    """Find the main part of a page, all of it where it names none."""
    for element in root.iter("main"):
        return element
    for element in root.iter():
        if element.get("role") == "main":
            return element
    return root


def _anchors(main: _Element) -> Iterator[_Element]:
    """Walk the links outside of what is beside the matter; without recursion."""
    waiting = [main]
    while waiting:
        element = waiting.pop()
        if _is_aside(element):
            continue
        if local_name(element) == "a" and element.get("href"):
            yield element
        waiting.extend(reversed(element))


def _is_aside(element: _Element) -> bool:
    name = local_name(element)
    if name in _ASIDE_TAGS or element.get("role") in _ASIDE_ROLES:
        return True
    return name in _PAGE_TAGS and next(_ancestors(element, frozenset({"article"})), None) is None


def _ancestors(element: _Element, names: frozenset[str]) -> Iterator[_Element]:
    return (above for above in element.iterancestors() if local_name(above) in names)


def _entry(
    anchor: _Element, at: str, base: str, times: dict[_Element, datetime | None]
) -> SourceEntry | None:
    """Read one link, None for one that leaves the site or leads to the page itself.

    `times` remembers the time of each card: links may share a large one.
    """
    url = urls.fetchable(str(anchor.get("href", "")), at)
    if url is None or not urls.same_site(url, base) or urls.identity(url) == urls.identity(base):
        return None
    card = next(_ancestors(anchor, _CARDS), None)
    if card is not None and card not in times:
        times[card] = _time(card)
    published_at = None if card is None else times[card]
    return SourceEntry(url=url, title=_title(anchor), published_at=published_at)


def _title(anchor: _Element) -> str:
    """Return the headline of a link: a heading inside it, its text, its label."""
    for element in islice(anchor.iter(), _PARTS):
        if local_name(element) in _HEADINGS and (words := words_of(element)):
            return words
    return words_of(anchor) or text.fold(str(anchor.get("aria-label") or anchor.get("title") or ""))


def _time(card: _Element) -> datetime | None:
    times = (parse_moment(str(element.get("datetime", ""))) for element in card.iter("time"))
    return next((at for at in times if at is not None), None)


def _merge(known: SourceEntry | None, entry: SourceEntry) -> SourceEntry:
    """Of two links to one page keep the first, with the longer headline and any time."""
    if known is None:
        return entry
    return replace(
        known,
        title=max(known.title, entry.title, key=len),
        published_at=known.published_at or entry.published_at,
    )


def _is_article(entry: SourceEntry) -> bool:
    """Decide whether a link looks like an article: by its address, else by a headline's length."""
    parsed = urls.parse(entry.url)
    path = "" if parsed is None else str(parsed.pathname)
    if _NO_ARTICLE.search(path):
        return False
    slug = path.rstrip("/").rpartition("/")[2]
    words = len(text.words(entry.title))
    if _DATED.search(path) or _NUMBERED.search(slug) or slug.count("-") >= 3:
        return words >= 1
    return words >= (3 if _PAGE.search(slug) else 5)
