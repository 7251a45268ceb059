"""A newsletter read back from the mail that it was: its sections, and what each of them told.

The reference's mails are tables within tables: a section's name stands in bold in a cell of its
own, a title in bold at the start of a paragraph with its excerpt after it, and a link that begins
with an arrow says who has it (SPEC 4).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from copydesk.kit import text

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_ARROW = "\N{RIGHTWARDS ARROW WITH HOOK}"
_LIQUID = re.compile(r"\{%-?\s*(end)?raw\s*-?%\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One thing that a letter told: where it is, and what the letter calls that place."""

    title: str
    excerpt: str = ""
    href: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a letter, "" where it has no name."""

    name: str
    told: list[Told] = field(default_factory=list)


def sections(body: str) -> list[Section]:
    """Give what a letter's HTML told, section by section; nothing where it has another form."""
    from lxml import etree
    from lxml import html as markup

    clean = _LIQUID.sub("", body)
    if not clean.strip():
        return []
    try:
        document = markup.document_fromstring(clean.encode(), parser=_parser())
    except (etree.ParserError, ValueError):
        return []
    found: list[Section] = []
    for part in _parts(document):
        if isinstance(part, str):
            found.append(Section(name=part))
        elif isinstance(part, Told) and part.title:
            found = found or [Section(name="")]
            found[-1].told.append(part)
        elif found and found[-1].told and not found[-1].told[-1].href:
            last = found[-1].told[-1]
            found[-1].told[-1] = replace(last, href=part.href, place=part.place)
    return [section for section in found if section.told]


def _parser() -> object:
    from lxml import html as markup

    return markup.HTMLParser(encoding="utf-8")


def _parts(document: HtmlElement) -> Iterator[str | Told]:
    """Give names of sections, titles, and (without a title) the links that belong to them."""
    told_last: HtmlElement | None = None
    for element in document.iter("strong", "a"):
        said = text.fold(element.text_content())
        above = element.getparent()
        if element.tag == "a":
            if said.startswith(_ARROW):
                place = text.fold(said.removeprefix(_ARROW))
                yield Told(title="", href=element.get("href", ""), place=place)
        elif above is not None and above.tag == "p":
            if above is not told_last:  # later ones in it are words of the excerpt
                rest = text.fold(above.text_content()).removeprefix(said)
                # the mails escaped what was escaped already
                yield Told(title=said, excerpt=text.fold(html.unescape(rest)))
            told_last = above
        elif said:
            yield said
