"""Section and keywords: where the publisher files an article, as hints and never as topics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.extract import _json_ld
from copydesk.extract._declared import Declared

if TYPE_CHECKING:
    from copydesk.extract._document import Document


def section(document: Document, declared: Declared) -> tuple[str, str]:
    """Give the section of the site that an article stands in and where that is said."""
    return declared.first("article:section")[0], "article:section"


def keywords(document: Document, declared: Declared) -> tuple[tuple[str, ...], str]:
    """Give the keywords and named tags of a page, each once, and where they are said."""
    return tuple(_json_ld.strings(declared.article.get("keywords"))), "json-ld"
