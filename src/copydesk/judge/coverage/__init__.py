"""Coverage: filed stories and new ones in, those that stand beside each other out."""

from __future__ import annotations

from copydesk.judge.coverage._groups import RELATED_POINTS, with_copies, with_leaders

__all__ = ["RELATED_POINTS", "with_copies", "with_leaders"]
