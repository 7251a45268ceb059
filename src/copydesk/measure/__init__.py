"""Measure: labelled data in, how well a stage does on it out."""

from __future__ import annotations

from copydesk.measure._scores import Difference, ScoresReport, scores

__all__ = ["Difference", "ScoresReport", "scores"]
