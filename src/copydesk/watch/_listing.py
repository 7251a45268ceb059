"""Read an HTML page of links to articles, by the CSS selectors of a source or by guessing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from copydesk.errors import FeedError
from copydesk.kit import tables, text, urls
from copydesk.news.page import Fault, FaultKind
from copydesk.news.source import ListingRule
from copydesk.watch.documents import base_url, local_name, parse_html, text_of, title_of
from copydesk.watch.entry import SourceContents, SourceEntry, find_moment, parse_moment

if TYPE_CHECKING:
    from lxml.etree import _Element

_ASIDE_TAGS = frozenset(
    {"nav", "aside", "form", "script", "style", "noscript", "template", "dialog"}
)
_PAGE_TAGS = frozenset({"header", "footer"})  # of the page; those of an <article> are read
_ASIDE_ROLES = frozenset(
    {"navigation", "banner", "contentinfo", "complementary", "search", "menu", "menubar"}
)
_LINKS = 5_000  # of one page
_PARTS = 200  # of one link
_CARDS = frozenset({"article", "li"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})

_NO_ARTICLE = re.compile(rf"(?i){tables.read_pattern('copydesk.watch', 'no_articles.txt')}")
_DATED = re.compile(r"/(19|20)\d\d[/-]\d{1,2}([/-]|$)")
_NUMBERED = re.compile(r"\d{5,}")
_PAGE = re.compile(r"\.(html?|php|aspx?|stm|story|ece|cms)$", re.IGNORECASE)


def read_listing(document: str, base: str) -> SourceContents:
    """Find the articles that an HTML page links to in its main part, by guessing from URLs and
    texts.
    """
    root = parse_html(document)
    if root is None:
        raise FeedError("the page has no links", subject=base)
    at = base_url(root, base)
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
    """Return the main part of a page, or all of it if none is marked."""
    for element in root.iter("main"):
        return element
    for element in root.iter():
        if element.get("role") == "main":
            return element
    return root


def _anchors(main: _Element) -> Iterator[_Element]:
    """Yield the links of a page outside of navigation, sidebars, headers and footers."""
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
    """Make a source entry of a link, None if it leaves the site or leads to the page itself.

    `times` caches the time of each card: several links may share a large one.
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
    """Return the headline of a link: its heading, its text or its label."""
    for element in islice(anchor.iter(), _PARTS):
        if local_name(element) in _HEADINGS and (words := text_of(element)):
            return words
    return text_of(anchor) or text.fold(str(anchor.get("aria-label") or anchor.get("title") or ""))


def _time(card: _Element) -> datetime | None:
    times = (parse_moment(str(element.get("datetime", ""))) for element in card.iter("time"))
    return next((at for at in times if at is not None), None)


def _merge(known: SourceEntry | None, entry: SourceEntry) -> SourceEntry:
    """Merge two links to one article: keep the first, with the longer headline and any known
    time.
    """
    if known is None:
        return entry
    return replace(
        known,
        title=max(known.title, entry.title, key=len),
        published_at=known.published_at or entry.published_at,
    )


def _is_article(entry: SourceEntry) -> bool:
    """Return whether a link seems to be to an article, by its URL or the length of its headline."""
    parsed = urls.parse(entry.url)
    path = "" if parsed is None else str(parsed.pathname)
    if _NO_ARTICLE.search(path):
        return False
    slug = path.rstrip("/").rpartition("/")[2]
    words = len(text.words(entry.title))
    if _DATED.search(path) or _NUMBERED.search(slug) or slug.count("-") >= 3:
        return words >= 1
    return words >= (3 if _PAGE.search(slug) else 5)


_BOXES = 2_000  # of one page
_NESTED = 3  # boxes around a box; with more, each would be searched again for all the others
_TIMES = 20  # elements of one box that may contain its time
_TIME_ATTRIBUTES = ("datetime", "content", "data-datetime", "data-time", "title")

Select = Callable[["_Element"], list["_Element"]]


def read_by_rule(document: str, base: str, rule: ListingRule) -> SourceContents:
    """Read a page's links to articles by the CSS selectors in its source's settings.

    Links may lead to any site. Raises FeedError if a selector is invalid, and if the rule finds
    nothing: sites change.
    """
    selectors = _selectors(rule, base)
    root = parse_html(document)
    boxes = [] if root is None else _drop_deep(selectors["item"](root))
    if root is None or not boxes:
        raise _empty_rule(rule, base, f"no element matches item = {rule.item!r}")
    at = base_url(root, base)
    entries = [_entry_by_rule(box, at, selectors) for box in boxes]
    articles = tuple(entry for entry in entries if entry.url and not _is_itself(entry.url, base))
    if not articles:
        raise _empty_rule(rule, base, f"no element has a web address in link = {rule.link!r}")
    return SourceContents(kind="listing", title=title_of(root), entries=articles)


def _drop_deep(boxes: list[_Element]) -> list[_Element]:
    """Return those first boxes of a page that are not deeply nested: 200 nested ones would take two
    minutes.
    """
    known = set(boxes)
    shallow = (
        box for box in boxes if sum(above in known for above in box.iterancestors()) <= _NESTED
    )
    return list(islice(shallow, _BOXES))


def _selectors(rule: ListingRule, base: str) -> dict[str, Select]:
    """Compile all CSS selectors of a source's settings before any of them is used."""
    named = {name: getattr(rule, name) for name in ("item", "link", "title", "date", "excerpt")}
    return {
        name: _selector(name, selector, rule, base)
        for name, selector in named.items()
        if selector.strip() or name in {"item", "link"}
    }


def _selector(name: str, selector: str, rule: ListingRule, base: str) -> Select:
    """Compile a CSS selector. In a box, it may also match the box itself."""
    from cssselect import HTMLTranslator, SelectorError
    from lxml import etree

    try:
        path = etree.XPath(HTMLTranslator().css_to_xpath(selector))
    except (SelectorError, etree.XPathError, RecursionError) as error:
        what = f"{name} = {selector!r}: {error}"
        raise FeedError(
            str(Fault.of(FaultKind.RULE_BROKEN, written=f"{rule.written}", selector=what)),
            subject=base,
            hint="write a CSS selector, such as article h2 a",
        ) from error

    def select(element: _Element) -> list[_Element]:
        try:
            matched = path(element)
        except etree.XPathError:  # beyond libxml2's limits for one expression: nothing found
            return []
        return [element for element in matched if isinstance(element.tag, str)]

    return select


def _empty_rule(rule: ListingRule, base: str, why: str) -> FeedError:
    return FeedError(
        str(Fault.of(FaultKind.RULE_EMPTY, written=f"{rule.written}")),
        subject=base,
        hint=f"{why}; if the page has changed, write a new listing rule or remove the rule",
    )


def _entry_by_rule(box: _Element, at: str, selectors: dict[str, Select]) -> SourceEntry:
    """Make a source entry of the box around an article; its URL is "" if the box has no link."""
    link, url = next(_links(box, at, selectors["link"]), (None, ""))
    title = _words(box, selectors.get("title")) or ("" if link is None else _label(link))
    return SourceEntry(
        url=url,
        base=at,
        title=title,
        excerpt=_words(box, selectors.get("excerpt")),
        published_at=_time_by_rule(box, selectors.get("date")),
    )


def _links(box: _Element, at: str, select: Select) -> Iterator[tuple[_Element, str]]:
    """Yield the elements with a URL that the link selector matches, or that are inside of its
    matches.
    """
    for matched in select(box):
        for element in (matched, *matched.iter("a")):
            href = str(element.get("href") or "")
            url = urls.fetchable(href, at) if href and not href.startswith("#") else None
            if url is not None:
                yield element, url


def _label(link: _Element) -> str:
    return text_of(link) or str(link.get("aria-label") or link.get("title") or "")


def _words(box: _Element, select: Select | None) -> str:
    """Return the text of a selector's first match that has text."""
    matched = [] if select is None else select(box)
    return next((words for element in matched[:_TIMES] if (words := text_of(element))), "")


def _time_by_rule(box: _Element, select: Select | None) -> datetime | None:
    """Return the first time in the elements that a selector matches: in an attribute or in the
    text.
    """
    matched = [] if select is None else select(box)
    times = (find_moment(words) for element in matched[:_TIMES] for words in _time_texts(element))
    return next((at for at in times if at is not None), None)


def _time_texts(element: _Element) -> Iterator[str]:
    for bearer in (element, *islice(element.iter("time"), _TIMES)):
        yield from filter(None, (str(bearer.get(name) or "") for name in _TIME_ATTRIBUTES))
    yield text_of(element)


def _is_itself(url: str, base: str) -> bool:
    return urls.identity(url) == urls.identity(base)
