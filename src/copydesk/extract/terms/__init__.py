"""An opened page in, on what terms it may be read and shown, and whose words it has, out."""

from __future__ import annotations

from copydesk.extract.terms._access import find as access
from copydesk.extract.terms._credit import find as credit
from copydesk.extract.terms._imprint import origins
from copydesk.extract.terms._refusals import (
    deciding,
    limit_excerpt,
    list_refused_uses,
    snippet_characters,
)
from copydesk.extract.terms._sections import quotable
from copydesk.extract.terms._signals import find as signals
from copydesk.extract.terms._signals import is_quotable_anywhere

__all__ = [
    "access",
    "credit",
    "deciding",
    "is_quotable_anywhere",
    "limit_excerpt",
    "list_refused_uses",
    "origins",
    "quotable",
    "signals",
    "snippet_characters",
]
