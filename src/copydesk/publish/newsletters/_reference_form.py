"""A mail of the reference's read back: its sections, and the items of each (SPEC 4).

They are tables within tables: a section's name stands in bold in a cell of its own, a title in bold
at the start of a paragraph with its excerpt after it, and a link that begins with an arrow says who
has it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from copydesk.kit import text
from copydesk.publish.newsletters._letter_parts import (
    LetterItem,
    LetterSection,
    parse_markup,
    read_href,
)

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_ARROW = "\N{RIGHTWARDS ARROW WITH HOOK}"
_ARROW_LINK = re.compile(rf"(?P<tag><a\s[^<>]*>)\s*(?:{_ARROW}|&#(?:8618|x21aa);)", re.IGNORECASE)
_ROW = re.compile(r"<!--.*?(?:-->|\Z)|<(?P<end>/?)(?P<row>tr)\b[^>]*>", re.IGNORECASE | re.DOTALL)
_LIQUID = re.compile(r"\{%-?\s*(end)?raw\s*-?%\}")

_Row = tuple[int, int]  # where it begins and ends


def read_reference(body: str) -> list[LetterSection]:
    """Return what a letter's HTML told, section by section; nothing where it has another form."""
    document = parse_markup(_LIQUID.sub("", body))
    sections = [] if document is None else _gather(_parts(document))
    return [section for section in sections if section.items]


def _gather(parts: Iterable[str | LetterItem]) -> list[LetterSection]:
    """Put each item under the name before it, and each link into the item before it."""
    sections: list[LetterSection] = []
    for part in parts:
        if isinstance(part, str):
            sections.append(LetterSection(name=part))
        elif isinstance(part, LetterItem) and part.title:
            sections = sections or [LetterSection(name="")]
            sections[-1].items.append(part)
        elif sections and sections[-1].items and not sections[-1].items[-1].href:
            last = sections[-1].items[-1]
            sections[-1].items[-1] = replace(last, href=part.href, place=part.place)
    return sections


def _parts(document: HtmlElement) -> Iterator[str | LetterItem]:
    """Yield names of sections, titles, and (without a title) the links that belong to them."""
    last_above: HtmlElement | None = None
    for element in document.iter("strong", "a"):
        words = text.fold(element.text_content())
        above = element.getparent()
        if element.tag == "a":
            if words.startswith(_ARROW):
                place = text.fold(words.removeprefix(_ARROW))
                yield LetterItem(title="", href=element.get("href", ""), place=place)
        elif above is not None and above.tag == "p":
            if above is not last_above:  # later ones in it are words of the excerpt
                rest = text.fold(above.text_content()).removeprefix(words)
                # the mails escaped what was escaped already
                yield LetterItem(title=words, excerpt=text.fold(html.unescape(rest)))
            last_above = above
        elif words:
            yield words


def cut_items(body: str, is_meant: Callable[[str], bool]) -> str:
    """Return a mail without the items whose link is meant, and without a section that has no other.

    An item is the greatest row of a table in which no other item stands.
    """
    while rows := _find_item_rows(body, is_meant):
        for start, end in sorted(rows, reverse=True):
            body = body[:start] + body[end:]
    return body


def _find_item_rows(body: str, is_meant: Callable[[str], bool]) -> list[_Row]:
    """Return the rows of an item that is meant, with its section's where it is alone there."""
    arrows = {mark.start(): read_href(mark["tag"]) for mark in _ARROW_LINK.finditer(body)}
    places, rows = list(arrows), _find_rows(body)
    for place in filter(lambda place: is_meant(arrows[place]), places):
        item = _find_item_row(place, rows, places)
        if item is not None:
            beside = [row for row in rows if row[1] <= item[0] or row[0] >= item[1]]
            return [item, *_find_heading(body, item, beside, places)]
    return []


def _find_item_row(place: int, rows: Sequence[_Row], places: Sequence[int]) -> _Row | None:
    """Return the outermost row around one arrow and no other, None where there is none."""
    around = (row for row in rows if row[0] < place < row[1])
    return min((row for row in around if _count_within(row, places) == 1), default=None)


def _find_heading(body: str, item: _Row, rows: Sequence[_Row], places: Sequence[int]) -> list[_Row]:
    """Return the row before an item that names its section, where the item is its only one."""
    before = [row for row in rows if row[1] <= item[0] and "<strong>" in body[slice(*row)]]
    after = sorted(row for row in rows if row[0] >= item[1])
    if not before:
        return []
    heading = max(before, key=lambda row: row[1])
    is_bare = _count_within(heading, places) == 0
    is_followed = bool(after) and _count_within(after[0], places) > 0
    return [heading] if is_bare and not is_followed else []


def _count_within(row: _Row, places: Sequence[int]) -> int:
    return sum(row[0] < place < row[1] for place in places)


def _find_rows(body: str) -> list[_Row]:
    """Return where each row of a table begins and ends; what comments hold for Outlook is none."""
    rows, open_rows = [], list[int]()
    for tag in _ROW.finditer(body):
        if tag["end"] == "" and tag["row"]:
            open_rows.append(tag.start())
        elif tag["end"] and open_rows:
            rows.append((open_rows.pop(), tag.end()))
    return rows
