"""Find whether an article can be read free of charge or is behind a paywall.

What the page declares is compared with what is there. docs/design/extract.md has the table;
each of its rows is a case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from copydesk.extract.page import select
from copydesk.kit import tables, text

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from copydesk.extract.declared import Declared
    from copydesk.extract.page import Document

_PACKAGE = "copydesk.extract.terms"
_WITHIN = 60  # characters from an offer to its aim


@dataclass(frozen=True, slots=True, kw_only=True)
class _WallOffer:
    """The words of one kind of paywall: "subscribe" with "to continue reading"."""

    offer: tuple[str, ...]
    aim: tuple[str, ...]

    @property
    def pattern(self) -> str:
        """Return a regex for a paywall's offer ("subscribe") followed by its aim ("to read on")."""
        offer, aim = tables.any_of(self.offer), tables.any_of(self.aim)
        return f"{offer}.{{0,{_WITHIN}}}?{aim}"


_OFFERS = tables.read_rows(_PACKAGE, "wall_offers.toml", tuple[_WallOffer, ...])
_NOTICES = tables.read_pattern(_PACKAGE, "wall_notices.toml")
_POLITELY = "(?:please |bitte |veuillez |por favor )?"
WALL = re.compile(
    rf"(?i)[\s»>→•*|¿-]*{_POLITELY}"
    + tables.any_of((*(row.pattern for rows in _OFFERS.values() for row in rows), _NOTICES))
)
# An offer to subscribe or sign in, in an element that is named a wall.
OFFER = re.compile(rf"(?i){tables.read_pattern(_PACKAGE, 'offer_words.txt')}")

_STUB = 1_200  # characters; a longer text does not end at a wall
_MOST_PARTS = 20
_SHOWN = 60  # characters of a wall's words in the evidence
_FALSE = frozenset({"false", "no", "0", "metered", "locked", "paid", "premium", "subscription"})
_TRUE = frozenset({"true", "yes", "1", "free"})
_TIERS = ("article:content_tier", "og:article:content_tier", "cxenseparse:access")
_SELECTOR = re.compile(r"([.#])([A-Za-z0-9_-]{1,80})")


def access(document: Document, declared: Declared, body: str) -> tuple[str, str]:
    """Return whether a page is "free", "paywalled", a "teaser" or unknown (""), with evidence.

    "paywalled" is declared closed by the publisher, "teaser" is a stub before a wall that is not
    declared, "free" is declared free and has no wall; "" is unknown.
    """
    length = len(text.prose(body))
    wall = (_name_wall(document, body) if length < _STUB else "") or _name_break(document, body)
    closed = _find_declared_value(declared, _FALSE) or _find_closed_part(document, declared)
    free = _find_declared_value(declared, _TRUE)
    is_whole = length >= _STUB and not wall
    claims = (
        ("free", closed and free and is_whole, f"{free}, though {closed}; {length} characters"),
        ("paywalled", closed, f"{closed}; {length} characters"),
        ("teaser", free and wall, f"{free}, contradicted by {wall}; {length} characters"),
        ("free", free, free),
        ("teaser", wall, f"{wall}; {length} characters"),
    )
    return next(((access, evidence) for access, holds, evidence in claims if holds), ("", ""))


def _name_wall(document: Document, body: str) -> str:
    """Return the words of the paywall at the end of a short text, "" for none."""
    words = wall_words(document, body)
    if words:
        return f"“{text.shorten(words, _SHOWN)}”"
    return "a wall in the markup" if is_in_markup(document, body) else ""


def _name_break(document: Document, body: str) -> str:
    """Return where a text of any length breaks off, "" if it does not."""
    _, _, end = breaks_off(document, body)[-_SHOWN:].partition(" ")
    return f"breaks off: “{end}”" if end else ""


def _find_declared_value(declared: Declared, wanted: frozenset[str]) -> str:
    """Return the declaration with one of these values: schema.org's, or a content tier's."""
    for node in (declared.article, declared.video):
        value = _value(node)
        if value in wanted:
            return f"isAccessibleForFree {value}"
    for name in _TIERS:
        value = declared.first(name)[0].lower()
        if value in wanted:
            return f"{name} {value}"
    return ""


def _value(node: Mapping[str, object]) -> str:
    return str(node.get("isAccessibleForFree", "")).rsplit("/", 1)[-1].strip().lower()


def _find_closed_part(document: Document, declared: Declared) -> str:
    """Return the part that the article declares closed, if the page has it; else ""."""
    for part in _parts(declared.article.get("hasPart")):
        if _value(part) in _FALSE:
            selector = str(part.get("cssSelector", ""))[:100]
            if _is_there(document, selector):
                return f"hasPart {selector} not free"
    return ""


def _parts(value: object) -> Iterator[Mapping[str, object]]:
    for part in (value if isinstance(value, list) else [value])[:_MOST_PARTS]:
        if isinstance(part, Mapping):
            yield part


def _is_there(document: Document, selector: str) -> bool:
    """Return whether the page has an element with a class or id, written as in Google's guide."""
    found = _SELECTOR.fullmatch(selector.strip())
    if found is None:
        return False
    if found[1] == "#":
        return bool(document.tree.xpath("//*[@id = $name]", name=found[2]))
    path = "//*[contains(concat(' ', normalize-space(@class), ' '), concat(' ', $name, ' '))]"
    return bool(document.tree.xpath(path, name=found[2]))


# Walls: only words after the text, with no more text behind them, are a wall; an article about
# paywalls goes on after it has quoted one. A text that breaks off is its own sign, where the site
# sells the rest.

_LONGEST = 220  # characters of a block that is a wall's words
_MOST_BLOCKS = 5_000
_LETTERS = 40  # of a block that surely belongs to the text
_MAX_ELEMENT = 1_500  # characters of an element that is a wall; a longer one contains the article

_NAMED = (
    "//body//*[contains(@class, 'paywall') or contains(@id, 'paywall')"
    " or contains(@class, 'regwall') or contains(@class, 'subscriber-only')"
    " or contains(@class, 'premium-content') or @subscriptions-section = 'content-not-granted']"
)
_SIGNS = ("paywall", "regwall", "subscriber-only", "premium-content", "content-not-granted")
# A long sentence that breaks off: `… important and even nec…`
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


def wall_words(document: Document, body: str) -> str:
    """Return the words of the paywall notice at the end of a page's text, "" for none."""
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
    """Return whether an HTML element is a paywall: by its name, and an offer to subscribe."""
    of_text = _letters(text.prose(body))
    for element in select(document, _NAMED, *_SIGNS)[:20]:
        if _is_hidden(element):
            continue
        found = text.fold(" ".join(islice(element.itertext(), 500)))
        is_offer = 0 < len(found) <= _MAX_ELEMENT and OFFER.search(found)
        if is_offer and _letters(found) not in of_text:
            return True
    return False


def breaks_off(document: Document, body: str) -> str:
    """Return the words at which a text breaks off, on a site that sells the rest; else "".

    A list's excerpt that ends in "[…]" does not count, nor does a short sentence that trails off.
    """
    end = text.prose(body[-_MAX_ELEMENT:]).strip()[-_LONGEST:]
    if not _BROKEN_OFF.search(end):
        return ""
    links = islice(document.tree.iter("a"), _MOST_LINKS)
    is_sold = select(document, _NAMED, *_SIGNS) or any(
        _SOLD.search((link.get("href") or "")[:300]) for link in links
    )
    return end.rpartition(". ")[2] if is_sold else ""


def _letters(passage: str) -> str:
    return "".join(text.words(passage))


def _blocks(tree: HtmlElement) -> Iterator[str]:
    """Yield the text of each visible block of a page in order, without h1."""
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
    """Yield the texts of a page in order, None at the end of a block; in linear time."""
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
