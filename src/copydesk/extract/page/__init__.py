"""Bytes in, a page opened: its characters, its tree within bounds, what it declares of itself."""

from __future__ import annotations

from copydesk.extract.page._declared import Declared, collect, visible_text
from copydesk.extract.page._document import MAX_BYTES, MAX_ELEMENTS, Document, open_document

__all__ = [
    "MAX_BYTES",
    "MAX_ELEMENTS",
    "Declared",
    "Document",
    "collect",
    "open_document",
    "visible_text",
]
