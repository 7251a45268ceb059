"""Judge: a read article in, a Story (topics, quality, copies, reasons) or Dropped out. Pure.

One mechanism, two profiles as data: `everyday` is the reference to the point, `copydesk` reads
what an article says. Filed stories come in over a `news.Shelf` (`MemoryShelf` is one in memory).
"""

from __future__ import annotations

from copydesk.judge._appraise import Appraisal, appraise, complete
from copydesk.judge._assess import assess, regroup, weigh
from copydesk.judge._block import blocking_ruling
from copydesk.judge._counterfactuals import counterfactuals, points_at_the_gate
from copydesk.judge._explain import explain
from copydesk.judge._memory_shelf import MemoryShelf
from copydesk.judge._past_shelf import PastShelf
from copydesk.judge._profiles import profile_of
from copydesk.judge._standing import is_off_beat, reaches_gate
from copydesk.judge.clustering import NEIGHBOURS_WITHIN, NewsDocument, Stream, similarities
from copydesk.judge.copies import COPIES_WITHIN, find_original, fingerprint
from copydesk.judge.profile import Features, QualityScore

__all__ = [
    "COPIES_WITHIN",
    "NEIGHBOURS_WITHIN",
    "Appraisal",
    "Features",
    "MemoryShelf",
    "NewsDocument",
    "PastShelf",
    "QualityScore",
    "Stream",
    "appraise",
    "assess",
    "blocking_ruling",
    "complete",
    "counterfactuals",
    "explain",
    "find_original",
    "fingerprint",
    "is_off_beat",
    "points_at_the_gate",
    "profile_of",
    "reaches_gate",
    "regroup",
    "similarities",
    "weigh",
]
