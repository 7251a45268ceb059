"""A wall before the rest of an article: where its words stand in the page.

Only what stands after the text and before no more of it is a wall; an article about paywalls goes
on after it has quoted one. A text that breaks off says so by itself, where its site sells the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from copydesk.extract.terms._wall_words import OFFER, WALL
from copydesk.kit import text

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from copydesk.extract.page import Document

_LONGEST = 220  # characters of a block that is a wall's words
_MOST_BLOCKS = 5_000
_LETTERS = 40  # of a block that belongs to the text without doubt
_MAX_ELEMENT = 1_500  # characters of an element that is a wall; a longer one holds the article

_NAMED = (
    "//body//*[contains(@class, 'paywall') or contains(@id, 'paywall')"
    " or contains(@class, 'regwall') or contains(@class, 'subscriber-only')"
    " or contains(@class, 'premium-content') or @subscriptions-section = 'content-not-granted']"
)
# A sentence that goes on for a while and ends within: `… important and even nec…`
_BROKEN_OFF = re.compile(r"[^.!?…]{60,}\w[”\"»’]?(?:…|\.\.\.)$")
_SOLD = re.compile(
    r"(?i)(?:/|\b)(?:subscri(?:be|ption)|become-a-member|memberships?|abo|abos|abonnement|abonnieren"
    r"|mitglied-werden|s-abonner|suscri(?:bete|pcion)|assine|abbona(?:ti|menti)|prenumerera)(?:\b|/)"
)
_MOST_LINKS = 2_000
_UNSEEN = frozenset({"script", "style", "template", "noscript", "svg", "nav", "header", "footer"})
_INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "cite", "code", "em", "font", "i", "mark", "q", "s", "small", "span"}
    | {"strong", "sub", "sup", "time", "u"}
)
_HIDDEN = re.compile(r"(?i)display\s*:\s*none|visibility\s*:\s*hidden")


def words(document: Document, body: str) -> str:
    """Return the words of the wall that ends the page's text, "" where there is none."""
    of_text = _letters(text.prose(body))
    begun, found = not of_text, ""
    for block in islice(_blocks(document.tree), _MOST_BLOCKS):
        if begun and len(block) <= _LONGEST and WALL.match(block):
            found = found or block
            continue
        letters = _letters(block)
        if len(letters) >= _LETTERS and letters in of_text:
            begun, found = True, ""
    return found


def is_in_markup(document: Document, body: str) -> bool:
    """Decide whether an element is named as a wall and offers to subscribe or to sign in."""
    of_text = _letters(text.prose(body))
    for element in document.tree.xpath(_NAMED)[:20]:
        if _is_hidden(element):
            continue
        found = text.fold(" ".join(islice(element.itertext(), 500)))
        is_offer = 0 < len(found) <= _MAX_ELEMENT and OFFER.search(found)
        if is_offer and _letters(found) not in of_text:
            return True
    return False


def breaks_off(document: Document, body: str) -> str:
    """Return the words within which a text breaks off on a site that sells the rest, "" elsewhere.

    A list's excerpt that ends in "[…]" is none, nor is a short sentence that trails off.
    """
    end = text.prose(body[-_MAX_ELEMENT:]).strip()[-_LONGEST:]
    if not _BROKEN_OFF.search(end):
        return ""
    links = islice(document.tree.iter("a"), _MOST_LINKS)
    is_sold = document.tree.xpath(_NAMED) or any(
        _SOLD.search((link.get("href") or "")[:300]) for link in links
    )
    return end.rpartition(". ")[2] if is_sold else ""


def _letters(passage: str) -> str:
    return "".join(text.words(passage))


def _blocks(tree: HtmlElement) -> Iterator[str]:
    """Yield the text of each block of a page in order, what nobody sees and h1 left out."""
    pieces: list[str] = []
    for piece in _pieces(tree):
        if piece is not None:
            pieces.append(piece)
        elif pieces:
            found = text.fold(" ".join(pieces))
            pieces = []
            if found:
                yield found


def _pieces(tree: HtmlElement) -> Iterable[str | None]:
    """Return the texts of a page in order, None where a block ends; in time linear in the page."""
    from lxml import etree

    walk = etree.iterwalk(tree, events=("start", "end", "comment"))
    for event, element in walk:
        if event != "comment" and element.tag not in _INLINE:
            yield None
        if event != "start":
            yield element.tail or ""
        elif element.tag in _UNSEEN or _is_hidden(element):
            walk.skip_subtree()
        else:
            yield element.text or ""
    yield None


def _is_hidden(element: HtmlElement) -> bool:
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    return bool(_HIDDEN.search((element.get("style") or "")[:500]))
