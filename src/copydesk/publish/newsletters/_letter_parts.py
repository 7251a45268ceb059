"""What a letter told, however its mail is written: sections, and the items of each."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterItem:
    """One thing that a letter told: where it is, and what the letter calls that place.

    `note` is what the desk wrote on it, or wrote itself, as clean HTML. `name` is that of its
    record, "" where the mail does not say it.
    """

    title: str
    excerpt: str = ""
    note: str = ""
    href: str = ""
    place: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterSection:
    """A part of a letter, "" where it has no name."""

    name: str
    items: list[LetterItem] = field(default_factory=list)


_HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)


def list_hrefs(body: str) -> Iterator[str]:
    """Yield the addresses that a mail leads to."""
    return (html.unescape("".join(quoted)) for quoted in _HREF.findall(body))


def read_href(tag: str) -> str:
    """Return the address of a link's tag, "" where it has none."""
    return next(list_hrefs(tag), "")


def parse_markup(body: str) -> HtmlElement | None:
    """Parse a mail, None where it is empty or no HTML."""
    from lxml import etree
    from lxml import html as markup

    if not body.strip():
        return None
    try:
        parser = markup.HTMLParser(encoding="utf-8")
        return markup.document_fromstring(body.encode(), parser=parser)
    except (etree.ParserError, ValueError):
        return None
