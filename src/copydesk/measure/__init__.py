"""Measure: labelled data in, how well a stage does on it out."""

from __future__ import annotations

from copydesk.measure._dates import DatesReport, Days, WrongDay, dates
from copydesk.measure._extract import Agreement, Authors, ExtractReport, Miss, extract
from copydesk.measure._feeds import FeedsReport, Mismatch, Trouble, feeds
from copydesk.measure._reading import Lost, Milliseconds, Progress
from copydesk.measure._scores import Difference, ScoresReport, scores
from copydesk.measure._topics import Met, Share, TopicMiss, TopicScore, TopicsReport, topics

__all__ = [
    "Agreement",
    "Authors",
    "DatesReport",
    "Days",
    "Difference",
    "ExtractReport",
    "FeedsReport",
    "Lost",
    "Met",
    "Milliseconds",
    "Mismatch",
    "Miss",
    "Progress",
    "ScoresReport",
    "Share",
    "TopicMiss",
    "TopicScore",
    "TopicsReport",
    "Trouble",
    "WrongDay",
    "dates",
    "extract",
    "feeds",
    "scores",
    "topics",
]
