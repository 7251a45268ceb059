"""An opened page in, its words out: headline, excerpt, language, where its publisher files it."""

from __future__ import annotations

from copydesk.extract.words._boilerplate import clean as clean_description
from copydesk.extract.words._boilerplate import is_notice, is_slogan
from copydesk.extract.words._excerpt import beginning, opening
from copydesk.extract.words._excerpt import find as excerpt
from copydesk.extract.words._language import find as language
from copydesk.extract.words._section import section
from copydesk.extract.words._tags import keywords
from copydesk.extract.words._title import clean as clean_title
from copydesk.extract.words._title import find as title
from copydesk.extract.words._title import is_title, strip_site

__all__ = [
    "beginning",
    "clean_description",
    "clean_title",
    "excerpt",
    "is_notice",
    "is_slogan",
    "is_title",
    "keywords",
    "language",
    "opening",
    "section",
    "strip_site",
    "title",
]
