"""Measure: labelled data in, how well a stage does on it out."""

from __future__ import annotations

from copydesk.measure._feeds import FeedsReport, Mismatch, Trouble, feeds
from copydesk.measure._scores import Difference, ScoresReport, scores

__all__ = [
    "Difference",
    "FeedsReport",
    "Mismatch",
    "ScoresReport",
    "Trouble",
    "feeds",
    "scores",
]
