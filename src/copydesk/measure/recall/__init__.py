"""Recall: where the stories of somebody's list stand with us goes in; how much we had comes out."""

from __future__ import annotations

from copydesk.measure.recall._recall import KIND_WORDS as KIND_WORDS
from copydesk.measure.recall._recall import RecallCounts as RecallCounts
from copydesk.measure.recall._recall import SiteRecall as SiteRecall
from copydesk.measure.recall._recall import count_recall as count_recall
