"""An opened page in, its words out: headline, excerpt, language, where its publisher files it."""

from __future__ import annotations

from copydesk.extract.words._boilerplate import is_notice
from copydesk.extract.words._excerpt import beginning
from copydesk.extract.words._excerpt import find as excerpt
from copydesk.extract.words._language import find as language
from copydesk.extract.words._section import section
from copydesk.extract.words._tags import keywords
from copydesk.extract.words._title import find as title

__all__ = ["beginning", "excerpt", "is_notice", "keywords", "language", "section", "title"]
