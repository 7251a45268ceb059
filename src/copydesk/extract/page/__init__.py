"""Bytes in, a page opened: its characters, its tree within bounds, what it declares of itself."""

from __future__ import annotations

from copydesk.extract.page._declared import Declared as Declared
from copydesk.extract.page._declared import collect as collect
from copydesk.extract.page._declared import visible_text as visible_text
from copydesk.extract.page._document import MAX_BYTES as MAX_BYTES
from copydesk.extract.page._document import MAX_ELEMENTS as MAX_ELEMENTS
from copydesk.extract.page._document import Document as Document
from copydesk.extract.page._document import open_document as open_document
