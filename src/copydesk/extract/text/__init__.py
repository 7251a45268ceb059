"""An opened page in, the article's text as small clean Markdown out."""

from __future__ import annotations

from copydesk.extract.text._blocks import Block, cut
from copydesk.extract.text._find import MAX_CHARACTERS, find
from copydesk.extract.text._furniture import begins_comments, is_credit, is_furniture, is_shell
from copydesk.extract.text._hints import of as hints_of
from copydesk.extract.text._markdown import escape, write
from copydesk.extract.text._readers import MAX_ELEMENTS, READERS, PreparedPage
from copydesk.extract.text._votes import agreement, squash, votes

__all__ = [
    "MAX_CHARACTERS",
    "MAX_ELEMENTS",
    "READERS",
    "Block",
    "PreparedPage",
    "agreement",
    "begins_comments",
    "cut",
    "escape",
    "find",
    "hints_of",
    "is_credit",
    "is_furniture",
    "is_shell",
    "squash",
    "votes",
    "write",
]
