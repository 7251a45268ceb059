"""The language: declared, unless the text plainly speaks another."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from copydesk.extract import _json_ld
from copydesk.extract._declared import Declared

if TYPE_CHECKING:
    from copydesk.extract._document import Document
    from copydesk.news import Lead

_TAG = re.compile(r"(?i)^([a-z]{2,3})(?:[-_].*)?$")
_SURE_FROM = 400  # characters of text above which the detector outweighs a template's word
_SAMPLE = 2_000


def find(document: Document, declared: Declared, lead: Lead, passage: str) -> tuple[str, str]:
    """Give the ISO 639 code of the article's language and where it came from, ("", "") if unknown.

    A site's template says `en` over any text, so a long text that is surely in another language
    wins over the declaration.
    """
    said, origin = _said(document, declared, lead)
    heard = _heard(passage) if not said or len(passage) >= _SURE_FROM else ""
    if heard and heard != said:
        return heard, "eldc"
    return said, origin


def _said(document: Document, declared: Declared, lead: Lead) -> tuple[str, str]:
    candidates = (
        (str(document.tree.get("lang") or document.tree.get("xml:lang") or ""), "html lang"),
        (_json_ld.string(declared.article.get("inLanguage")), "json-ld"),
        declared.first("og:locale"),
        declared.first("content-language", "language", "dc.language", "dcterms.language"),
        (lead.language, "lead"),
    )
    for value, origin in candidates:
        tag = _TAG.match(value.strip())
        if tag:
            return tag[1].lower(), origin
    return "", ""


@functools.cache
def _ready() -> None:
    import eldc

    eldc.init()


def _heard(passage: str) -> str:
    """Give the language that a text is surely in, "" where it is too short or mixed to tell."""
    import eldc

    _ready()
    found = eldc.detect_details(passage[:_SAMPLE])
    return str(found.language) if found.reliable and found.language != "und" else ""
