"""Find the language of an article: the one in its metadata, unless the text clearly differs."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from copydesk.extract import json_ld
from copydesk.kit import tables

if TYPE_CHECKING:
    from copydesk.extract.declared import Declared
    from copydesk.extract.page import Document
    from copydesk.news import Lead

_TAG = re.compile(r"(?i)^([a-z]{2,3})(?:[-_].*)?$")
_NONE = frozenset({"und", "mul", "zxx", "mis", "xx"})
# Former codes (ISO 639-1), codes of countries, and codes of three letters instead of two.
_MEANT = tables.read_rows("copydesk.extract.words", "language_codes.toml", str)
# Languages so similar that a page's declaration is better than a detector.
_NEAR = (
    frozenset({"id", "ms", "jv", "su"}),
    frozenset({"no", "nb", "nn", "da"}),
    frozenset({"hr", "sr", "bs"}),
    frozenset({"zh", "yue", "wuu", "nan"}),
)
_SURE_FROM = 400  # characters of text above which the detector is better than a declaration
_SURE_IN_OTHER_SCRIPTS = 80  # characters: a script alone shows that a text is not English
_SAMPLE = 2_000


def language(
    document: Document, declared: Declared, lead: Lead, passage: str, header: str = ""
) -> tuple[str, str]:
    """Return the ISO 639 code of an article's language and where it was found, ("", "") if unknown.

    `header` is the answer's Content-Language. Templates declare `en` for any text, so a long text
    that is surely in another language wins over the declaration.
    """
    said, origin = _find_declared_language(document, declared, lead, header)
    enough = _SURE_FROM if _is_latin(passage[:_SAMPLE]) else _SURE_IN_OTHER_SCRIPTS
    heard = _detect(passage) if not said or len(passage) >= enough else ""
    if heard and heard != said and not any({heard, said} <= near for near in _NEAR):
        return heard, "eldc"
    return said, origin


def _is_latin(passage: str) -> bool:
    """Return whether most letters are Latin, with or without accents (below U+0250)."""
    letters = [letter for letter in passage if letter.isalpha()]
    return sum(letter < "\u0250" for letter in letters) * 2 >= len(letters)


def _find_declared_language(
    document: Document, declared: Declared, lead: Lead, header: str
) -> tuple[str, str]:
    candidates = (
        (_of_the_article(document), "article lang"),
        (str(document.tree.get("lang") or document.tree.get("xml:lang") or ""), "html lang"),
        (json_ld.string(declared.article.get("inLanguage")), "json-ld"),
        declared.first("og:locale"),
        declared.first("content-language", "language", "dc.language", "dcterms.language"),
        (json_ld.string(declared.video.get("inLanguage")), "json-ld"),
        (header, "content-language"),
        (lead.language, "lead"),
    )
    for value, origin in candidates:
        tag = _TAG.match(value.strip())
        code = tag[1].lower() if tag else ""
        if code and code not in _NONE:
            return _MEANT.get(code, code), origin
    return "", ""


def _of_the_article(document: Document) -> str:
    """Return the language of a page's only article element, which counts on multilingual sites."""
    found = document.tree.xpath("//article/@lang")[:2]
    return str(found[0]) if len(found) == 1 else ""


@functools.cache
def _prepare_detector() -> None:
    import eldc

    eldc.init()


def _detect(passage: str) -> str:
    """Return the language that a text is surely in, "" if it is too short or mixed."""
    import eldc

    _prepare_detector()
    found = eldc.detect_details(passage[:_SAMPLE])
    return str(found.language) if found.reliable and found.language != "und" else ""
