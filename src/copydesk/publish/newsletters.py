"""A newsletter read back from the mail that it was: its sections, and the items of each.

The reference's mails are tables within tables: a section's name stands in bold in a cell of its
own, a title in bold at the start of a paragraph with its excerpt after it, and a link that begins
with an arrow says who has it (SPEC 4).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from copydesk.kit import text

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_ARROW = "\N{RIGHTWARDS ARROW WITH HOOK}"
_LIQUID = re.compile(r"\{%-?\s*(end)?raw\s*-?%\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterItem:
    """One thing that a letter told: where it is, and what the letter calls that place."""

    title: str
    excerpt: str = ""
    href: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterSection:
    """A part of a letter, "" where it has no name."""

    name: str
    items: list[LetterItem] = field(default_factory=list)


def read_sections(body: str) -> list[LetterSection]:
    """Return what a letter's HTML told, section by section; nothing where it has another form."""
    document = _parse(_LIQUID.sub("", body))
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


def _parse(body: str) -> HtmlElement | None:
    """Parse a letter, None where it is empty or no HTML."""
    from lxml import etree
    from lxml import html as markup

    if not body.strip():
        return None
    try:
        parser = markup.HTMLParser(encoding="utf-8")
        return markup.document_fromstring(body.encode(), parser=parser)
    except (etree.ParserError, ValueError):
        return None


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
