"""Rule: a page of links read as a source's own listing rule says (CSS selectors)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from copydesk.errors import FeedError
from copydesk.kit import urls
from copydesk.news import Fault, FaultKind, ListingRule
from copydesk.watch.documents import base_of, find_moment, parse_html, title_of, words_of
from copydesk.watch.reading._entry import SourceContents, SourceEntry

if TYPE_CHECKING:
    from lxml.etree import _Element

_BOXES = 2_000  # of one page
_NESTED = 3  # boxes around a box; beyond, each would be searched again for all the others
_TIMES = 20  # elements of one box that may bear its time
_TIME_ATTRIBUTES = ("datetime", "content", "data-datetime", "data-time", "title")

Select = Callable[["_Element"], list["_Element"]]


def read_by_rule(document: str, base: str, rule: ListingRule) -> SourceContents:
    """Read what the boxes of a page link to, on whatever site, the first of each page.

    Raises FeedError where a selector is none, and where the rule finds nothing: sites change.
    """
    selectors = _selectors(rule, base)
    root = parse_html(document)
    boxes = [] if root is None else _drop_deep(selectors["item"](root))
    if root is None or not boxes:
        raise _empty_rule(rule, base, f"no box matches item = {rule.item!r}")
    at = base_of(root, base)
    entries = [_entry(box, at, selectors) for box in boxes]
    articles = tuple(entry for entry in entries if entry.url and not _is_itself(entry.url, base))
    if not articles:
        raise _empty_rule(rule, base, f"no box has a web address in link = {rule.link!r}")
    return SourceContents(kind="listing", title=title_of(root), entries=articles)


def _drop_deep(boxes: list[_Element]) -> list[_Element]:
    """Keep the first boxes that stand in few others: else 200 around all cost two minutes."""
    known = set(boxes)
    shallow = (
        box for box in boxes if sum(above in known for above in box.iterancestors()) <= _NESTED
    )
    return list(islice(shallow, _BOXES))


def _selectors(rule: ListingRule, base: str) -> dict[str, Select]:
    """Compile a finder for each selector that the rule has, before one of them is used."""
    named = {name: getattr(rule, name) for name in ("item", "link", "title", "date", "excerpt")}
    return {
        name: _selector(name, selector, rule, base)
        for name, selector in named.items()
        if selector.strip() or name in {"item", "link"}
    }


def _selector(name: str, selector: str, rule: ListingRule, base: str) -> Select:
    """Compile one selector; inside a box it may match the box itself."""
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
        except etree.XPathError:  # libxml2 bounds what one expression may hold: nothing found
            return []
        return [element for element in matched if isinstance(element.tag, str)]

    return select


def _empty_rule(rule: ListingRule, base: str, why: str) -> FeedError:
    return FeedError(
        str(Fault.of(FaultKind.RULE_EMPTY, written=f"{rule.written}")),
        subject=base,
        hint=f"{why}: the page may have changed, so write the rule anew, or leave it out",
    )


def _entry(box: _Element, at: str, selectors: dict[str, Select]) -> SourceEntry:
    """Read one box; its address is "" where it has none."""
    link, url = next(_links(box, at, selectors["link"]), (None, ""))
    title = _words(box, selectors.get("title")) or ("" if link is None else _label(link))
    return SourceEntry(
        url=url,
        base=at,
        title=title,
        excerpt=_words(box, selectors.get("excerpt")),
        published_at=_time(box, selectors.get("date")),
    )


def _links(box: _Element, at: str, select: Select) -> Iterator[tuple[_Element, str]]:
    """Walk what the link selector matches, and the anchors inside of it, that lead somewhere."""
    for matched in select(box):
        for element in (matched, *matched.iter("a")):
            href = str(element.get("href") or "")
            url = urls.fetchable(href, at) if href and not href.startswith("#") else None
            if url is not None:
                yield element, url


def _label(link: _Element) -> str:
    return words_of(link) or str(link.get("aria-label") or link.get("title") or "")


def _words(box: _Element, select: Select | None) -> str:
    """Return the text of the first match that has any."""
    matched = [] if select is None else select(box)
    return next((words for element in matched[:_TIMES] if (words := words_of(element))), "")


def _time(box: _Element, select: Select | None) -> datetime | None:
    """Read the first time that a match bears: in an attribute for machines, else in its text."""
    matched = [] if select is None else select(box)
    times = (find_moment(words) for element in matched[:_TIMES] for words in _time_texts(element))
    return next((at for at in times if at is not None), None)


def _time_texts(element: _Element) -> Iterator[str]:
    for bearer in (element, *islice(element.iter("time"), _TIMES)):
        yield from filter(None, (str(bearer.get(name) or "") for name in _TIME_ATTRIBUTES))
    yield words_of(element)


def _is_itself(url: str, base: str) -> bool:
    return urls.identity(url) == urls.identity(base)
