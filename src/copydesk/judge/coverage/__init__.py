"""Coverage: filed stories and new ones in, those that change by standing beside each other out."""

from __future__ import annotations

from copydesk.judge.coverage._events import with_coverage
from copydesk.judge.coverage._groups import RELATED_POINTS, with_leaders
from copydesk.judge.coverage._heat import NEWSROOM_POINTS, corroboration
from copydesk.judge.coverage._index import NEIGHBOURS_WITHIN
from copydesk.judge.coverage._led import LIFT, STAYS, is_pinned, is_shown
from copydesk.judge.coverage._pairs import likeness
from copydesk.judge.coverage._rules import lead_in, name_of
from copydesk.judge.coverage._stream import Document, Place, Stream

__all__ = [
    "LIFT",
    "NEIGHBOURS_WITHIN",
    "NEWSROOM_POINTS",
    "RELATED_POINTS",
    "STAYS",
    "Document",
    "Place",
    "Stream",
    "corroboration",
    "is_pinned",
    "is_shown",
    "lead_in",
    "likeness",
    "name_of",
    "with_coverage",
    "with_leaders",
]
