"""Coverage: filed stories and new ones in, those that change by standing beside each other out."""

from __future__ import annotations

from copydesk.judge.coverage._events import with_coverage
from copydesk.judge.coverage._groups import RELATED_POINTS, with_leaders
from copydesk.judge.coverage._pairs import likeness
from copydesk.judge.coverage._stream import Document, Place, Stream

__all__ = [
    "RELATED_POINTS",
    "Document",
    "Place",
    "Stream",
    "likeness",
    "with_coverage",
    "with_leaders",
]
