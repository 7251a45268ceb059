"""Measure: labelled data in, how well a stage does on it out."""

from __future__ import annotations

from copydesk.measure._clusters import Scores
from copydesk.measure._copies import CopiesReport, copies
from copydesk.measure._documents import Labelled, Order, read_labelled, sort_documents
from copydesk.measure._feeds import FeedsReport, Mismatch, Trouble, feeds
from copydesk.measure._group import Agreement as GroupAgreement
from copydesk.measure._group import GroupOptions, GroupReport, group
from copydesk.measure._scores import Difference, ScoresReport, scores
from copydesk.measure._topics import Met, Share, TopicMiss, TopicScore, TopicsReport, topics
from copydesk.measure.pages import (
    Agreement,
    Authors,
    DatesReport,
    Days,
    ExtractReport,
    Lost,
    Milliseconds,
    Miss,
    Progress,
    WrongDay,
    dates,
    extract,
)

__all__ = [
    "Agreement",
    "Authors",
    "CopiesReport",
    "DatesReport",
    "Days",
    "Difference",
    "ExtractReport",
    "FeedsReport",
    "GroupAgreement",
    "GroupOptions",
    "GroupReport",
    "Labelled",
    "Lost",
    "Met",
    "Milliseconds",
    "Mismatch",
    "Miss",
    "Order",
    "Progress",
    "Scores",
    "ScoresReport",
    "Share",
    "TopicMiss",
    "TopicScore",
    "TopicsReport",
    "Trouble",
    "WrongDay",
    "copies",
    "dates",
    "extract",
    "feeds",
    "group",
    "read_labelled",
    "scores",
    "sort_documents",
    "topics",
]
